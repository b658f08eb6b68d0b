package tally

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/throttle"
)

// Predictor counts how many requests the documented bucket of each address would
// have refused at the times at which they were sent. Callers lock it or give it
// the requests of one goroutine; all requests of one key must go to the same one.
type Predictor struct {
	table   *throttle.Table[uint64]
	refused []uint64
}

// NewPredictor returns a Predictor for a fleet of that many profiles. The zero
// Limits stand for the documented ones.
func NewPredictor(limits throttle.Limits, profiles int) *Predictor {
	return &Predictor{table: throttle.NewTable[uint64](limits), refused: make([]uint64, profiles)}
}

// Send notes a request of the profile to a throttled path, and reports whether
// the documented bucket would admit it. The key is a hash of the X-Forwarded-For
// that the request carries, or of "" for the address of the machine that sends
// that two of a million addresses have the same one happens once in forty
// million runs. Times should not run backwards. Requests that should not be
// counted, as in a warm-up, still fill the bucket: counted says which.
func (p *Predictor) Send(profile int, key uint64, at time.Time, counted bool) (admitted bool) {
	if p.table.Allow(key, at) {
		return true
	}
	if counted {
		p.refused[profile]++
	}
	return false
}

// Refused is the number of refusals for each profile. It is the Predictor's own
// memory: read it when nothing sends any more.
func (p *Predictor) Refused() []uint64 { return p.refused }
