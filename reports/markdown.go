package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// maxMarkdownRows bounds a table of findings or checks, since the summaries of
// jobs are bounded.
const maxMarkdownRows = 50

// Markdown writes the report for the summary of a job, in GitHub's flavor: the
// verdict, the reasons and the answers, then the figures as tables.
func Markdown(w io.Writer, doc *result.Document) error {
	m := &markdown{}
	m.line("## dcrbench %s: %s", escapeMarkdown(doc.Kind), escapeMarkdown(headline(doc)))
	for _, reason := range reasons(doc, 3) {
		m.line("- %s", escapeMarkdown(reason))
	}
	m.line("")
	m.table([]string{"Question", "Answer"}, answerRows(doc))
	m.line("%s", escapeMarkdown(strings.Join(facts(doc), " ")))
	for _, s := range sections(doc) {
		m.section(s)
	}
	_, err := w.Write(m.out.Bytes())
	return err
}

func answerRows(doc *result.Document) [][]string {
	var rows [][]string
	for _, a := range answers(doc) {
		rows = append(rows, []string{a.Question, a.Answer})
	}
	return rows
}

type markdown struct{ out bytes.Buffer }

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.out, format+"\n", args...) }

func (m *markdown) section(s section) {
	m.line("\n### %s\n", escapeMarkdown(s.Title))
	for _, text := range s.Text {
		m.line("%s\n", escapeMarkdown(text))
	}
	for _, text := range s.List {
		m.line("- %s", escapeMarkdown(text))
	}
	if len(s.List) > 0 {
		m.line("")
	}
	for i := range s.Tables {
		t := &s.Tables[i]
		rows := make([][]string, 0, len(t.Rows))
		for _, r := range t.Rows[:min(len(t.Rows), maxMarkdownRows)] {
			cells := make([]string, len(r.Cells))
			for j, c := range r.Cells {
				cells[j] = c.Text
			}
			rows = append(rows, cells)
		}
		m.line("**%s**\n", escapeMarkdown(t.Caption))
		m.aligned(t, rows)
		if more := len(t.Rows) - maxMarkdownRows; more > 0 {
			m.line("… and %d more in result.json.\n", more)
		}
	}
}

func (m *markdown) table(head []string, rows [][]string) {
	t := &table{}
	for _, h := range head {
		t.Head = append(t.Head, head1(h))
	}
	m.aligned(t, rows)
}

// aligned writes a table with its numbers to the right.
func (m *markdown) aligned(t *table, rows [][]string) {
	var head, rule []string
	for _, h := range t.Head {
		head = append(head, h.Text)
		mark := "---"
		if h.Number {
			mark = "--:"
		}
		rule = append(rule, mark)
	}
	m.row(head)
	m.line("|%s|", strings.Join(rule, "|"))
	for _, r := range rows {
		m.row(r)
	}
	m.line("")
}

func (m *markdown) row(cells []string) {
	m.out.WriteByte('|')
	for _, c := range cells {
		m.out.WriteString(" " + escapeMarkdown(c) + " |")
	}
	m.out.WriteByte('\n')
}

var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "|", `\|`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "&#64;", "\r", " ", "\n", " ",
)

// escapeMarkdown makes text stand for itself, wherever it comes from.
func escapeMarkdown(s string) string { return markdownEscapes.Replace(s) }
