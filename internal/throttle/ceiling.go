package throttle

import (
	"fmt"
	"math"
	"time"

	"golang.org/x/time/rate"
)

// Ceiling is a hard upper bound on what a driver sends, whatever its devices
// want. It queues instead of refusing: every request gets the time at which it
// may go, and in any span of d seconds at most burst + rate·d of these times
// lie. A nil Ceiling is no ceiling.
type Ceiling struct {
	limiter *rate.Limiter
	latest  time.Time
}

// NewCeiling returns a ceiling of perSecond requests per second with up to burst
// at once; a burst of 1 spaces them evenly. Both must be positive and finite.
func NewCeiling(perSecond float64, burst int) (*Ceiling, error) {
	if !(perSecond > 0 && perSecond <= maxRate) {
		return nil, fmt.Errorf("ceiling rate must be more than 0 and at most %g per second, not %g", float64(maxRate), perSecond)
	}
	if burst < 1 || burst > maxBurst {
		return nil, fmt.Errorf("ceiling burst must be from 1 to %d, not %d", maxBurst, burst)
	}
	return &Ceiling{limiter: rate.NewLimiter(rate.Limit(perSecond), burst)}, nil
}

// Reserve takes the next free place for a request that is ready at t and returns
// its time, which is never before t. The place is taken for good: a driver that
// then does not send wastes it. A t earlier than a previous one is answered as
// of that previous one. It does not allocate.
func (c *Ceiling) Reserve(t time.Time) time.Time {
	if c == nil {
		return t
	}
	c.latest = later(t, c.latest)
	if c.limiter.TokensAt(c.latest) >= 1 {
		c.limiter.AllowN(c.latest, 1)
		return c.latest
	}
	// ReserveN rounds the wait down; the nanosecond keeps the bound strict.
	delay := c.limiter.ReserveN(c.latest, 1).DelayFrom(c.latest)
	if delay > math.MaxInt64-1 {
		delay = math.MaxInt64 - 1
	}
	return c.latest.Add(delay + 1)
}
