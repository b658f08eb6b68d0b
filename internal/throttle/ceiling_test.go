package throttle

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCeilingSpacesRequestsEvenly(t *testing.T) {
	c, err := NewCeiling(50, 1)
	if err != nil {
		t.Fatal(err)
	}
	last := time.Time{}
	for i := range 100 {
		at := c.Reserve(start)
		if gap := at.Sub(last); i > 0 && (gap < 20*time.Millisecond-2 || gap > 20*time.Millisecond+2) {
			t.Fatalf("place %d comes %v after the one before, want 20ms", i, gap)
		}
		last = at
	}
	if got := last.Sub(start); got < 1980*time.Millisecond || got > 1980*time.Millisecond+time.Microsecond {
		t.Errorf("the hundredth place is at %v, want 1.98s", got)
	}
}

func TestCeilingNeverHandsOutMoreThanItsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perSecond := rapid.Float64Range(0.1, 5000).Draw(t, "rate")
		burst := rapid.IntRange(1, 10).Draw(t, "burst")
		c, err := NewCeiling(perSecond, burst)
		if err != nil {
			t.Fatal(err)
		}
		now, last := start, time.Time{}
		var places []time.Time
		for range rapid.IntRange(1, 80).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.Float64Range(-1, 4).Draw(t, "gap") / perSecond * float64(time.Second)))
			at := c.Reserve(now)
			if at.Before(now) || at.Before(last) {
				t.Fatalf("place %v before the request %v or the place before it %v", at, now, last)
			}
			places, last = append(places, at), at
		}
		checkWindows(t, places, float64(burst), perSecond)
	})
}

func TestCeilingNilIsNone(t *testing.T) {
	var c *Ceiling
	for range 100 {
		if got := c.Reserve(start); !got.Equal(start) {
			t.Fatalf("a nil ceiling delayed a request by %v", got.Sub(start))
		}
	}
}

func TestNewCeilingRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rate  float64
		burst int
	}{
		{"a zero rate", 0, 1}, {"a negative rate", -1, 1}, {"no number", math.NaN(), 1},
		{"infinity", math.Inf(1), 1}, {"no burst", 50, 0}, {"a vast burst", 50, maxBurst + 1},
	} {
		if c, err := NewCeiling(tt.rate, tt.burst); err == nil || c != nil {
			t.Errorf("%s: got %v, %v, want an error", tt.name, c, err)
		}
	}
}

func BenchmarkCeilingReserve(b *testing.B) {
	c, err := NewCeiling(1000, 1)
	if err != nil {
		b.Fatal(err)
	}
	now := start
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(900 * time.Microsecond)
		c.Reserve(now)
	}
}
