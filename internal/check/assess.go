package check

import (
	"fmt"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// Verdict is the one word about one check.
type Verdict string

// The verdicts.
const (
	// Pass is a requirement that is met.
	Pass Verdict = "PASS"
	// Fail is a binding requirement that is not met.
	Fail Verdict = "FAIL"
	// Warn is a recommendation that is not met, or a tolerant reading.
	Warn Verdict = "WARN"
	// Info is an observation, or a documented deviation.
	Info Verdict = "INFO"
	// Skip is a requirement that this target gives no occasion to check.
	Skip Verdict = "SKIP"
	// BlockedBy is a requirement that hangs on another one that is not met.
	BlockedBy Verdict = "BLOCKED"
	// Inconclusive is no conclusion: throttled, timed out, too few samples.
	Inconclusive Verdict = "INCONCLUSIVE"
	// Error is a fault of the suite.
	Error Verdict = "ERROR"
)

// Result is the verdict on one check with its evidence.
type Result struct {
	Check   spec.Check
	Level   spec.Level
	Verdict Verdict
	// Message says in a sentence what was found. It never holds a secret.
	Message string
	// Want and Got are what was expected and what came.
	Want, Got string
	// Exchanges are numbers of the evidence.
	Exchanges []uint64
	// Expected is the expectation that this result fulfils, nil for none.
	Expected *Expectation
	// broken marks an answer of op that broke off.
	broken bool
	op     api.Op
	// unprovable marks a skip that leaves a requirement open.
	unprovable bool
}

// Failing reports whether the result counts against the target.
func (r *Result) Failing() bool { return r.Verdict == Fail && r.Expected == nil }

// Results gives every selected check its one verdict.
func (s *Suite) Results() []Result {
	results := make([]Result, len(s.checks))
	for i, c := range s.checks {
		results[i] = assess(c, s.ruling(c.ID), s.kit.Rules, s.kit.Strict)
	}
	settle(results)
	return results
}

// assess turns a ruling into a verdict.
func assess(c spec.Check, r *Ruling, rules spec.RuleSet, strict bool) Result {
	if r == nil {
		r = &Ruling{Kind: Unclear, Got: "no answer gave occasion to check it"}
	}
	out := Result{Check: c, Level: c.Level(rules), Want: r.Want, Got: r.Got, Exchanges: r.Exchanges, Message: c.Title}
	byVendor := rules == "" || rules == spec.AdobeDoc
	kind := r.Kind
	switch {
	case kind == Deviates && !byVendor:
		kind = Unmet
	case kind == Tolerated && !byVendor:
		kind = Met
	case kind == Tolerated && strict && out.Level != spec.May:
		kind = Unmet
	}
	switch kind {
	case Met:
		out.Verdict = Pass
		if r.Got != "" && r.Want == "" {
			out.Message = c.Title + " " + sentence(r.Got)
		}
	case Noted:
		out.Verdict, out.Message = Info, sentence(r.Got)
	case Deviates:
		out.Verdict, out.Message = Info, deviation(c, r)
	case Tolerated:
		out.Verdict = warning(out.Level)
		out.Message = fmt.Sprintf("Expected %s; came: %s. The documents can be read that way.", r.Want, r.Got)
	case Unmet:
		out.Verdict = failure(out.Level, strict)
		out.Message = unmetMessage(r)
		out.broken, out.op = r.Broken, r.Op
	case Absent, Unprovable:
		out.Verdict, out.Message, out.unprovable = Skip, sentence(r.Got), kind == Unprovable
	case Blocked:
		out.Verdict, out.Message = BlockedBy, "It depends on "+r.Got+"."
	case Crashed:
		out.Verdict, out.Message = Error, sentence(r.Got)
	default:
		out.Verdict, out.Message = Inconclusive, sentence(r.Got)
	}
	return out
}

func unmetMessage(r *Ruling) string {
	if r.Want == "" {
		return sentence(r.Got)
	}
	return fmt.Sprintf("Expected %s; came: %s.", r.Want, r.Got)
}

func deviation(c spec.Check, r *Ruling) string {
	if c.Deviation == "" {
		return fmt.Sprintf("Expected %s; came: %s. Both have been documented.", r.Want, r.Got)
	}
	return fmt.Sprintf("Deviates from %s, and the vendor documents it so: %s (%s).", rfcOf(c), c.Deviation, r.Got)
}

// rfcOf is the first RFC among the references.
func rfcOf(c spec.Check) string {
	for _, ref := range c.Refs {
		if strings.HasPrefix(ref, "RFC") {
			return ref
		}
	}
	return c.Refs[0]
}

func failure(l spec.Level, strict bool) Verdict {
	switch {
	case l.Binding(), strict && l != spec.May:
		return Fail
	}
	return warning(l)
}

func warning(l spec.Level) Verdict {
	if l == spec.May {
		return Info
	}
	return Warn
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}
