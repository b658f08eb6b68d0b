package reports

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/result"
)

var update = flag.Bool("update", false, "write the golden files")

func render(t *testing.T, shape string, o Options) string {
	t.Helper()
	doc, gate := shapes[shape]()
	result.Finish(doc, gate)
	var b bytes.Buffer
	if err := Text(&b, doc, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextReportsAreAsTheirGoldenFiles(t *testing.T) {
	for shape := range shapes {
		for _, width := range []int{80, 100} {
			name := fmt.Sprintf("%s-%d.txt", shape, width)
			t.Run(name, func(t *testing.T) {
				got := render(t, shape, Options{Width: width})
				path := filepath.Join("testdata", name)
				if *update {
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestReportsFitThePage(t *testing.T) {
	for shape := range shapes {
		for _, width := range []int{0, 80, 100, 120} {
			most := width
			if width == 0 {
				most = DefaultWidth
			}
			for line := range strings.Lines(render(t, shape, Options{Width: width})) {
				line = strings.TrimSuffix(line, "\n")
				if n := utf8.RuneCountInString(line); n > most {
					t.Errorf("%s at %d: %d characters: %s", shape, width, n, line)
				}
				if strings.TrimRight(line, " ") != line {
					t.Errorf("%s at %d: space at the end of %q", shape, width, line)
				}
			}
		}
	}
}

func TestColorAddsNothingButColor(t *testing.T) {
	for shape := range shapes {
		colored := render(t, shape, Options{Color: true})
		plain := colored
		for _, code := range []string{bold, red, green, yellow, "0"} {
			plain = strings.ReplaceAll(plain, "\x1b["+code+"m", "")
		}
		if plain != render(t, shape, Options{}) || plain == colored {
			t.Errorf("%s: color changes more than color", shape)
		}
	}
}
