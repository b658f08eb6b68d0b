package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	readingID    = regexp.MustCompile(`\bA-\d{2}\b`)
	clientRuleID = regexp.MustCompile(`\b(?:DCR|THR|CFG|AUT|POL|PRE|AUZ|LGO|HDR|ERR|ENV)-\d{2}\b`)

	readingHeading = regexp.MustCompile(`(?m)^### (A-\d{2}) \S`)
	clientRuleRow  = regexp.MustCompile(`(?m)^\| ([A-Z]{3}-\d{2}) \|.*\|$`)

	headingLine = regexp.MustCompile(`(?m)^#+ (.+)$`)
	pageLink    = regexp.MustCompile(`\]\(([a-z-]+\.md)?#([^)]+)\)`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// entry is one place where a page explains an id.
type entry struct {
	page    string
	cited   *regexp.Regexp
	explain *regexp.Regexp
}

var entries = []entry{
	{"docs/readings.md", readingID, readingHeading},
	{"docs/client-rules.md", clientRuleID, clientRuleRow},
}

func TestEveryCitedIDIsExplained(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, e := range entries {
		explained := map[string]bool{}
		for _, m := range e.explain.FindAllStringSubmatch(readPage(t, root, e.page), -1) {
			if explained[m[1]] {
				t.Errorf("%s explains %s twice", e.page, m[1])
			}
			explained[m[1]] = true
		}
		cited := 0
		for file, text := range sources(t, root) {
			for _, id := range dangling(text, e.cited, explained) {
				t.Errorf("%s cites %s, which %s does not explain", file, id, e.page)
			}
			if file != e.page && e.cited.MatchString(text) {
				cited++
			}
		}
		if cited == 0 {
			t.Errorf("no file cites an id of %s: the search is broken", e.page)
		}
	}
}

// dangling returns the ids of text that are not explained, each once.
func dangling(text string, cited *regexp.Regexp, explained map[string]bool) []string {
	var ids []string
	seen := map[string]bool{}
	for _, id := range cited.FindAllString(text, -1) {
		if !explained[id] && !seen[id] {
			ids, seen[id] = append(ids, id), true
		}
	}
	return ids
}

func TestAnIDThatNoPageExplainsIsFound(t *testing.T) {
	for _, c := range []struct {
		name, text string
		cited      *regexp.Regexp
		want       string
	}{
		{"a reading", "as before (A-" + "98)", readingID, "A-" + "98"},
		{"a client rule", "breaks DCR-" + "98.", clientRuleID, "DCR-" + "98"},
		{"once, however often it is cited", "A-" + "98, A-" + "98", readingID, "A-" + "98"},
		{"an algorithm is no id", "HS256, AES-128, SHA-256, RFC-12", readingID, ""},
		{"an id that is explained", "A-05 and DCR-02", readingID, ""},
	} {
		got := strings.Join(dangling(c.text, c.cited, map[string]bool{"A-05": true}), " ")
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLinksBetweenThePagesLead(t *testing.T) {
	root := filepath.Join("..", "..")
	anchors := map[string]bool{}
	for _, e := range entries {
		for _, m := range headingLine.FindAllStringSubmatch(readPage(t, root, e.page), -1) {
			anchors[filepath.Base(e.page)+"#"+anchor(m[1])] = true
		}
	}
	for _, e := range entries {
		for _, m := range pageLink.FindAllStringSubmatch(readPage(t, root, e.page), -1) {
			page := m[1]
			if page == "" {
				page = filepath.Base(e.page)
			}
			if !anchors[page+"#"+m[2]] {
				t.Errorf("%s links to %s#%s, which is not there", e.page, page, m[2])
			}
		}
	}
}

// anchor is the fragment under which a heading is found, as GitHub makes it.
func anchor(heading string) string {
	return strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

func readPage(t *testing.T, root, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sources returns the Go, YAML, Markdown and shell files of the repository by
// their path from its root. Hidden folders belong to it too, save git's own,
// and results of runs do not.
func sources(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == ".git" || name == "dcrbench-out" || name == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".go", ".yaml", ".yml", ".md", ".sh":
		default:
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
