package search

import (
	"math"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// Evidence is what a step says about one threshold.
type Evidence struct {
	// Met is the plain comparison of figure and limit.
	Met bool
	// Share reports that the threshold bounds the share of something among
	// independent events, such as 429s among answers: Hits of Of. Limit is the
	// share that is allowed, and Below whether it is an upper bound.
	Share    bool
	Hits, Of float64
	Limit    float64
	Below    bool
}

// margin is by how many standard errors the share keeps to its limit, negative
// when it does not.
func (e Evidence) margin() float64 {
	if e.Of <= 0 {
		return 0
	}
	deviation := clustering * math.Sqrt(e.Limit*(1-e.Limit)/e.Of)
	z := (e.Limit - e.Hits/e.Of) / deviation
	if !e.Below {
		z = -z
	}
	return z
}

// Weigh reads the evidence for every threshold from the figures of a step.
func Weigh(doc *result.Document, thresholds []result.Threshold) []Evidence {
	list := make([]Evidence, len(thresholds))
	for i, r := range result.EvaluateThresholds(doc, thresholds) {
		t := &thresholds[i]
		list[i] = share(doc, t)
		list[i].Met = r.Met
		if r.Missing {
			list[i].Share = false
		}
	}
	return list
}

// share finds the events behind a threshold. A limit of none or of all has no
// standard error, so that only the comparison is left.
func share(doc *result.Document, t *result.Threshold) Evidence {
	e := Evidence{Below: strings.HasPrefix(t.Operator, "<")}
	if !e.Below && !strings.HasPrefix(t.Operator, ">") {
		return e
	}
	path, endpoints, of := t.Path, doc.Endpoints, float64(doc.Load.Completed)
	for i := range doc.Profiles {
		p := &doc.Profiles[i]
		if rest, ok := strings.CutPrefix(t.Path, "profiles."+p.Name+"."); ok {
			path, endpoints, of = rest, p.Endpoints, float64(p.Requests)
		}
	}
	switch path {
	case "throttling.ratio":
		e.Share, e.Of, e.Limit = true, of, t.Limit
		e.Hits = ratio(doc, t) * of
	case "load.failure_ratio":
		e.Share, e.Of, e.Limit = true, float64(doc.Load.Sent), t.Limit
		e.Hits = doc.Load.FailureRatio * e.Of
	default:
		slower(&e, path, endpoints, t.Limit)
	}
	e.Share = e.Share && e.Limit > 0 && e.Limit < 1
	return e
}

// ratio is the figure of a threshold.
func ratio(doc *result.Document, t *result.Threshold) float64 {
	r := result.EvaluateThresholds(doc, []result.Threshold{*t})[0]
	if r.Actual == nil {
		return 0
	}
	return *r.Actual
}

// quantiles are the figures of a distribution that a threshold can bound, and
// the share of values that lies above each.
var quantiles = map[string]float64{"p50": 0.5, "p90": 0.1, "p99": 0.01, "p999": 0.001}

// slower turns a bound on a quantile of an endpoint's latency into one on the
// share of slower requests.
func slower(e *Evidence, path string, endpoints []result.Endpoint, limit float64) {
	for i := range endpoints {
		at := &endpoints[i]
		rest, ok := strings.CutPrefix(path, "endpoints."+at.Endpoint+".")
		if !ok {
			continue
		}
		which, quantile, _ := strings.Cut(rest, ".")
		d := &at.LatencyUS
		switch which {
		case "latency_us":
		case "wire_us":
			d = &at.WireUS
		default:
			continue
		}
		if allowed, ok := quantiles[quantile]; ok {
			for _, n := range at.Status {
				e.Of += float64(n)
			}
			e.Share, e.Limit = true, allowed
			e.Hits = above(d, limit, e.Of) * e.Of
		}
	}
}

// above estimates the share of values above a limit from what is known of a
// distribution of n: between two known values it falls by even ratios.
func above(d *result.Distribution, limit, n float64) float64 {
	known := [...]struct{ value, above float64 }{
		{float64(d.Min), 1}, {float64(d.P50), 0.5}, {float64(d.P90), 0.1}, {float64(d.P99), 0.01}, {float64(d.P999), 0.001}, {float64(d.Max), 1 / max(n, 1)},
	}
	if limit >= float64(d.Max) {
		return 0
	}
	for i := len(known) - 2; i >= 0; i-- {
		low, high := known[i], known[i+1]
		if limit < low.value || high.value <= low.value || high.above >= low.above {
			continue
		}
		part := (limit - low.value) / (high.value - low.value)
		return low.above * math.Pow(high.above/low.above, part)
	}
	return 1
}
