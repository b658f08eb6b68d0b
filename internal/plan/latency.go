package plan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// ResponseTime is the model of how long the service takes to answer. The zero
// ResponseTime answers at once.
type ResponseTime struct {
	// Min and Max bound an even draw; the same value in both is a fixed time.
	Min, Max time.Duration
	// Median and P99 are of a log-normal draw instead, when Median is not 0.
	Median, P99 time.Duration
}

// maxResponseTime bounds every drawn time, as the timeout of a client does.
const maxResponseTime = time.Minute

// p99Deviations is how many standard deviations the 99th percentile of a normal
// distribution lies above its median.
const p99Deviations = 2.3263478740408408

// ParseResponseTime reads a fixed time, "50ms", an even range, "20ms..80ms", or a
// log-normal distribution by its median and its 99th percentile,
// "lognormal:40ms,200ms".
func ParseResponseTime(text string) (ResponseTime, error) {
	bad := fmt.Errorf("response time %q: want a time up to %v, a range or a distribution (try: 50ms, 20ms..80ms or lognormal:40ms,200ms)", text, maxResponseTime)
	rest, lognormal := strings.CutPrefix(text, "lognormal:")
	separator := ".."
	if lognormal {
		separator = ","
	}
	first, second, both := strings.Cut(rest, separator)
	if !both && !lognormal {
		second = first
	}
	low, errLow := time.ParseDuration(first)
	high, errHigh := time.ParseDuration(second)
	if errLow != nil || errHigh != nil {
		return ResponseTime{}, bad
	}
	r := ResponseTime{Min: low, Max: high}
	if lognormal {
		r = ResponseTime{Median: low, P99: high}
	}
	if !r.valid() || lognormal && low == 0 {
		return ResponseTime{}, bad
	}
	return r, nil
}

func (r ResponseTime) valid() bool {
	return r.Min >= 0 && r.Max >= r.Min && r.Max <= maxResponseTime &&
		r.Median >= 0 && r.P99 >= r.Median && r.P99 <= maxResponseTime
}

// String gives the form that ParseResponseTime reads.
func (r ResponseTime) String() string {
	switch {
	case r.Median > 0:
		return fmt.Sprintf("lognormal:%v,%v", r.Median, r.P99)
	case r.Min != r.Max:
		return fmt.Sprintf("%v..%v", r.Min, r.Max)
	}
	return r.Min.String()
}

// fixed returns the time of a model without a draw.
func (r ResponseTime) fixed() (int64, bool) {
	return int64(r.Min), r.Median == 0 && r.Min == r.Max
}

// draw picks a time in nanoseconds.
func (r ResponseTime) draw(rng *draws) int64 {
	if r.Median == 0 {
		return int64(r.Min) + int64(rng.Uint64()%uint64(r.Max-r.Min+1))
	}
	if r.P99 == r.Median {
		return int64(r.Median)
	}
	sigma := math.Log(float64(r.P99)/float64(r.Median)) / p99Deviations
	t := float64(r.Median) * math.Exp(sigma*rand.New(rng).NormFloat64())
	return int64(min(t, float64(maxResponseTime)))
}
