package probe

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/throttle"
)

func TestRefusalsOfRequestsUnderWayDoNotSlowTheSharedModelDown(t *testing.T) {
	b := newBudget(throttle.DocumentedLimits)
	for _, key := range []string{"a", "b", "c", "d"} {
		b.spend(key, start)
	}
	for _, key := range []string{"a", "b", "c", "d"} {
		b.refused(key, start, time.Second)
	}
	if want := throttle.DocumentedLimits.Rate * margin; b.limits.Rate != want {
		t.Errorf("got %g a second, want %g", b.limits.Rate, want)
	}
	b.refused("a", start.Add(2*time.Second), time.Second)
	if want := throttle.DocumentedLimits.Rate * margin * 0.7; b.limits.Rate != want {
		t.Errorf("a later refusal: got %g a second, want %g", b.limits.Rate, want)
	}
}
