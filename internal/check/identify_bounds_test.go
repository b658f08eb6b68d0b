package check

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

func at(s float64) time.Time { return time.Unix(1000, 0).Add(time.Duration(s * float64(time.Second))) }

func polled(status int, sent, received float64) *Answer {
	return &Answer{HTTPResponse: api.HTTPResponse{Status: status}, Sent: at(sent), Received: at(received)}
}

func TestBoundsHoldTheRateOfABucketHoweverLateThePolls(t *testing.T) {
	// A request becomes ready at 1, 2, 3, 4 s; the polls of the third are late.
	var b bounds
	for _, a := range []*Answer{
		polled(429, 0.95, 0.96), polled(200, 1.05, 1.06), polled(429, 1.95, 1.96), polled(200, 2.05, 2.06),
		polled(429, 2.5, 2.6), polled(200, 3.6, 3.7), polled(429, 3.95, 3.96), polled(200, 4.05, 4.06),
	} {
		if a.Status == 200 {
			b.admitted(a)
		} else {
			b.refused(a)
		}
	}
	low, high, ok := b.rate()
	if !ok || low > 1 || high < 1 || high-low > 0.1 {
		t.Errorf("got %v to %v, %v", low, high, ok)
	}
}

func TestBoundsKnowThatAWindowIsNoBucket(t *testing.T) {
	var b bounds
	for _, s := range []float64{5, 5.1, 5.2, 10, 10.1, 10.2} {
		b.refused(polled(429, s-0.05, s-0.04))
		b.admitted(polled(200, s, s+0.01))
	}
	if low, high, ok := b.rate(); ok {
		t.Errorf("got %v to %v for a window", low, high)
	}
}

func TestSlowAnswersAreNoQueue(t *testing.T) {
	x := &Identification{base: 200}
	for _, tt := range []struct {
		name string
		at   []float64
		want bool
	}{
		{"a queue of ten a second", []float64{0.1, 0.2, 0.3, 0.4, 0.5}, true},
		{"answers as they come", []float64{0.11, 0.12, 0.2, 0.29, 0.3}, false},
		{"two clusters", []float64{0.1, 0.11, 0.12, 0.5, 0.51}, false},
		{"two that wait for one each", []float64{0.01, 1, 2.05}, true},
		{"too few", []float64{0.1, 0.9}, false},
		{"all at once", []float64{0.2, 0.21, 0.22, 0.23}, false},
	} {
		var all []*Answer
		for _, s := range tt.at {
			all = append(all, polled(200, 0, s))
		}
		if got := x.heldBack(all) > 0; got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}
