package run

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/internal/timers"
	"github.com/dcrbench/dcrbench/internal/wire"
	"github.com/dcrbench/dcrbench/profiles"
)

// The time that a request takes to the service and its answer back.
const (
	wayThere = 7 * time.Millisecond
	wayBack  = 9 * time.Millisecond
)

var newSigner = sync.OnceValues(func() (*statement.Signer, error) { return statement.NewThrowaway(rand.Reader) })

// newService returns a simulated service with short-lived tokens and a software
// statement that it accepts.
func newService(t *testing.T, at time.Time) (*backend.Service, string) {
	t.Helper()
	signer, err := newSigner()
	if err != nil {
		t.Fatal(err)
	}
	text, err := signer.Sign(statement.Claims{Issuer: "test", Subject: "app", SoftwareID: "app"}, at)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := statement.NewVerifier(statement.VerifierOptions{Keys: []statement.TrustedKey{signer.Trusted("test")}})
	if err != nil {
		t.Fatal(err)
	}
	service, err := backend.New(backend.Config{TokenTTL: 8 * time.Second}, [32]byte{1}, verifier)
	if err != nil {
		t.Fatal(err)
	}
	return service, text
}

// direct carries requests to a service in the same process.
type direct struct {
	mu      sync.Mutex
	service *backend.Service
}

func (d *direct) Do(_ context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (wire.Timing, api.ErrKind) {
	time.Sleep(wayThere)
	d.mu.Lock()
	d.service.Handle(time.Now(), in, out)
	d.mu.Unlock()
	time.Sleep(wayBack)
	return wire.Timing{Received: time.Now()}, api.ErrNone
}

// trace is what each device of a fleet did, line by line.
type trace [][]string

func (t trace) add(i int, at time.Duration, req *api.Request, res *api.Response) {
	t[i] = append(t[i], fmt.Sprintf("%v %v %v %v", at, req.Op, req.Purpose, res.Outcome))
}

// realTrace drives the fleet with the runner.
func realTrace(t *testing.T, fleet *profiles.Fleet, devices int, seed uint64, duration time.Duration) trace {
	t.Helper()
	service, text := newService(t, time.Now())
	schedule, err := pace.Spec{Shape: pace.Poisson, Rate: 8}.Schedule(devices, seed)
	if err != nil {
		t.Fatal(err)
	}
	got := make(trace, devices)
	r, err := New(Config{
		Fleet: fleet, Devices: devices, Seed: seed, Schedule: schedule, Duration: duration,
		Statement: text, Transport: &direct{service: service},
	})
	if err != nil {
		t.Fatal(err)
	}
	// Each device is driven by one goroutine at a time, so its lines need no lock.
	r.cfg.Observer = func(x *record.Exchange) {
		got.add(x.Device, x.Sent.Sub(r.start), x.Request, x.Response)
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return got
}

// virtualTrace drives the same machines by a loop of its own, without a clock,
// a goroutine or a transport.
func virtualTrace(t *testing.T, fleet *profiles.Fleet, devices int, seed uint64, duration time.Duration) trace {
	t.Helper()
	start := time.Date(2026, 9, 6, 20, 0, 0, 0, time.UTC)
	service, text := newService(t, start)
	population, err := profiles.NewPopulation(fleet, devices, seed)
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := pace.Spec{Shape: pace.Poisson, Rate: 8}.Schedule(devices, seed)
	if err != nil {
		t.Fatal(err)
	}
	var queue timers.Queue
	actions := map[int32]func(time.Time){}
	at := func(when time.Time, device int, what func(time.Time)) {
		queue.Push(timers.Timer{At: when.UnixNano(), Device: int32(device)})
		actions[int32(device)] = what
	}
	got := make(trace, devices)
	for i := range devices {
		program, err := device.Compile(population.Profiles()[population.Profile(i)], fleet, text)
		if err != nil {
			t.Fatal(err)
		}
		offset, ok := schedule.At(i)
		if !ok || offset >= duration {
			break
		}
		machine := program.New(seed, uint64(i), population.Viewer(i), start.Add(offset))
		identity := population.Identity(i)
		var next func(time.Time)
		next = func(now time.Time) {
			var req api.Request
			step := machine.Next(now, &req)
			switch step.Kind {
			case device.Wait:
				at(step.At, i, next)
			case device.Send:
				if now.Sub(start) >= duration {
					return
				}
				var in api.HTTPRequest
				var out api.HTTPResponse
				req.Encode(&identity, &in)
				at(now.Add(wayThere), i, func(arrived time.Time) {
					service.Handle(arrived, &in, &out)
					at(arrived.Add(wayBack), i, func(back time.Time) {
						var res api.Response
						var doc jsondoc.Doc
						api.Decode(req.Op, &out, &doc, &res)
						got.add(i, now.Sub(start), &req, &res)
						machine.Observe(back, &res)
						next(back)
					})
				})
			}
		}
		at(start.Add(offset), i, next)
	}
	for {
		if _, ok := queue.Peek(); !ok {
			return got
		}
		e := queue.Pop()
		actions[e.Device](time.Unix(0, e.At).UTC())
	}
}

// TestTheSameFleetLeavesTheSameTraceOnARealClockAndInVirtualTime is the keystone
// of the project: what a plan says is what a run does.
func TestTheSameFleetLeavesTheSameTraceOnARealClockAndInVirtualTime(t *testing.T) {
	library := profiles.Builtin()
	for _, name := range library.FleetNames() {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				fleet, err := library.Fleet(name)
				if err != nil {
					t.Fatal(err)
				}
				const devices, duration = 80, 40 * time.Second
				want := virtualTrace(t, fleet, devices, seed, duration)
				var got trace
				synctest.Test(t, func(t *testing.T) { got = realTrace(t, fleet, devices, seed, duration) })
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("traces differ (-virtual +real):\n%s", diff)
				}
				lines := 0
				for _, l := range want {
					lines += len(l)
				}
				if lines < devices*5 {
					t.Errorf("%d exchanges of %d devices: too few to say anything", lines, devices)
				}
			})
		}
	}
}
