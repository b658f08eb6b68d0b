package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// auditGate is what an audit has to meet beside the mandatory rules, and which
// breaches are accepted.
type auditGate struct {
	thresholds   []result.Threshold
	expectations []result.Expectation
}

// readGate reads the thresholds and the expectations file.
func (o *auditOptions) readGate() (g auditGate, err error) {
	ids := judgedRules(o.rules.ServerSide)
	var errs []error
	for _, expr := range o.thresholds {
		t, err := result.ParseAuditThreshold(expr, ids)
		if err != nil {
			errs = append(errs, fmt.Errorf("--threshold: %w", err))
			continue
		}
		g.thresholds = append(g.thresholds, t)
	}
	if o.expectations != "" {
		rows, err := readExpectations(o.expectations)
		if err != nil {
			errs = append(errs, fmt.Errorf("--expectations: %w", err))
		}
		for i := range rows {
			if x := &rows[i]; x.Concerns(o.live.target) {
				g.expectations = append(g.expectations, expectationOf(x, time.Now()))
			}
		}
	}
	return g, errors.Join(errs...)
}

// expectationOf is a row of the file as a result has it.
func expectationOf(x *check.Expectation, today time.Time) result.Expectation {
	e := result.Expectation{Check: x.Check, Verdict: string(x.Verdict), Reason: x.Reason, Link: x.Link, Expires: x.Expires}
	if last, err := time.Parse(time.DateOnly, x.Expires); err != nil || today.After(last.AddDate(0, 0, 1)) {
		e.Stale = fmt.Sprintf("the expectation %q expired on %s", x.Check, x.Expires)
	}
	return e
}

// finish computes the verdict.
func (g *auditGate) finish(doc *result.Document) {
	if len(g.expectations) > 0 {
		doc.Release = &result.Release{Expectations: doc.Audit.Accept(g.expectations, spec.Glob)}
	}
	result.FinishAudit(doc, g.thresholds...)
}
