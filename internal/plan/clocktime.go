package plan

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// timeOfDay writes an offset of a plan that begins at a time of the day. Later
// days are numbered from 2.
func timeOfDay(begin, offset time.Duration) string {
	at := begin + offset
	text := fmt.Sprintf("%02d:%02d:%02d", int(at%day/time.Hour), int(at%time.Hour/time.Minute), int(at%time.Minute/time.Second))
	if n := at / day; n > 0 {
		text = fmt.Sprintf("day %d %s", n+1, text)
	}
	return text
}

// ParseTimeOfDay reads 20:05 or 20:05:30. Hours beyond 24 are those of the next
// days: 44:00 is eight in the evening of the second day.
func ParseTimeOfDay(text string) (time.Duration, error) {
	bad := fmt.Errorf("time %q: want one of the day, such as 20:05 or 20:05:30", text)
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, bad
	}
	total := time.Duration(0)
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second}[:len(parts)] {
		n, err := strconv.ParseUint(parts[i], 10, 16)
		if err != nil || len(parts[i]) > 3 || i > 0 && n > 59 {
			return 0, bad
		}
		total += time.Duration(n) * unit
	}
	return total, nil
}

// offsetOf is when a time of the day comes first in a plan that begins at
// another.
func offsetOf(begin, at time.Duration) time.Duration {
	if at < begin {
		at += day
	}
	return at - begin
}

// ParseOutage reads 20:05+3m, or 20:05+3m=503 for another status than 500, for a
// plan that begins at a time of the day.
func ParseOutage(text string, begin time.Duration) (Outage, error) {
	const example = "(try: 20:05+3m or 20:05+3m=503)"
	window, status, named := strings.Cut(text, "=")
	from, length, found := strings.Cut(window, "+")
	if !found {
		return Outage{}, fmt.Errorf("outage %q has no length %s", text, example)
	}
	at, err := ParseTimeOfDay(from)
	if err != nil {
		return Outage{}, fmt.Errorf("outage %q: %w %s", text, err, example)
	}
	o := Outage{From: offsetOf(begin, at), Status: 500}
	if o.For, err = time.ParseDuration(length); err != nil || o.For <= 0 {
		return Outage{}, fmt.Errorf("outage %q: %q is not a length %s", text, length, example)
	}
	if named && status != "500" && status != "503" {
		return Outage{}, fmt.Errorf("outage %q: status %q is neither 500 nor 503 %s", text, status, example)
	}
	if status == "503" {
		o.Status = 503
	}
	return o, nil
}

// ParseDeploy reads 20:15 for a plan that begins at a time of the day.
func ParseDeploy(text string, begin time.Duration) (time.Duration, error) {
	at, err := ParseTimeOfDay(text)
	if err != nil {
		return 0, fmt.Errorf("deploy %q: %w", text, err)
	}
	return offsetOf(begin, at), nil
}
