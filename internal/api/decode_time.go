package api

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

const (
	// maxLife bounds every duration taken from an answer; sums with it stay far
	// from overflow.
	maxLife = 10 * 365 * 24 * time.Hour
	// maxMillis is the last millisecond of the year 9999.
	maxMillis = 253402300799999
)

// boundedSeconds converts seconds and stops at maxLife.
func boundedSeconds(seconds uint64) time.Duration {
	return time.Duration(min(seconds, uint64(maxLife/time.Second))) * time.Second
}

// parseDigits reads a string of ASCII digits, and saturates at a value that no
// bound below reaches.
func parseDigits[T string | []byte](s T) (uint64, bool) {
	const huge = 1 << 60
	n := uint64(0)
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = min(n*10+uint64(s[i]-'0'), huge)
	}
	return n, len(s) > 0
}

// millis reads a moment in milliseconds since the epoch, from a string of
// digits or an integer alike. Anything else, and anything beyond the
// year 9999, is the zero time.
func millis(n jsondoc.Node) time.Time {
	ms, ok := n.Int()
	if n.Kind() == jsondoc.String {
		var scratch [32]byte
		var digits uint64
		if len(n.Raw()) <= len(scratch) {
			digits, ok = parseDigits(n.AppendText(scratch[:0]))
		}
		ms = int64(digits)
	}
	if !ok || ms <= 0 || ms > maxMillis {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// httpDates are the forms of an HTTP-date (RFC 9110 section 5.6.7).
var httpDates = [...]string{"Mon, 02 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC}

func parseHTTPDate(s string) (time.Time, bool) {
	for _, layout := range httpDates {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// RetryAfter returns the wait that a Retry-After field asks for (RFC 9110
// section 10.2.3), at most ten years: its seconds, or its date counted from the
// answer's own Date and not less than zero. It is negative when the field is
// absent or invalid, or is a date in an answer without one.
func RetryAfter(h Header) time.Duration {
	value := trimOWS(h.Get("Retry-After"))
	if value == "" {
		return -1
	}
	if seconds, ok := parseDigits(value); ok {
		return boundedSeconds(seconds)
	}
	until, ok := parseHTTPDate(value)
	if !ok {
		return -1
	}
	sent, ok := parseHTTPDate(trimOWS(h.Get("Date")))
	if !ok {
		return -1
	}
	return min(max(until.Sub(sent), 0), maxLife)
}
