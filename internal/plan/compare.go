package plan

import (
	"slices"

	"github.com/dcrbench/dcrbench/internal/result"
)

// Compare sets the figures of a variant beside those of the baseline. Both
// documents are of plans.
func Compare(baseline, variant *result.Document, changes []Change) *result.PlanComparison {
	c := &result.PlanComparison{Changes: []string{}, Figures: []result.PlanDifference{}}
	for _, change := range changes {
		c.Changes = append(c.Changes, change.String())
	}
	for _, f := range compared {
		c.Figures = append(c.Figures, difference(f.name, f.unit, f.of(baseline), f.of(variant)))
	}
	before, after := byEndpoint(baseline), byEndpoint(variant)
	for _, e := range slices.Concat(baseline.Endpoints, missingFrom(baseline, variant)) {
		c.Figures = append(c.Figures, difference("endpoints."+e.Endpoint+".requests", "requests", before[e.Endpoint], after[e.Endpoint]))
	}
	return c
}

// compared are the figures that a comparison shows, the most telling first.
var compared = []struct {
	name, unit string
	of         func(*result.Document) float64
}{
	{"load.sent", "requests", func(d *result.Document) float64 { return float64(d.Load.Sent) }},
	{"plan.peaks.all.per_second", "requests/s", func(d *result.Document) float64 { return d.Plan.Peaks[0].PerSecond }},
	{"throttling.responses", "429s", func(d *result.Document) float64 { return float64(d.Throttling.Responses) }},
	{"plan.throttling.own", "429s", func(d *result.Document) float64 { return float64(d.Plan.Throttling.Own) }},
	{"plan.throttling.shared", "429s", func(d *result.Document) float64 { return float64(d.Plan.Throttling.Shared) }},
	{"throttling.devices", "devices", func(d *result.Document) float64 { return float64(d.Throttling.Devices) }},
	{"plan.throttling.waited_mean_ms", "ms", func(d *result.Document) float64 { return d.Plan.Throttling.WaitedMeanMS }},
	{"token_reuse.registrations", "registrations", func(d *result.Document) float64 { return float64(d.TokenReuse.Registrations) }},
	{"token_reuse.tokens_issued", "tokens", func(d *result.Document) float64 { return float64(d.TokenReuse.TokensIssued) }},
	{"plan.refresh.peak_per_second", "token requests/s", func(d *result.Document) float64 { return d.Plan.Refresh.PeakPerSecond }},
}

func difference(name, unit string, before, after float64) result.PlanDifference {
	d := result.PlanDifference{Figure: name, Unit: unit, Baseline: before, Variant: after, Difference: after - before}
	if before != 0 {
		ratio := after / before
		d.Ratio = &ratio
	}
	return d
}

func byEndpoint(doc *result.Document) map[string]float64 {
	m := map[string]float64{}
	for _, e := range doc.Endpoints {
		m[e.Endpoint] = float64(e.Requests)
	}
	return m
}

// missingFrom lists the endpoints that only the variant calls.
func missingFrom(baseline, variant *result.Document) []result.Endpoint {
	known := byEndpoint(baseline)
	var list []result.Endpoint
	for _, e := range variant.Endpoints {
		if _, ok := known[e.Endpoint]; !ok {
			list = append(list, e)
		}
	}
	return list
}
