package probe

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/throttle"
)

// budget models the target's throttle: one bucket for each device, until the
// target shows that it does not tell devices apart. It belongs to one goroutine
// at a time.
type budget struct {
	limits throttle.Limits
	keys   map[string]*account
	// shared is the one bucket of a target that throttles everybody together.
	shared *account
}

// account is the bucket of one key.
type account struct {
	bucket *throttle.Bucket
	spent  int
	// until is the end of a wait that a refusal asked for.
	until time.Time
}

// margin keeps the model's rate below the target's, whose bucket starts later.
const margin = 0.98

func newBudget(l throttle.Limits) *budget {
	if l == (throttle.Limits{}) {
		l = throttle.DocumentedLimits
	}
	l.Rate *= margin
	l.Burst = max(0, l.Burst-1)
	return &budget{limits: l, keys: map[string]*account{}}
}

func (b *budget) account(key string) *account {
	if b.shared != nil {
		return b.shared
	}
	a := b.keys[key]
	if a == nil {
		a = &account{bucket: throttle.NewBucket(b.limits)}
		b.keys[key] = a
	}
	return a
}

// spend takes one request of a key and returns when it may be sent, not before
// now.
func (b *budget) spend(key string, now time.Time) time.Time {
	a := b.account(key)
	at := a.bucket.NextAdmission(later(now, a.until))
	a.bucket.Allow(at)
	a.spent++
	return at
}

// least is the slowest rate that refusals drive the model to.
const least = 0.05

// refused learns from a refusal that the model did not foresee, and makes the
// key wait. A device that had hardly sent anything does not have a limit of its
// own; any other has a smaller burst than thought.
func (b *budget) refused(key string, now time.Time, wait time.Duration) {
	a := b.account(key)
	switch {
	case b.shared != nil && now.Before(a.until):
		// It was sent before everybody was told to wait, and says nothing new.
	case b.shared != nil:
		b.limits.Rate = max(least, b.limits.Rate*0.7)
		b.shared = &account{bucket: drained(b.limits, now)}
		a = b.shared
	case a.spent <= 2:
		b.limits.Burst = 0
		b.shared = &account{bucket: drained(b.limits, now)}
		a = b.shared
	default:
		b.limits.Burst = max(0, min(b.limits.Burst, a.spent-3))
		a.bucket = drained(b.limits, now)
	}
	a.until = later(a.until, now.Add(wait))
}

// drained is an empty bucket.
func drained(l throttle.Limits, now time.Time) *throttle.Bucket {
	bucket := throttle.NewBucket(l)
	for range l.Burst + 1 {
		bucket.Allow(now)
	}
	return bucket
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
