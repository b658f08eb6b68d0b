package throttle

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

// Model is a throttle for one key: it decides about one request at a time.
type Model interface {
	// Allow reports whether a request at time t is admitted, and counts it if so.
	Allow(t time.Time) bool
}

var (
	_ Model = (*Bucket)(nil)
	_ Model = (*OneTimePool)(nil)
	_ Model = (*IntegerRefill)(nil)
	_ Model = (*Penalty)(nil)
)

// Bucket is the documented throttle of one key (throttling page, A-03): a token
// bucket of capacity Burst+1 that starts full and refills continuously. A
// refused request costs nothing and prolongs nothing.
//
// Times should not run backwards; one that does is taken as the latest time
// seen, so that no request is ever paid for with the same second twice.
type Bucket struct {
	limiter *rate.Limiter
	latest  time.Time
}

// NewBucket returns a full bucket. The zero Limits stand for DocumentedLimits;
// limits that fail Validate panic.
func NewBucket(l Limits) *Bucket {
	return &Bucket{limiter: l.checked().limiter()}
}

// Allow reports whether a request at time t is admitted. It does not allocate.
func (b *Bucket) Allow(t time.Time) bool {
	b.latest = later(t, b.latest)
	return b.limiter.AllowN(b.latest, 1)
}

// NextAdmission is the time, not before t, from which Allow would admit a request
// if none came in between. It equals t when a request at t is admitted; otherwise
// it is right to a few nanoseconds and never too early. It changes nothing.
func (b *Bucket) NextAdmission(t time.Time) time.Time {
	return nextAdmission(b.limiter, t, b.latest)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// nextAdmission answers for a request at t that the limiter sees no earlier than
// latest.
func nextAdmission(lim *rate.Limiter, t, latest time.Time) time.Time {
	seen := later(t, latest)
	if admits(lim, seen) {
		return t
	}
	missing := 1 - lim.TokensAt(seen)
	at := seen.Add(time.Duration(math.Ceil(missing / float64(lim.Limit()) * float64(time.Second))))
	// Over long refills the quotient can fall some nanoseconds short in the
	// limiter's own arithmetic.
	for !admits(lim, at) {
		at = at.Add(time.Nanosecond)
	}
	return at
}

// admits is AllowN without its effect. The limiter measures a shortfall in whole
// nanoseconds of refill, so less than one is none.
func admits(lim *rate.Limiter, t time.Time) bool {
	missing := 1 - lim.TokensAt(t)
	return missing <= 0 || missing/float64(lim.Limit())*float64(time.Second) < 1
}
