package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// The verdicts of a check that mean more to a report than their word.
const (
	verdictPass  = "PASS"
	verdictFail  = "FAIL"
	verdictWarn  = "WARN"
	verdictError = "ERROR"
)

// ranVerdicts are those of checks that were made, the worst first; checkVerdicts
// adds those that say why one was not.
var (
	ranVerdicts   = []string{verdictFail, verdictWarn, "INFO", verdictPass}
	checkVerdicts = append(slices.Clone(ranVerdicts), "SKIP", "BLOCKED", "INCONCLUSIVE", verdictError)
)

// group is the checks of one area of the documents.
type group struct {
	name   string
	checks []result.Check
}

// groups sorts the checks of a document into their groups, in the order in which
// the document first names them.
func groups(doc *result.Document) []group {
	var all []group
	for _, c := range doc.Checks {
		i := slices.IndexFunc(all, func(g group) bool { return g.name == c.Group })
		if i < 0 {
			all, i = append(all, group{name: c.Group}), len(all)
		}
		all[i].checks = append(all[i].checks, c)
	}
	return all
}

// title is the group's name for people, where the catalogue has one.
func (g *group) title() string { return cmp.Or(spec.GroupTitle(g.name), g.name) }

// tallyOf counts checks by verdict.
func tallyOf(checks []result.Check) map[string]int {
	counts := map[string]int{}
	for _, c := range checks {
		counts[c.Verdict]++
	}
	return counts
}

// notPassed are the checks that say something, the worst first.
func notPassed(doc *result.Document) []result.Check {
	var list []result.Check
	for _, c := range doc.Checks {
		if c.Verdict != verdictPass {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b result.Check) int { return cmp.Compare(severity(a), severity(b)) })
	return list
}

// severity orders verdicts: failures and errors, warnings, what was not checked,
// remarks.
func severity(c result.Check) int {
	return slices.Index([]string{verdictFail, verdictError, "WARN", "INCONCLUSIVE", "BLOCKED", "SKIP", "INFO"}, c.Verdict)
}

// checks writes the conformance matrix and what did not pass.
func (p *page) checks(doc *result.Document) {
	if len(doc.Checks) == 0 {
		return
	}
	p.title("Checks")
	total := tallyOf(doc.Checks)
	g := &grid{columns: []column{{title: "group", left: true}, {title: "checks"}}}
	var shown []string
	for _, v := range checkVerdicts {
		if total[v] > 0 {
			shown = append(shown, v)
			g.columns = append(g.columns, column{title: strings.ToLower(v)})
		}
	}
	row := func(name string, checks []result.Check) {
		counts := tallyOf(checks)
		cells := []string{name, count(len(checks))}
		for _, v := range shown {
			cells = append(cells, dotted(counts[v]))
		}
		g.add(cells...)
	}
	for _, one := range groups(doc) {
		row(one.title(), one.checks)
	}
	row("total", doc.Checks)
	p.table(g)
	for _, c := range notPassed(doc) {
		p.out.WriteString(wrap(fmt.Sprintf("%s (%s): %s", c.ID, c.Level, c.Message), "  "+c.Verdict+" ", p.width))
	}
}
