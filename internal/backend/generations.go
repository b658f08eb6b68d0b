package backend

import "time"

// generations is a map that forgets. Entries live in two generations, and the
// elder is dropped whole, so forgetting costs nothing per entry: what was put
// stays for at least the lifetime and at most twice as long. Whether an entry
// is still good is for its reader to say.
type generations[K comparable, V any] struct {
	lifetime       time.Duration
	current, elder map[K]V
	rotated        time.Time
}

func newGenerations[K comparable, V any](lifetime time.Duration) generations[K, V] {
	return generations[K, V]{lifetime: lifetime, current: map[K]V{}}
}

// advance drops what is old enough at now.
func (g *generations[K, V]) advance(now time.Time) {
	if g.rotated.IsZero() {
		g.rotated = now
	}
	age := now.Sub(g.rotated)
	if age < g.lifetime {
		return
	}
	g.elder = g.current
	if age >= 2*g.lifetime {
		g.elder = nil
	}
	g.current = map[K]V{}
	g.rotated = now
}

func (g *generations[K, V]) get(k K) (V, bool) {
	if v, ok := g.current[k]; ok {
		return v, true
	}
	v, ok := g.elder[k]
	return v, ok
}

func (g *generations[K, V]) put(k K, v V) {
	g.current[k] = v
	delete(g.elder, k)
}

// update replaces the value of a key that is there, without prolonging its stay.
func (g *generations[K, V]) update(k K, v V) {
	if _, ok := g.elder[k]; ok {
		g.elder[k] = v
		return
	}
	g.current[k] = v
}

func (g *generations[K, V]) delete(k K) {
	delete(g.current, k)
	delete(g.elder, k)
}

func (g *generations[K, V]) len() int { return len(g.current) + len(g.elder) }
