package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extended "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// hostile tries to break out of a cell, a code span and the page.
const hostile = "a|b`c`\n|-|-|\n<script>alert(1)</script>[l](http://x.test)![i](http://x.test/i.png)<img src=x>"

var (
	delimiterRow  = regexp.MustCompile(`(?m)^\|(?: ?:?-+:? ?\|)+$`)
	unescapedPipe = regexp.MustCompile(`(?:^|[^\\])\|`)
)

// rendersWell reads Markdown as GitHub does and holds what comes of it to what was
// meant: every table is one, no row has more or fewer cells than its head, no
// row lies outside, and nothing is a tag, a link or a picture.
func rendersWell(t *testing.T, name string, source []byte) {
	t.Helper()
	root := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(source))
	tables := 0
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *extended.Table:
			tables++
		case *ast.RawHTML, *ast.HTMLBlock, *ast.Link, *ast.Image:
			t.Errorf("%s: a %s came of the text", name, n.Kind())
		case *ast.Paragraph:
			if lines := n.Lines(); lines.Len() > 0 {
				first := lines.At(0)
				if line := first.Value(source); bytes.HasPrefix(line, []byte("|")) {
					t.Errorf("%s: a row outside a table: %.200s", name, line)
				}
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(delimiterRow.FindAll(source, -1)); tables != want || tables == 0 {
		t.Errorf("%s: %d tables came of %d", name, tables, want)
	}
	cells := 0
	for line := range strings.Lines(string(source)) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := len(unescapedPipe.FindAllString(line, -1))
		if cells != 0 && n != cells {
			t.Errorf("%s: %d bars in a row of a table with %d: %.200s", name, n, cells, line)
		}
		cells = n
	}
}

func TestMarkdownIsReadAsItWasMeant(t *testing.T) {
	for name, doc := range documents() {
		rendersWell(t, name, written(t, doc, "markdown"))
		doc.Fleet.Name, doc.Target.URL, doc.Notes = hostile, hostile, append(doc.Notes, hostile)
		for i := range doc.Fleet.Profiles {
			doc.Fleet.Profiles[i].Name += hostile
		}
		for i := range doc.Profiles {
			doc.Profiles[i].Name += hostile
		}
		for i := range doc.Compliance.Findings {
			doc.Compliance.Findings[i].Message = hostile
		}
		for i := range doc.Checks {
			doc.Checks[i].Message, doc.Checks[i].Title = hostile, hostile
		}
		if doc.Audit != nil {
			for i := range doc.Audit.Breaches {
				doc.Audit.Breaches[i].Did = hostile
			}
			for i := range doc.Audit.Devices {
				doc.Audit.Devices[i].Name = hostile
			}
			for i := range doc.Audit.Sources {
				doc.Audit.Sources[i].Name = hostile
			}
		}
		rendersWell(t, name+", hostile", written(t, doc, "markdown"))
	}
	for name, d := range diffs(t) {
		for i := range d.Cautions {
			d.Cautions[i] += hostile
		}
		d.Before.Runs, d.Before.Target = append(d.Before.Runs, hostile), hostile
		var b bytes.Buffer
		if err := WriteDiff(&b, d, "markdown", DiffOptions{All: true}); err != nil {
			t.Fatal(err)
		}
		rendersWell(t, "diff "+name, b.Bytes())
	}
}
