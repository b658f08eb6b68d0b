package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/dcrbench/dcrbench/internal/compare"
	"github.com/dcrbench/dcrbench/internal/result"
)

// DiffOptions say how much of a comparison is shown; the zero DiffOptions show
// what was judged and moved, and what else changed.
type DiffOptions struct {
	Options
	// All shows every figure, those that did not change included.
	All bool
}

// DiffFormats are the formats of WriteDiff.
func DiffFormats() []string { return []string{"text", "json", "markdown"} }

// WriteDiff writes a comparison in one of the DiffFormats.
func WriteDiff(w io.Writer, d *compare.Diff, format string, o DiffOptions) error {
	switch format {
	case "text":
		return diffText(w, d, o)
	case "json":
		return diffJSON(w, d)
	case "markdown":
		return diffMarkdown(w, d, o)
	}
	return fmt.Errorf("format %q: want one of %s", format, strings.Join(DiffFormats(), ", "))
}

func diffJSON(w io.Writer, d *compare.Diff) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// diffRow is one figure in words.
type diffRow struct{ figure, before, after, change, p, verdict string }

// maxUnmoved bounds the figures of the whole run that are shown although they did
// not move.
const maxUnmoved = 8

// diffRows are the figures to show: what changed, and of the whole run what did
// not, or was not judged; or all.
func diffRows(d *compare.Diff, all bool) (rows []diffRow) {
	unmoved := 0
	for i := range d.Figures {
		f := &d.Figures[i]
		moved := f.Verdict == compare.Worse || f.Verdict == compare.Better || f.Verdict == compare.Changed
		switch {
		case all || moved:
		case (f.Judged || f.Why != "") && unmoved < maxUnmoved && byRun(f.Figure):
			unmoved++
		default:
			continue
		}
		rows = append(rows, diffRow{
			figure: f.Figure, before: diffValue(f.Figure, f.Before), after: diffValue(f.Figure, f.After),
			change: diffChange(f), p: diffP(f), verdict: diffVerdict(f),
		})
	}
	return rows
}

// byRun reports whether a figure is of the whole run, not of an endpoint or a
// profile.
func byRun(name string) bool {
	return !strings.HasPrefix(name, "profiles.") && (!strings.HasPrefix(name, "endpoints.") || strings.HasPrefix(name, "endpoints.*"))
}

func diffValue(name string, v *float64) string {
	if v == nil {
		return "·"
	}
	return result.FormatFigure(name, *v)
}

// diffChange is the change as benchstat writes it: a tilde for one that does not
// count.
func diffChange(f *compare.Figure) string {
	switch {
	case f.Verdict == compare.Same:
		return "~"
	case f.Change == nil:
		return "·"
	}
	return fmt.Sprintf("%+.1f %%", 100**f.Change)
}

func diffP(f *compare.Figure) string {
	switch {
	case f.P == nil:
		return "·"
	case *f.P < 0.001:
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", *f.P)
}

func diffVerdict(f *compare.Figure) string {
	if f.Why != "" {
		return f.Verdict + ": " + f.Why
	}
	return f.Verdict
}

// diffList is a list of lines under a title.
type diffList struct {
	title string
	lines []string
}

// diffLists are what changed beside the figures; empty ones are left out.
func diffLists(d *compare.Diff) (lists []diffList) {
	add := func(title string, lines []string) {
		if len(lines) > 0 {
			lists = append(lists, diffList{title, lines})
		}
	}
	add("New findings", findingLines(d.Findings.New))
	add("Fixed findings", findingLines(d.Findings.Fixed))
	add("Checks that got worse", checkLines(d.Checks.Worse))
	add("Checks that stopped running", checkLines(d.Checks.Stopped))
	add("Checks that got better", checkLines(d.Checks.Better))
	add("Checks that started running", checkLines(d.Checks.Started))
	add("Endpoints called only after", d.Endpoints.Appeared)
	add("Endpoints called only before", d.Endpoints.Vanished)
	add("Profiles only after", d.Profiles.Appeared)
	add("Profiles only before", d.Profiles.Vanished)
	var thresholds []string
	for _, t := range d.Thresholds {
		is := "is missed"
		if t.MetAfter {
			is = "is met now"
		}
		thresholds = append(thresholds, t.Expr+" "+is)
	}
	add("Thresholds", thresholds)
	return lists
}

func findingLines(findings []result.Finding) (lines []string) {
	for _, f := range findings {
		lines = append(lines, fmt.Sprintf("%s (%s) on %s, %s times: %s", f.ID, f.Level, f.Endpoint, count(f.Count), explain(f)))
	}
	return lines
}

func checkLines(checks []compare.CheckChange) (lines []string) {
	for _, c := range checks {
		lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s (%s): %s before, %s after; %s", c.ID, c.Level, c.Before, c.After, c.Message), "; "))
	}
	return lines
}

// sideLine says what one side is.
func sideLine(s compare.Side) string {
	runs := s.Runs[0]
	if n := len(s.Runs); n > 1 {
		runs = fmt.Sprintf("%s and %d more", runs, n-1)
	}
	if s.Fleet == "" {
		return fmt.Sprintf("%s, against %s.", runs, s.Target)
	}
	return fmt.Sprintf("%s: fleet %s, %s devices, against %s.", runs, s.Fleet, count(s.Devices), s.Target)
}
