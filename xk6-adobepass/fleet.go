package adobepass

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"go.k6.io/k6/lib"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/profiles"
)

// fleet is a fleet of one process: its population, where it calls, and the part
// of its devices that live here. It is safe for concurrent use; what is below
// started belongs to the fleet from its first use in a VU on.
type fleet struct {
	options    fleetOptions
	population *profiles.Population
	members    []string
	schedule   pace.Schedule

	mu      sync.Mutex
	started atomic.Bool
	failure error
	// execution is k6's own state of the test.
	execution *lib.ExecutionState

	clock clock
	// end is when the fleet's time is over; zero for never.
	end       time.Time
	share     share
	target    *url.URL
	simulator *server.Server
	// isSimulator is set for the embedded simulator and for one at the target.
	isSimulator bool
	sessions    []*device.Program
	errands     []*device.Program
	units       []unit
	waiting     map[int][]chan struct{}
	tallies     *tallies

	ceilingMu sync.Mutex
	ceiling   *throttle.Ceiling

	cursor      atomic.Uint64
	launched    atomic.Uint64
	touched     atomic.Int64
	inFlight    atomic.Int64
	maxInFlight atomic.Int64
	protocol    atomic.Pointer[string]
	errors      errorLog
}

// fleet returns the process's fleet of that name, made when it is the first.
func (r *root) fleet(o fleetOptions) (*fleet, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.fleets[o.Name]; f != nil {
		if !reflect.DeepEqual(f.options, o) {
			return nil, fmt.Errorf("new Fleet: a fleet %q with other options exists: %s (try: name: 'another')",
				o.Name, difference(f.options, o))
		}
		return f, nil
	}
	f, err := newFleet(o)
	if err != nil {
		return nil, fmt.Errorf("new Fleet: %w", err)
	}
	r.fleets[o.Name] = f
	r.order = append(r.order, f)
	return f, nil
}

// difference names the first option in which a and b differ, without its values:
// one of them is a secret.
func difference(a, b fleetOptions) string {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for _, field := range reflect.VisibleFields(x.Type()) {
		key := field.Tag.Get("key")
		if key != "" && !reflect.DeepEqual(x.FieldByIndex(field.Index).Interface(), y.FieldByIndex(field.Index).Interface()) {
			return key + " differs"
		}
	}
	return "they differ"
}

func newFleet(o fleetOptions) (*fleet, error) {
	library, name := profiles.Builtin(), o.Fleet
	if o.Profiles != "" {
		file, err := profiles.Parse("profiles", []byte(o.Profiles))
		if err == nil {
			err = library.Add(file)
		}
		if err != nil {
			return nil, err
		}
		if name == "" {
			names := file.FleetNames()
			if len(names) != 1 {
				return nil, fmt.Errorf("profiles: defines %d fleets; say which with the option fleet", len(names))
			}
			name = names[0]
		}
	}
	chosen, err := library.Fleet(name)
	if err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	size := int(o.Devices)
	if size == 0 {
		size = chosen.Devices
	}
	population, err := profiles.NewPopulation(chosen, size, uint64(o.Seed))
	if err != nil {
		return nil, fmt.Errorf("devices: %w", err)
	}
	f := &fleet{options: o, population: population, waiting: map[int][]chan struct{}{}}
	for _, p := range population.Profiles() {
		f.members = append(f.members, p.Name)
	}
	spec := chosen.Launch
	switch {
	case o.Launch == "" && o.Duration > 0:
		spec = spec.Fit(size, o.Duration)
	case o.Launch != "":
		if spec, err = pace.ParseSpec(o.Launch); err != nil {
			return nil, fmt.Errorf("launch: %w", err)
		}
	}
	if f.schedule, err = spec.Schedule(size, uint64(o.Seed)); err != nil {
		return nil, fmt.Errorf("launch: %w", err)
	}
	return f, nil
}

// start opens the fleet at its first use in a VU: only there are k6's options
// known, and the init context does no I/O. Later calls return what the first did.
func (f *fleet) start(in *instance, ctx context.Context, state *lib.State) error {
	if f.started.Load() {
		return f.failure
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.started.Load() {
		f.failure = f.open(in, ctx, state)
		f.started.Store(true)
	}
	return f.failure
}

func (f *fleet) open(in *instance, ctx context.Context, state *lib.State) error {
	f.execution = lib.GetExecutionState(ctx)
	var err error
	if f.share, err = shareOf(state.Options.ExecutionSegment, f.population.Size()); err != nil {
		return err
	}
	var statement string
	if f.target = f.options.url(); f.target == nil {
		if f.simulator, err = f.options.Simulator.start(f.population.Fleet().MVPDs); err != nil {
			return err
		}
		if f.target, err = url.Parse(f.simulator.URL()); err != nil {
			return errors.Join(err, closeServer(f.simulator))
		}
		statement, f.isSimulator = f.simulator.SoftwareStatement(), true
		closeAtExit(in.vu, f.simulator)
	} else if statement, f.isSimulator, err = f.options.statement(ctx, state.Transport, f.target); err != nil {
		return err
	}
	return f.prepare(statement)
}

// prepare makes what needs the statement and the time.
func (f *fleet) prepare(statement string) error {
	for _, p := range f.population.Profiles() {
		session, err := device.Compile(p, f.population.Fleet(), statement)
		if err != nil {
			return err
		}
		errand, err := device.Compile(errandProfile(p), f.population.Fleet(), statement)
		if err != nil {
			return err
		}
		f.sessions, f.errands = append(f.sessions, session), append(f.errands, errand)
	}
	if limit := f.options.MaxRPS * f.share.fraction; limit > 0 {
		var err error
		if f.ceiling, err = throttle.NewCeiling(limit, max(1, int(limit/10))); err != nil {
			return fmt.Errorf("maxRps: %w", err)
		}
	}
	f.clock = newClock()
	if f.options.Duration > 0 {
		f.end = f.clock.origin.Add(f.options.Duration)
	}
	f.units = make([]unit, f.share.size())
	f.tallies = newTallies(f.members, f.clock.origin)
	f.tallies.judge(f, int(f.options.Judge))
	return nil
}

// over reports whether a time is past the fleet's own: no session sends then.
func (f *fleet) over(at time.Time) bool { return !f.end.IsZero() && !at.Before(f.end) }

// errandProfile is the profile of a device that runs errands for a script instead
// of viewing sessions: one step without a wait, in one launch that never ends.
// What happens at the launch of an app belongs to sessions. The step stands for
// whatever the script asks for.
func errandProfile(p *profiles.Profile) *profiles.Profile {
	e := *p
	e.Session = []profiles.Step{{Op: errandOp, Chance: 1, Times: 1}}
	e.Behaviour.Relaunches = 0
	e.Behaviour.Credentials = profiles.CredentialsPersisted
	if e.Behaviour.Token == profiles.TokenPerLaunch {
		e.Behaviour.Token = profiles.TokenCached
	}
	return &e
}

// errandOp stands for the operation of an errand: a protected one that needs
// nothing but a token.
const errandOp = api.OpConfiguration

// clock reads real time in a way that never jumps: a fixed wall-clock origin
// plus the monotonic time since.
type clock struct{ origin, start time.Time }

func newClock() clock {
	now := time.Now()
	return clock{origin: now.Round(0), start: now}
}

func (c clock) now() time.Time { return c.origin.Add(time.Since(c.start)) }
