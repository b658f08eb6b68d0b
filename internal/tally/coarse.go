package tally

import (
	"math/bits"
	"time"
)

// The scale of a coarse histogram: eight steps to each doubling from 16 µs to
// 134 s, so that a value is at most an eighth below the step it is rounded up to.
const (
	coarseUnit  = 16 // µs
	coarseSteps = 8
	coarseLen   = 24 * coarseSteps
)

// coarse is a histogram of fixed size for figures over a short time. It costs
// 1,536 bytes, where a full one costs many thousands.
type coarse [coarseLen]uint64

func (c *coarse) record(d time.Duration) { c[coarseIndex(d)]++ }

func (c *coarse) add(other *coarse) {
	for i, n := range other {
		c[i] += n
	}
}

// quantile is the upper end of the step in which the value of rank q lies, in
// microseconds; 0 when nothing was recorded.
func (c *coarse) quantile(q float64) int64 {
	total := uint64(0)
	for _, n := range c {
		total += n
	}
	if total == 0 {
		return 0
	}
	rank := min(uint64(q*float64(total))+1, total)
	for i, n := range c {
		if n >= rank {
			return coarseUpper(i)
		}
		rank -= n
	}
	return coarseUpper(coarseLen - 1)
}

// coarseIndex numbers the step of d. The first eight steps are linear, as they
// must be for the scale to begin at 0.
func coarseIndex(d time.Duration) int {
	if d <= 0 {
		return 0
	}
	v := uint64(d/time.Microsecond) / (coarseUnit / coarseSteps)
	if v < coarseSteps {
		return int(v)
	}
	octave := bits.Len64(v) - bits.Len64(coarseSteps)
	return min((octave+1)*coarseSteps+int(v>>octave)-coarseSteps, coarseLen-1)
}

// coarseUpper is the end of step i, in microseconds.
func coarseUpper(i int) int64 {
	const base = coarseUnit / coarseSteps
	if i < coarseSteps {
		return int64(i+1) * base
	}
	octave := i/coarseSteps - 1
	return int64(i%coarseSteps+coarseSteps+1) << octave * base
}
