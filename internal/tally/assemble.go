package tally

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/stats"
)

// Driven is what only the driver knows about its run.
type Driven struct {
	// Scheduled and Dropped count launches and requests as result.Load says.
	Scheduled, Dropped uint64
	// HeldBack counts the devices that a ceiling held back, as result.Load says.
	HeldBack uint64
	// InFlightMax is the most requests under way at once.
	InFlightMax int
	// Predicted is Predictor.Refused, summed over the driver's predictors; nil
	// without any prediction.
	Predicted []uint64
}

// Fill writes the figures of the merged shard into doc: load, endpoints,
// throttling, token_reuse, compliance, profiles and timeline. The driver has
// filled doc.Fleet before, whose profiles are those of the Layout in their
// order; result.Finish does what remains after.
func (s *Shard) Fill(doc *result.Document, d Driven) {
	total := profile{}
	doc.Profiles = make([]result.Profile, 0, len(s.profiles))
	predicted := uint64(0)
	for i := range s.profiles {
		p := &s.profiles[i]
		addCells(&total.ops, &p.ops)
		total.throttling.merge(&p.throttling)
		total.tokens.merge(&p.tokens)
		total.compliance.merge(&p.compliance)
		n := uint64(0)
		if i < len(d.Predicted) {
			n = d.Predicted[i]
		}
		predicted += n
		doc.Profiles = append(doc.Profiles, s.profileFigures(i, doc, n))
	}
	doc.Endpoints = endpoints(&total.ops)
	for i := range doc.Endpoints {
		op, _ := api.ParseOp(doc.Endpoints[i].Endpoint)
		doc.Endpoints[i].LatencyCurveUS = total.ops[op].latency.Curve()
	}
	doc.Throttling = s.throttlingFigures(&total, predicted)
	doc.TokenReuse = total.tokens.figures()
	doc.Compliance = s.complianceFigures(&total.compliance)
	doc.Load = s.load(&total, d)
	doc.Timeline = s.timeline.figures()
}

func (s *Shard) profileFigures(i int, doc *result.Document, predicted uint64) result.Profile {
	p := &s.profiles[i]
	f := result.Profile{
		Name:       s.layout.Profiles[i],
		Endpoints:  endpoints(&p.ops),
		Throttling: s.throttlingFigures(p, predicted),
		TokenReuse: p.tokens.figures(),
		Compliance: s.profileCompliance(i),
	}
	for _, e := range f.Endpoints {
		f.Requests += e.Requests
	}
	if i < len(doc.Fleet.Profiles) {
		f.Platform, f.Devices = doc.Fleet.Profiles[i].Platform, doc.Fleet.Profiles[i].Devices
	}
	f.ShareOfDevices = ratio(uint64(f.Devices), uint64(doc.Fleet.Devices))
	return f
}

func endpoints(cells *[api.NumOps]*cell) []result.Endpoint {
	list := []result.Endpoint{}
	for op, c := range cells {
		if c != nil {
			list = append(list, c.figures(api.Op(op)))
		}
	}
	return list
}

func (c *cell) figures(op api.Op) result.Endpoint {
	facts := op.Describe()
	e := result.Endpoint{
		Endpoint: facts.Name, Method: facts.Method, Path: facts.Template,
		Requests: c.completed() + c.failed(),
		Status:   map[string]uint64{}, Errors: map[string]uint64{},
		LatencyUS: distribution(&c.latency), WireUS: distribution(&c.wire),
		BytesSent: c.bytesSent, BytesReceived: c.bytesReceived,
	}
	for _, s := range c.statuses {
		e.Status[statusName(s.status)] += s.count
	}
	for kind, n := range c.errors {
		if n > 0 {
			e.Errors[api.ErrKind(kind).String()] = n
		}
	}
	return e
}

func (s *Shard) throttlingFigures(p *profile, predicted uint64) result.Throttling {
	t := &p.throttling
	f := result.Throttling{
		Responses: t.responses, Devices: int(t.devices), Predicted: predicted,
		RetriedEarly: t.retriedEarly, SelfInflicted: t.selfInflicted,
		RetryAfter: result.RetryAfter{Present: t.present, Absent: t.absent, Invalid: t.invalid},
	}
	completed := uint64(0)
	for _, c := range p.ops {
		if c != nil {
			completed += c.completed()
		}
	}
	f.Ratio = ratio(t.responses, completed)
	if !t.first.IsZero() {
		at := t.first.Sub(s.layout.Start).Seconds()
		f.FirstAtS = &at
	}
	f.RecoveryMS = quantiles(&t.recovery, time.Millisecond)
	return f
}

