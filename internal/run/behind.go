package run

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// tolerance is how much longer than expected an answer may take without putting
// its device behind: as much as was expected, and at least this. Below it the
// differences are noise, which must not add up over a session of many steps.
const tolerance = 10 * time.Millisecond

// expected is how long the answers of each operation take when nothing holds the
// service up: as long as the fastest success of the run so far. Anything that
// follows the answers, such as their median, would take a stall for normal once
// it lasts. The zero value expects nothing.
type expected [api.NumOps]atomic.Int64

// learn takes in a success that took that long on the wire.
func (e *expected) learn(op api.Op, took time.Duration) {
	for {
		least := e[op].Load()
		if least != 0 && int64(took) >= least || took <= 0 {
			return
		}
		if e[op].CompareAndSwap(least, int64(took)) {
			return
		}
	}
}

// excess is how much longer than expected an answer took, 0 when it is within
// the tolerance or when nothing is known yet.
func (e *expected) excess(op api.Op, took time.Duration) time.Duration {
	usual := time.Duration(e[op].Load())
	if usual == 0 || took-usual <= max(usual, tolerance) {
		return 0
	}
	return took - usual
}

// behind is how far a device is behind itself in an undisturbed run, in
// microseconds: the sum of what its answers took too long since its app was
// started. The intended time of a dependent request derives from the intended
// time of the one before, the expected response time and the device's own wait,
// not from when a slow answer came; which is when the device could send it, less
// this. A wait that the device imposes on itself, after a 429 for example, is
// behaviour and puts it no further behind.
type behind uint32

func (b *behind) add(d time.Duration) {
	*b = behind(min(uint64(*b)+uint64(d.Microseconds()), math.MaxUint32))
}

// intended is when a request that is due would have been sent.
func (b behind) intended(due time.Time) time.Time {
	return due.Add(-time.Duration(b) * time.Microsecond)
}
