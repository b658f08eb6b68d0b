package check

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/dcrbench/dcrbench/internal/spec"
)

// Expectation is a row of the expectations file: a failure that is known.
type Expectation struct {
	// Check and Target are globs; an empty Target is any.
	Check  string `yaml:"check"`
	Target string `yaml:"target"`
	// Verdict is the expected one, FAIL or WARN; empty is FAIL.
	Verdict Verdict `yaml:"verdict"`
	// Reason says why it is accepted, Link where that was decided.
	Reason string `yaml:"reason"`
	Link   string `yaml:"link"`
	// Expires is the last day on which it is accepted, as 2026-12-31.
	Expires string `yaml:"expires"`
	// Stale says why it does not hold any more; Judge sets it.
	Stale string `yaml:"-"`
}

// Concerns reports whether the expectation is one about the target.
func (x *Expectation) Concerns(target string) bool {
	return x.Target == "" || matchTarget(x.Target, target)
}

const day = "2006-01-02"

// ParseExpectations reads an expectations file: a YAML list of rows. Every row
// needs a check, a reason and an expiry. The error names all problems.
func ParseExpectations(data []byte) ([]Expectation, error) {
	var rows []Expectation
	if err := yaml.UnmarshalWithOptions(data, &rows, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("expectations: %w", err)
	}
	var errs []error
	for i := range rows {
		x := &rows[i]
		if x.Verdict == "" {
			x.Verdict = Fail
		}
		add := func(bad bool, what string) {
			if bad {
				errs = append(errs, fmt.Errorf("expectations, row %d: %s", i+1, what))
			}
		}
		_, badGlob := path.Match(x.Check, "")
		_, badTarget := path.Match(x.Target, "")
		_, badDay := time.Parse(day, x.Expires)
		add(x.Check == "" || badGlob != nil, fmt.Sprintf("check %q is no id or pattern", x.Check))
		add(badTarget != nil, fmt.Sprintf("target %q is no pattern", x.Target))
		add(x.Verdict != Fail && x.Verdict != Warn, fmt.Sprintf("verdict %q: want FAIL or WARN", x.Verdict))
		add(x.Reason == "", "a reason is required")
		add(badDay != nil, fmt.Sprintf("expires %q: want a day such as 2026-12-31", x.Expires))
	}
	return rows, errors.Join(errs...)
}

// expect marks the results that are expected, and says which expectations are
// stale: expired, unused, or about a check that passes by now.
func expect(results []Result, g Gate) []string {
	var stale []string
	for i := range g.Expectations {
		x := &g.Expectations[i]
		x.Stale = ""
		if !x.Concerns(g.Target) {
			continue
		}
		used, passes := 0, ""
		expires, err := time.Parse(day, x.Expires)
		expired := err != nil || g.Today.After(expires.AddDate(0, 0, 1))
		for j := range results {
			r := &results[j]
			switch {
			case !spec.Glob(x.Check, r.Check.ID):
			case r.Verdict == x.Verdict && !expired:
				used++
				r.Expected = x
			case r.Verdict == Pass:
				passes = r.Check.ID
			}
		}
		switch {
		case expired:
			x.Stale = fmt.Sprintf("the expectation %q expired on %s", x.Check, x.Expires)
		case used == 0 && passes != "":
			x.Stale = fmt.Sprintf("the expectation %q is stale: %s passes now", x.Check, passes)
		case used == 0:
			x.Stale = fmt.Sprintf("the expectation %q is unused", x.Check)
		}
		if x.Stale != "" {
			stale = append(stale, x.Stale)
		}
	}
	return stale
}

func matchTarget(glob, target string) bool {
	// A * in a target glob crosses slashes: targets are URLs.
	ok, err := path.Match(strings.ReplaceAll(glob, "/", "\x00"), strings.ReplaceAll(target, "/", "\x00"))
	return err == nil && ok
}

// WriteExpectations gives the rows to paste for everything that fails. The
// reason and the day are for a person to decide on.
func WriteExpectations(r *Report, target string, today time.Time) string {
	var b strings.Builder
	for i := range r.Results {
		x := &r.Results[i]
		if !x.Failing() {
			continue
		}
		fmt.Fprintf(&b, "- check: %s\n  target: %q\n  verdict: %s\n  reason: \"\" # required: why this is accepted\n  expires: %s\n",
			x.Check.ID, target, x.Verdict, today.AddDate(0, 1, 0).Format(day))
	}
	return b.String()
}
