package main

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/run"
	"github.com/dcrbench/dcrbench/internal/search"
	"github.com/dcrbench/dcrbench/profiles"
)

const (
	// watchEvery is how often a step looks at the requests under way, lookEvery
	// how often at everything, from lookFrom on.
	watchEvery = 50 * time.Millisecond
	lookEvery  = time.Second
	lookFrom   = 2 * time.Second
	// behindFor is for how long the bound on requests under way is reached before
	// a step counts as failed.
	behindFor = 500 * time.Millisecond
	// stepGrace is how long a step waits for its last answers.
	stepGrace = 5 * time.Second
	// lateShare is the share of requests that must leave late for a second not to
	// count.
	lateShare = 0.01
)

// attempt is one step under way.
type attempt struct {
	*searcher
	rate   float64
	runner *run.Runner
	trial  *search.Trial
	cancel context.CancelFunc

	// sent and late count requests, and those that left too late, since the last
	// look.
	sent, late atomic.Uint64
	// lateFrom is the lateness from which a request left too late.
	lateFrom time.Duration

	decision   search.Decision
	confidence float64
	// doc is the figures at the moment of the decision.
	doc      *result.Document
	measured time.Duration
	stopped  bool
	piled    bool
	full     time.Duration
}

// step runs the fleet at a rate until its trial is decided. The document is that
// of the moment of the decision.
func (s *searcher) step(ctx context.Context, rate float64, machine *search.Search) (result.SearchStep, *result.Document, error) {
	a := &attempt{searcher: s, rate: rate, lateFrom: evenly}
	if s.cmd.Flags().Changed("max-lateness") {
		a.lateFrom = s.o.maxLateness
	}
	runner, err := s.runner(rate, a.heed)
	if err != nil {
		return result.SearchStep{Rate: rate, Verdict: result.StepInterrupted, Reasons: []string{}, Thresholds: []result.ThresholdResult{}}, nil, err
	}
	least := s.least
	if machine.Confirming() {
		least = s.most
	}
	a.runner, a.trial = runner, search.NewTrial(least.Seconds(), s.most.Seconds(), !machine.Closing(), s.o.maxInFlight)
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	a.cancel = cancel
	finished := showProgress(s.cmd.ErrOrStderr(), fmt.Sprintf("step %d: %.4g/s", len(s.doc.Steps)+1, rate), runner)
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(inner) }()
	err = a.watch(ctx, ended)
	finished()
	if err == nil {
		err = refused(a.doc)
	}
	return a.verdict(ctx.Err() != nil), a.doc, err
}

// runner prepares the run of a step, with devices whose addresses the last steps
// did not use.
func (s *searcher) runner(rate float64, observer func(*record.Exchange)) (*run.Runner, error) {
	length := s.pattern.settle + s.longest()
	devices := min(int(math.Ceil(rate*length.Seconds())), maxDevices)
	var seed uint64
	var population *profiles.Population
	for try := range uint64(64) {
		seed = s.o.seed + uint64(len(s.doc.Steps))*1_000_003 + try*7919
		var err error
		if population, err = profiles.NewPopulation(s.fleet, devices, seed); err != nil {
			return nil, err
		}
		if !s.meets(population) {
			break
		}
	}
	s.past = append(s.past[max(0, len(s.past)-1):], population)
	schedule, err := pace.Spec{Shape: pace.Constant, Rate: rate}.Schedule(devices, seed)
	if err != nil {
		return nil, err
	}
	return run.New(run.Config{
		Fleet: s.fleet, Devices: devices, Seed: seed, Schedule: schedule,
		Duration: length, WarmUp: s.pattern.settle, Grace: stepGrace,
		MaxPerSecond: s.o.ceiling(s.cmd, s.target), MaxInFlight: s.o.maxInFlight,
		Statement: s.target.statement, Transport: s.target.client, Observer: observer,
	})
}

// longest is how long a step may have to measure.
func (s *searcher) longest() time.Duration {
	return time.Duration(search.Longest(s.most.Seconds()) * float64(time.Second))
}

// heed counts a request, from any goroutine.
func (a *attempt) heed(x *record.Exchange) {
	a.sent.Add(1)
	if x.Lateness() > a.lateFrom {
		a.late.Add(1)
	}
}

// wasLate reports whether the generator missed its schedule since the last look.
// One that waits for room among its requests under way is not at fault.
func (a *attempt) wasLate(doc *result.Document) bool {
	sent, late := a.sent.Swap(0), a.late.Swap(0)
	return doc.Load.InFlightMax < a.o.maxInFlight && late > 0 && float64(late) >= lateShare*float64(sent)
}

func (s *searcher) meets(p *profiles.Population) bool {
	for _, before := range s.past {
		if p.Meets(before) {
			return true
		}
	}
	return false
}

