package run

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/tally"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/internal/timers"
	"github.com/dcrbench/dcrbench/profiles"
)

// Runner is one run in progress. Make it with New, start it once with Run; the
// other methods may be called meanwhile.
type Runner struct {
	cfg        Config
	clock      clock
	start, end time.Time
	population *profiles.Population
	programs   []*device.Program
	slots      []slot

	mu       sync.Mutex
	queue    timers.Queue
	ceiling  *throttle.Ceiling
	launched int
	fatal    error

	alarm  Alarm
	thrift thrift
	halted atomic.Bool
	crew   crew
	// flying counts the devices that somebody drives or is about to; hands are
	// the goroutines that do.
	flying sync.WaitGroup
	hands  sync.WaitGroup

	before, after sample
	tallies       *tallies
	expected      expected
	sample        *audit.Sample
	inFlight      atomic.Int64
	maxInFlight   atomic.Int64
	finished      atomic.Int64
	// lost counts the requests that were due and that the end of the grace kept
	// from being sent.
	lost atomic.Uint64
}

// slot is one device with what its driver remembers of it. It belongs to the
// goroutine that drives the device, or to nobody while the device waits.
type slot struct {
	machine device.Device
	book    tally.Book
	// admitted is when the ceiling lets the pending request go; 0 when it has
	// not been asked.
	admitted int64
	behind   behind
	// launches is the number of the launch that behind counts from.
	launches uint16
	// known is set once the device has what the store kept for it.
	known bool
	// profile is the number of the device's profile, which takes some counting.
	profile uint32
}

// New prepares a run. It opens nothing and starts nothing.
func New(cfg Config) (*Runner, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.MaxInFlight == 0 {
		cfg.MaxInFlight = DefaultMaxInFlight
	}
	if cfg.Grace == 0 {
		cfg.Grace = DefaultGrace
	}
	population, err := profiles.NewPopulation(cfg.Fleet, cfg.Devices, cfg.Seed)
	if err != nil {
		return nil, err
	}
	r := &Runner{
		cfg:        cfg,
		population: population,
		slots:      make([]slot, cfg.Devices),
		alarm:      cfg.Alarm,
	}
	if r.alarm == nil {
		r.alarm = newRuntimeAlarm()
	}
	r.queue.Grow(cfg.Devices)
	for _, p := range population.Profiles() {
		program, err := device.Compile(p, cfg.Fleet, cfg.Statement)
		if err != nil {
			return nil, err
		}
		r.programs = append(r.programs, program)
	}
	r.sample = audit.NewSample(audit.Options{}, audit.Crowd{
		Devices: cfg.Devices, Profile: population.Profile, Counts: population.Counts(), Servers: population.Servers(),
	}, cfg.Judge)
	if cfg.MaxPerSecond > 0 {
		// The ceiling admits a tenth of a second's worth at once, at least one.
		if r.ceiling, err = throttle.NewCeiling(cfg.MaxPerSecond, max(1, int(cfg.MaxPerSecond/10))); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Run drives the fleet until its time is over, every device is done, or ctx
// ends, and returns when no request is under way any more. The error is about
// the run itself, such as a store that cannot be written; what the target
// answered is in the figures. An ended ctx is no error.
func (r *Runner) Run(ctx context.Context) error {
	r.thrift.begin()
	defer r.thrift.end()
	r.begin()
	r.before = takeSample()

	// The transport must outlive ctx by the grace, so it gets a context of its own.
	transport, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	if over := r.dispatch(ctx, transport); !over {
		r.halt()
	}
	r.drain(ctx, cut)
	r.dismiss()
	r.after = takeSample()
	return r.fatal
}

func (r *Runner) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = newClock()
	r.start = r.clock.origin
	r.end = r.start.Add(r.cfg.Duration)
	r.tallies = newTallies(r.profileNames(), r.start, r.cfg.WarmUp)
	r.sample.Count(r.tallies.warm)
}

// dispatch hands every due device to a goroutine until the run is over, which
// it reports, or broken off. A device that became due before the end is still
// served when the dispatcher itself was late: that is lateness, not less load.
func (r *Runner) dispatch(ctx, transport context.Context) (over bool) {
	defer context.AfterFunc(ctx, r.alarm.Ring)()
	for !r.over() && ctx.Err() == nil {
		now := r.clock.now()
		r.thrift.look(now)
		if !now.Before(r.end) {
			r.release(transport, r.end.Add(-1))
			return true
		}
		next, idle := r.release(transport, now)
		if idle && r.finished.Load() >= int64(r.scheduled()) && r.exhausted() {
			return true
		}
		if next.After(r.end) {
			next = r.end
		}
		next = r.thrift.rest(now, next, r.inFlight.Load() > 0)
		r.alarm.Sleep(next.Sub(r.clock.now()))
	}
	return false
}

// respite is how long the dispatcher leaves a crew alone that has as many devices
// in line again as it is large: who becomes due meanwhile would only stand in line.
const respite = 500 * time.Microsecond

// release starts the devices that are due at now and says when to look for the
// next one, and whether none is waiting.
func (r *Runner) release(transport context.Context, now time.Time) (next time.Time, idle bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.crew.trim(now)
	r.launch(now)
	next, idle = r.end, true
	if offset, ok := r.nextLaunch(); ok {
		next, idle = r.start.Add(offset), false
	}
	for top, ok := r.queue.Peek(); ok; top, ok = r.queue.Peek() {
		idle = false
		if at := time.Unix(0, top.At); at.After(now) {
			if at.Before(next) {
				next = at
			}
			break
		}
		r.queue.Pop()
		r.assign(transport, top, now)
	}
	if again := r.reinforce(transport, now); !again.IsZero() && again.Before(next) {
		next = again
	}
	if rested := now.Add(respite); r.crew.line.size >= r.cfg.MaxInFlight && next.Before(rested) {
		next = rested
	}
	return next, idle
}

// launch makes the devices whose time has come and queues them.
func (r *Runner) launch(now time.Time) {
	for {
		offset, ok := r.nextLaunch()
		if !ok {
			return
		}
		at := r.start.Add(offset)
		if at.After(now) {
			return
		}
		i := r.launched
		r.launched++
		profile := r.population.Profile(i)
		s := &r.slots[i]
		s.profile = uint32(profile)
		s.machine = r.programs[profile].New(r.cfg.Seed, uint64(i), r.population.Viewer(i), at)
		r.queue.Push(timers.Timer{At: at.UnixNano(), Device: int32(i)})
	}
}

// nextLaunch is when the next device launches, if there is one within the run.
func (r *Runner) nextLaunch() (time.Duration, bool) {
	if r.launched >= r.cfg.Devices {
		return 0, false
	}
	offset, ok := r.cfg.Schedule.At(r.launched)
	return offset, ok && offset < r.cfg.Duration
}

// exhausted reports that no device is left to launch.
func (r *Runner) exhausted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, more := r.nextLaunch()
	return !more
}

