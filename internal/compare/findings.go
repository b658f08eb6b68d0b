package compare

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dcrbench/dcrbench/internal/result"
)

// FindingChanges are the findings that only one side has. A finding is the same
// when rule, endpoint and detail are.
type FindingChanges struct {
	// New are in a run after and in none before, Fixed the other way round; both
	// with their counts there.
	New   []result.Finding `json:"new"`
	Fixed []result.Finding `json:"fixed"`
	// Remaining counts those of both sides.
	Remaining int `json:"remaining"`
}

type findingKey struct{ id, endpoint, detail string }

func findingsOf(runs []Run) (order []findingKey, all map[findingKey]result.Finding) {
	all = map[findingKey]result.Finding{}
	for _, r := range runs {
		for _, f := range r.Doc.Compliance.Findings {
			k := findingKey{f.ID, f.Endpoint, f.Detail}
			known, ok := all[k]
			if !ok {
				order = append(order, k)
				all[k] = f
				continue
			}
			known.Count += f.Count
			all[k] = known
		}
	}
	return order, all
}

func findingChanges(before, after []Run) FindingChanges {
	c := FindingChanges{New: []result.Finding{}, Fixed: []result.Finding{}}
	oldOrder, old := findingsOf(before)
	newOrder, now := findingsOf(after)
	for _, k := range newOrder {
		if _, ok := old[k]; ok {
			c.Remaining++
		} else {
			c.New = append(c.New, now[k])
		}
	}
	for _, k := range oldOrder {
		if _, ok := now[k]; !ok {
			c.Fixed = append(c.Fixed, old[k])
		}
	}
	worst := func(a, b result.Finding) int { return cmp.Compare(rank(a.Level), rank(b.Level)) }
	slices.SortStableFunc(c.New, worst)
	slices.SortStableFunc(c.Fixed, worst)
	return c
}

func rank(level string) int {
	return slices.Index([]string{result.LevelMust, result.LevelShould, result.LevelNote}, level)
}

// reasons are the new findings that make a regression: those of a rule that
// binds, not the remarks.
func (c *FindingChanges) reasons() (list []string) {
	for _, f := range c.New {
		if f.Level == result.LevelNote {
			continue
		}
		text := fmt.Sprintf("new finding %s (%s) on %s", f.ID, f.Level, f.Endpoint)
		if f.Detail != "" {
			text += ", " + f.Detail
		}
		list = append(list, fmt.Sprintf("%s: %d times", text, f.Count))
	}
	return list
}
