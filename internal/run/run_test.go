package run

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/wire"
	"github.com/dcrbench/dcrbench/profiles"
)

// script answers every request after latency with what reply makes of it.
type script struct {
	latency time.Duration
	reply   func(in *api.HTTPRequest, out *api.HTTPResponse) api.ErrKind

	mu    sync.Mutex
	times []time.Time
	paths map[string]int
}

func (s *script) Do(ctx context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (wire.Timing, api.ErrKind) {
	s.mu.Lock()
	if s.paths == nil {
		s.paths = map[string]int{}
	}
	s.times = append(s.times, time.Now())
	s.paths[in.Path()]++
	s.mu.Unlock()
	if s.latency > 0 {
		timer := time.NewTimer(s.latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return wire.Timing{Received: time.Now()}, api.ErrCanceled
		}
	}
	if s.reply != nil {
		if kind := s.reply(in, out); kind != api.ErrNone || out.Status != 0 {
			return wire.Timing{Received: time.Now()}, kind
		}
	}
	out.Header = append(out.Header, api.Field{Name: "Content-Type", Value: "application/json"})
	switch in.Path() {
	case "/o/client/register":
		out.Status = 201
		out.Body = append(out.Body, `{"client_id":"c","client_secret":"s","client_id_issued_at":1,"redirect_uris":[],"grant_types":["client_credentials"],"scopes":["api:client:v2"]}`...)
	case "/o/client/token":
		out.Status = 201
		out.Body = append(out.Body, `{"id":"i","access_token":"t","created_at":1780000000000,"expires_in":3600,"token_type":"bearer"}`...)
	default:
		out.Status = 200
		out.Body = append(out.Body, `{"requestor":{"id":"REF30","mvpds":[]},"device":"x"}`...)
	}
	return wire.Timing{Received: time.Now()}, api.ErrNone
}

// sessionFleet is a fleet of one profile whose session asks times times for the
// configuration, a second apart.
func sessionFleet(times int) *profiles.Fleet {
	p := &profiles.Profile{
		Name: "plain", Platform: "test",
		Network: profiles.Network{Devices: 1},
		Session: []profiles.Step{{Op: api.OpConfiguration, Chance: 1, Times: times, Every: profiles.Range{Min: time.Second, Max: time.Second}}},
	}
	return &profiles.Fleet{
		Name: "test", Devices: 10, ServiceProvider: "REF30", MVPDs: []string{"Cablevision"}, Resources: []string{"r"},
		Members: []profiles.Member{{Profile: p, Weight: 1}},
	}
}

func config(t *testing.T, transport Transport, fleet *profiles.Fleet, devices int, duration time.Duration) Config {
	t.Helper()
	schedule, err := pace.Spec{Shape: pace.Constant, Rate: 10}.Schedule(devices, 1)
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Fleet: fleet, Devices: devices, Seed: 1, Schedule: schedule, Duration: duration,
		Statement: "a.b.c", Transport: transport,
	}
}

// finish runs cfg to its end and returns the reconciled result.
func finish(t *testing.T, ctx context.Context, cfg Config) *result.Document {
	t.Helper()
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(ctx); err != nil {
		t.Fatal(err)
	}
	doc := &result.Document{Schema: result.Schema, Kind: result.KindRun}
	r.Fill(doc)
	if err := result.Reconcile(doc); err != nil {
		t.Error(err)
	}
	return doc
}

func requests(doc *result.Document, endpoint string) uint64 {
	for _, e := range doc.Endpoints {
		if e.Endpoint == endpoint {
			return e.Requests
		}
	}
	return 0
}

func TestARunEndsWhenEveryDeviceIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{latency: 20 * time.Millisecond}
		begun := time.Now()
		doc := finish(t, t.Context(), config(t, s, sessionFleet(3), 10, time.Hour))
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("took %v, want no longer than the last device", took)
		}
		for endpoint, want := range map[string]uint64{"register": 10, "token": 10, "configuration": 30} {
			if got := requests(doc, endpoint); got != want {
				t.Errorf("%s: %d requests, want %d", endpoint, got, want)
			}
		}
		if doc.Load.Sent != 50 || doc.Load.Completed != 50 || doc.Load.Scheduled != 10 || doc.Load.Dropped != 0 {
			t.Errorf("load %+v, want 50 sent and completed of 10 launches", doc.Load)
		}
		if doc.Load.LatenessUS.Max > 1 {
			t.Errorf("lateness up to %d µs in a bubble, want none", doc.Load.LatenessUS.Max)
		}
	})
}

