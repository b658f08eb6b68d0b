package run

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/timers"
	"github.com/dcrbench/dcrbench/internal/wire"
)

func TestTrimSendsHomeWhomNobodyNeeded(t *testing.T) {
	start := time.Unix(1_000, 0)
	hands := make([]*hand, 6)
	for i := range hands {
		hands[i] = &hand{work: make(chan timers.Timer, 1)}
	}
	var r Runner
	r.crew.size = len(hands) + 2 // two are at work
	r.crew.idle = append(r.crew.idle, hands...)

	r.crew.trim(start)
	checkCrew(t, "nothing is known yet", &r.crew, hands, 6, 8)

	// Two are needed at the same time and come back.
	for range 2 {
		r.assign(t.Context(), timers.Timer{}, start)
	}
	r.crew.idle = append(r.crew.idle, hands[4], hands[5])
	r.crew.trim(start.Add(trimInterval - 1))
	checkCrew(t, "too early", &r.crew, hands, 6, 8)

	r.crew.trim(start.Add(trimInterval))
	checkCrew(t, "four were idle", &r.crew, hands[4:], 2, 4)
	for i, h := range hands[:4] {
		if _, open := <-h.work; open {
			t.Errorf("hand %d got work, want to be sent home", i)
		}
	}
	for i, h := range hands[4:] {
		if _, open := <-h.work; !open {
			t.Errorf("hand %d was sent home", 4+i)
		}
	}
}

func checkCrew(t *testing.T, when string, c *crew, idle []*hand, n, size int) {
	t.Helper()
	if len(c.idle) != n || c.size != size {
		t.Fatalf("%s: %d idle of %d, want %d of %d", when, len(c.idle), c.size, n, size)
	}
	for i, h := range c.idle {
		if h != idle[i] {
			t.Fatalf("%s: hand %d is another", when, i)
		}
	}
}

// stuck answers nobody before the context ends.
type stuck struct{}

func (stuck) Do(ctx context.Context, _ *api.HTTPRequest, _ *api.HTTPResponse) (wire.Timing, api.ErrKind) {
	<-ctx.Done()
	return wire.Timing{}, api.ErrCanceled
}

func TestWhoIsOverdueWaitsForAHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const devices, most = 40, 12
		schedule, err := pace.Spec{Shape: pace.Constant, Rate: 1e6}.Schedule(devices, 1)
		if err != nil {
			t.Fatal(err)
		}
		r, err := New(Config{Fleet: sessionFleet(1), Devices: devices, Seed: 1, Schedule: schedule, Duration: time.Hour,
			Statement: benchStatement, Transport: stuck{}, MaxInFlight: most})
		if err != nil {
			t.Fatal(err)
		}
		r.begin()
		ctx, end := context.WithCancel(t.Context())
		device := int32(0)
		assign := func(n int, late time.Duration) {
			t.Helper()
			r.mu.Lock()
			defer r.mu.Unlock()
			now := r.start.Add(time.Second)
			for range n {
				r.slots[device].machine = r.programs[0].New(1, uint64(device), "Cablevision", r.start)
				r.assign(ctx, timers.Timer{At: now.Add(-late).UnixNano(), Device: device}, now)
				device++
			}
		}
		reinforce := func(after time.Duration, size, line int) time.Time {
			t.Helper()
			r.mu.Lock()
			defer r.mu.Unlock()
			again := r.reinforce(ctx, r.start.Add(time.Second+after))
			if r.crew.size != size || r.crew.line.size != line {
				t.Errorf("after %v: a crew of %d and a line of %d, want %d and %d", after, r.crew.size, r.crew.line.size, size, line)
			}
			return again
		}
		assign(3, overdue)
		if again := reinforce(0, 3, 0); !again.IsZero() {
			t.Errorf("without a line it looks again at %v", again)
		}
		assign(1, overdue+1)
		assign(19, 0)
		if again, want := reinforce(patience-1, 3, 20), r.start.Add(time.Second+patience); !again.Equal(want) {
			t.Errorf("with a line it looks again at %v, want %v", again, want)
		}
		r.crew.served = 4 // four more times that, and it is gone
		if again, want := reinforce(patience, 3, 20), r.start.Add(time.Second+2*patience); !again.Equal(want) {
			t.Errorf("while the line gets shorter it looks again at %v, want %v", again, want)
		}
		r.crew.served = 3
		reinforce(2*patience-1, 3, 20)
		reinforce(2*patience, 6, 17)
		reinforce(3*patience-1, 6, 17)
		if again, want := reinforce(3*patience, 12, 11), r.start.Add(time.Second+4*patience); !again.Equal(want) {
			t.Errorf("with a line it looks again at %v, want %v", again, want)
		}
		if again := reinforce(4*patience, most, 11); !again.IsZero() {
			t.Errorf("with as many as there may be it looks again at %v", again)
		}
		synctest.Wait()
		if n := r.inFlight.Load(); n != most {
			t.Errorf("%d requests in flight, want %d", n, most)
		}
		r.halt()
		end()
		r.dismiss()
		if r.crew.line.size != 0 {
			t.Errorf("%d devices still in line", r.crew.line.size)
		}
	})
}

// The first of a crew is never waited for.
func TestWhoIsOverdueIsServedByAnEmptyCrew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		schedule, err := pace.Spec{Shape: pace.Constant, Rate: 1e6}.Schedule(1, 1)
		if err != nil {
			t.Fatal(err)
		}
		r, err := New(Config{Fleet: sessionFleet(1), Devices: 1, Seed: 1, Schedule: schedule, Duration: time.Hour, Statement: benchStatement, Transport: newCanned()})
		if err != nil {
			t.Fatal(err)
		}
		r.begin()
		r.slots[0].machine = r.programs[0].New(1, 0, "Cablevision", r.start)
		r.mu.Lock()
		r.assign(t.Context(), timers.Timer{At: r.start.UnixNano()}, r.start.Add(time.Second))
		size := r.crew.size
		r.mu.Unlock()
		r.flying.Wait()
		r.dismiss()
		if size != 1 {
			t.Errorf("a crew of %d, want 1", size)
		}
	})
}
