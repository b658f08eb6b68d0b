package run

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/tally"
	"github.com/dcrbench/dcrbench/profiles"
)

// Snapshot is what a progress line shows.
type Snapshot struct {
	tally.LiveFigures
	// Elapsed is the age of the run, Total its planned length.
	Elapsed, Total time.Duration
	// Launched, Finished and Devices count devices: launched so far, done with
	// everything, and in the fleet.
	Launched, Finished, Devices int
	// InFlight counts the requests under way.
	InFlight int
	// Ending is set once the devices are done and answers are awaited.
	Ending bool
}

// Snapshot describes the run at this moment. It may be called at any time after
// Run began, from any goroutine.
func (r *Runner) Snapshot() Snapshot {
	r.mu.Lock()
	tallies, launched := r.tallies, r.launched
	r.mu.Unlock()
	s := Snapshot{Total: r.cfg.Duration, Devices: r.cfg.Devices}
	if tallies == nil {
		return s
	}
	now := r.clock.now()
	s.LiveFigures = tallies.live(now)
	s.Elapsed = now.Sub(r.start)
	s.Launched = launched
	s.Finished = int(r.finished.Load())
	s.InFlight = int(r.inFlight.Load())
	s.Ending = r.over() || !now.Before(r.end)
	return s
}

// Counts are the judged counts so far. It may be called at any time, from any
// goroutine.
func (r *Runner) Counts() *tally.Counts {
	r.mu.Lock()
	tallies := r.tallies
	r.mu.Unlock()
	if tallies == nil {
		return tally.NewCounts(r.profileNames())
	}
	return tallies.counts(r.profileNames())
}

// Profiles are the names of the fleet's profiles, in the order of their numbers.
func (r *Runner) Profiles() []string { return r.profileNames() }

// InResult reports whether a result counts the exchange: it does unless it was
// meant for the warm-up. Only an Observer may ask.
func (r *Runner) InResult(x *record.Exchange) bool { return !x.Intended.Before(r.tallies.warm) }

// Fill writes the figures of the finished run into doc, with its fleet, seed
// and times. Call it after Run has returned.
func (r *Runner) Fill(doc *result.Document) {
	doc.Seed = r.cfg.Seed
	doc.Started, doc.Ended = r.start, r.clock.now()
	doc.Fleet = r.describe()
	total, predicted := r.tallies.merge(r.profileNames())
	total.Fill(doc, tally.Driven{
		Scheduled:   uint64(r.launched),
		Dropped:     r.lost.Load(),
		HeldBack:    r.heldBack(),
		InFlightMax: int(r.maxInFlight.Load()),
		Predicted:   predicted,
	})
	r.sample.Fill(doc.Profiles)
	doc.Load.Generator = r.generator(r.before, r.after)
}

// heldBack counts the devices that wait for the ceiling alone.
func (r *Runner) heldBack() uint64 {
	n := uint64(0)
	for i := range r.slots {
		if r.slots[i].admitted != 0 {
			n++
		}
	}
	return n
}

func (r *Runner) profileNames() []string {
	var names []string
	for _, p := range r.population.Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// describe says who the fleet is.
func (r *Runner) describe() result.Fleet {
	f := result.Fleet{Name: r.cfg.Fleet.Name, Devices: r.cfg.Devices}
	counts := r.population.Counts()
	for i, p := range r.population.Profiles() {
		f.Profiles = append(f.Profiles, result.FleetProfile{
			Name: p.Name, Platform: p.Platform, Devices: counts[i],
			ForwardsAddress:   !p.Network.OmitForwardedFor,
			DevicesPerAddress: perAddress(&p.Network, r.cfg.Devices),
		})
	}
	return f
}

func perAddress(n *profiles.Network, devices int) float64 {
	if n.OmitForwardedFor {
		return float64(devices)
	}
	return float64(max(1, n.Devices))
}