// watch follows the run until it ends, and ends it when its trial is decided.
func (a *attempt) watch(ctx context.Context, ended <-chan error) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	next := min(lookFrom, a.most)
	for {
		select {
		case err := <-ended:
			if a.doc == nil {
				a.finish(ctx.Err() == nil && err == nil)
			}
			return err
		case <-tick.C:
		}
		if a.doc != nil {
			continue
		}
		snapshot := a.runner.Snapshot()
		at := snapshot.Elapsed - a.pattern.settle
		if at < 0 {
			a.sent.Store(0)
			a.late.Store(0)
		}
		a.full += watchEvery
		if !a.trial.Flying(at.Seconds(), snapshot.InFlight) {
			a.full = 0
		}
		if a.full >= behindFor {
			a.piled = true
			a.decide(search.Fails, 0.99, at)
		} else if at >= next && at < a.longest() {
			next += lookEvery
			a.look(at)
		}
	}
}

// finish takes in the figures of a step that came to its end, or was broken off.
// One whose devices were done early came to its end: no launch was left.
func (a *attempt) finish(whole bool) {
	a.doc = &result.Document{}
	a.runner.Fill(a.doc)
	result.Finish(a.doc, result.Gate{Thresholds: a.thresholds})
	a.measured = a.longest()
	if whole {
		a.decision, a.confidence = a.trial.Look(a.measured.Seconds(), a.wasLate(a.doc), search.Weigh(a.doc, a.thresholds))
		return
	}
	a.measured = min(max(a.doc.Ended.Sub(a.doc.Started)-a.pattern.settle, 0), a.measured)
}

// look shows the trial the figures of the moment.
func (a *attempt) look(at time.Duration) {
	doc := a.peek()
	decision, confidence := a.trial.Look(at.Seconds(), a.wasLate(doc), search.Weigh(doc, a.thresholds))
	if decision != search.Undecided {
		a.decide(decision, confidence, at)
		a.doc = doc
	}
}

func (a *attempt) peek() *result.Document {
	doc := &result.Document{}
	a.runner.Peek(doc)
	result.Finish(doc, result.Gate{Thresholds: a.thresholds})
	return doc
}

// decide ends the step.
func (a *attempt) decide(d search.Decision, confidence float64, at time.Duration) {
	a.decision, a.confidence, a.measured, a.stopped = d, confidence, max(at, 0), true
	if a.doc == nil {
		a.doc = a.peek()
	}
	a.cancel()
}

// verdict describes the step once it is over.
func (a *attempt) verdict(interrupted bool) result.SearchStep {
	doc := a.doc
	step := result.SearchStep{
		Rate: a.rate, Confidence: a.confidence, Reasons: []string{}, MeasuredS: a.measured.Seconds(), Stopped: a.stopped && a.measured < a.most,
		Requests: doc.Load.Sent, ThrottledRatio: doc.Throttling.Ratio, FailureRatio: doc.Load.FailureRatio,
		InFlightMax: doc.Load.InFlightMax, LatenessP99US: doc.Load.LatenessUS.P99, Thresholds: doc.Thresholds,
	}
	if s := a.measured.Seconds(); s > 0 {
		step.RequestsPerSecond = float64(step.Requests) / s
	}
	for _, e := range doc.Endpoints {
		step.P99US = max(step.P99US, e.LatencyUS.P99)
	}
	step.LateS = max(0, step.MeasuredS-a.trial.Counted())
	switch {
	case a.decision == search.Undecided && interrupted:
		step.Verdict = result.StepInterrupted
	case a.decision == search.Late:
		step.Verdict = result.StepLate
		step.Reasons = append(step.Reasons, fmt.Sprintf("1 %% of the requests left more than %s late in %.0f of %.0f s, or just after: %s at worst",
			shortDuration(a.lateFrom), step.LateS, step.MeasuredS, shortDuration(time.Duration(doc.Load.LatenessUS.Max)*time.Microsecond)))
	case a.decision == search.Holds:
		step.Verdict = result.StepHolds
	default:
		step.Verdict = result.StepFails
		step.Reasons = a.failures(&step)
	}
	return step
}

// failures says why a step failed.
func (a *attempt) failures(step *result.SearchStep) []string {
	reasons := []string{}
	for _, i := range a.trial.Broken() {
		switch t := a.doc.Thresholds[i]; {
		case !t.Met:
			reasons = append(reasons, fmt.Sprintf("%s is not met: it was %s", t.Expr, t.Was()))
		case step.LateS > 0:
			reasons = append(reasons, fmt.Sprintf("%s is not met in the time in which the generator kept its schedule", t.Expr))
		default:
			reasons = append(reasons, fmt.Sprintf("%s is not met in the later half of the step", t.Expr))
		}
	}
	switch {
	case a.piled:
		reasons = append(reasons, fmt.Sprintf("the target fell behind: %d requests were under way at once", step.InFlightMax))
	case a.trial.Behind():
		reasons = append(reasons, "the target fell behind: requests piled up")
	}
	return reasons
}
