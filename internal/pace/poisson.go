package pace

import (
	"math/rand/v2"
	"time"
)

// poissonStream is the second word of the generator's seed, which keeps these
// gaps apart from other draws made from the same run seed.
const poissonStream = 0x706163652f676170

// poisson launches independently of each other: the gaps are exponential with
// mean 1/rate, the first one included. Asked in ascending order it draws each gap
// once; a step back starts again from the seed, with the same answers. It is not
// safe for concurrent use.
type poisson struct {
	rate    float64
	n       int
	seed    uint64
	gaps    *rand.Rand
	drawn   int
	seconds float64
}

func newPoisson(n int, rate float64, seed uint64) *poisson {
	p := &poisson{rate: rate, n: n, seed: seed}
	p.restart()
	return p
}

func (p *poisson) restart() {
	p.gaps = rand.New(rand.NewPCG(p.seed, poissonStream))
	p.drawn, p.seconds = 0, 0
}

// At implements Schedule.
func (p *poisson) At(i int) (time.Duration, bool) {
	if i < 0 || i >= p.n {
		return 0, false
	}
	if i+1 < p.drawn {
		p.restart()
	}
	for p.drawn <= i {
		p.seconds += p.gaps.ExpFloat64() / p.rate
		p.drawn++
	}
	return toDuration(p.seconds)
}
