package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/result"
)

// endings are how the golden files of the formats end. Those of the runs as text
// have widths as well, and the JSON is the input.
var endings = map[string]string{"markdown": "md", "junit": "xml", "csv": "csv", "html": "html"}

// golden holds got against a file of testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (write it with -update):\n%.4000s", name, diff)
	}
}

// written is doc in a format.
func written(t *testing.T, doc *result.Document, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, doc, format, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEveryFormatOfEveryDocumentIsAsItsGoldenFile(t *testing.T) {
	for name, doc := range documents() {
		for format, ending := range endings {
			t.Run(name+"."+ending, func(t *testing.T) {
				got := written(t, doc, format)
				if format == "csv" && steps(doc) == 0 {
					return
				}
				golden(t, name+"."+ending, got)
			})
		}
	}
}

func TestTextOfTheOtherKindsIsAsItsGoldenFile(t *testing.T) {
	for name := range kinds {
		golden(t, name+".txt", written(t, documents()[name], "text"))
	}
}

func TestReleaseReportsAreAsTheirGoldenFiles(t *testing.T) {
	for _, name := range []string{"check", "old-apps"} {
		var b bytes.Buffer
		if err := Release(&b, documents()[name], Options{}); err != nil {
			t.Fatal(err)
		}
		golden(t, name+"-release.txt", b.Bytes())
	}
}

// A report depends on the document alone: rendering it again, and what was read
// back from its JSON, gives the same bytes.
func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	again := documents()
	for name, doc := range documents() {
		var saved bytes.Buffer
		if err := JSON(&saved, doc); err != nil {
			t.Fatal(err)
		}
		read, err := result.Decode(bytes.NewReader(saved.Bytes()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, format := range Formats() {
			first := written(t, doc, format)
			if !bytes.Equal(first, written(t, doc, format)) || !bytes.Equal(first, written(t, again[name], format)) {
				t.Errorf("%s as %s differs from one time to the next", name, format)
			}
			if !bytes.Equal(first, written(t, read, format)) {
				t.Errorf("%s as %s is another after its JSON was read back", name, format)
			}
		}
	}
}
