package run

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// stalling answers after 5 ms, and after the end of the stall what came before.
type stalling struct {
	script
	from, to time.Time
}

func (s *stalling) Do(ctx context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (wire.Timing, api.ErrKind) {
	if now := time.Now(); !now.Before(s.from) && now.Before(s.to) {
		time.Sleep(s.to.Sub(now))
	}
	return s.script.Do(ctx, in, out)
}

func TestADependentRequestCountsFromWhenAnUndisturbedRunWouldSendIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		server := &stalling{script: script{latency: 5 * time.Millisecond}, from: start.Add(5 * time.Second), to: start.Add(6 * time.Second)}
		cfg := config(t, server, sessionFleet(3), 100, 20*time.Second)
		type seen struct{ intended, due, sent time.Duration }
		did := make([][]seen, 100)
		cfg.Observer = func(x *record.Exchange) {
			did[x.Device] = append(did[x.Device], seen{x.Intended.Sub(start), x.Due.Sub(start), x.Sent.Sub(start)})
		}
		doc := finish(t, t.Context(), cfg)
		for i, steps := range did {
			// Undisturbed: three requests 5 ms apart, then two more after a second each.
			launch := time.Duration(i) * 100 * time.Millisecond
			for k, step := range steps {
				want := launch + time.Duration(k)*5*time.Millisecond
				if k > 2 {
					want += time.Duration(k-2) * time.Second
				}
				if off := step.intended - want; off.Abs() > time.Microsecond {
					t.Errorf("device %d, request %d: intended at %v, want %v", i, k, step.intended, want)
				}
				if step.sent != step.due {
					t.Errorf("device %d, request %d: due at %v and sent at %v", i, k, step.due, step.sent)
				}
			}
		}
		if doc.Load.LatenessUS.Max > 1 {
			t.Errorf("the generator blames itself for %d µs", doc.Load.LatenessUS.Max)
		}
		for _, e := range doc.Endpoints {
			if e.Endpoint == "token" && (e.WireUS.Max > 6_000 || e.LatencyUS.Max < 900_000) {
				t.Errorf("token: %d µs on the wire and %d µs of latency; want the stall in the latter alone", e.WireUS.Max, e.LatencyUS.Max)
			}
		}
	})
}

func TestWaitingAfterA429PutsADeviceNotBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := map[string]bool{}
		server := &script{latency: 5 * time.Millisecond, reply: func(in *api.HTTPRequest, out *api.HTTPResponse) api.ErrKind {
			if key := in.Header.Get("X-Forwarded-For"); in.Path() == "/o/client/token" && !refused[key] {
				refused[key] = true
				out.Status = 429
			}
			return api.ErrNone
		}}
		cfg := config(t, server, sessionFleet(2), 5, 20*time.Second)
		cfg.Fleet.Members[0].Profile.Behaviour.ThrottleRetries = 3
		doc := finish(t, t.Context(), cfg)
		if doc.Throttling.Responses == 0 {
			t.Fatal("nothing was throttled")
		}
		for _, e := range doc.Endpoints {
			if e.LatencyUS.Max > 6_000 {
				t.Errorf("%s: %d µs; a device that waits as it is told is not slow", e.Endpoint, e.LatencyUS.Max)
			}
		}
	})
}

func TestExpectedTakesSmallDifferencesForNoise(t *testing.T) {
	var e expected
	if got := e.excess(api.OpToken, time.Hour); got != 0 {
		t.Errorf("with nothing known: %v, want 0", got)
	}
	e.learn(api.OpToken, 30*time.Millisecond)
	e.learn(api.OpToken, 20*time.Millisecond)
	e.learn(api.OpToken, 50*time.Millisecond)
	e.learn(api.OpToken, 0)
	for took, want := range map[time.Duration]time.Duration{
		time.Millisecond: 0, 40 * time.Millisecond: 0, 41 * time.Millisecond: 21 * time.Millisecond, time.Second: 980 * time.Millisecond,
	} {
		if got := e.excess(api.OpToken, took); got != want {
			t.Errorf("%v: %v behind, want %v", took, got, want)
		}
	}
	var b behind
	b.add(100 * time.Hour)
	b.add(time.Second)
	if b != 1<<32-1 {
		t.Errorf("%d µs behind, want the bound", b)
	}
}
