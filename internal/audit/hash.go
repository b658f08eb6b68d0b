package audit

// Hashes stand for values that are compared and never shown: 64 bits of
// FNV-1a, 0 for "none".
const (
	hashOffset = 14695981039346656037
	hashPrime  = 1099511628211
)

func hash[T string | []byte](s T) uint64 {
	if len(s) == 0 {
		return 0
	}
	return more(hashOffset, s)
}

// more goes on hashing where h ended.
func more[T string | []byte](h uint64, s T) uint64 {
	for i := range len(s) {
		h ^= uint64(s[i])
		h *= hashPrime
	}
	h ^= 0xff
	h *= hashPrime
	return max(h, 1)
}

// recent remembers what was put or looked up lately: between limit and twice as
// many entries. The zero recent remembers nothing until limit is set.
type recent[K comparable, V any] struct {
	limit    int
	now, old map[K]V
}

func newRecent[K comparable, V any](limit int) recent[K, V] {
	return recent[K, V]{limit: limit, now: map[K]V{}}
}

func (r *recent[K, V]) get(k K) (V, bool) {
	if v, ok := r.now[k]; ok {
		return v, true
	}
	v, ok := r.old[k]
	if ok {
		r.put(k, v)
	}
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	if len(r.now) >= r.limit {
		r.old, r.now = r.now, make(map[K]V, r.limit/4)
	}
	r.now[k] = v
}
