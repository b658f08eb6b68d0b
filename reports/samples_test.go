package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/dcrbench/dcrbench/internal/result"
)

// private are words that no sample may hold: folders of a machine, tokens and
// signed statements.
var private = regexp.MustCompile(`/(?:tmp|home|root|work|Users)/|eyJ[A-Za-z0-9_-]{8}|Bearer [A-Za-z0-9._~+/-]{16}|client_secret\\*"?[:=]\\*"?[A-Za-z0-9]{8}`)

// maxSamples is how large all samples are together, in bytes.
const maxSamples = 6 << 20

// TestSamplesAreAsTheirResults renders what lies beside the result of each sample
// again. scripts/samples makes the results.
func TestSamplesAreAsTheirResults(t *testing.T) {
	saved, err := filepath.Glob("samples/*/result.json")
	if err != nil {
		t.Fatal(err)
	}
	kinds, size := map[string]bool{}, 0
	for _, path := range saved {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := result.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		kinds[doc.Kind] = true
		for _, f := range []struct{ name, format string }{{"result.json", "json"}, {Page, "html"}, {"report.md", "markdown"}} {
			file := filepath.Join(filepath.Dir(path), f.name)
			got := written(t, doc, f.format)
			size += len(got)
			if at := private.FindIndex(got); at != nil {
				t.Errorf("%s: %q is of a machine, or a secret", file, got[at[0]:at[1]])
			}
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(file); err != nil || !bytes.Equal(want, got) {
				t.Errorf("%s is not what its result gives (go test ./reports -run Samples -update writes it), %v", file, err)
			}
		}
	}
	for _, kind := range []string{result.KindRun, result.KindCheck, result.KindPlan, result.KindAudit} {
		if !kinds[kind] {
			t.Errorf("no sample of kind %s", kind)
		}
	}
	if size > maxSamples {
		t.Errorf("the samples have %d bytes, at most %d", size, maxSamples)
	}
}
