package run

import (
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/tally"
)

// Peek writes the figures of the run so far into doc, as Fill does at its end.
// It may be called at any time after Run began, from any goroutine; it holds up
// a part of the recording for some milliseconds, so that once a second is often.
func (r *Runner) Peek(doc *result.Document) {
	r.mu.Lock()
	tallies, launched := r.tallies, r.launched
	r.mu.Unlock()
	if tallies == nil {
		return
	}
	doc.Seed = r.cfg.Seed
	doc.Started, doc.Ended = r.start, r.clock.now()
	doc.Fleet = r.describe()
	total, predicted := tallies.merge(r.profileNames())
	total.Fill(doc, tally.Driven{Scheduled: uint64(launched), InFlightMax: int(r.maxInFlight.Load()), Predicted: predicted})
}
