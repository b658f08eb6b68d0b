package adobepass

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.k6.io/k6/lib"
	"pgregory.net/rapid"

	"github.com/dcrbench/dcrbench/internal/api"
)

func segment(t interface{ Fatal(...any) }, text string) *lib.ExecutionSegment {
	s, err := lib.NewExecutionSegmentFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShareOfASegment(t *testing.T) {
	for _, c := range []struct {
		segment  string
		size     int
		from, to int
	}{
		{"0:1/3", 9999, 0, 3333}, {"1/3:2/3", 9999, 3333, 6666}, {"2/3:1", 9999, 6666, 9999},
		{"0:1/3", 10, 0, 3}, {"1/3:2/3", 10, 3, 6}, {"2/3:1", 10, 6, 10},
		{"0:1/2", 1, 0, 0}, {"1/2:1", 1, 0, 1}, {"0:1", 7, 0, 7},
	} {
		got, err := shareOf(segment(t, c.segment), c.size)
		if err != nil || got.from != c.from || got.to != c.to {
			t.Errorf("%s of %d: %+v, %v, want %d to %d", c.segment, c.size, got, err, c.from, c.to)
		}
	}
	if got, err := shareOf(nil, 5); err != nil || got != (share{0, 5, 1}) {
		t.Errorf("without a segment: %+v, %v", got, err)
	}
}

func TestSharesOfAnyNumberOfInstancesCoverTheFleetOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.Int64Range(1, 40).Draw(t, "instances")
		size := rapid.IntRange(1, 100_000).Draw(t, "devices")
		segments, err := segment(t, "0:1").Split(parts)
		if err != nil {
			t.Fatal(err)
		}
		end := 0
		for _, s := range segments {
			got, err := shareOf(s, size)
			if err != nil || got.from != end || got.to < got.from {
				t.Fatalf("segment %s of %d: %+v after %d, %v", s, size, got, end, err)
			}
			end = got.to
		}
		if end != size {
			t.Fatalf("the segments end at %d of %d", end, size)
		}
	})
}

func TestTwoInstancesGiveADeviceTheSameIdentity(t *testing.T) {
	identity := func(options lib.Options, i string) any {
		s := newScript(t, nil, `const fleet = new Fleet({ devices: 99, seed: 7 });`, options)
		return s.run(`const d = fleet.at(` + i + `); [d.identifier, d.profile, d.address, d.mvpd].join()`)
	}
	whole := identity(lib.Options{}, "70")
	third := identity(lib.Options{ExecutionSegment: segment(t, "2/3:1")}, "70")
	if whole != third {
		t.Errorf("device 70 is %v alone and %v on the last of three instances", whole, third)
	}
	s := newScript(t, nil, `const fleet = new Fleet({ devices: 99, seed: 7 });`, lib.Options{ExecutionSegment: segment(t, "2/3:1")})
	s.run(`if (fleet.shard.from !== 66 || fleet.shard.to !== 99 || fleet.shard.size !== 33 || fleet.size !== 99) throw JSON.stringify(fleet.shard);
		for (let i = 0; i < 80; i++) { const k = fleet.next().index; if (k < 66 || k >= 99) throw k; }`)
	s.throws(`fleet.at(65)`)
}

func TestAnInstanceWithoutDevicesSaysSo(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ devices: 1 });`, lib.Options{ExecutionSegment: segment(t, "0:1/2")})
	s.throws(`fleet.next()`)
}

func TestLaunchesFollowTheScheduleAndEnd(t *testing.T) {
	s := newScript(t, nil, `const fleet = new Fleet({ devices: 3, launch: "constant:1000" });`, lib.Options{})
	s.run(`for (let i = 0; i < 3; i++) if (fleet.launch().index !== i) throw i;
		if (fleet.launch() !== null) throw "a fourth of three devices";`)
}

func TestADeviceGoesFromHandToHand(t *testing.T) {
	f := &fleet{units: make([]unit, 1), share: share{0, 1, 1}, waiting: map[int][]chan struct{}{}, clock: newClock()}
	var inside, most int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if !f.acquire(t.Context(), 0) {
				t.Error("not acquired")
				return
			}
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			mu.Lock()
			inside--
			mu.Unlock()
			f.release(0)
		})
	}
	all.Wait()
	if most != 1 || len(f.waiting) != 0 || f.unit(0).busy.Load() {
		t.Errorf("%d at once, %d queues left, busy %v", most, len(f.waiting), f.unit(0).busy.Load())
	}
}

func TestWhoeverGivesUpWaitingLeavesTheQueue(t *testing.T) {
	f := &fleet{units: make([]unit, 1), share: share{0, 1, 1}, waiting: map[int][]chan struct{}{}}
	f.acquire(t.Context(), 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if f.acquire(ctx, 0) || len(f.waiting) != 0 {
		t.Errorf("acquired, or still queued: %v", f.waiting)
	}
	f.release(0)
	if !f.acquire(t.Context(), 0) {
		t.Error("the device is lost")
	}
}

func TestTransportErrorsHaveTheProjectsNames(t *testing.T) {
	for _, c := range []struct {
		code int
		text string
		want api.ErrKind
	}{
		{1050, "request timeout", api.ErrTimeout}, {1101, "", api.ErrDNS}, {1211, "", api.ErrTimeout},
		{1212, "", api.ErrConnect}, {1220, "", api.ErrReset}, {1310, "", api.ErrTLS},
		{1000, "EOF", api.ErrReset}, {1000, "odd", api.ErrProtocol}, {1631, "", api.ErrProtocol},
	} {
		if got := transportKind(t.Context(), c.code, c.text); got != c.want {
			t.Errorf("%d %q is %v, want %v", c.code, c.text, got, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := transportKind(ctx, 1050, ""); got != api.ErrCanceled {
		t.Errorf("the end of the VU is %v", got)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	began := time.Now()
	if wait(ctx, time.Hour) || time.Since(began) > 5*time.Second {
		t.Error("waited on")
	}
	if !wait(t.Context(), -1) {
		t.Error("a time that is over is no wait")
	}
}
