package reports

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/dcrbench/dcrbench/internal/result"
)

// CSV writes the timeline, a row for each step and endpoint (RFC 4180, but for
// line ends of a single line feed). at_s is when the step begins, in seconds from
// the start, and p99_us is empty where nothing was answered.
func CSV(w io.Writer, doc *result.Document) error {
	c := csv.NewWriter(w)
	c.Write([]string{"at_s", "endpoint", "requests", "ok", "throttled", "failed", "p99_us"})
	for step := range steps(doc) {
		at := strconv.FormatFloat(float64(step)*doc.Timeline.IntervalS, 'f', -1, 64)
		for _, s := range doc.Timeline.Series {
			p99 := ""
			if n := at99(s, step); n > 0 {
				p99 = strconv.FormatInt(n, 10)
			}
			c.Write([]string{at, s.Endpoint, digits(s.Requests, step), digits(s.OK, step), digits(s.Throttled, step), digits(s.Failed, step), p99})
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

func at99(s result.Series, i int) int64 {
	if i >= len(s.P99US) {
		return 0
	}
	return s.P99US[i]
}
