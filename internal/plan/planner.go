package plan

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/profiles"
)

// Planner is one plan in progress. Make it with New, start it once with Run;
// Progress may be called meanwhile.
type Planner struct {
	cfg        Config
	fleet      *profiles.Fleet
	population *profiles.Population
	programs   []*device.Program
	service    *service
	answers    *answers
	status     [api.NumOps][numKinds]uint8
	launcher   *launcher
	clock      *scale
	end        int64
	fixed      int64
	isFixed    bool

	sample *audit.Sample
	// trace, when set, is called with every exchange; tests follow devices by it.
	trace func(device int, now int64, op api.Op, res *api.Response)

	next    atomic.Int64
	devices atomic.Int64
	partial atomic.Int64
	// cutAt is the offset at which a large group was cut off, 0 for none.
	cutAt    atomic.Int64
	merging  sync.Mutex
	total    *figures
	complete bool
}

// New prepares a plan.
func New(cfg Config) (*Planner, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	p := &Planner{cfg: cfg, fleet: cfg.Fleet, service: newService(&cfg), clock: newScale(cfg.Horizon), end: epoch + int64(cfg.Horizon)}
	if cfg.LaunchesPerDay > 0 {
		p.fleet = cfg.Fleet.WithoutRelaunches()
	}
	var err error
	if p.population, err = profiles.NewPopulation(p.fleet, cfg.Devices, cfg.Seed); err != nil {
		return nil, err
	}
	for _, profile := range p.population.Profiles() {
		program, err := device.Compile(profile, p.fleet, "planned")
		if err != nil {
			return nil, err
		}
		p.programs = append(p.programs, program)
	}
	if p.launcher, err = newLauncher(&cfg); err != nil {
		return nil, err
	}
	p.answers = newAnswers(p.service.TokenTTL, min(5, len(cfg.Fleet.Resources)))
	for op := range p.answers {
		for k := range p.answers[op] {
			p.status[op][k] = statusIndex(p.answers[op][k].Status)
		}
	}
	p.sample = p.newSample()
	p.fixed, p.isFixed = cfg.ResponseTime.fixed()
	p.total = newFigures(p.clock, len(p.programs))
	return p, nil
}

func statusIndex(status int) uint8 {
	for i, s := range statuses {
		if s == status {
			return uint8(i)
		}
	}
	return 0
}

// chunk is how many groups a worker takes at once.
const chunk = 64

// Run plays the whole plan, or as much of it as there is time for until ctx
// ends. It reports whether it got to the end.
func (p *Planner) Run(ctx context.Context) bool {
	workers := p.cfg.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, maxWorkers, 1+p.population.AddressGroups()/chunk)
	var all sync.WaitGroup
	var cut atomic.Bool
	for range workers {
		all.Go(func() {
			w := &worker{Planner: p, figures: newFigures(p.clock, len(p.programs))}
			w.exchange.Request = &w.request
			if !w.work(ctx) {
				cut.Store(true)
			}
			p.merging.Lock()
			p.total.merge(w.figures)
			p.merging.Unlock()
		})
	}
	all.Wait()
	p.complete = !cut.Load()
	return p.complete
}

// maxWorkers bounds the parts of the figures that are held at once.
const maxWorkers = 32

// work plays groups until there are none left.
func (w *worker) work(ctx context.Context) bool {
	groups := int64(w.population.AddressGroups())
	order := newOrder(groups)
	for {
		from := w.next.Add(chunk) - chunk
		if from >= groups {
			return true
		}
		for g := from; g < min(from+chunk, groups); g++ {
			if ctx.Err() != nil {
				return false
			}
			if at := int(order.at(g)); at < w.population.Addresses() {
				w.members = w.population.AddressGroup(at, w.members[:0])
				if !w.group(ctx, w.members) {
					return false
				}
			} else if !w.crowd(ctx) {
				return false
			}
			w.devices.Add(int64(len(w.slots)))
			if len(w.slots) > largeGroup {
				w.partial.Store(0)
			}
		}
	}
}

// order is the order in which groups are played: the last one first, for it may
// be a large one, and the others in strides over all of them, so that the part
// of a plan that is done is a fair sample of the fleet.
type order struct{ groups, stride int64 }

func newOrder(groups int64) order {
	o := order{groups, max(1, groups*618/1000)}
	for common(o.stride, groups) != 1 {
		o.stride++
	}
	return o
}

func (o order) at(i int64) int64 { return (o.groups - 1 + i*o.stride) % o.groups }

// common is the greatest common divisor.
func common(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// largeGroup is the number of devices from which on the progress within a group
// is worth showing.
const largeGroup = 1000

// advanced notes how far a large group is.
func (w *worker) advanced(members int, offset int64) {
	if members <= largeGroup {
		return
	}
	w.partial.Store(int64(float64(members) * float64(offset) / float64(w.cfg.Horizon)))
}

// Progress is how much of a plan is done.
type Progress struct {
	// Done and Devices count devices.
	Done, Devices int64
}

// Progress describes the plan at this moment.
func (p *Planner) Progress() Progress {
	done := p.devices.Load()
	total := int64(p.cfg.Devices)
	return Progress{Done: min(done+p.partial.Load(), total), Devices: total}
}
