package run

import "time"

// clock reads real time in a way that never jumps: a fixed wall-clock origin
// plus the monotonic time since. Devices keep times without their monotonic
// part, so the driver must not hand them a wall clock that may be set.
type clock struct {
	origin time.Time
	start  time.Time
}

func newClock() clock {
	now := time.Now()
	return clock{origin: now.Round(0), start: now}
}

func (c clock) now() time.Time { return c.origin.Add(time.Since(c.start)) }

// span returns the times between which a request was under way on this clock:
// those that the transport took, and otherwise since began and until now.
func (c clock) span(began, sent, received time.Time) (time.Time, time.Time) {
	from, to := began, time.Time{}
	if !sent.IsZero() {
		from = c.origin.Add(sent.Sub(c.start))
	}
	if received.IsZero() {
		to = c.now()
	} else {
		to = c.origin.Add(received.Sub(c.start))
	}
	return from, to
}
