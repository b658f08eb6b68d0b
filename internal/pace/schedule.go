package pace

import (
	"math"
	"time"
)

// Schedule gives the intended launch times of a run.
type Schedule interface {
	// At is the offset of launch i, counted from 0, since the start of the run.
	// Offsets never decrease with i. ok is false when there is no launch i: below
	// 0, beyond the number of launches, or after a rate that has gone to zero for
	// good.
	//
	// A caller asks in ascending order, for which every shape answers in constant
	// amortised time. Any order gives the same answers.
	At(i int) (offset time.Duration, ok bool)
}

var (
	_ Schedule = (*curve)(nil)
	_ Schedule = (*poisson)(nil)
)

// segment is a stretch of a rate curve.
type segment interface {
	// mass is the number of launches in the segment, possibly infinite.
	mass() float64
	// seconds is its length, possibly infinite.
	seconds() float64
	// when is the time into the segment, in seconds, at which x launches have
	// accumulated, for 0 <= x < mass.
	when(x float64) float64
}

// curve is a deterministic schedule: segments in a row, cut off after n launches.
// It holds no state, so it may be shared between goroutines.
type curve struct {
	pieces []piece
	n      int
}

// rounding is how far below the end of a segment a launch must lie to belong to
// it, in launches. Products such as 2.2 per second times 25 s miss the whole
// number by less, and must not put a launch on the wrong side of a pause.
const rounding = 1e-9

// piece is a segment with what lies before it.
type piece struct {
	segment
	launched float64
	started  float64
}

func newCurve(n int, segments ...segment) *curve {
	c := &curve{n: n}
	var launched, started float64
	for _, s := range segments {
		c.pieces = append(c.pieces, piece{segment: s, launched: launched, started: started})
		launched += s.mass()
		started += s.seconds()
	}
	return c
}

// At implements Schedule. A launch that falls on a pause happens at its end: the
// rate that pays for it is the one after the pause.
func (c *curve) At(i int) (time.Duration, bool) {
	if i < 0 || i >= c.n {
		return 0, false
	}
	x := float64(i)
	for _, p := range c.pieces {
		if into := x - p.launched; into < p.mass()-rounding {
			return toDuration(p.started + p.when(max(0, into)))
		}
	}
	return 0, false
}

// toDuration rounds to the nanosecond; a launch some three hundred years away is
// none.
func toDuration(seconds float64) (time.Duration, bool) {
	ns := math.Round(seconds * float64(time.Second))
	if !(ns < math.MaxInt64) {
		return 0, false
	}
	return time.Duration(ns), true
}
