package spec

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/checks.md anew")

const (
	docsPath   = "../../docs/checks.md"
	readmePath = "../../README.md"
	readmeFrom = "<!-- checks:begin -->\n"
	readmeTo   = "<!-- checks:end -->"
)

const docsHead = `# What ` + "`dcrbench check`" + ` checks

Written by ` + "`go test ./internal/spec -update`" + ` from the catalogue; ` + "`dcrbench check --list --format json`" + ` prints the same rows for machines.

- **Level** under the rule sets %s. MUST (an RFC) and DOC (the vendor's
  documentation) fail; SHOULD and BCP (security practice) warn, and fail with ` + "`--strict`" + `; MAY only informs.
- **Cost** is how many requests a check needs beyond those that it shares with others.
- **Intrusive** checks may annoy a server and run with ` + "`--allow-intrusive`" + ` only.
- References such as A-05 are places where the documents contradict themselves: see [readings.md](readings.md).

`

// docs renders the catalogue for people, group by group.
func docs() []byte {
	var b bytes.Buffer
	var sets []string
	for _, r := range RuleSets() {
		sets = append(sets, "`"+string(r)+"`")
	}
	fmt.Fprintf(&b, docsHead, strings.Join(sets, ", "))
	overview(&b, "#")
	for _, g := range Groups() {
		fmt.Fprintf(&b, "\n## %s\n\n| id | what a conforming service does | level | references | cost | intrusive |\n|---|---|---|---|---:|---|\n", GroupTitle(g))
		for _, c := range All() {
			if c.Group() != g {
				continue
			}
			title := cell(c.Title)
			if c.Deviation != "" {
				title += " *Deviation: " + cell(c.Deviation) + ".*"
			}
			intrusive := ""
			if c.Intrusive {
				intrusive = "yes"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %d | %s |\n", c.ID, title, levels(&c), cell(strings.Join(c.Refs, "; ")), c.Cost, intrusive)
		}
	}
	return b.Bytes()
}

// overview is the table of groups with their counts; base leads the links.
func overview(b *bytes.Buffer, base string) {
	b.WriteString("| group | about | checks | binding by default |\n|---|---|---:|---:|\n")
	all, allBinding := 0, 0
	for _, g := range Groups() {
		n, binding := 0, 0
		for _, c := range All() {
			if c.Group() == g {
				n++
				if c.Levels.AdobeDoc.Binding() {
					binding++
				}
			}
		}
		anchor := strings.ToLower(strings.ReplaceAll(GroupTitle(g), " ", "-"))
		fmt.Fprintf(b, "| `%s` | [%s](%s%s) | %d | %d |\n", g, GroupTitle(g), base, anchor, n, binding)
		all, allBinding = all+n, allBinding+binding
	}
	fmt.Fprintf(b, "| | all | %d | %d |\n", all, allBinding)
}

// levels is one level when all rule sets agree, and all three otherwise.
func levels(c *Check) string {
	if l := c.Levels; l.AdobeDoc == l.RFC && l.RFC == l.Harden {
		return string(l.AdobeDoc)
	}
	return fmt.Sprintf("%s / %s / %s", c.Levels.AdobeDoc, c.Levels.RFC, c.Levels.Harden)
}

var cellEscapes = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "\n", " ")

func cell(s string) string { return cellEscapes.Replace(s) }

// readmePart is what README.md holds between its two markers.
func readmePart() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "`dcrbench check` gives one verdict for each of %d requirements; [docs/checks.md](docs/checks.md) lists them.\n\n", len(All()))
	overview(&b, "docs/checks.md#")
	return b.String()
}

func TestTheListOfChecksInTheDocsIsThatOfTheCatalogue(t *testing.T) {
	want := docs()
	if *update {
		if err := os.WriteFile(docsPath, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docsPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/checks.md is not what the catalogue says; write it anew with: go test ./internal/spec -update")
	}
	for _, c := range All() {
		if !bytes.Contains(got, []byte("| `"+c.ID+"` |")) {
			t.Errorf("%s is missing", c.ID)
		}
	}
}

func TestTheListOfGroupsInTheReadmeIsThatOfTheCatalogue(t *testing.T) {
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begun := strings.Cut(string(readme), readmeFrom)
	got, _, ended := strings.Cut(rest, readmeTo)
	if !begun || !ended || got != readmePart() {
		t.Errorf("README.md has not this between %s and %s:\n%s", strings.TrimSpace(readmeFrom), readmeTo, readmePart())
	}
}
