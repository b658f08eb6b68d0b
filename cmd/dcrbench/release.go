package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/reports"
)

// releaseOptions are the flags about a release of the commands that decide on one.
type releaseOptions struct {
	build  string
	report string
}

func (o *releaseOptions) register(f *pflag.FlagSet) {
	f.StringVar(&o.build, "build", "", "name of the build under test, for the report, such as 'living-room 5.2.0 (1234)'")
	f.StringVar(&o.report, "report", "summary", "what the text on standard output is: summary, or release for the compliance report")
}

// maxBuild bounds --build, in characters.
const maxBuild = 200

func (o *releaseOptions) check() error {
	var errs []error
	if o.report != "summary" && o.report != "release" {
		errs = append(errs, fmt.Errorf("--report %q: want summary or release", o.report))
	}
	if utf8.RuneCountInString(o.build) > maxBuild || strings.ContainsFunc(o.build, func(r rune) bool { return !unicode.IsPrint(r) }) {
		errs = append(errs, fmt.Errorf("--build %.40q: want at most %d printable characters", o.build, maxBuild))
	}
	return errors.Join(errs...)
}

// text writes the report that was asked for; summary writes the usual one.
func (o *releaseOptions) text(w io.Writer, doc *result.Document, summary func(io.Writer) error) error {
	if o.report == "release" {
		return reports.Release(w, doc, textOptions(w))
	}
	return summary(w)
}

// release is the part of a document that the flags and the catalogue give.
func (o *releaseOptions) release() *result.Release {
	return &result.Release{
		Build: o.build, RuleSet: string(spec.AdobeDoc),
		CatalogueVersion: spec.Version(), CatalogueChecks: len(spec.All()),
	}
}

// release says by which rules and with which exceptions the target was checked.
func (o *checkOptions) release(s *settled, r *checkRun) *result.Release {
	d := o.releaseOptions.release()
	d.RuleSet, d.Strict, d.Intrusive = string(o.selection.Rules), o.strict, o.selection.Intrusive
	d.NotSelected = o.notSelected(s.checks)
	for i := range s.expectations {
		x := &s.expectations[i]
		if !x.Concerns(r.url) {
			continue
		}
		e := result.Expectation{Check: x.Check, Verdict: string(x.Verdict), Reason: x.Reason, Link: x.Link, Expires: x.Expires, Stale: x.Stale}
		for j := range r.report.Results {
			if r.report.Results[j].Expected == x {
				e.Applied = append(e.Applied, r.report.Results[j].Check.ID)
			}
		}
		d.Expectations = append(d.Expectations, e)
	}
	return d
}

// notSelected counts the requirements that were left out, by group and reason.
func (o *checkOptions) notSelected(picked []spec.Check) []result.NotSelected {
	selected := map[string]bool{}
	for i := range picked {
		selected[picked[i].ID] = true
	}
	type key struct{ group, why string }
	counts := map[key]int{}
	var order []key
	for _, c := range spec.All() {
		if selected[c.ID] {
			continue
		}
		k := key{c.Group(), "not in the selection of --id, --group, --level and --ref"}
		if c.Intrusive && !o.selection.Intrusive {
			k.why = "could annoy a server; --allow-intrusive checks it"
		}
		if counts[k] == 0 {
			order = append(order, k)
		}
		counts[k]++
	}
	var list []result.NotSelected
	for _, k := range order {
		list = append(list, result.NotSelected{Group: k.group, Checks: counts[k], Why: k.why})
	}
	return list
}
