package reports

import (
	"fmt"
	"math"

	"github.com/dcrbench/dcrbench/internal/result"
)

// latencies is a list of the timeline as a line; a step without an answer is a gap.
func latencies(doc *result.Document, list []int64) []float64 {
	values := make([]float64, steps(doc))
	for i := range values {
		if values[i] = float64(atUS(list, i)); values[i] == 0 {
			values[i] = math.NaN()
		}
	}
	return values
}

// p99OverTime draws the 99th percentile of the busiest endpoints.
func p99OverTime(doc *result.Document) (figure, error) {
	c := overTime(doc, duration)
	c.log = true
	for i, s := range busiest(doc, func(s result.Series) uint64 { return sum(s.Requests) }) {
		if i == maxLines {
			break
		}
		c.lines = append(c.lines, line{s.Endpoint, 4 + i, latencies(doc, s.P99US)})
	}
	return figure{Title: "Latency over time, p99",
		Says: "The 99th percentile of each step for the busiest endpoints, on a scale of powers of ten; a gap is a step without an answer. The table has the other percentiles, over the whole run."}.finish(c)
}

// latencyOverTime draws the percentiles of one endpoint.
func latencyOverTime(doc *result.Document, s result.Series) (figure, error) {
	c := overTime(doc, duration)
	c.log = true
	c.lines = []line{{"p50", 4, latencies(doc, s.P50US)}, {"p90", 5, latencies(doc, s.P90US)}, {"p99", 6, latencies(doc, s.P99US)}}
	most, when := peak(c.lines[2].values)
	says := "No answer was timed."
	if most > 0 {
		says = fmt.Sprintf("Half, nine tenths and 99 of 100 answers of each step came within these times. The highest p99: %s, at %s.", duration(most), clock(doc, when))
	}
	return figure{Title: "Latency of " + s.Endpoint, Says: says}.finish(c)
}