func (t *tokens) figures() result.TokenReuse {
	f := result.TokenReuse{
		Registrations: t.registrations, ReRegistrations: t.reRegistrations,
		ReRegistrationsUnjustified: t.unjustified,
		TokensIssued:               t.issued, TokensRestored: t.restored, Calls: t.calls,
		RedundantTokenRequests: t.redundant,
		Refreshes:              result.Refreshes{Expired: t.expired, Ahead: t.ahead, After401: t.after401},
		ExpiredTokenUses:       t.expiredUses,
	}
	if n := t.issued + t.restored; n > 0 {
		perToken := ratio(t.calls, n)
		f.CallsPerToken = &perToken
	}
	return f
}

func (s *Shard) complianceFigures(c *compliance) result.Compliance {
	f := c.figures()
	f.Overflow = s.findings.overflow
	for _, found := range s.findings.sorted() {
		f.Findings = append(f.Findings, s.finding(found))
	}
	return f
}

// profileCompliance is the compliance of one profile's answers, with the
// findings among them counted for the profile alone.
func (s *Shard) profileCompliance(i int) result.Compliance {
	f := s.profiles[i].compliance.figures()
	listed := uint64(0)
	for _, found := range s.findings.sorted() {
		n := found.profiles[i]
		if n == 0 {
			continue
		}
		listed += n
		entry := s.finding(found)
		entry.Count = n
		entry.Profiles = map[string]uint64{s.layout.Profiles[i]: n}
		f.Findings = append(f.Findings, entry)
	}
	f.Overflow = f.Failures + f.Warnings + f.Notes - listed
	return f
}

func (c *compliance) figures() result.Compliance {
	return result.Compliance{
		Exchanges: c.exchanges, Evaluations: c.evaluations,
		Failures: c.levels[contract.Must], Warnings: c.levels[contract.Should], Notes: c.levels[contract.Note],
		Findings: []result.Finding{},
	}
}

func (s *Shard) finding(c *findingCount) result.Finding {
	f := result.Finding{
		ID: c.finding.Rule.ID, Level: c.finding.Rule.Level.String(), Endpoint: c.finding.Op.String(),
		Detail: c.finding.Detail, Count: c.count(), Refs: append([]string{}, c.finding.Rule.Refs...),
		Message: c.finding.Message(), SampleExchange: c.sample, Profiles: map[string]uint64{},
	}
	for i, n := range c.profiles {
		if n > 0 {
			f.Profiles[s.layout.Profiles[i]] = n
		}
	}
	return f
}

func (s *Shard) load(total *profile, d Driven) result.Load {
	l := result.Load{
		Scheduled: d.Scheduled, Dropped: d.Dropped, HeldBack: d.HeldBack, InFlightMax: d.InFlightMax,
		WarmUpExcluded: s.warmUp,
	}
	for _, c := range total.ops {
		if c != nil {
			l.Completed += c.completed()
			l.Errors += c.failed()
		}
	}
	l.Sent = l.Completed + l.Errors
	l.LatenessUS = quantiles(&s.lateness, time.Microsecond)
	if took := s.last.Sub(s.first); took > 0 {
		l.DurationS = took.Seconds()
		l.RequestsPerSecond = float64(l.Sent) / took.Seconds()
	}
	return l
}

func distribution(h *stats.Histogram) result.Distribution {
	q := h.Summary()
	return result.Distribution{
		Min: q.Min, P50: q.P50, P90: q.P90, P99: q.P99, P999: q.P999, Max: q.Max, Mean: int64(q.Mean + 0.5),
	}
}

// quantiles condenses h in the given unit, rounded to the nearest.
func quantiles(h *stats.Histogram, unit time.Duration) result.Quantiles {
	in := func(us int64) int64 { return int64((time.Duration(us) * time.Microsecond).Round(unit) / unit) }
	q := h.Summary()
	return result.Quantiles{P50: in(q.P50), P99: in(q.P99), Max: in(q.Max)}
}

func statusName(status int) string {
	if status < 100 || status > 999 {
		return "999"
	}
	return string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)})
}

func ratio(part, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
