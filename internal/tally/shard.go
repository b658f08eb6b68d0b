package tally

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/stats"
)

// Shard is one worker's part of the figures. Once every profile has used each of
// its operations, recording allocates nothing.
type Shard struct {
	layout   Layout
	warmUp   uint64
	profiles []profile
	lateness stats.Histogram
	// first is the earliest intended send and last the latest end that count.
	first, last time.Time
	timeline    timeline
	recent      recent
	findings    findings
	// discard takes the judgements on warm-up traffic.
	discard profile

	judge *contract.Evaluator
	emit  func(contract.Finding)
	// under is the exchange that emit's findings are about.
	under *record.Exchange
}

// profile is what the devices of one profile did.
type profile struct {
	ops        [api.NumOps]*cell
	throttling throttling
	tokens     tokens
	compliance compliance
}

// compliance is what became of a group's answers under the contract.
type compliance struct {
	exchanges, evaluations uint64
	levels                 [3]uint64
}

func (c *compliance) merge(other *compliance) {
	c.exchanges += other.exchanges
	c.evaluations += other.evaluations
	for i, n := range other.levels {
		c.levels[i] += n
	}
}

// NewShard returns an empty shard.
func NewShard(l Layout) *Shard {
	if l.Interval <= 0 {
		l.Interval = DefaultInterval
	}
	s := &Shard{
		layout:   l,
		profiles: make([]profile, len(l.Profiles)),
		timeline: timeline{start: l.Start, interval: l.Interval},
		findings: newFindings(len(l.Profiles)),
	}
	if l.Contract != nil {
		s.judge = contract.NewEvaluator(*l.Contract)
		s.emit = s.found
	}
	return s
}

// Record folds one exchange into the figures, and into the Book of its device.
// An exchange whose Profile is not in the Layout panics: no service can cause it.
func (s *Shard) Record(x *record.Exchange, book *Book) {
	s.recent.record(x)
	if x.Intended.Before(s.layout.WarmUp) {
		s.warmUp++
		book.observe(x, &s.discard.throttling, &s.discard.tokens, false)
		book.carry()
		return
	}
	p := &s.profiles[x.Profile]
	book.observe(x, &p.throttling, &p.tokens, true)
	c := p.ops[x.Request.Op]
	if c == nil {
		c = new(cell)
		p.ops[x.Request.Op] = c
	}
	c.record(x)
	s.lateness.Record(max(x.Lateness(), 0))
	s.span(x.Intended, x.Received)
	s.timeline.record(x)
	if s.judge != nil && x.Response.Status != 0 {
		p.compliance.exchanges++
		s.under = x
		p.compliance.evaluations += uint64(s.judge.Evaluate(x, s.emit))
		s.under = nil
	}
}

// found counts a finding about the exchange at hand.
func (s *Shard) found(f contract.Finding) {
	s.profiles[s.under.Profile].compliance.levels[f.Rule.Level]++
	s.findings.record(f, s.under.Profile, s.under.Seq)
}

func (s *Shard) span(first, last time.Time) {
	if s.first.IsZero() || first.Before(s.first) {
		s.first = first
	}
	if last.After(s.last) {
		s.last = last
	}
}

// Merge adds the figures of src to dst and leaves src as it was. Both come from
// the same Layout. What is live stays with src.
func Merge(dst, src *Shard) {
	dst.warmUp += src.warmUp
	for i := range src.profiles {
		from, to := &src.profiles[i], &dst.profiles[i]
		addCells(&to.ops, &from.ops)
		to.throttling.merge(&from.throttling)
		to.tokens.merge(&from.tokens)
		to.compliance.merge(&from.compliance)
	}
	dst.lateness.Merge(&src.lateness)
	if !src.first.IsZero() {
		dst.span(src.first, src.last)
	}
	dst.timeline.merge(&src.timeline)
	dst.findings.merge(&src.findings)
}
