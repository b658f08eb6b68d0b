package reports

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// audit writes the parts of an audit, with some of the evidence after the rules.
func (p *page) audit(doc *result.Document, breaches int) {
	for _, s := range auditSections(doc) {
		for i := range s.Tables {
			if s.ID == "rules" {
				dropColumns(&s.Tables[i])
			}
		}
		p.section(s)
		for _, f := range s.Folds {
			p.evidence(f, breaches)
		}
	}
}

// dropColumns leaves out of the table of rules what a terminal has no room for: the
// occasions and the documents.
func dropColumns(t *table) {
	keep := []int{0, 1, 2, 3, 4, 6}
	head := make([]heading, len(keep))
	for to, from := range keep {
		head[to] = t.Head[from]
	}
	t.Head = head
	for i := range t.Rows {
		cells := make([]cell, len(keep))
		for to, from := range keep {
			cells[to] = t.Rows[i].Cells[from]
		}
		t.Rows[i].Cells = cells
	}
}

// evidence writes what is known of a broken rule, and at most so many of its
// breaches.
func (p *page) evidence(f fold, breaches int) {
	if breaches <= 0 {
		return
	}
	p.line("")
	p.out.WriteString(wrap(f.Title, strings.Repeat(" ", indent), p.width))
	shown := 0
	for _, fact := range f.Facts {
		if strings.HasPrefix(fact.Question, "Device ") {
			if shown++; shown > breaches {
				continue
			}
		}
		p.out.WriteString(wrap(fact.Question+": "+fact.Answer, "    ", p.width))
	}
}