func TestNothingIsSentAfterTheDuration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{latency: 50 * time.Millisecond}
		begun := time.Now()
		doc := finish(t, t.Context(), config(t, s, sessionFleet(1000), 5, 10*time.Second))
		for _, at := range s.times {
			if at.Sub(begun) >= 10*time.Second {
				t.Fatalf("sent %v after the start, want nothing from 10 s on", at.Sub(begun))
			}
		}
		if took := time.Since(begun); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("took %v, want the duration and the last answers", took)
		}
		if int(doc.Load.Sent) != len(s.times) {
			t.Errorf("result says %d sent, the service saw %d", doc.Load.Sent, len(s.times))
		}
	})
}

func TestAnInterruptWaitsASecondForAnswersAndCutsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{latency: time.Minute}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		begun := time.Now()
		doc := finish(t, ctx, config(t, s, sessionFleet(1), 5, time.Hour))
		if took := time.Since(begun); took != 4*time.Second {
			t.Errorf("took %v, want 3 s and one second of grace", took)
		}
		if doc.Load.Errors != 5 || doc.Endpoints[0].Errors["canceled"] != 5 {
			t.Errorf("errors %v, want 5 canceled", doc.Endpoints[0].Errors)
		}
	})
}

func TestLatencyCountsFromTheIntendedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{latency: 300 * time.Millisecond}
		cfg := config(t, s, sessionFleet(1), 10, time.Minute)
		cfg.MaxInFlight = 1
		doc := finish(t, t.Context(), cfg)
		if doc.Load.InFlightMax != 1 {
			t.Errorf("%d in flight, want at most 1", doc.Load.InFlightMax)
		}
		// Ten launches in the first second, each registration held up by the one
		// before: the last of them waits for nine others.
		if late := time.Duration(doc.Load.LatenessUS.Max) * time.Microsecond; late < 1500*time.Millisecond {
			t.Errorf("lateness at most %v, want the queueing to show", late)
		}
		e := doc.Endpoints[0]
		if e.LatencyUS.Max <= e.WireUS.Max || e.WireUS.Max > 310_000 {
			t.Errorf("latency up to %d µs, on the wire %d µs, want the queueing in the first alone", e.LatencyUS.Max, e.WireUS.Max)
		}
	})
}

func TestWhatIsDueAtTheEndIsStillSentAndWhatTheGraceCutsOffIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{latency: 400 * time.Millisecond}
		cfg := config(t, s, sessionFleet(1), 10, 2*time.Second)
		cfg.MaxInFlight = 1
		doc := finish(t, t.Context(), cfg)
		if doc.Load.Dropped != 0 || requests(doc, "register") != 10 {
			t.Errorf("%d dropped and %d registrations, want all 10 launches served late", doc.Load.Dropped, requests(doc, "register"))
		}
		s = &script{latency: 400 * time.Millisecond}
		cfg = config(t, s, sessionFleet(1), 10, 2*time.Second)
		cfg.MaxInFlight, cfg.Grace = 1, time.Second
		doc = finish(t, t.Context(), cfg)
		if got := doc.Load.Dropped + requests(doc, "register"); got < 9 || doc.Load.Dropped == 0 {
			t.Errorf("%d dropped and %d registrations, want every launch in one of the two", doc.Load.Dropped, requests(doc, "register"))
		}
	})
}

func TestADispatcherThatWakesUpLateIsLate(t *testing.T) {
	for _, ceiling := range []float64{0, 1000} {
		synctest.Test(t, func(t *testing.T) {
			cfg := config(t, &script{}, sessionFleet(1), 1, time.Minute)
			cfg.MaxPerSecond = ceiling
			r, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			r.begin()
			r.mu.Lock()
			r.launch(r.start.Add(time.Second))
			r.mu.Unlock()
			time.Sleep(2 * time.Second)
			var lateness []time.Duration
			r.cfg.Observer = func(x *record.Exchange) { lateness = append(lateness, x.Lateness()) }
			r.drive(t.Context(), 0, r.start, new(bench))
			if len(lateness) < 2 || lateness[0] != 2*time.Second || lateness[1] != 0 {
				t.Errorf("ceiling %v: lateness %v, want 2 s for what was due at the start, and none for what follows", ceiling, lateness)
			}
		})
	}
}

