package compare

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dcrbench/dcrbench/internal/result"
)

// Options say what counts. The zero Options are the defaults.
type Options struct {
	// MinChange is the smallest relative change of a median latency, a share or a
	// rate that counts; 0 stands for DefaultMinChange.
	MinChange float64
}

// DefaultMinChange lets a change of less than a tenth pass.
const DefaultMinChange = 0.1

// Compare compares two sides of one or more runs each. It fails on an empty side
// and on results of different kinds, which have nothing to compare.
func Compare(before, after []Run, o Options) (*Diff, error) {
	if len(before) == 0 || len(after) == 0 {
		return nil, errors.New("nothing to compare: each side needs at least one result")
	}
	if o.MinChange == 0 {
		o.MinChange = DefaultMinChange
	}
	kind := before[0].Doc.Kind
	for _, r := range slices.Concat(before, after) {
		if r.Doc.Kind != kind {
			return nil, fmt.Errorf("%s is a result of the kind %q and %s of the kind %q: these have nothing to compare", before[0].Name, kind, r.Name, r.Doc.Kind)
		}
	}
	d := &Diff{Schema: Schema, Kind: kind, Before: describe(before), After: describe(after)}
	other := startDiffers(before, after)
	d.NotComparable = incomparable(before, after)
	d.Cautions = cautions(before, after, other)
	d.Figures = figures(before, after, o, other)
	d.Findings = findingChanges(before, after)
	d.Checks = checkChanges(before, after)
	d.Endpoints = nameChanges(before, after, func(doc *result.Document) (names []string) {
		for _, e := range doc.Endpoints {
			names = append(names, e.Endpoint)
		}
		return names
	})
	d.Profiles = nameChanges(before, after, func(doc *result.Document) (names []string) {
		for _, p := range doc.Profiles {
			names = append(names, p.Name)
		}
		return names
	})
	d.Thresholds = thresholdChanges(before, after)
	d.judge()
	return d, nil
}

// judge draws the conclusion. Of runs that cannot be compared nothing is called a
// regression.
func (d *Diff) judge() {
	judged := 0
	worse := []string{}
	for i := range d.Figures {
		f := &d.Figures[i]
		if f.Judged {
			judged++
		}
		if f.Judged && f.Verdict == Worse {
			worse = append(worse, f.says())
		}
	}
	worse = slices.Concat(d.Checks.reasons(), d.Findings.reasons(), worse)
	switch {
	case len(d.NotComparable) > 0:
		d.Status, d.ExitCode, d.Reasons = StatusIncomparable, exitIncomparable, slices.Clone(d.NotComparable)
	case len(worse) > 0:
		d.Status, d.ExitCode, d.Reasons = StatusRegression, exitRegression, worse
	default:
		d.Status, d.ExitCode, d.Reasons = StatusSame, exitSame, []string{d.nothingWorse(judged)}
	}
}

func (d *Diff) nothingWorse(judged int) string {
	text := fmt.Sprintf("%d figures judged, none worse; no new finding", judged)
	if n := d.Checks.Compared; n > 0 {
		text = fmt.Sprintf("%d checks on both sides, none worse and none that stopped running", n)
		if judged > 0 {
			text += fmt.Sprintf("; %d figures judged, none worse; no new finding", judged)
		}
	}
	return text
}

// describe says what a side is made of.
func describe(runs []Run) Side {
	first := runs[0].Doc
	s := Side{Fleet: first.Fleet.Name, Devices: first.Fleet.Devices, Target: first.Target.URL, Tool: first.Tool.Version}
	for _, r := range runs {
		s.Runs = append(s.Runs, r.Name)
		s.Verdicts = append(s.Verdicts, r.Doc.Verdict.Status)
		if !slices.Contains(s.Seeds, r.Doc.Seed) {
			s.Seeds = append(s.Seeds, r.Doc.Seed)
		}
	}
	slices.Sort(s.Seeds)
	return s
}

// nameChanges lists the names that no run of the other side has.
func nameChanges(before, after []Run, names func(*result.Document) []string) NameChanges {
	all := func(runs []Run) (list []string) {
		for _, r := range runs {
			list = append(list, names(r.Doc)...)
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	old, now := all(before), all(after)
	return NameChanges{Appeared: without(now, old), Vanished: without(old, now)}
}

// without are the names of list that are not in other.
func without(list, other []string) []string {
	rest := []string{}
	for _, name := range list {
		if !slices.Contains(other, name) {
			rest = append(rest, name)
		}
	}
	return rest
}

// thresholdChanges lists the expressions of both sides that one side met and the
// other did not.
func thresholdChanges(before, after []Run) []Threshold {
	changes := []Threshold{}
	now := thresholdsMet(after)
	for _, t := range thresholdsMet(before) {
		i := slices.IndexFunc(now, func(n thresholdMet) bool { return n.expr == t.expr })
		if i >= 0 && now[i].met != t.met {
			changes = append(changes, Threshold{Expr: t.expr, MetBefore: t.met, MetAfter: now[i].met})
		}
	}
	return changes
}

type thresholdMet struct {
	expr string
	met  bool
}

func thresholdsMet(runs []Run) (list []thresholdMet) {
	for _, r := range runs {
		for _, t := range r.Doc.Thresholds {
			i := slices.IndexFunc(list, func(m thresholdMet) bool { return m.expr == t.Expr })
			if i < 0 {
				list = append(list, thresholdMet{t.Expr, t.Met})
				continue
			}
			list[i].met = list[i].met && t.Met
		}
	}
	return list
}
