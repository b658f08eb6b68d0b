package reports

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/dcrbench/dcrbench/internal/result"
)

// CSV writes the timeline, a row for each step and endpoint (RFC 4180, but for
// line ends of a single line feed). at_s is when the step begins, in seconds from
// the start, and the percentiles are empty where nothing was answered.
func CSV(w io.Writer, doc *result.Document) error {
	c := csv.NewWriter(w)
	c.Write([]string{"at_s", "endpoint", "requests", "ok", "throttled", "failed", "p99_us", "p50_us", "p90_us"})
	for step := range steps(doc) {
		at := strconv.FormatFloat(float64(step)*doc.Timeline.IntervalS, 'f', -1, 64)
		for _, s := range doc.Timeline.Series {
			c.Write([]string{at, s.Endpoint, digits(s.Requests, step), digits(s.OK, step), digits(s.Throttled, step), digits(s.Failed, step),
				micros(s.P99US, step), micros(s.P50US, step), micros(s.P90US, step)})
		}
	}
	c.Flush()
	return c.Error()
}

// steps is the length of the longest series: a document from elsewhere may hold
// some that are shorter.
func steps(doc *result.Document) int {
	n := 0
	for _, s := range doc.Timeline.Series {
		n = max(n, len(s.Requests), len(s.OK), len(s.Throttled), len(s.Failed))
	}
	return n
}

func digits(list []uint64, i int) string { return strconv.FormatUint(at(list, i), 10) }

// at is an element of a list that may be too short.
func at(list []uint64, i int) uint64 {
	if i >= len(list) {
		return 0
	}
	return list[i]
}

// atUS is an element of a list of latencies that may be too short.
func atUS(list []int64, i int) int64 {
	if i >= len(list) {
		return 0
	}
	return list[i]
}

// micros writes a latency, and nothing where there was none.
func micros(list []int64, i int) string {
	if n := atUS(list, i); n > 0 {
		return strconv.FormatInt(n, 10)
	}
	return ""
}