func (r *Runner) scheduled() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.launched
}

// park queues a device until at.
func (r *Runner) park(i int, at time.Time) {
	r.mu.Lock()
	first := r.queue.Push(timers.Timer{At: at.UnixNano(), Device: int32(i)})
	r.mu.Unlock()
	if first {
		r.alarm.Ring()
	}
}

// retire counts a device that has nothing more to do, and ends the run's sleep
// when it was the last.
func (r *Runner) retire() {
	if n := r.finished.Add(1); n >= int64(r.scheduled()) && r.exhausted() {
		r.alarm.Ring()
	}
}

// halt keeps every device from sending anything more.
func (r *Runner) halt() {
	r.halted.Store(true)
	r.alarm.Ring()
}

// fail ends the run because of an error of its own.
func (r *Runner) fail(err error) {
	r.mu.Lock()
	if r.fatal == nil {
		r.fatal = err
	}
	r.mu.Unlock()
	r.halt()
}

// drain waits for the requests that are still to end: for the grace, and for a
// second at most once ctx has ended. Then it cuts the rest off.
func (r *Runner) drain(ctx context.Context, cut context.CancelFunc) {
	landed := make(chan struct{})
	go func() {
		r.flying.Wait()
		close(landed)
	}()
	if ctx.Err() == nil {
		grace := time.NewTimer(r.cfg.Grace)
		defer grace.Stop()
		select {
		case <-landed:
			return
		case <-grace.C:
		case <-ctx.Done():
		}
	}
	r.halt()
	if ctx.Err() != nil {
		grace := time.NewTimer(interruptGrace)
		defer grace.Stop()
		select {
		case <-landed:
			return
		case <-grace.C:
		}
	}
	cut()
	<-landed
}

// storeName is under which name a device keeps its credentials: the fleet's
// name and the device's identifier.
func (r *Runner) storeName(identifier string) string {
	return fmt.Sprintf("%s/%s", r.cfg.Fleet.Name, identifier)
}
