package tally

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/contract"
)

// DefaultInterval is the first step of a timeline whose Layout names none.
const DefaultInterval = time.Second

// Layout is what all shards of a run agree on; only shards of one Layout merge.
type Layout struct {
	// Profiles are the names of the fleet's profiles; an exchange's Profile is
	// an index into them.
	Profiles []string
	// Start is when the run began; times in the result count from it.
	Start time.Time
	// WarmUp is when the figures begin. Exchanges intended before it are counted
	// apart and in nothing else. The zero time is no warm-up.
	WarmUp time.Time
	// Interval is the first step of the timeline; 0 stands for DefaultInterval.
	// Long runs double it as often as they need to.
	Interval time.Duration
	// Contract turns the passive evaluation of every answer on; nil is off.
	Contract *contract.Options
}