func TestTheCeilingHoldsAndIsNoLateness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		cfg := config(t, s, sessionFleet(40), 20, 30*time.Second)
		cfg.MaxPerSecond = 4
		doc := finish(t, t.Context(), cfg)
		for i := range s.times {
			if j := i + 5; j < len(s.times) && s.times[j].Sub(s.times[i]) < time.Second {
				t.Fatalf("6 requests within %v, want at most 5", s.times[j].Sub(s.times[i]))
			}
		}
		if doc.Load.LatenessUS.Max > 1000 {
			t.Errorf("lateness %d µs: a ceiling is no lateness", doc.Load.LatenessUS.Max)
		}
		if doc.Load.HeldBack == 0 {
			t.Error("no device held back at the end, want those that the ceiling kept waiting")
		}
		if n := doc.Load.Sent; n < 110 || n > 121 {
			t.Errorf("%d requests in 30 s, want about 4 a second", n)
		}
	})
}

func TestWarmUpIsCountedApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		cfg := config(t, s, sessionFleet(10), 5, 8*time.Second)
		cfg.WarmUp = 4 * time.Second
		doc := finish(t, t.Context(), cfg)
		if doc.Load.WarmUpExcluded == 0 || int(doc.Load.Sent+doc.Load.WarmUpExcluded) != len(s.times) {
			t.Errorf("%d sent and %d excluded, the service saw %d", doc.Load.Sent, doc.Load.WarmUpExcluded, len(s.times))
		}
	})
}

// memory is a store that takes its time to make things durable.
type memory struct {
	mu      sync.Mutex
	kept    map[string]device.Credentials
	durable time.Duration
	fail    error
}

func (m *memory) Load(name string) (device.Credentials, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.kept[name]
	return c, ok, nil
}

func (m *memory) Keep(_ context.Context, name string, c device.Credentials) error {
	time.Sleep(m.durable)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[name] = c
	return m.fail
}

func (m *memory) KeepToken(name string, c device.Credentials) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[name] = c
}

func TestADeviceAsksForATokenOnlyWhenItsCredentialsAreDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{kept: map[string]device.Credentials{}, durable: 70 * time.Millisecond}
		cfg := config(t, &script{}, sessionFleet(1), 3, time.Minute)
		cfg.Store = m
		registered := map[int]time.Time{}
		var mu sync.Mutex
		cfg.Observer = func(x *record.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			switch x.Request.Op {
			case api.OpRegister:
				registered[x.Device] = x.Received
			case api.OpToken:
				if gap := x.Sent.Sub(registered[x.Device]); gap < 70*time.Millisecond {
					t.Errorf("token %v after the registration, want it after the 70 ms that durability takes", gap)
				}
			}
		}
		finish(t, t.Context(), cfg)
		cfg.Observer = nil
		second := finish(t, t.Context(), cfg)
		if n := requests(second, "register") + requests(second, "token"); n != 0 {
			t.Errorf("a second run made %d registrations and token requests, want none", n)
		}
		if n := requests(second, "configuration"); n != 3 {
			t.Errorf("a second run made %d calls, want 3", n)
		}
	})
}

func TestAStoreThatFailsEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("disk full")
		cfg := config(t, &script{}, sessionFleet(1000), 3, time.Hour)
		cfg.Store = &memory{kept: map[string]device.Credentials{}, fail: broken}
		r, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Run(t.Context()); !errors.Is(err, broken) {
			t.Errorf("Run = %v, want the store's error", err)
		}
	})
}

func TestConfigNamesEveryProblem(t *testing.T) {
	c := Config{Devices: -1, Duration: -1, WarmUp: -1, MaxInFlight: -1, MaxPerSecond: -1, Grace: -1}
	err := c.Validate()
	if n := len(err.(interface{ Unwrap() []error }).Unwrap()); n != 9 {
		t.Errorf("%d problems, want 9: %v", n, err)
	}
}
