package compare

import (
	"math"

	"github.com/dcrbench/dcrbench/internal/result"
)

// spread is a distribution of latencies with what its quantiles are worth.
type spread struct {
	p50, p90, p99       float64
	err50, err90, err99 float64
	n                   float64
}

// The least number of values behind a quantile that is judged: ten of them lie
// beyond it.
const (
	enough50 = 20
	enough90 = 100
	enough99 = 1000
)

// distributionOf reads the time on the wire, which unlike the latency from the
// intended send holds nothing of the generator's own lateness.
//
// The standard error of a quantile is √(q(1−q)/n) over the density there; the
// density is that of the normal distribution whose upper quantiles are those
// measured. A distribution with a longer tail has a higher density below it, so
// that the error is rather too large than too small.
func distributionOf(e result.Endpoint) spread {
	w, n := e.WireUS, answers(e)
	slope := func(from, to int64, distance float64) float64 { return float64(to-from) / distance / math.Sqrt(n) }
	return spread{
		p50: float64(w.P50), p90: float64(w.P90), p99: float64(w.P99), n: n,
		err50: 1.2533 * slope(w.P50, w.P90, 1.2816),
		err90: 1.7094 * slope(w.P90, w.P99, 1.0447),
		err99: 3.7333 * slope(w.P99, w.P999, 0.7639),
	}
}

func answers(e result.Endpoint) (n float64) {
	for _, count := range e.Status {
		n += float64(count)
	}
	return n
}

// The smallest difference that a run can tell follows from how late the
// generator was: what disturbs its timers disturbs its clock readings as well.
// The median is robust, and a third of the median lateness covers it. The tail is
// as uncertain as the tail of the lateness.
const (
	medianFloor = 1.0 / 3
	tailFloor   = 2
	leastFloor  = 100 // µs: the wake-up of a goroutine on a busy machine
)

// tooLate is the 99th percentile of the lateness, in µs, from which on a run says
// nothing of medians, tails and throttling: half of what makes it unreliable.
const tooLate = int64(result.DefaultMaxLateness/2) / 1000

// latency adds the quantiles of one endpoint.
func (r *readings) latency(path string, doc *result.Document, s spread, o Options) {
	if s.n < enough50 {
		return
	}
	late := doc.Load.LatenessUS
	add := func(name string, minChange, value, stderr, floor float64) {
		r.add(measure{name: path + "." + name, lower: true, minChange: minChange, alpha: alphaMany},
			reading{value: value, tested: value, error: stderr, floor: max(floor, leastFloor)})
	}
	add("p50", o.MinChange, s.p50, s.err50, medianFloor*float64(late.P50))
	if s.n >= enough90 {
		add("p90", max(o.MinChange, tailChange), s.p90, s.err90, tailFloor*float64(late.P99))
	}
	if s.n >= enough99 {
		add("p99", max(o.MinChange, fringeChange), s.p99, s.err99, tailFloor*float64(late.P99))
	}
}

// overall adds the median and the least time over all endpoints. The least is
// what a busy machine changes last: when everything gets slower, so do the
// fastest answers.
func (r *readings) overall(doc *result.Document, y yardsticks, o Options) {
	late := doc.Load.LatenessUS
	if m := y.median.measure(doc, median50); m.ok {
		r.add(measure{name: overall + ".p50", lower: true, minChange: o.MinChange, alpha: alphaOne},
			reading{value: m.value, tested: m.value, error: m.error, floor: max(medianFloor*float64(late.P50), leastFloor)})
	}
	if m := y.least.measure(doc, least); m.ok {
		r.add(measure{name: overall + ".min", lower: true, minChange: o.MinChange, alpha: alphaSigns, anyLateness: true},
			reading{value: m.value, tested: m.value, each: m.each, floor: leastFloor})
	}
}

// yardsticks are those of the figures over all endpoints.
type yardsticks struct{ median, least yardstick }

func newYardsticks(runs []Run) yardsticks {
	return yardsticks{newYardstick(runs, median50), newYardstick(runs, least)}
}

func median50(d result.Distribution) int64 { return d.P50 }
func least(d result.Distribution) int64    { return d.Min }
