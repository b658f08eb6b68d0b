package plan

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/throttle"
)

// limit is a throttle's figures in the form in which buckets use them.
type limit struct {
	rate, capacity float64
}

func newLimit(l throttle.Limits) limit {
	if l == (throttle.Limits{}) {
		l = throttle.DocumentedLimits
	}
	return limit{rate: l.Rate, capacity: float64(l.Burst + 1)}
}

// bucket is a throttle.Bucket in 16 bytes and without a lock, decision for
// decision the same: the arithmetic is that of golang.org/x/time/rate with its
// times as numbers. The zero bucket is full.
type bucket struct {
	tokens float64
	last   int64
}

// allow reports whether a request at now, in nanoseconds, is admitted, and
// counts it if so. Times do not run backwards.
func (b *bucket) allow(l limit, now int64) bool {
	tokens := l.capacity
	if b.last != 0 {
		tokens = min(l.capacity, b.tokens+time.Duration(now-b.last).Seconds()*l.rate)
	}
	tokens--
	if tokens < 0 && time.Duration(-tokens/l.rate*float64(time.Second)) > 0 {
		return false
	}
	b.tokens, b.last = tokens, now
	return true
}
