package run

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/record"
)

// moment is a point in time for a device: own on the clock that it lives by, real
// on the clock of the run. The device's own clock leaves out by how little this
// process was late with a request, so that a session of many requests does not fall
// behind its schedule bit by bit: what its device does next it does as if it had
// been on time, and the next wait makes up for it.
type moment struct {
	own, real time.Time
}

// madeUp is the lateness that a wait makes up for, at most. More would have a device
// send faster than its service allows, which is what its own limiter leaves as a
// margin at a request per second.
const madeUp = 10 * time.Millisecond

// behind is how far the device's own clock lags.
func (m moment) behind() time.Duration { return m.real.Sub(m.own) }

// until is the same device at a later real time.
func (m moment) until(real time.Time) moment {
	return moment{own: real.Add(-m.behind()), real: real}
}

// answered is when the answer to a request came that the device's own clock wanted
// at own. A wait after a 429 counts from when the 429 really came.
func answered(own time.Time, x *record.Exchange) moment {
	m := moment{own: own.Add(x.Received.Sub(x.Sent)), real: x.Received}
	if x.Throttled() || m.behind() < 0 || m.behind() > madeUp {
		m.own = m.real
	}
	return m
}
