package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/search"
	"github.com/dcrbench/dcrbench/profiles"
)

// The measures of a search.
const (
	// stepLeast and stepMost bound the time that a step measures; --duration
	// takes the place of the latter.
	stepLeast = 5 * time.Second
	stepMost  = 30 * time.Second
	// maxRest bounds how long a target may recover from a step that it failed.
	maxRest = 15 * time.Second
	// evenly is the default of how late one request in a hundred may be for a
	// second of a step to count.
	evenly = 25 * time.Millisecond
)

// searchVariables are what --search can vary, with their units.
var searchVariables = map[string]string{"launch_rate": "launches/s"}

// defaultSearchThreshold holds where the user asks for none.
const defaultSearchThreshold = "throttling.ratio<1%"

// alwaysInSearch is part of every search: a target that fails does not bear its
// load.
const alwaysInSearch = "load.failure_ratio<1%"

const searchHelp = `find the highest launch rate at which every --threshold holds, such as
launch_rate:10..5000: the rate doubles until a step fails, then the gap is
halved until 2 % are left. Every launch is one session of a new device; a
step runs until sessions overlap evenly, then measures for 5 s to --duration
(default 30s), and ends early when its verdict is plain. A step fails too
when 1 % of the requests get no answer or a 5xx, or when requests pile up.
A second in which 1 % of the requests left more than 25 ms late (or
--max-lateness, where given) does not count, nor does the next; a step with
too few that count is tried again and never taken for a failure.
Without --threshold it is ` + defaultSearchThreshold

// parseSearch reads VARIABLE:FROM..TO.
func parseSearch(text string) (variable string, o search.Options, err error) {
	const example = "(try: launch_rate:10..5000)"
	variable, bounds, found := strings.Cut(text, ":")
	from, to, both := strings.Cut(bounds, "..")
	if !found || !both {
		return "", o, fmt.Errorf("--search %q: want VARIABLE:FROM..TO %s", text, example)
	}
	variable = strings.ReplaceAll(variable, "-", "_")
	if searchVariables[variable] == "" {
		return "", o, fmt.Errorf("--search %q: %q cannot be varied; what can is launch_rate, in launches per second %s", text, variable, example)
	}
	for _, bound := range []struct {
		text string
		to   *float64
	}{{from, &o.From}, {to, &o.To}} {
		if *bound.to, err = strconv.ParseFloat(bound.text, 64); err != nil {
			return "", o, fmt.Errorf("--search %q: %q is not a number %s", text, bound.text, example)
		}
	}
	if err := o.Validate(); err != nil {
		return "", o, fmt.Errorf("--search %q: %w %s", text, err, example)
	}
	if o.To > maxSearchRate {
		return "", o, fmt.Errorf("--search %q: %g is out of reach; at most %g %s", text, o.To, float64(maxSearchRate), example)
	}
	return variable, o, nil
}

// maxSearchRate bounds what is searched: nothing on one machine comes near it.
const maxSearchRate = 1e5

// searcher is one search in progress.
type searcher struct {
	o          *runOptions
	cmd        *cobra.Command
	plan       *plan
	target     *target
	fleet      *profiles.Fleet
	thresholds []result.Threshold
	pattern    launchPattern
	least      time.Duration
	most       time.Duration
	// past are the devices of the last steps.
	past []*profiles.Population
	doc  *result.Search
	// bodies are the figures of the steps that may be the one that counts.
	bodies map[float64]*result.Document
}

// searchConflicts are the flags that mean nothing in a search.
var searchConflicts = []string{"launch", "launch-rate", "warm-up"}

