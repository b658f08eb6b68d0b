package run

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much garbage may lie about before it is collected, in bytes. As much as
// lives, which is the runtime's own rule, makes a small process collect a hundred
// times a second and a large one twice as large as it must be.
const (
	// leastGarbage is allowed to a small process as a whole: what the stacks of a
	// large crew take is no longer there for garbage.
	leastGarbage = 8 << 20
	// someGarbage is allowed in any case, and fleetGarbage to a process in which
	// that much lives; a process that grows up to midsize may have as much garbage
	// as lives in it.
	someGarbage  = 4 << 20
	fleetGarbage = 16 << 20
	midsize      = 64 << 20
	// largeShare of what lives is allowed to the largest.
	largeShare = 40
)

// thriftInterval is how often the collector's setting is looked at, at most.
const thriftInterval = 100 * time.Millisecond

// What a large process has no use for is given back when nothing will be due for
// restAhead, once in restInterval: looking through all that lives takes some
// tenths of a second.
const (
	restAhead    = 2 * time.Second
	restInterval = time.Minute
)

// thrift holds the collector to what this process needs: see garbage. It belongs
// to the dispatcher.
type thrift struct {
	before  int // the setting of the start, 0 when it is somebody's choice
	percent int
	looked  time.Time
	rested  time.Time
	figures [3]metrics.Sample
}

// begin looks whether somebody has chosen otherwise by GOGC; then nothing is done.
func (t *thrift) begin() {
	t.figures[0].Name = "/gc/heap/live:bytes"
	t.figures[1].Name = "/gc/scan/stack:bytes"
	t.figures[2].Name = "/gc/scan/globals:bytes"
	if t.before = debug.SetGCPercent(100); t.before != 100 {
		debug.SetGCPercent(t.before)
		t.before = 0
	}
	t.percent = t.before
}

// look adjusts the setting to what lives now.
func (t *thrift) look(now time.Time) {
	if t.before == 0 || now.Sub(t.looked) < thriftInterval {
		return
	}
	t.looked = now
	metrics.Read(t.figures[:])
	percent := garbagePercent(t.figures[0].Value.Uint64(), t.figures[1].Value.Uint64(), t.figures[2].Value.Uint64())
	// A change stops everything for a moment, so a small one is not worth it.
	if d := percent - t.percent; d*d*25 > t.percent*t.percent {
		debug.SetGCPercent(percent)
		t.percent = percent
	}
}

// rest gives the memory back that the launch of a fleet took beside what it keeps,
// when nothing is due before next and nothing in flight, and returns when to look
// again. It follows a look.
func (t *thrift) rest(now, next time.Time, inFlight bool) time.Time {
	if t.before == 0 || next.Sub(now) < restAhead || now.Sub(t.rested) < restInterval || t.figures[0].Value.Uint64() < midsize {
		return next
	}
	if inFlight {
		return now.Add(restAhead / 2)
	}
	t.rested = now
	debug.FreeOSMemory()
	return next
}

// end takes back what look has set.
func (t *thrift) end() {
	if t.before != 0 {
		debug.SetGCPercent(t.before)
	}
}

// garbagePercent is the setting with which the collector allows for the garbage
// that a process may have whose heap, stacks and global variables take so many
// bytes: it counts in shares of the three together.
func garbagePercent(live, stacks, globals uint64) int {
	allowed := max(someGarbage, min(live, fleetGarbage), live/largeShare)
	if live < 2*midsize {
		allowed = max(allowed, min(live, 2*midsize-live))
	}
	if stacks < leastGarbage {
		allowed = max(allowed, leastGarbage-stacks)
	}
	return int(max(1, allowed*100/max(1, live+stacks+globals)))
}
