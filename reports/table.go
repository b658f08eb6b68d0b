package reports

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// column is one column of a table.
type column struct {
	title string
	// left aligns text; numbers are aligned to the right.
	left bool
	// drop orders the columns that go when the page is too narrow: the highest
	// goes first, 0 stays.
	drop int
}

// gap is the space between two columns: the padding of both.
const gap = 2

// grid is a table before it is fitted to a page.
type grid struct {
	columns []column
	rows    [][]string
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// width is the printed width of the table.
func (g *grid) width() int {
	total := indent
	for c := range g.columns {
		total += g.columnWidth(c) + gap
	}
	// The line under the header reaches over the last column's padding.
	return total - gap + 1
}

func (g *grid) columnWidth(c int) int {
	w := utf8.RuneCountInString(g.columns[c].title)
	for _, row := range g.rows {
		w = max(w, utf8.RuneCountInString(row[c]))
	}
	return w
}

// fit drops columns until the table is no wider than the page, or none is left
// that may go.
func (g *grid) fit(page int) {
	for g.width() > page {
		worst := -1
		for c := range g.columns {
			if d := g.columns[c].drop; d > 0 && (worst < 0 || d > g.columns[worst].drop) {
				worst = c
			}
		}
		if worst < 0 {
			return
		}
		g.remove(worst)
	}
}

func (g *grid) remove(c int) {
	g.columns = append(g.columns[:c:c], g.columns[c+1:]...)
	for i, row := range g.rows {
		g.rows[i] = append(row[:c:c], row[c+1:]...)
	}
}

// shorten cuts the cells of column c so that the table fits the page.
func (g *grid) shorten(c, page int) {
	room := max(page-(g.width()-g.columnWidth(c)), 8)
	for _, row := range g.rows {
		row[c] = ellipsis(row[c], room)
	}
}

func ellipsis(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:most-1]), " ,:(") + "…"
}

// wrap breaks the cells of column c so that the table fits the page. What does
// not fit stands in rows below, with the other cells empty.
func (g *grid) wrap(c, page int) {
	room := max(page-(g.width()-g.columnWidth(c)), 16)
	var rows [][]string
	for _, row := range g.rows {
		for i, line := range strings.Split(strings.TrimSuffix(wrap(row[c], "", room), "\n"), "\n") {
			below := make([]string, len(row))
			if i == 0 {
				copy(below, row)
			}
			below[c] = line
			rows = append(rows, below)
		}
	}
	g.rows = rows
}

// write prints the table. An empty header, as of a list of figures, is left out.
func (g *grid) write(w io.Writer) error {
	table := tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewBlueprint(rendition)),
		tablewriter.WithConfig(g.config()),
	)
	titles := make([]string, len(g.columns))
	for i, c := range g.columns {
		titles[i] = c.title
	}
	if strings.Join(titles, "") != "" {
		table.Header(titles)
	}
	for _, row := range g.rows {
		if err := table.Append(row); err != nil {
			return err
		}
	}
	return table.Render()
}

var rendition = tw.Rendition{
	Borders: tw.BorderNone,
	Symbols: tw.NewSymbols(tw.StyleLight),
	Settings: tw.Settings{
		Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off, ShowHeader: tw.On, ShowFooter: tw.Off},
		Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On, ShowFooterLine: tw.Off},
	},
}

func (g *grid) config() tablewriter.Config {
	align := make([]tw.Align, len(g.columns))
	for i, c := range g.columns {
		align[i] = tw.AlignRight
		if c.left {
			align[i] = tw.AlignLeft
		}
	}
	cells := tw.CellConfig{
		Alignment:  tw.CellAlignment{PerColumn: align},
		Padding:    tw.CellPadding{Global: tw.PaddingDefault},
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
	}
	return tablewriter.Config{Header: cells, Row: cells, Behavior: tw.Behavior{TrimSpace: tw.Off}}
}

// Table writes rows of text under their titles, in the style of the reports.
func Table(w io.Writer, titles []string, rows [][]string) error {
	g := grid{}
	for _, title := range titles {
		g.columns = append(g.columns, column{title: title, left: true})
	}
	for c := range g.columns {
		g.columns[c].left = !allNumbers(rows, c)
	}
	for _, row := range rows {
		g.add(row...)
	}
	return g.write(&trimmer{w: w})
}

func allNumbers(rows [][]string, c int) bool {
	for _, row := range rows {
		if strings.Trim(row[c], "0123456789.,") != "" {
			return false
		}
	}
	return len(rows) > 0
}

// trimmer sets lines in by one space, which with the padding of the first column
// makes the indent, and drops the spaces at their ends.
type trimmer struct {
	w       io.Writer
	pending []byte
	inside  bool
}

// Write implements io.Writer. Spaces wait for what follows them.
func (t *trimmer) Write(p []byte) (int, error) {
	out := make([]byte, 0, len(t.pending)+len(p)+1)
	for _, c := range p {
		if !t.inside {
			t.inside = true
			t.pending = append(t.pending[:0], ' ')
		}
		switch c {
		case ' ':
			t.pending = append(t.pending, c)
			continue
		case '\n':
			t.inside = false
		default:
			out = append(out, t.pending...)
		}
		t.pending = t.pending[:0]
		out = append(out, c)
	}
	_, err := t.w.Write(out)
	return len(p), err
}
