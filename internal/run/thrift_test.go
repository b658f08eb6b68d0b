package run

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
	"unsafe"
)

func TestGarbageIsAllowedForByWhatLives(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		why                   string
		live, stacks, globals uint64
		want                  int // MB of garbage
	}{
		{"a small process", 3 * mb, 0, 1 * mb, 8},
		{"a hundred thousand devices", 30 * mb, 0, 1 * mb, 30},
		{"two hundred thousand", 60 * mb, 0, 1 * mb, 60},
		{"four hundred thousand", 120 * mb, 0, 1 * mb, 16},
		{"half a million", 150 * mb, 0, 1 * mb, 16},
		{"ten million", 2600 * mb, 0, 1 * mb, 65},
		{"a crew that waits for a stalled service", 6 * mb, 16 * mb, 1 * mb, 6},
		{"one half as large", 2 * mb, 4 * mb, 1 * mb, 4},
		{"nothing", 0, 0, 0, 8},
	} {
		percent := garbagePercent(c.live, c.stacks, c.globals)
		base := max(1, c.live+c.stacks+c.globals)
		if got := float64(percent) * float64(base) / 100 / mb; c.live > 0 && (got > float64(c.want) || got < float64(c.want)*0.7) {
			t.Errorf("%s: %.1f MB (%d %%), want %d", c.why, got, percent, c.want)
		}
		if percent < 1 {
			t.Errorf("%s: %d %%", c.why, percent)
		}
	}
}

func TestTheCollectorIsSetForTheRunOnly(t *testing.T) {
	now := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	runtime.GC() // what lives now is small, whatever lived in the tests before
	var own thrift
	own.begin()
	own.look(time.Unix(1, 0))
	want := garbagePercent(own.figures[0].Value.Uint64(), own.figures[1].Value.Uint64(), own.figures[2].Value.Uint64())
	if got := now(); got != own.percent || max(got, want)-min(got, want) > got/5 {
		t.Errorf("the percentage is %d, want about %d", got, want)
	}
	own.end()
	if now() != 100 {
		t.Errorf("after the run the percentage is %d", now())
	}

	debug.SetGCPercent(300)
	var theirs thrift
	theirs.begin()
	theirs.look(time.Unix(1, 0))
	if now() != 300 {
		t.Errorf("a percentage of 300 became %d", now())
	}
	theirs.end()
	if now() != 300 {
		t.Errorf("a percentage of 300 became %d", now())
	}
}

// A device must not cost more than 300 bytes beside its own credentials: its slot,
// its place among the timers, and what the allocator rounds its strings up by.
func TestADeviceTakesLittleMemory(t *testing.T) {
	const timer, rounding = 16, 16
	if size := unsafe.Sizeof(slot{}) + timer + rounding; size > 300 {
		t.Errorf("%d bytes a device", size)
	}
}
