package throttle

import (
	"time"

	"golang.org/x/time/rate"
)

// refillSlack is added to the refill time before a bucket is forgotten, so that
// rounding cannot make a bucket that is a hair short of full look full.
const refillSlack = time.Millisecond

// Table is the documented throttle of many keys, one Bucket each. The service
// keys its buckets by the client's address and shares one over all throttled
// paths; finding the key of a request is the caller's business.
//
// Memory is bounded by traffic, not by history. A bucket left alone for the
// refill time is full again, like one never seen, so the table forgets it: keys
// live in two generations, and the elder is dropped once nothing in it can be
// short of full. A key therefore stays for one to two refill times after its
// last admitted request. An entry costs about 160 bytes and the key's text,
// which the table retains.
//
// Times should not run backwards; one that does is taken as the latest time the
// table has seen.
type Table struct {
	limits   Limits
	lifetime time.Duration
	current  map[string]*rate.Limiter
	elder    map[string]*rate.Limiter
	rotated  time.Time
	latest   time.Time
}

// NewTable returns a table without keys. The zero Limits stand for
// DocumentedLimits; limits that fail Validate panic.
func NewTable(l Limits) *Table {
	l = l.checked()
	return &Table{
		limits:   l,
		lifetime: l.Refill() + refillSlack,
		current:  map[string]*rate.Limiter{},
	}
}

// Limits returns the figures in force.
func (t *Table) Limits() Limits { return t.limits }

// Allow reports whether a request of key at time now is admitted, and counts it
// if so. It allocates only for a key that the table does not hold.
func (t *Table) Allow(key string, now time.Time) bool {
	t.latest = later(now, t.latest)
	t.rotate()
	if lim, ok := t.current[key]; ok {
		return lim.AllowN(t.latest, 1)
	}
	lim, ok := t.elder[key]
	if !ok {
		lim = t.limits.limiter()
		t.current[key] = lim
		return lim.AllowN(t.latest, 1)
	}
	// A refusal leaves the bucket as it was, so the elder generation's promise to
	// be full at the next rotation still holds and the key may stay there.
	if !lim.AllowN(t.latest, 1) {
		return false
	}
	delete(t.elder, key)
	t.current[key] = lim
	return true
}

// NextAdmission is the time, not before now, from which Allow would admit a
// request of key if none came in between, as Bucket.NextAdmission gives it. It
// changes nothing.
func (t *Table) NextAdmission(key string, now time.Time) time.Time {
	lim, ok := t.current[key]
	if !ok {
		lim, ok = t.elder[key]
	}
	if !ok {
		return now
	}
	return nextAdmission(lim, now, t.latest)
}

// Len is the number of keys held at present.
func (t *Table) Len() int { return len(t.current) + len(t.elder) }

// rotate starts a new generation when the current one has lasted a lifetime.
// Whatever was admitted before the last rotation is full by then and goes.
func (t *Table) rotate() {
	age := t.latest.Sub(t.rotated)
	if age < t.lifetime {
		return
	}
	if age >= 2*t.lifetime {
		t.elder = nil
	} else {
		t.elder = t.current
	}
	t.current = map[string]*rate.Limiter{}
	t.rotated = t.latest
}
