package tally

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dcrbench/dcrbench/internal/throttle"
)

// Predictor counts how many requests the documented bucket of each address would
// have refused at the times at which they were sent. It is safe for concurrent use.
type Predictor struct {
	hash    maphash.Seed
	parts   [predictorParts]predictorPart
	refused []atomic.Uint64
}

// predictorParts is how many parts keep the senders out of each other's way.
const predictorParts = 16

// predictorPart has the buckets of some addresses, by the hash of the address: that
// two of a million have the same one happens once in forty million runs.
type predictorPart struct {
	mu    sync.Mutex
	table *throttle.Table[uint64]
	_     [64]byte // so that no two parts share a cache line
}

// NewPredictor returns a Predictor for a fleet of that many profiles. The zero
// Limits stand for the documented ones.
func NewPredictor(limits throttle.Limits, profiles int) *Predictor {
	p := &Predictor{hash: maphash.MakeSeed(), refused: make([]atomic.Uint64, profiles)}
	for i := range p.parts {
		p.parts[i].table = throttle.NewTable[uint64](limits)
	}
	return p
}

// Send notes a request of the profile and reports whether the documented limit
// would admit it; a path without a limit always is. The address is the
// X-Forwarded-For that the request carries, or "" for that of the machine that
// sends. Times should not run backwards. Requests that should not be
// counted, as in a warm-up, still fill the bucket: counted says which.
func (p *Predictor) Send(profile int, path, address string, at time.Time, counted bool) (admitted bool) {
	if !throttle.Throttled(path) {
		return true
	}
	key := maphash.String(p.hash, address)
	part := &p.parts[key%predictorParts]
	part.mu.Lock()
	admitted = part.table.Allow(key, at)
	part.mu.Unlock()
	if !admitted && counted {
		p.refused[profile].Add(1)
	}
	return admitted
}

// Refused is the number of refusals so far for each profile.
func (p *Predictor) Refused() []uint64 {
	n := make([]uint64, len(p.refused))
	for i := range n {
		n[i] = p.refused[i].Load()
	}
	return n
}
