package throttle

import "time"

// Flow is a throttle's figures in the form in which a Lean uses them: tokens per
// second, and how many an idle bucket holds.
type Flow struct {
	PerSecond, Capacity float64
}

// Flow returns the documented reading of the limits: a capacity of Burst+1.
func (l Limits) Flow() Flow {
	l = l.orDocumented()
	return Flow{PerSecond: l.Rate, Capacity: float64(l.Burst + 1)}
}

// Lean is the token bucket of golang.org/x/time/rate in 16 bytes, with its times
// as numbers and without a lock: for drivers that keep millions of them. It
// decides as a rate.Limiter of the same figures does, which a test holds it to.
// The zero Lean is full.
type Lean struct {
	tokens float64
	last   int64
}

// Allow reports whether a request at now, in nanoseconds since 1970, is
// admitted, and counts it if so. Times do not run backwards.
func (b *Lean) Allow(f Flow, now int64) bool {
	tokens := b.at(f, now) - 1
	if tokens < 0 && time.Duration(-tokens/f.PerSecond*float64(time.Second)) > 0 {
		return false
	}
	b.tokens, b.last = tokens, now
	return true
}

// Wait is how long after now, in nanoseconds, the bucket holds a whole token
// again: 0 when it does already. It changes nothing.
func (b *Lean) Wait(f Flow, now int64) int64 {
	return int64(max(0, (1-b.at(f, now))/f.PerSecond*float64(time.Second)))
}

// at is the number of tokens in the bucket at now.
func (b *Lean) at(f Flow, now int64) float64 {
	if b.last == 0 {
		return f.Capacity
	}
	return min(f.Capacity, b.tokens+time.Duration(now-b.last).Seconds()*f.PerSecond)
}
