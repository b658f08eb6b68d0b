package check

import (
	"fmt"
	"time"
)

// Status is the one word about a whole run.
type Status string

// The statuses of a run.
const (
	// Conformant: no binding requirement failed, and all were checked.
	Conformant Status = "conformant"
	// Partial: none failed, and some could not be checked.
	Partial Status = "partial"
	// Nonconformant: a binding requirement failed, or an expectation is stale.
	Nonconformant Status = "nonconformant"
	// Unreliable: the suite itself failed, or the target never answered.
	Unreliable Status = "unreliable"
	// Interrupted: somebody ended the run early.
	Interrupted Status = "interrupted"
)

// Gate is what a run has to meet.
type Gate struct {
	// RequireComplete makes a partial run fail.
	RequireComplete bool
	// Expectations are the failures that are known; Target is what their target
	// globs are held against, Today the day by which they expire.
	Expectations []Expectation
	Target       string
	Today        time.Time
	// Interrupted reports that the run was ended early; Answered, that the target
	// answered at all.
	Interrupted, Answered bool
}

// Report is the outcome of a run: text, JSON, JUnit and exit code come from it.
type Report struct {
	Results  []Result
	Status   Status
	ExitCode int
	// Reasons are in plain words, the most important first.
	Reasons []string
	// Stale are expectations that were not fulfilled.
	Stale []string
	// Model says how the target throttles; empty when that was not looked at.
	Model string
}

// Judge makes the report of a run. It is the one place that decides on status
// and exit code: 0 gate met, 1 not met, 3 not to be trusted, 130 interrupted.
func Judge(results []Result, g Gate) Report {
	r := Report{Results: results}
	r.Stale = expect(results, g)
	failed, errors, open := 0, 0, 0
	for i := range results {
		x := &results[i]
		switch {
		case x.Failing():
			failed++
		case x.Verdict == Error:
			errors++
		case x.Level.Binding() && (x.unprovable || x.Verdict == BlockedBy || x.Verdict == Inconclusive):
			open++
		}
	}
	say := func(n int, one, many string) {
		if n == 1 {
			r.Reasons = append(r.Reasons, "1 "+one)
		} else if n > 1 {
			r.Reasons = append(r.Reasons, fmt.Sprintf("%d %s", n, many))
		}
	}
	say(failed, "binding requirement failed", "binding requirements failed")
	r.Reasons = append(r.Reasons, r.Stale...)
	say(errors, "check could not be run", "checks could not be run")
	say(open, "binding requirement could not be checked", "binding requirements could not be checked")
	switch {
	case g.Interrupted:
		r.Status, r.ExitCode = Interrupted, 130
		r.Reasons = append([]string{"the run was interrupted"}, r.Reasons...)
	case !g.Answered:
		r.Status, r.ExitCode = Unreliable, 3
		r.Reasons = append([]string{"the target never answered"}, r.Reasons...)
	case errors > 0:
		r.Status, r.ExitCode = Unreliable, 3
	case failed > 0 || len(r.Stale) > 0:
		r.Status, r.ExitCode = Nonconformant, 1
	case open > 0:
		r.Status = Partial
		if g.RequireComplete {
			r.ExitCode = 3
		}
	default:
		r.Status = Conformant
		r.Reasons = append(r.Reasons, "every binding requirement that was checked is met")
	}
	return r
}

// Count returns how many results have a verdict.
func (r *Report) Count(v Verdict) int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Verdict == v {
			n++
		}
	}
	return n
}

// Verdicts lists the verdicts in the order of a summary.
func Verdicts() []Verdict {
	return []Verdict{Pass, Fail, Warn, Info, Skip, BlockedBy, Inconclusive, Error}
}
