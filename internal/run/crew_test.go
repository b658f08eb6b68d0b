package run

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/timers"
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
		r.assign(t.Context(), timers.Timer{})
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
