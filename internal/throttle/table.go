package throttle

import "time"

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
// last admitted request. An entry costs 16 bytes, the key, which the table
// retains, and a map's overhead.
//
// Times should not run backwards; one that does is taken as the latest time the
// table has seen.
type Table[K comparable] struct {
	limits         Limits
	flow           Flow
	current, elder map[K]Lean
	// Times are nanoseconds since 1970.
	rotated, latest int64
	lifetime        int64
}

// NewTable returns a table without keys. The zero Limits stand for
// DocumentedLimits; limits that fail Validate panic.
func NewTable[K comparable](l Limits) *Table[K] {
	l = l.checked()
	return &Table[K]{
		limits:   l,
		flow:     l.Flow(),
		lifetime: int64(l.Refill() + refillSlack),
		current:  map[K]Lean{},
	}
}

// Limits returns the figures in force.
func (t *Table[K]) Limits() Limits { return t.limits }

// Allow reports whether a request of key at time now is admitted, and counts it
// if so. It allocates only for a key that the table does not hold.
func (t *Table[K]) Allow(key K, now time.Time) bool {
	t.latest = max(t.latest, now.UnixNano())
	t.rotate()
	b, ok := t.current[key]
	old := false
	if !ok {
		b, old = t.elder[key]
	}
	// A refusal leaves the bucket as it was, so the elder generation's promise to
	// be full at the next rotation still holds and the key may stay there.
	if !b.Allow(t.flow, t.latest) {
		return false
	}
	t.current[key] = b
	if old {
		delete(t.elder, key)
	}
	return true
}

// NextAdmission is the time, not before now, from which Allow would admit a
// request of key if none came in between, as Bucket.NextAdmission gives it. It
// changes nothing.
func (t *Table[K]) NextAdmission(key K, now time.Time) time.Time {
	b, ok := t.current[key]
	if !ok {
		b = t.elder[key]
	}
	from := max(t.latest, now.UnixNano())
	if at := b.next(t.flow, from); at > from {
		return now.Add(time.Duration(at - now.UnixNano()))
	}
	return now
}

// Len is the number of keys held at present.
func (t *Table[K]) Len() int { return len(t.current) + len(t.elder) }

// rotate starts a new generation when the current one has lasted a lifetime.
// Whatever was admitted before the last rotation is full by then and goes.
func (t *Table[K]) rotate() {
	age := t.latest - t.rotated
	if age < t.lifetime {
		return
	}
	if age >= 2*t.lifetime {
		t.elder = nil
	} else {
		t.elder = t.current
	}
	t.current = map[K]Lean{}
	t.rotated = t.latest
}
