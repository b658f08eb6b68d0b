package result

import (
	"errors"
	"fmt"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Reconcile checks that the figures of doc agree with each other: what was sent
// with answers and errors, the endpoints with the total, the profiles with the
// total, the throttling and token figures with the statuses. The error names
// everything that does not; nil is a document that adds up.
func Reconcile(doc *Document) error {
	var r ledger
	r.equal("load.sent and load.completed + load.errors", doc.Load.Sent, doc.Load.Completed+doc.Load.Errors)
	sum := r.endpoints("endpoints", doc.Endpoints)
	r.equal("load.sent and the requests of endpoints", doc.Load.Sent, sum.requests)
	r.equal("load.completed and the statuses of endpoints", doc.Load.Completed, sum.completed)
	r.figures("", doc.Endpoints, sum, doc.Throttling, doc.TokenReuse)
	r.compliance("compliance", doc.Compliance)
	r.timeline(doc)
	r.profiles(doc)
	return errors.Join(r.wrong...)
}

type ledger struct{ wrong []error }

type totals struct{ requests, completed, throttled, calls uint64 }

func (r *ledger) equal(what string, a, b uint64) {
	if a != b {
		r.wrong = append(r.wrong, fmt.Errorf("%s differ: %d and %d", what, a, b))
	}
}

func (r *ledger) endpoints(where string, list []Endpoint) (sum totals) {
	for _, e := range list {
		var answers, failed uint64
		for _, n := range e.Status {
			answers += n
		}
		for _, n := range e.Errors {
			failed += n
		}
		r.equal(where+"."+e.Endpoint+".requests and its statuses and errors", e.Requests, answers+failed)
		sum.requests += e.Requests
		sum.completed += answers
		sum.throttled += e.Status["429"]
		if op, ok := api.ParseOp(e.Endpoint); ok && op.Protected() {
			sum.calls += e.Requests
		}
	}
	return sum
}

func (r *ledger) figures(where string, list []Endpoint, sum totals, t Throttling, k TokenReuse) {
	r.equal(where+"throttling.responses and the 429s of the endpoints", t.Responses, sum.throttled)
	r.equal(where+"throttling.responses and throttling.retry_after", t.Responses, t.RetryAfter.Present+t.RetryAfter.Absent+t.RetryAfter.Invalid)
	r.equal(where+"token_reuse.calls and the requests of protected endpoints", k.Calls, sum.calls)
	for _, e := range list {
		switch e.Endpoint {
		case "register":
			r.atMost(where+"token_reuse.registrations exceed the successes of register", k.Registrations, successes(e))
		case "token":
			r.atMost(where+"token_reuse.tokens_issued exceed the successes of token", k.TokensIssued, successes(e))
		}
	}
}

func (r *ledger) atMost(what string, n, most uint64) {
	if n > most {
		r.wrong = append(r.wrong, fmt.Errorf("%s: %d and %d", what, n, most))
	}
}

func successes(e Endpoint) uint64 { return e.Status["200"] + e.Status["201"] }

func (r *ledger) compliance(where string, c Compliance) {
	var failures, warnings, notes uint64
	for _, f := range c.Findings {
		switch f.Level {
		case LevelMust:
			failures += f.Count
		case LevelShould:
			warnings += f.Count
		default:
			notes += f.Count
		}
		var byProfile uint64
		for _, n := range f.Profiles {
			byProfile += n
		}
		r.equal(where+" finding "+f.ID+" and its profiles", f.Count, byProfile)
	}
	r.equal(where+" findings and their levels", failures+warnings+notes+c.Overflow, c.Failures+c.Warnings+c.Notes)
}

func (r *ledger) timeline(doc *Document) {
	if len(doc.Timeline.Series) == 0 {
		return
	}
	byEndpoint := map[string]uint64{}
	for _, s := range doc.Timeline.Series {
		for i, n := range s.Requests {
			byEndpoint[s.Endpoint] += n
			r.equal("timeline of "+s.Endpoint, n, nth(s.OK, i)+nth(s.Throttled, i)+nth(s.Failed, i))
		}
	}
	for _, e := range doc.Endpoints {
		r.equal("endpoints."+e.Endpoint+".requests and its timeline", e.Requests, byEndpoint[e.Endpoint])
	}
}

// nth is the i-th count, 0 past the end of a list that is too short.
func nth(counts []uint64, i int) uint64 {
	if i < len(counts) {
		return counts[i]
	}
	return 0
}

// profiles checks every profile for itself and their sum against the totals.
func (r *ledger) profiles(doc *Document) {
	if len(doc.Profiles) == 0 && len(doc.Endpoints) == 0 {
		return
	}
	var sum Profile
	requests := map[string]uint64{}
	for _, p := range doc.Profiles {
		where := "profiles." + p.Name
		own := r.endpoints(where+".endpoints", p.Endpoints)
		r.equal(where+".requests and its endpoints", p.Requests, own.requests)
		r.figures(where+".", p.Endpoints, own, p.Throttling, p.TokenReuse)
		r.compliance(where+".compliance", p.Compliance)
		for _, e := range p.Endpoints {
			requests[e.Endpoint] += e.Requests
		}
		add(&sum, &p)
	}
	for _, e := range doc.Endpoints {
		r.equal("endpoints."+e.Endpoint+" and its profiles", e.Requests, requests[e.Endpoint])
	}
	r.sums(doc, &sum)
}

func add(sum, p *Profile) {
	sum.Requests += p.Requests
	t, k, c := p.Throttling, p.TokenReuse, p.Compliance
	sum.Throttling.Responses += t.Responses
	sum.Throttling.Devices += t.Devices
	sum.Throttling.Predicted += t.Predicted
	sum.Throttling.RetriedEarly += t.RetriedEarly
	sum.Throttling.SelfInflicted += t.SelfInflicted
	sum.TokenReuse.Registrations += k.Registrations
	sum.TokenReuse.ReRegistrations += k.ReRegistrations
	sum.TokenReuse.TokensIssued += k.TokensIssued
	sum.TokenReuse.Calls += k.Calls
	sum.TokenReuse.RedundantTokenRequests += k.RedundantTokenRequests
	sum.TokenReuse.ExpiredTokenUses += k.ExpiredTokenUses
	sum.Compliance.Exchanges += c.Exchanges
	sum.Compliance.Evaluations += c.Evaluations
	sum.Compliance.Failures += c.Failures
	sum.Compliance.Warnings += c.Warnings
}

func (r *ledger) sums(doc *Document, sum *Profile) {
	const of = " and the sum over the profiles"
	t, k, c := doc.Throttling, doc.TokenReuse, doc.Compliance
	r.equal("load.sent"+of, doc.Load.Sent, sum.Requests)
	r.equal("throttling.responses"+of, t.Responses, sum.Throttling.Responses)
	r.equal("throttling.devices"+of, uint64(t.Devices), uint64(sum.Throttling.Devices))
	r.equal("throttling.predicted"+of, t.Predicted, sum.Throttling.Predicted)
	r.equal("throttling.self_inflicted"+of, t.SelfInflicted, sum.Throttling.SelfInflicted)
	r.equal("throttling.retried_early"+of, t.RetriedEarly, sum.Throttling.RetriedEarly)
	r.equal("token_reuse.registrations"+of, k.Registrations, sum.TokenReuse.Registrations)
	r.equal("token_reuse.re_registrations"+of, k.ReRegistrations, sum.TokenReuse.ReRegistrations)
	r.equal("token_reuse.tokens_issued"+of, k.TokensIssued, sum.TokenReuse.TokensIssued)
	r.equal("token_reuse.calls"+of, k.Calls, sum.TokenReuse.Calls)
	r.equal("token_reuse.redundant_token_requests"+of, k.RedundantTokenRequests, sum.TokenReuse.RedundantTokenRequests)
	r.equal("token_reuse.expired_token_uses"+of, k.ExpiredTokenUses, sum.TokenReuse.ExpiredTokenUses)
	r.equal("compliance.exchanges"+of, c.Exchanges, sum.Compliance.Exchanges)
	r.equal("compliance.evaluations"+of, c.Evaluations, sum.Compliance.Evaluations)
	r.equal("compliance.failures"+of, c.Failures, sum.Compliance.Failures)
	r.equal("compliance.warnings"+of, c.Warnings, sum.Compliance.Warnings)
}
