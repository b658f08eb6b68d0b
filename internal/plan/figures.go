package plan

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/tally"
)

// The statuses that a planned service answers with.
var statuses = [...]int{200, 201, 302, 400, 401, 403, 404, 405, 429, 500, 503}

const numStatuses = len(statuses)

// figures is one worker's part of what a plan counts. Everything in it is a
// whole number, so that the parts add up to the same whatever their order.
type figures struct {
	clock    *scale
	cells    []cell
	profiles []profileFigures
	// seconds counts all requests in the finest intervals of the plan, moments
	// those of each operation in longer ones: operation o of moment m is at
	// m*momentColumns+o.
	seconds, moments []uint32
	// refused counts by step of the timeline and operation.
	refused []refusedStep

	devices, launched, starts uint64
}

// momentColumns is a power of two, so that a moment fills a line of the cache.
const momentColumns = 16

var _ [momentColumns - api.NumOps]struct{}

// refusedStep is what was not admitted or failed in one step.
type refusedStep struct {
	throttled, failed [api.NumOps]uint32
}

// cell is the traffic of one operation by one profile.
type cell struct {
	statuses [numStatuses]uint64
	latency  spread
}

// profileFigures is what the devices of one profile did.
type profileFigures struct {
	conduct tally.Conduct
	// played counts the devices that the figures cover.
	played uint64
	// own and shared count the 429s by cause, ownDevices and sharedDevices the
	// devices that got one; a device may be in both.
	own, shared               uint64
	ownDevices, sharedDevices uint64
	// waits is how long each device that got a 429 waited in all, in
	// milliseconds.
	waits spread
}

// scale is the intervals in which a plan counts, each a whole number of the one
// before it.
type scale struct {
	// second is the length of the finest interval, in seconds; moment counts
	// those in a moment, step the moments in a step.
	second, moment, step    uint32
	seconds, moments, steps int
}

// The bounds keep the counters in the caches of a core: fine intervals are
// seconds for two days, moments seconds for two hours and ten seconds for a day.
const (
	maxSeconds = 2 * 24 * 3600
	maxMoments = 8640
)

// maxTimelineSteps bounds the timeline of the document.
const maxTimelineSteps = 300

// lengths are the intervals that read well, in seconds.
var lengths = []int64{1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200}

func newScale(horizon time.Duration) *scale {
	seconds := int64((horizon + time.Second - 1) / time.Second)
	fine := lengthFor(seconds, maxSeconds, 1)
	moment := lengthFor(seconds, maxMoments, fine)
	step := lengthFor(seconds, maxTimelineSteps, moment)
	count := func(length int64) int { return int((seconds + length - 1) / length) }
	return &scale{
		second: uint32(fine), moment: uint32(moment / fine), step: uint32(step / moment),
		seconds: count(fine), moments: count(moment), steps: count(step),
	}
}

// lengthFor is the least length that divides seconds into at most most parts and
// is a multiple of another length.
func lengthFor(seconds, most, of int64) int64 {
	for _, l := range lengths {
		if l%of == 0 && (seconds+l-1)/l <= most {
			return l
		}
	}
	return lengths[len(lengths)-1]
}

func newFigures(clock *scale, profiles int) *figures {
	return &figures{
		clock:    clock,
		cells:    make([]cell, profiles*int(api.NumOps)),
		profiles: make([]profileFigures, profiles),
		seconds:  make([]uint32, clock.seconds),
		moments:  make([]uint32, clock.moments*momentColumns),
		refused:  make([]refusedStep, clock.steps),
	}
}

func (f *figures) cell(profile int, op api.Op) *cell {
	return &f.cells[profile*int(api.NumOps)+int(op)]
}

// sent counts a request that was sent at an offset.
func (f *figures) sent(op api.Op, offset int64, outcome api.Outcome) {
	second := uint32(offset/int64(time.Second)) / f.clock.second
	moment := second / f.clock.moment
	f.seconds[second]++
	f.moments[moment*momentColumns+uint32(op)]++
	switch outcome {
	case api.OutcomeOK:
	case api.OutcomeThrottled:
		f.refused[moment/f.clock.step].throttled[op]++
	default:
		f.refused[moment/f.clock.step].failed[op]++
	}
}

// merge adds other, which is left as it is.
func (f *figures) merge(other *figures) {
	for i := range f.cells {
		for s, n := range other.cells[i].statuses {
			f.cells[i].statuses[s] += n
		}
		f.cells[i].latency.merge(&other.cells[i].latency)
	}
	for i := range f.profiles {
		to, from := &f.profiles[i], &other.profiles[i]
		to.conduct.Merge(&from.conduct)
		to.played += from.played
		to.own += from.own
		to.shared += from.shared
		to.ownDevices += from.ownDevices
		to.sharedDevices += from.sharedDevices
		to.waits.merge(&from.waits)
	}
	for i, n := range other.seconds {
		f.seconds[i] += n
	}
	for i, n := range other.moments {
		f.moments[i] += n
	}
	for i := range f.refused {
		for op := range api.NumOps {
			f.refused[i].throttled[op] += other.refused[i].throttled[op]
			f.refused[i].failed[op] += other.refused[i].failed[op]
		}
	}
	f.devices += other.devices
	f.launched += other.launched
	f.starts += other.starts
}
