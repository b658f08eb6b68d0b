package pace

import "math"

var (
	_ segment = flat{}
	_ segment = exactly{}
	_ segment = slope{}
	_ segment = tail{}
)

// flat is a constant rate in launches per second.
type flat struct {
	rate   float64
	length float64
}

func (f flat) seconds() float64 { return f.length }

func (f flat) mass() float64 {
	if f.rate == 0 {
		return 0
	}
	return f.rate * f.length
}

func (f flat) when(x float64) float64 { return x / f.rate }

// exactly spreads a given number of launches evenly over a length, so that the
// number does not pass through a rate and back.
type exactly struct {
	count  float64
	length float64
}

func (e exactly) seconds() float64       { return e.length }
func (e exactly) mass() float64          { return e.count }
func (e exactly) when(x float64) float64 { return x / e.count * e.length }

// slope is a rate that changes evenly from one value to another.
type slope struct {
	from, to float64
	length   float64
}

func (s slope) seconds() float64 { return s.length }

func (s slope) mass() float64 { return (s.from + s.to) / 2 * s.length }

// when solves from·t + (to-from)/(2·length)·t² = x in the form that does not
// cancel when the slope is nearly level.
func (s slope) when(x float64) float64 {
	if x == 0 {
		return 0
	}
	quarter := s.from*s.from + 2*(s.to-s.from)/s.length*x
	return 2 * x / (s.from + math.Sqrt(max(0, quarter)))
}

// tail is an open-ended rate that starts at base+excess and falls exponentially
// towards base, which is more than 0.
type tail struct {
	base, excess float64
	decay        float64
}

func (t tail) seconds() float64 { return math.Inf(1) }

func (t tail) mass() float64 { return math.Inf(1) }

// when solves base·u + excess·decay·(1-e^(-u/decay)) = x. The left side is
// concave, so Newton's steps from below approach the solution without passing
// it.
func (t tail) when(x float64) float64 {
	if x == 0 {
		return 0
	}
	u := max(0, (x-t.excess*t.decay)/t.base)
	for range 200 {
		fade := math.Expm1(-u / t.decay)
		short := x - t.base*u + t.excess*t.decay*fade
		step := short / (t.base + t.excess*(1+fade))
		u += step
		if math.Abs(step) <= 1e-10 {
			break
		}
	}
	return u
}
