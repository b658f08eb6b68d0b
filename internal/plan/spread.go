package plan

import "math/bits"

// spread is a distribution of whole numbers in a fixed number of steps, 64 to
// each doubling, so that a quantile is right to 1.6 %. Least, greatest and sum
// are exact. The zero spread is empty. Adding allocates once, and merging adds
// whole numbers only, so that the order of merging does not matter.
type spread struct {
	steps      []uint32
	n          uint64
	sum        int64
	least, top int64
}

const (
	spreadBits  = 6
	spreadSteps = 1 << spreadBits
	// spreadLen covers every number up to 2^37, in microseconds more than a day.
	spreadLen = (37 - spreadBits + 1) * spreadSteps
)

func (s *spread) add(v int64) {
	if s.steps == nil {
		s.steps = make([]uint32, spreadLen)
	}
	v = max(v, 0)
	s.steps[spreadStep(v)]++
	s.count(v, 1)
}

// count adds a number n times without a step of its own: enough where all
// numbers are the same.
func (s *spread) count(v int64, n uint64) {
	if s.n == 0 || v < s.least {
		s.least = v
	}
	s.top = max(s.top, v)
	s.n += n
	s.sum += v * int64(n)
}

func (s *spread) merge(o *spread) {
	if o.n == 0 {
		return
	}
	if o.steps != nil {
		if s.steps == nil {
			s.steps = make([]uint32, spreadLen)
		}
		for i, n := range o.steps {
			s.steps[i] += n
		}
	}
	if s.n == 0 || o.least < s.least {
		s.least = o.least
	}
	s.top = max(s.top, o.top)
	s.n += o.n
	s.sum += o.sum
}

// quantile is the number of rank q, 0 when empty.
func (s *spread) quantile(q float64) int64 {
	if s.n == 0 || s.least == s.top {
		return s.least
	}
	rank := min(uint64(q*float64(s.n))+1, s.n)
	for i, n := range s.steps {
		if uint64(n) >= rank {
			return min(max(spreadValue(i), s.least), s.top)
		}
		rank -= uint64(n)
	}
	return s.top
}

func (s *spread) mean() float64 {
	if s.n == 0 {
		return 0
	}
	return float64(s.sum) / float64(s.n)
}

// spreadStep numbers the step of v.
func spreadStep(v int64) int {
	u := uint64(v)
	if u < spreadSteps {
		return int(u)
	}
	octave := bits.Len64(u) - 1 - spreadBits
	return min((octave+1)*spreadSteps+int(u>>octave)-spreadSteps, spreadLen-1)
}

// spreadValue is the middle of step i.
func spreadValue(i int) int64 {
	if i < spreadSteps {
		return int64(i)
	}
	octave := i/spreadSteps - 1
	return int64(i%spreadSteps+spreadSteps)<<octave + int64(1)<<octave/2
}
