package reports

import (
	"io"
	"strings"

	"github.com/dcrbench/dcrbench/internal/compare"
)

// diffText writes a comparison for a person at a terminal.
func diffText(w io.Writer, d *compare.Diff, o DiffOptions) error {
	p := newPage(o.Options)
	p.diffStatus(d)
	p.line("")
	p.out.WriteString(wrap(sideLine(d.Before), "Before  ", p.width))
	p.out.WriteString(wrap(sideLine(d.After), "After   ", p.width))
	p.bullets("Not comparable", d.NotComparable)
	p.bullets("To be known", d.Cautions)
	p.diffFigures(d, o.All)
	for _, l := range diffLists(d) {
		p.bullets(l.title, l.lines)
	}
	if p.err != nil {
		return p.err
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

func (p *page) diffStatus(d *compare.Diff) {
	color := map[compare.Status]string{compare.StatusSame: green, compare.StatusRegression: red, compare.StatusIncomparable: yellow}[d.Status]
	word := strings.ToUpper(string(d.Status))
	if len(d.Reasons) == 1 {
		text := wrap(d.Reasons[0], word+": ", p.width)
		p.out.WriteString(strings.Replace(text, word, p.paint(word, color), 1))
		return
	}
	p.line("%s, for %d reasons:", p.paint(word, color), len(d.Reasons))
	for _, reason := range d.Reasons {
		p.out.WriteString(wrap(reason, "  • ", p.width))
	}
}

func (p *page) diffFigures(d *compare.Diff, all bool) {
	rows := diffRows(d, all)
	if len(rows) == 0 {
		return
	}
	p.title("Figures")
	g := &grid{columns: []column{
		{title: "figure", left: true}, {title: "before"}, {title: "after"}, {title: "change"}, {title: "p", drop: 1}, {title: "", left: true},
	}}
	for _, r := range rows {
		g.add(r.figure, r.before, r.after, r.change, r.p, r.verdict)
	}
	g.fit(p.width)
	if last := len(g.columns) - 1; g.width() > p.width {
		g.wrap(last, p.width)
	}
	if g.width() > p.width {
		g.shorten(0, p.width)
	}
	p.table(g)
	if !all {
		p.out.WriteString(wrap("Figures that did not change are left out but for those of the whole run; --all shows them.", strings.Repeat(" ", indent), p.width))
	}
}
