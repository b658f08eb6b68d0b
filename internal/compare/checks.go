package compare

import (
	"fmt"
	"slices"

	"github.com/dcrbench/dcrbench/internal/result"
)

// CheckChanges are the checks whose verdict changed: the requirements of a check
// and the rules of an audit.
type CheckChanges struct {
	// Compared counts the checks of both sides.
	Compared int `json:"compared"`
	// Worse got a worse verdict, Better a better one.
	Worse  []CheckChange `json:"worse"`
	Better []CheckChange `json:"better"`
	// Stopped were made before and are not made after: skipped, blocked, without
	// a verdict, or not there at all. Started are the other way round.
	Stopped []CheckChange `json:"stopped"`
	Started []CheckChange `json:"started"`
}

// CheckChange is one check on both sides.
type CheckChange struct {
	ID    string `json:"id"`
	Group string `json:"group"`
	Level string `json:"level"`
	// Before and After are verdicts, Absent for a side that has no such check. Of
	// several runs the worst counts.
	Before string `json:"before"`
	After  string `json:"after"`
	// Message is what the check says after, or before where it is absent.
	Message string `json:"message"`
}

// Absent stands for the verdict of a check that a side does not have.
const Absent = "absent"

// The verdicts of checks that were made, the best first, in words of a check and
// of an audit; every other one means that nothing was found out.
var made = []string{"PASS", "kept", "INFO", "WARN", "FAIL", "broken"}

// badness orders verdicts that were reached; the same number is no change.
func badness(verdict string) int {
	switch i := slices.Index(made, verdict); {
	case i < 0:
		return -1
	case i <= 2:
		return 0
	case verdict == "WARN":
		return 1
	}
	return 2
}

type oneCheck struct{ id, group, level, verdict, message string }

// checksOf lists the checks of the runs, each with its worst verdict. One that
// any run did not make counts as not made, for a stop that comes and goes is one.
func checksOf(runs []Run) (order []string, all map[string]oneCheck) {
	all = map[string]oneCheck{}
	for _, r := range runs {
		for _, c := range checksIn(r.Doc) {
			known, ok := all[c.id]
			if !ok {
				order = append(order, c.id)
				all[c.id] = c
				continue
			}
			a, b := badness(known.verdict), badness(c.verdict)
			if a >= 0 && b < 0 || a >= 0 && b > a {
				all[c.id] = c
			}
		}
	}
	return order, all
}

func checksIn(doc *result.Document) (list []oneCheck) {
	for _, c := range doc.Checks {
		list = append(list, oneCheck{c.ID, c.Group, c.Level, c.Verdict, c.Message})
	}
	if doc.Audit != nil {
		for _, r := range doc.Audit.Rules {
			list = append(list, oneCheck{r.ID, "client rules", r.Level, r.Verdict, r.Title})
		}
	}
	return list
}

func checkChanges(before, after []Run) CheckChanges {
	c := CheckChanges{Worse: []CheckChange{}, Better: []CheckChange{}, Stopped: []CheckChange{}, Started: []CheckChange{}}
	oldOrder, old := checksOf(before)
	newOrder, now := checksOf(after)
	for _, id := range oldOrder {
		a := old[id]
		b, ok := now[id]
		if !ok {
			b = oneCheck{id, a.group, a.level, Absent, a.message}
		} else {
			c.Compared++
		}
		c.sort(CheckChange{id, a.group, a.level, a.verdict, b.verdict, b.message})
	}
	for _, id := range newOrder {
		if _, ok := old[id]; !ok {
			b := now[id]
			c.sort(CheckChange{id, b.group, b.level, Absent, b.verdict, b.message})
		}
	}
	return c
}

func (c *CheckChanges) sort(x CheckChange) {
	a, b := badness(x.Before), badness(x.After)
	switch {
	case a >= 0 && b < 0:
		c.Stopped = append(c.Stopped, x)
	case a < 0 && b == 2:
		// Made for the first time, and it fails at once.
		c.Worse = append(c.Worse, x)
	case a < 0 && b >= 0:
		c.Started = append(c.Started, x)
	case b > a:
		c.Worse = append(c.Worse, x)
	case b < a:
		c.Better = append(c.Better, x)
	}
}

// reasons are the checks that got worse and those that stopped running.
func (c *CheckChanges) reasons() (list []string) {
	for _, x := range c.Worse {
		list = append(list, fmt.Sprintf("check %s was %s and is %s", x.ID, x.Before, x.After))
	}
	for _, x := range c.Stopped {
		list = append(list, fmt.Sprintf("check %s stopped running: it was %s and is %s", x.ID, x.Before, x.After))
	}
	return list
}
