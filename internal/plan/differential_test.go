package plan

import (
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/internal/timers"
	"github.com/dcrbench/dcrbench/profiles"
)

var newSigner = sync.OnceValues(func() (*statement.Signer, error) { return statement.NewThrowaway(rand.Reader) })

// realService returns the simulator's own service with the configuration of a
// plan, and a software statement that it accepts.
func realService(t *testing.T, c *Config) (*backend.Service, string) {
	t.Helper()
	signer, err := newSigner()
	if err != nil {
		t.Fatal(err)
	}
	text, err := signer.Sign(statement.Claims{Issuer: "test", Subject: "app", SoftwareID: "app"}, time.Unix(0, epoch))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := statement.NewVerifier(statement.VerifierOptions{Keys: []statement.TrustedKey{signer.Trusted("test")}})
	if err != nil {
		t.Fatal(err)
	}
	service, err := backend.New(backend.Config{
		TokenTTL: c.Service.TokenTTL, SessionTTL: c.Service.SessionTTL, ProfileTTL: c.Service.ProfileTTL,
		LoginDelay: c.Service.LoginDelay, Throttle: c.Service.Throttle, ThrottleOff: c.Service.ThrottleOff,
	}, [32]byte{1}, verifier)
	if err != nil {
		t.Fatal(err)
	}
	return service, text
}

// traces are what each device did, line by line.
type traces map[int][]string

func line(now int64, op api.Op, res *api.Response) string {
	return fmt.Sprintf("%v %v %d %v", time.Duration(now-epoch), op, res.Status, res.Outcome)
}

// planned plays the plan with the model of the service.
func planned(t *testing.T, c Config) traces {
	t.Helper()
	c.Workers = 1
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	got := traces{}
	p.trace = func(device int, now int64, op api.Op, res *api.Response) {
		got[device] = append(got[device], line(now, op, res))
	}
	if !p.Run(t.Context()) {
		t.Fatal("the plan was cut")
	}
	return got
}

// played plays the same devices, in one queue, against the simulator's service:
// every request encoded, handled and decoded.
func played(t *testing.T, c Config) traces {
	t.Helper()
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	service, text := realService(t, &c)
	type pending struct {
		op  api.Op
		res api.Response
	}
	slots := make([]slot, c.Devices)
	machines := make([]device.Device, c.Devices)
	under := make([]*pending, c.Devices)
	var queue timers.Queue
	got := traces{}
	w := &worker{Planner: p, figures: p.total}
	for i := range c.Devices {
		m := profiles.GroupMember{Device: i, Profile: p.population.Profile(i), Viewer: p.population.Viewer(i)}
		at, ok := w.begin(&slots[i], &m)
		if !ok {
			continue
		}
		program, err := device.Compile(p.population.Profiles()[m.Profile], p.fleet, text)
		if err != nil {
			t.Fatal(err)
		}
		machines[i] = program.New(c.Seed, uint64(i), m.Viewer, time.Unix(0, at))
		queue.Push(timers.Timer{At: at, Device: int32(i)})
	}
	for queue.Len() > 0 {
		top := queue.Pop()
		i, now := int(top.Device), top.At
		at := time.Unix(0, now)
		if under[i] != nil {
			machines[i].Observe(at, &under[i].res)
			under[i] = nil
		}
		var req api.Request
		switch step := machines[i].Next(at, &req); step.Kind {
		case device.Wait:
			if step.At.UnixNano() < p.end {
				queue.Push(timers.Timer{At: step.At.UnixNano(), Device: top.Device})
			}
		case device.Done:
			if offset, ok := p.launcher.next(&slots[i].launches, time.Duration(now-epoch), &slots[i].draws); ok && machines[i].Relaunch(w.at(offset)) {
				queue.Push(timers.Timer{At: epoch + int64(offset), Device: top.Device})
			}
		case device.Send:
			if now >= p.end {
				continue
			}
			var in api.HTTPRequest
			var out api.HTTPResponse
			var doc jsondoc.Doc
			identity := p.population.Identity(i)
			req.Encode(&identity, &in)
			in.Peer = "192.0.2.1"
			if p.service.broken(now, nil) != answerOK {
				service.Fail(at, &in, &out)
			} else {
				service.Handle(at, &in, &out)
			}
			under[i] = &pending{op: req.Op}
			api.Decode(req.Op, &out, &doc, &under[i].res)
			got[i] = append(got[i], line(now, req.Op, &under[i].res))
			queue.Push(timers.Timer{At: now + int64(c.ResponseTime.Min), Device: top.Device})
		}
	}
	return got
}

func scheduled(rate float64) *pace.Spec { return &pace.Spec{Shape: pace.Poisson, Rate: rate} }

// TestTheModelAnswersAsTheSimulatorDoes is what makes a plan worth reading: the
// rules in virtual time are the rules of the simulator, request by request.
func TestTheModelAnswersAsTheSimulatorDoes(t *testing.T) {
	answerTime := ResponseTime{Min: 7 * time.Millisecond, Max: 7 * time.Millisecond}
	library := profiles.Builtin()
	for _, c := range []struct {
		name   string
		config Config
	}{
		{"a run of two minutes with short tokens", Config{
			Devices: 100, Horizon: 2 * time.Minute, Launch: scheduled(4), ResponseTime: answerTime,
			Service: Service{TokenTTL: 8 * time.Second},
		}},
		{"no response time, strict limits and short sessions", Config{
			Devices: 60, Horizon: 10 * time.Minute, Launch: scheduled(2),
			Service: Service{TokenTTL: 30 * time.Second, SessionTTL: 5 * time.Minute, LoginDelay: 15 * time.Second, Throttle: throttle.Limits{Rate: 0.5, Burst: 3}},
		}},
		{"a day with several launches and profiles that end", Config{
			Devices: 30, Horizon: 24 * time.Hour, LaunchesPerDay: 6, ResponseTime: answerTime,
			Service: Service{TokenTTL: time.Hour, ProfileTTL: 5 * time.Hour},
		}},
		{"an outage in a day without throttle", Config{
			Devices: 30, Horizon: 24 * time.Hour, LaunchesPerDay: 12, ResponseTime: answerTime,
			Service: Service{ThrottleOff: true, Outages: []Outage{{From: 20 * time.Hour, For: 30 * time.Minute}}},
		}},
	} {
		for _, fleet := range library.FleetNames() {
			for seed := range uint64(2) {
				t.Run(fmt.Sprintf("%s/%s/%d", c.name, fleet, seed), func(t *testing.T) {
					c := c.config
					c.Seed = seed
					var err error
					if c.Fleet, err = library.Fleet(fleet); err != nil {
						t.Fatal(err)
					}
					want, got := played(t, c), planned(t, c)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("traces differ (-simulator +plan):\n%.3000s", diff)
					}
					lines := 0
					for _, l := range want {
						lines += len(l)
					}
					if lines < c.Devices*5 {
						t.Errorf("%d exchanges of %d devices: too few to say anything", lines, c.Devices)
					}
				})
			}
		}
	}
}
