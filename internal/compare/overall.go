package compare

import (
	"cmp"
	"math"
	"slices"

	"github.com/dcrbench/dcrbench/internal/result"
)

// overall stands for the time on the wire over all endpoints that every run of
// both sides called.
const overall = "endpoints.*.wire_us"

// yardstick makes one figure of the same quantile of many endpoints: each is
// divided by what is usual for its endpoint, and the weighted median of these
// ratios stands for them all. Neither a side that calls its endpoints in other
// proportions nor one endpoint that went astray moves it.
type yardstick struct {
	// weight is the number of answers, usual the median over the runs in µs.
	weight, usual map[string]float64
	// scale is the weighted mean of usual: it turns a ratio back into µs.
	scale float64
}

// newYardstick measures the quantile that pick takes of each endpoint.
func newYardstick(runs []Run, pick func(result.Distribution) int64) yardstick {
	y := yardstick{map[string]float64{}, map[string]float64{}, 0}
	values := map[string][]float64{}
	for _, r := range runs {
		for _, e := range r.Doc.Endpoints {
			if n := answers(e); n >= enoughTogether && pick(e.WireUS) > 0 {
				values[e.Endpoint] = append(values[e.Endpoint], float64(pick(e.WireUS)))
				y.weight[e.Endpoint] += n
			}
		}
	}
	total := 0.0
	for name, list := range values {
		if len(list) < len(runs) {
			continue
		}
		y.usual[name] = *medianOf(list)
		total += y.weight[name]
		y.scale += y.weight[name] * y.usual[name]
	}
	if total > 0 {
		y.scale /= total
	}
	return y
}

// enoughTogether is the least number of answers of an endpoint that counts towards
// the figure over all of them.
const enoughTogether = 5

// measured is what a yardstick makes of one run.
type measured struct {
	ok bool
	// value is in µs, error its standard error within the run.
	value, error float64
	// each is the ratio of every endpoint.
	each map[string]float64
}

func (y *yardstick) measure(doc *result.Document, pick func(result.Distribution) int64) measured {
	type part struct{ ratio, weight float64 }
	var parts []part
	m := measured{each: map[string]float64{}}
	total, variance := 0.0, 0.0
	for _, e := range doc.Endpoints {
		usual := y.usual[e.Endpoint]
		if usual == 0 {
			continue
		}
		p := part{float64(pick(e.WireUS)) / usual, y.weight[e.Endpoint]}
		parts = append(parts, p)
		m.each[e.Endpoint] = p.ratio
		err := p.weight * medianError(e) / usual
		total, variance = total+p.weight, variance+err*err
	}
	if len(parts) == 0 {
		return m
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.ratio, b.ratio) })
	half := total / 2
	for _, p := range parts {
		m.value = p.ratio * y.scale
		if half -= p.weight; half <= 0 {
			break
		}
	}
	// A median of normal values is a quarter less certain than their mean.
	m.ok, m.error = true, 1.25*math.Sqrt(variance)/total*y.scale
	return m
}

// medianError is the standard error of an endpoint's median. Below the median
// there is the bulk that decides it, above it what a busy machine adds: the
// smaller of the two estimates is the better one here, where many endpoints are
// taken together.
func medianError(e result.Endpoint) float64 {
	n := answers(e)
	below := 1.5 * float64(e.WireUS.P50-e.WireUS.Min) / math.Sqrt(n)
	return min(below, distributionOf(e).err50)
}

// signs is the probability that as many endpoints as here, or more, all go the
// same way by chance: a sign test over the endpoints.
func signs(before, after []reading) float64 {
	up, down := 0, 0
	for name := range before[0].each {
		a, b := eachOf(before, name), eachOf(after, name)
		switch {
		case b > a:
			up++
		case b < a:
			down++
		}
	}
	n, k := up+down, max(up, down)
	p := 0.0
	for i := k; i <= n; i++ {
		p += math.Exp(logChoose(n, i) - float64(n)*math.Ln2)
	}
	return min(1, 2*p)
}

func eachOf(all []reading, name string) float64 {
	var values []float64
	for _, r := range all {
		values = append(values, r.each[name])
	}
	return *medianOf(values)
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
