package reports

import (
	"bytes"
	"embed"
	"html/template"
	"io"
	"regexp"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

//go:embed page.html.tmpl page.css
var pageFiles embed.FS

var pageTemplate = template.Must(template.New("page.html.tmpl").Funcs(template.FuncMap{"text": unbroken}).ParseFS(pageFiles, "page.html.tmpl"))

var inseparable = regexp.MustCompile(`\d (?:%|(?:s|ms|µs|min|h)\b)|\b[A-Z]{1,3}-\d\d\b`)

// unbroken keeps figures with their units, and the ids of rules, on one line.
func unbroken(s string) template.HTML {
	return template.HTML(inseparable.ReplaceAllString(template.HTMLEscapeString(s), `<span class="nb">$0</span>`))
}

// htmlPage is what the template is given.
type htmlPage struct {
	Style     template.CSS
	Title     string
	Status    string
	Word      string
	Headline  string
	Reasons   []string
	Facts     []string
	Answers   []answer
	Sections  []section
	PlainText string
}

// HTML writes the report as a single page that needs no network and no script:
// its charts are drawings within it, and its policy forbids to load anything.
func HTML(w io.Writer, doc *result.Document) error {
	style, err := pageFiles.ReadFile("page.css")
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := writeText(&text, doc, Options{}); err != nil {
		return err
	}
	p := htmlPage{
		Style: template.CSS(style), Title: title(doc), Status: string(doc.Verdict.Status), Word: statusWord(doc), Headline: afterColon(headline(doc)),
		Reasons: reasons(doc, 3), Facts: facts(doc), Answers: answers(doc), Sections: sections(doc), PlainText: text.String(),
	}
	for i := range p.Sections {
		if s := &p.Sections[i]; s.charts != nil {
			if s.Figures, err = s.charts(doc); err != nil {
				return err
			}
		}
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return err
	}
	_, err = w.Write(out.Bytes())
	return err
}

func title(doc *result.Document) string {
	parts := []string{"dcrbench", doc.Kind}
	if doc.Fleet.Name != "" {
		parts = append(parts, doc.Fleet.Name)
	}
	return strings.Join(parts, " ")
}

// statusWord is the verdict as it stands on the badge.
func statusWord(doc *result.Document) string {
	if doc.Verdict.Status == "" {
		return "NO VERDICT"
	}
	return strings.ToUpper(string(doc.Verdict.Status))
}

// afterColon is a headline without the word that the badge says already.
func afterColon(s string) string {
	if _, rest, ok := strings.Cut(s, ": "); ok {
		return sentence(rest)
	}
	return s
}
