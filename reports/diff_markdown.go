package reports

import (
	"io"

	"github.com/dcrbench/dcrbench/internal/compare"
)

// diffMarkdown writes a comparison for the summary of a job, in GitHub's flavor.
func diffMarkdown(w io.Writer, d *compare.Diff, o DiffOptions) error {
	m := &markdown{}
	m.line("## dcrbench report diff: %s\n", escapeMarkdown(string(d.Status)))
	m.list(d.Reasons)
	m.table([]string{"Side", "Runs"}, [][]string{{"before", sideLine(d.Before)}, {"after", sideLine(d.After)}})
	if len(d.NotComparable) > 0 {
		m.line("### Not comparable\n")
		m.list(d.NotComparable)
	}
	if len(d.Cautions) > 0 {
		m.line("### To be known\n")
		m.list(d.Cautions)
	}
	if rows := diffRows(d, o.All); len(rows) > 0 {
		m.line("### Figures\n")
		t := &table{Head: []heading{head1("Figure"), {Text: "Before", Number: true}, {Text: "After", Number: true}, {Text: "Change", Number: true}, {Text: "p", Number: true}, head1("Verdict")}}
		var cells [][]string
		for _, r := range rows {
			cells = append(cells, []string{r.figure, r.before, r.after, r.change, r.p, r.verdict})
		}
		m.aligned(t, cells)
	}
	for _, l := range diffLists(d) {
		m.line("### %s\n", escapeMarkdown(l.title))
		m.list(l.lines)
	}
	_, err := w.Write(m.out.Bytes())
	return err
}

func (m *markdown) list(lines []string) {
	for i, line := range lines {
		if i == maxMarkdownRows {
			m.line("- … and %d more", len(lines)-i)
			break
		}
		m.line("- %s", escapeMarkdown(line))
	}
	m.line("")
}
