package tally

import (
	"testing"
	"time"
)

func TestCoarseStepsAreOrderedAndHoldTheirValues(t *testing.T) {
	last := 0
	for us := int64(0); us < 200_000_000; us += 1 + us/97 {
		i := coarseIndex(time.Duration(us) * time.Microsecond)
		if i < last {
			t.Fatalf("%d µs is in step %d, after step %d", us, i, last)
		}
		last = i
		if i == coarseLen-1 {
			continue
		}
		upper := coarseUpper(i)
		if us >= upper {
			t.Fatalf("%d µs is in the step that ends at %d", us, upper)
		}
		if us > 16 && float64(upper-us) > 0.126*float64(us) {
			t.Fatalf("%d µs is rounded up to %d, by more than an eighth", us, upper)
		}
	}
	if last != coarseLen-1 {
		t.Errorf("the scale ends in step %d, want %d", last, coarseLen-1)
	}
}

func TestCoarseQuantiles(t *testing.T) {
	var c coarse
	if got := c.quantile(0.5); got != 0 {
		t.Errorf("empty: got %d", got)
	}
	for ms := range 100 {
		c.record(time.Duration(ms+1) * time.Millisecond)
	}
	c.record(-time.Second)
	for q, ms := range map[float64]int64{0.5: 50, 0.99: 99} {
		if got := c.quantile(q); got < ms*1000 || got > ms*1130 {
			t.Errorf("quantile %v: got %d µs, want about %d ms", q, got, ms)
		}
	}
}