// runSearch runs steps until the capacity is known or ctx ends.
func (o *runOptions) runSearch(cmd *cobra.Command) error {
	s, options, err := o.prepareSearch(cmd)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	o.sim.mvpds = append(o.sim.mvpds, s.fleet.MVPDs...)
	// Every launch is that of a device that nobody has seen before.
	o.vault = "none"
	if s.target, err = o.open(ctx); err != nil {
		return err
	}
	defer s.target.Close()
	for _, w := range s.target.warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "dcrbench: "+w)
	}
	if err := s.underCeiling(&options); err != nil {
		return err
	}
	out, err := makeOut(o.out, "run")
	if err != nil {
		return err
	}
	started := time.Now()
	body, broke := s.search(ctx, options)
	doc := s.document(body, started, ctx.Err() != nil)
	if broke != nil {
		result.Break(doc, broke)
	}
	return o.report(cmd, doc, out)
}

// prepareSearch settles everything that can be wrong before anything is opened.
func (o *runOptions) prepareSearch(cmd *cobra.Command) (*searcher, search.Options, error) {
	variable, options, err := parseSearch(o.search)
	if err != nil {
		return nil, options, err
	}
	var errs []error
	for _, name := range searchConflicts {
		if cmd.Flags().Changed(name) {
			errs = append(errs, fmt.Errorf("--%s and --search exclude each other: a search decides when devices launch", name))
		}
	}
	if len(errs) > 0 {
		return nil, options, errors.Join(errs...)
	}
	if cmd.Flags().Changed("devices") {
		fmt.Fprintln(cmd.ErrOrStderr(), "dcrbench: --devices does not count in a search: every step launches as many as its rate asks for")
	}
	p, err := o.prepare(cmd)
	if err != nil {
		return nil, options, err
	}
	s := &searcher{
		o: o, cmd: cmd, plan: p, fleet: p.fleet.WithoutRelaunches(),
		thresholds: p.gate.Thresholds, least: stepLeast, most: stepMost,
		bodies: map[float64]*result.Document{},
	}
	if cmd.Flags().Changed("duration") {
		s.most = o.duration
		s.least = min(s.least, s.most)
	}
	if s.pattern, err = patternOf(s.fleet, o); err != nil {
		return nil, options, err
	}
	if err := s.addThresholds(); err != nil {
		return nil, options, err
	}
	s.doc = &result.Search{
		Variable: variable, Unit: searchVariables[variable], From: options.From, To: options.To,
		RequestsPerLaunch: s.pattern.perLaunch, SettleS: s.pattern.settle.Seconds(), Steps: []result.SearchStep{},
	}
	return s, options, nil
}

// addThresholds adds what the user need not say.
func (s *searcher) addThresholds() error {
	texts := []string{alwaysInSearch}
	if len(s.thresholds) == 0 {
		texts = append(texts, defaultSearchThreshold)
	}
	more, err := parseThresholds(texts, s.fleet)
	for _, t := range more {
		if !slices.ContainsFunc(s.thresholds, func(o result.Threshold) bool { return o.Path == t.Path }) {
			s.thresholds = append(s.thresholds, t)
		}
	}
	return err
}

// underCeiling ends the range where the ceiling on the request rate would hold
// devices back: beyond it nothing could be learned.
func (s *searcher) underCeiling(options *search.Options) error {
	ceiling := s.o.ceiling(s.cmd, s.target)
	if ceiling == 0 || options.To*s.pattern.perLaunch <= ceiling {
		return nil
	}
	options.To = ceiling / s.pattern.perLaunch
	if options.To <= options.From {
		return fmt.Errorf("--search: %g launches/s of %.1f requests each is above the ceiling of %g requests/s (try: --max-rps, or a lower rate to begin with)",
			options.From, s.pattern.perLaunch, ceiling)
	}
	s.doc.To = options.To
	fmt.Fprintf(s.cmd.ErrOrStderr(), "dcrbench: the search ends at %.4g launches/s: the ceiling is %g requests/s, and a launch is %.1f requests\n", options.To, ceiling, s.pattern.perLaunch)
	return nil
}

