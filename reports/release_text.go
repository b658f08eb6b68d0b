package reports

import (
	"io"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// Release writes the compliance report before a release as text: what was tested,
// what was and was not checked, the verdicts, what deviates and what was
// accepted, the obligations of the client, and who says so. It is the part of the
// page that decides about a release, for a terminal.
func Release(w io.Writer, doc *result.Document, o Options) error {
	p := newPage(o)
	p.verdict(doc)
	parts := []section{releaseSection(doc)}
	if doc.Kind != result.KindCheck {
		parts = append(parts, gatesSection(doc))
	}
	if len(doc.Checks) > 0 {
		parts = append(parts, checksSection(doc))
	}
	if len(doc.Profiles) > 0 {
		parts = append(parts, obligationSection(doc))
	}
	for _, s := range append(parts, signatureSection(doc)) {
		p.section(s)
	}
	return p.flush(w)
}

// section writes a part of the report for reading as text.
func (p *page) section(s section) {
	p.title(s.Title)
	for _, text := range s.Text {
		p.out.WriteString(wrap(text, strings.Repeat(" ", indent), p.width))
	}
	for _, text := range s.List {
		p.out.WriteString(wrap(text, "  • ", p.width))
	}
	for i := range s.Tables {
		p.line("")
		p.line("  %s", s.Tables[i].Caption)
		p.grid(&s.Tables[i])
	}
}

// grid writes a table; one that is too wide for the page becomes a list of its
// rows, so that nothing is lost.
func (p *page) grid(t *table) {
	g := &grid{}
	for _, h := range t.Head {
		g.columns = append(g.columns, column{title: h.Text, left: !h.Number})
	}
	for _, r := range t.Rows {
		cells := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			cells[i] = c.Text
		}
		g.add(cells...)
	}
	last := len(g.columns) - 1
	if g.width()-g.columnWidth(last)+20 <= p.width && !t.Head[last].Number {
		g.wrap(last, p.width)
	}
	if g.width() <= p.width {
		p.table(g)
		return
	}
	for _, row := range g.rows {
		p.out.WriteString(wrap(row[0], "  - ", p.width))
		for i, text := range row[1:] {
			if text != "" {
				p.out.WriteString(wrap(g.columns[i+1].title+": "+text, "    ", p.width))
			}
		}
	}
}
