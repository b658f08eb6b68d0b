package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/stats"
)

// percentileCurve draws latency over the share of requests, on an axis that
// counts nines: in steps of a quarter of one where the document has the curve, as
// those of runs do, otherwise in whole ones.
func percentileCurve(doc *result.Document) (figure, error) {
	list := slices.DeleteFunc(slices.Clone(doc.Endpoints), func(e result.Endpoint) bool { return e.LatencyUS.Max == 0 })
	slices.SortStableFunc(list, func(a, b result.Endpoint) int { return descending(a.Requests, b.Requests) })
	f := figure{Title: "Latency by percentile", Says: "No answer was timed."}
	if len(list) == 0 {
		return f, nil
	}
	slowest := slices.MaxFunc(list, func(a, b result.Endpoint) int { return cmp.Compare(a.LatencyUS.P99, b.LatencyUS.P99) })
	f.Says = fmt.Sprintf("From the fastest answer to the slowest, on a scale of powers of ten, for the busiest endpoints; each line ends with its slowest answer. The slowest p99 is that of %s: %s.", slowest.Endpoint, duration(float64(slowest.LatencyUS.P99)))
	list = list[:min(len(list), maxLines)]
	names := []string{"min", "p50", "p90", "p99", "p99.9", "max"}
	c := &chart{label: func(i int) string { return names[i] }, log: true, unit: duration}
	pick := func(e *result.Endpoint) []int64 {
		d := e.LatencyUS
		return []int64{d.Min, d.P50, d.P90, d.P99, d.P999, d.Max}
	}
	if !slices.ContainsFunc(list, func(e result.Endpoint) bool { return len(e.LatencyCurveUS) == 0 }) {
		c.label, c.every = nines, stats.CurveSteps
		pick = func(e *result.Endpoint) []int64 { return e.LatencyCurveUS }
	}
	for i := range list {
		var values []float64
		for _, v := range pick(&list[i]) {
			values = append(values, float64(max(1, v)))
		}
		c.steps = max(c.steps, len(values))
		c.lines = append(c.lines, line{list[i].Endpoint, 4 + i, values})
	}
	return f.finish(c)
}

// nines names an entry of a curve that stands at a whole nine; the others have no
// label.
func nines(i int) string {
	switch n := i / stats.CurveSteps; {
	case i%stats.CurveSteps != 0:
		return ""
	case n == 0:
		return "min"
	case n <= 2:
		return "p" + strings.Repeat("9", n) + strings.Repeat("0", max(0, 2-n))
	default:
		return "p99." + strings.Repeat("9", n-2)
	}
}