// search runs the steps and returns the figures of the one that counts: the
// highest that held, or else the last. The error is of the run itself.
func (s *searcher) search(ctx context.Context, options search.Options) (*result.Document, error) {
	machine := search.New(options)
	var body *result.Document
	for ctx.Err() == nil {
		rate, more := machine.Next()
		if !more {
			break
		}
		step, doc, err := s.step(ctx, rate, machine)
		if doc != nil {
			body = doc
			s.bodies[rate] = doc
		}
		s.doc.Steps = append(s.doc.Steps, step)
		s.say(len(s.doc.Steps), &step)
		if err != nil {
			return s.conclude(machine, body), err
		}
		if d, ok := decisions[step.Verdict]; ok {
			machine.Observe(d, step.Confidence)
		}
		s.rest(ctx, &step)
	}
	return s.conclude(machine, body), nil
}

// decisions are what the verdicts on steps mean to the search. One that was
// interrupted means nothing.
var decisions = map[string]search.Decision{
	result.StepHolds: search.Holds, result.StepFails: search.Fails, result.StepLate: search.Late,
}

// conclude writes what the machine knows into the document, and returns the
// figures that belong to it.
func (s *searcher) conclude(machine *search.Search, body *result.Document) *result.Document {
	known := machine.Result()
	s.doc.Confidence = known.Confidence
	if known.Reach > 0 {
		s.doc.Late = &known.Reach
	}
	switch {
	case known.FailedStep >= 0:
		s.doc.Failed = &known.Failed
		s.doc.LimitedBy = s.limit(known.Failed)
	case known.Closed:
		s.doc.LimitedBy = result.LimitRange
	}
	if known.HeldStep >= 0 {
		s.doc.Found = &known.Held
		body = s.bodies[known.Held]
	}
	if !known.Closed {
		s.doc.LimitedBy = ""
		if s.doc.Late != nil {
			s.doc.LimitedBy = result.LimitGenerator
		}
	}
	for _, step := range s.doc.Steps {
		if step.Rate == known.Held && step.Verdict == result.StepHolds {
			s.doc.RequestsPerSecond = step.RequestsPerSecond
		}
	}
	return body
}

// limit says what made the rate fail.
func (s *searcher) limit(rate float64) string {
	limit := result.LimitTarget
	for _, step := range s.doc.Steps {
		switch {
		case step.Rate != rate || step.Verdict != result.StepFails:
		case slices.ContainsFunc(step.Thresholds, func(t result.ThresholdResult) bool { return !t.Met && t.Expr != alwaysInSearch }):
			limit = result.LimitThresholds
		default:
			limit = result.LimitTarget
		}
	}
	return limit
}

// document is the result of the search.
func (s *searcher) document(body *result.Document, started time.Time, interrupted bool) *result.Document {
	doc := body
	if doc == nil {
		doc = &result.Document{}
	}
	doc.Schema, doc.Kind, doc.Tool = result.Schema, result.KindRun, tool()
	doc.Target = result.Target{URL: s.target.url.String(), Simulator: s.target.simulator, HTTPVersion: s.target.httpVersion(), TLS: s.target.url.Scheme == "https"}
	doc.Seed, doc.Started, doc.Ended, doc.Interrupted = s.o.seed, started, time.Now(), interrupted
	doc.Search = s.doc
	result.Finish(doc, result.Gate{Thresholds: s.thresholds, IgnoreCompliance: true})
	return doc
}

// say writes a line about a step that is over.
func (s *searcher) say(n int, step *result.SearchStep) {
	fmt.Fprintf(s.cmd.ErrOrStderr(), "search: step %d, %.4g %s %s: %d requests, %.4g/s, 429 %.2f %%, failed %.2f %%, p99 %s\n",
		n, step.Rate, s.doc.Unit, step.Verdict, step.Requests, step.RequestsPerSecond,
		100*step.ThrottledRatio, 100*step.FailureRatio, shortDuration(time.Duration(step.P99US)*time.Microsecond))
}

// rest lets the target recover: what queued in it is gone when the slowest answer
// of the step would have come.
func (s *searcher) rest(ctx context.Context, step *result.SearchStep) {
	d := 500 * time.Millisecond
	if step.Verdict != result.StepHolds {
		d = min(time.Second+time.Duration(step.P99US)*time.Microsecond, maxRest)
	}
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
	}
}
