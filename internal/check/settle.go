package check

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// consequence says what a requirement that is not met takes with it, beyond what
// the probe that finds it can know: other probes meet the same mistake again.
type consequence struct {
	cause string
	// of are ids of checks; a star stands for every end.
	of []string
}

// consequences are tried in order, so that a cause stands before what it causes.
var consequences = append(answerConsequences(),
	consequence{"reg.no-redirect", []string{"ss.accepted"}},
	consequence{"tok.client-bound", []string{"tok.expiry-honest", "api.scope", "api.foreign"}},
	consequence{"api.query-token", []string{"api.one-transport"}},
	consequence{"profile.bound", []string{"logout.removes-profile"}},
	consequence{"thr.key", []string{"thr.scope"}},
)

func answerConsequences() []consequence {
	var list []consequence
	add := func(op api.Op, whats []string, of ...string) {
		for _, what := range whats {
			list = append(list, consequence{spec.AnswerID(op, what), of})
		}
	}
	whole := []string{spec.AnswerStatus, spec.AnswerBody}
	add(api.OpSessionsCreate, whole, "session.*", "err.code.invalid-authentication-session")
	add(api.OpSessionsCreate, []string{spec.AnswerOptional}, "session.missing-code", "session.resumes", "session.superseded", "session.expired", "err.code.invalid-authentication-session")
	profiles := append(whole, "profiles")
	add(api.OpProfilesMVPD, profiles, "profile.bound")
	add(api.OpProfilesCode, profiles, "session.pending", "session.login")
	for op := api.OpConfiguration; op < api.NumOps; op++ {
		add(op, []string{"profiles.each.attributes.user-id"}, spec.MemberID(op, "profiles.*.attributes.*"))
	}
	for _, op := range [...]api.Op{api.OpAuthorize, api.OpPreauthorize} {
		add(op, []string{spec.AnswerOptional}, spec.AnswerID(op, spec.AnswerCombination))
		codes := append(itemCodes(op), "decision.asked", "decision.denial-error")
		add(op, append(whole, "decisions", "decisions.each", spec.AnswerOptional, spec.AnswerCombination), codes...)
	}
	add(api.OpAuthorize, []string{"decisions.each.token.not-before", "decisions.each.token.not-after"}, "decision.token-life")
	return list
}

// itemCodes are the checks of the codes that come inside the decisions of op.
func itemCodes(op api.Op) []string {
	var ids []string
	codes := api.ErrorCodes()
	for i := range codes {
		if c := &codes[i]; c.Level == api.ItemLevel && strings.HasPrefix(c.Code, "preauthorization") == (op == api.OpPreauthorize) {
			ids = append(ids, spec.CodeID(c.Code))
		}
	}
	return ids
}

// settle blocks what only follows from another requirement that is not met, so
// that one mistake of the service is one failure. What fails is blocked only by
// what fails itself.
func settle(results []Result) {
	settleBroken(results)
	at := make(map[string]*Result, len(results))
	for i := range results {
		at[results[i].Check.ID] = &results[i]
	}
	for _, c := range consequences {
		cause := at[c.cause]
		if cause == nil || cause.Verdict != Fail && cause.Verdict != Warn {
			continue
		}
		for _, id := range c.of {
			prefix, star := strings.CutSuffix(id, "*")
			if !star {
				at[id].blockedBy(cause)
				continue
			}
			for i := range results {
				if strings.HasPrefix(results[i].Check.ID, prefix) {
					results[i].blockedBy(cause)
				}
			}
		}
	}
	settleTokenless(at)
}

// blockedBy turns a failure, or no conclusion, into the consequence of cause.
func (r *Result) blockedBy(cause *Result) {
	switch {
	case r == nil || r == cause:
	case r.Verdict == Inconclusive, r.Verdict == Warn, r.Verdict == Fail && cause.Verdict == Fail:
		r.block(cause.Check.ID)
	}
}

func (r *Result) block(by string) {
	r.Verdict, r.Message, r.Want, r.Got = BlockedBy, "It depends on "+by+".", "", ""
}

// settleBroken makes one failure of the answers of an operation that broke off,
// and one of those of the API as a whole where that happens to most of it.
func settleBroken(results []Result) {
	var first, status [api.NumOps]*Result
	hit := 0
	for i := range results {
		r := &results[i]
		if !r.broken || r.Verdict != Fail && r.Verdict != Warn {
			continue
		}
		if first[r.op] == nil || first[r.op].Verdict == Warn && r.Verdict == Fail {
			first[r.op] = r
			if r.op.Protected() {
				hit++
			}
		}
		if r.Verdict == Fail && r.Check.ID == spec.AnswerID(r.op, spec.AnswerStatus) {
			status[r.op] = r
		}
	}
	var most *Result
	for op := range api.NumOps {
		if status[op] != nil {
			first[op] = status[op]
		}
		if most == nil && hit > 2 && op.Protected() && first[op] != nil && first[op].Verdict == Fail {
			most = first[op]
		}
	}
	for i := range results {
		r := &results[i]
		if !r.broken {
			continue
		}
		if most != nil && r.op > api.OpToken {
			r.blockedBy(most)
		} else if first[r.op] != nil {
			r.blockedBy(first[r.op])
		}
	}
}

// settleTokenless finds out whose mistake a call without a token is that gets no
// 401: that of every operation, or that of the configuration, with which the
// bearer probe tries it.
func settleTokenless(at map[string]*Result) {
	all, one := at["api.no-token"], at[spec.AnswerID(api.OpConfiguration, spec.AnswerUnauthorized)]
	if all == nil || one == nil || all.Verdict != Fail || one.Verdict != Fail {
		return
	}
	others := false
	for op := api.OpConfiguration + 1; op < api.NumOps; op++ {
		if r := at[spec.AnswerID(op, spec.AnswerUnauthorized)]; r != nil && (r.Verdict == Fail || r.Verdict == BlockedBy) {
			others = true
			if r.Verdict == BlockedBy {
				r.block(all.Check.ID)
			}
		}
	}
	if others {
		one.block(all.Check.ID)
	} else {
		all.block(one.Check.ID)
	}
}
