package reports

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// Options say how a text report is laid out. The zero Options are a page of
// DefaultWidth without color.
type Options struct {
	// Width is the page in characters; 0 stands for DefaultWidth, and fewer than
	// MinWidth are taken as MinWidth.
	Width int
	// Color uses the terminal's colors for the verdict and the titles.
	Color bool
	// Breaches bounds the breaches of each rule that an audit shows, up to ten.
	Breaches int
}

// The bounds of a page, in characters.
const (
	DefaultWidth = 100
	MinWidth     = 60
	// maxWidth keeps lines readable on a wide terminal.
	maxWidth = 120
)

// indent is how far everything under a title is set in.
const indent = 2

// page is a report in the making.
type page struct {
	out   bytes.Buffer
	width int
	color bool
	err   error
}

// newPage is an empty page of the options' width.
func newPage(o Options) *page {
	width := o.Width
	if width == 0 {
		width = DefaultWidth
	}
	return &page{width: min(max(width, MinWidth), maxWidth), color: o.Color}
}

// Text writes the report that a person reads: the verdict, what stands out, then
// the figures. It fits the width by leaving out columns, the least telling first.
func Text(w io.Writer, doc *result.Document, o Options) error {
	p := newPage(o)
	p.verdict(doc)
	p.facts(doc)
	p.notes(doc)
	if doc.Kind == result.KindAudit {
		p.audit(doc, o.Breaches)
		return p.flush(w)
	}
	p.thresholds(doc)
	p.search(doc.Search)
	p.checks(doc)
	if doc.Kind != result.KindCheck {
		p.endpoints(doc)
		p.throttling(doc)
		p.tokenReuse(doc)
		p.compliance(doc)
		p.profiles(doc)
		p.load(doc)
	}
	return p.flush(w)
}

// flush writes what there is of the page.
func (p *page) flush(w io.Writer) error {
	if p.err != nil {
		return p.err
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

const (
	bold   = "1"
	red    = "1;31"
	green  = "1;32"
	yellow = "1;33"
)

func (p *page) paint(s, color string) string {
	if !p.color {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.out, format+"\n", args...) }

// title begins a section.
func (p *page) title(s string) {
	p.line("")
	p.line("%s", p.paint(s, bold))
}

// none says in a line what would have been an empty table.
func (p *page) none(title, why string) {
	p.line("")
	p.line("%s %s", p.paint(title+":", bold), why)
}

func (p *page) table(g *grid) {
	g.fit(p.width)
	if err := g.write(&trimmer{w: &p.out}); err != nil && p.err == nil {
		p.err = err
	}
}

func (p *page) verdict(doc *result.Document) {
	v := doc.Verdict
	// A check begins its reasons with a single word for its outcome.
	v.Reasons = slices.DeleteFunc(slices.Clone(v.Reasons), func(r string) bool { return !strings.Contains(r, " ") })
	color := red
	switch v.Status {
	case result.StatusPassed:
		color = green
	case result.StatusInterrupted, result.StatusUnreliable:
		color = yellow
	}
	word := strings.ToUpper(string(v.Status))
	switch len(v.Reasons) {
	case 0:
		p.line("%s", p.paint(word, color))
	case 1:
		text := wrap(v.Reasons[0], word+": ", p.width)
		p.out.WriteString(strings.Replace(text, word, p.paint(word, color), 1))
	default:
		p.line("%s, for %d reasons:", p.paint(word, color), len(v.Reasons))
		for _, reason := range v.Reasons {
			p.out.WriteString(wrap(reason, "  • ", p.width))
		}
	}
}

// facts say what was run against what.
func (p *page) facts(doc *result.Document) {
	if doc.Kind == result.KindCheck || doc.Kind == result.KindAudit {
		p.line("")
		p.out.WriteString(wrap(strings.Join(facts(doc), " "), "", p.width))
		return
	}
	who := fmt.Sprintf("Fleet %s, %s devices, seed %d, against %s.", doc.Fleet.Name, count(doc.Fleet.Devices), doc.Seed, target(doc))
	l := doc.Load
	what := fmt.Sprintf("%s requests in %s s (%s/s), %s answered.", count(l.Sent), decimal(l.DurationS), decimal(l.RequestsPerSecond), count(l.Completed))
	p.line("")
	p.out.WriteString(wrap(who, "", p.width))
	p.out.WriteString(wrap(what, "", p.width))
}

func (p *page) notes(doc *result.Document) {
	if len(doc.Notes) == 0 {
		return
	}
	p.title("What stands out")
	for _, note := range doc.Notes {
		p.out.WriteString(wrap(note, "  • ", p.width))
	}
}

func (p *page) thresholds(doc *result.Document) {
	if len(doc.Thresholds) == 0 {
		return
	}
	p.title("Thresholds")
	g := &grid{columns: []column{{title: "threshold", left: true}, {title: "it was"}, {title: "met", left: true}}}
	for _, t := range doc.Thresholds {
		met := "no"
		if t.Met {
			met = "yes"
		}
		g.add(t.Expr, t.Was(), met)
	}
	g.shorten(0, p.width)
	p.table(g)
}
