package check

import (
	"slices"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Ruling is what a probe says about one check, before levels and rule sets.
type Ruling struct {
	Kind RulingKind
	// Want and Got are what was expected and what came; never a secret.
	Want, Got string
	// Exchanges are the numbers of the exchanges behind it.
	Exchanges []uint64
	// Broken marks an answer of Op that broke off, whatever was asked of it.
	Broken bool
	Op     api.Op
}

// RulingKind ranks rulings: of several on one check the highest counts.
type RulingKind uint8

const (
	// Unruled is the zero value: the probe did not come to it.
	Unruled RulingKind = iota
	// Absent is a feature that the target does not have: nothing to check.
	Absent
	// Unprovable is a requirement that this target, or this configuration of the
	// suite, gives no means to provoke.
	Unprovable
	// Blocked depends on another requirement that is not met; Got is its id.
	Blocked
	// Unclear is no conclusion: throttled, timed out, too few samples.
	Unclear
	// Met is a requirement that is met.
	Met
	// Noted is an observation that is neither right nor wrong.
	Noted
	// Deviates is met by the vendor's documents and not by the RFC.
	Deviates
	// Tolerated is met by the tolerant reading of the documents only.
	Tolerated
	// Unmet is a requirement that is not met.
	Unmet
	// Crashed is a fault of the suite itself.
	Crashed
)

// Book holds the rulings of one probe by check id.
type Book struct {
	rulings map[string]*Ruling
}

// Get returns the ruling on a check, nil when there is none.
func (b *Book) Get(id string) *Ruling { return b.rulings[id] }

// maxExchanges bounds the exchanges that one ruling names.
const maxExchanges = 12

// add merges a ruling: the higher kind wins, and the first of a kind.
func (b *Book) add(id string, r Ruling) {
	if b.rulings == nil {
		b.rulings = map[string]*Ruling{}
	}
	had := b.rulings[id]
	switch {
	case had == nil || r.Kind > had.Kind:
		r.Exchanges = slices.Clone(r.Exchanges)
		b.rulings[id] = &r
	case r.Kind == had.Kind && len(had.Exchanges) < maxExchanges:
		had.Exchanges = append(had.Exchanges, r.Exchanges...)
	}
}
