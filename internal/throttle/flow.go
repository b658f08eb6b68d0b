package throttle

import (
	"math"
	"time"
)

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
	if short(f, tokens) {
		return false
	}
	b.tokens, b.last = tokens, now
	return true
}

// short reports whether so many tokens are less than none. The shortfall counts in
// whole nanoseconds of refill, so less than one is none.
func short(f Flow, tokens float64) bool {
	return tokens < 0 && time.Duration(-tokens/f.PerSecond*float64(time.Second)) > 0
}

// Wait is how long after now, in nanoseconds, the bucket holds a whole token
// again: 0 when it does already. It changes nothing.
func (b *Lean) Wait(f Flow, now int64) int64 {
	return int64(max(0, (1-b.at(f, now))/f.PerSecond*float64(time.Second)))
}

// next is the time, not before now, from which Allow would admit a request, right to
// a few nanoseconds and never too early. It changes nothing.
func (b *Lean) next(f Flow, now int64) int64 {
	tokens := b.at(f, now) - 1
	if !short(f, tokens) {
		return now
	}
	at := now + int64(math.Ceil(-tokens/f.PerSecond*float64(time.Second)))
	// Over long refills the quotient can fall some nanoseconds short.
	for short(f, b.at(f, at)-1) {
		at++
	}
	return at
}

// at is the number of tokens in the bucket at now.
func (b *Lean) at(f Flow, now int64) float64 {
	if b.last == 0 {
		return f.Capacity
	}
	return min(f.Capacity, b.tokens+time.Duration(now-b.last).Seconds()*f.PerSecond)
}
