package reports

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/compare"
	"github.com/dcrbench/dcrbench/internal/result"
)

// diffs are comparisons that between them show every part of the report.
func diffs(t *testing.T) map[string]*compare.Diff {
	t.Helper()
	shape := func(name string, change ...func(*result.Document)) []compare.Run {
		doc, gate := shapes[name]()
		result.Finish(doc, gate)
		for _, c := range change {
			c(doc)
		}
		return []compare.Run{{Name: name + "/result.json", Doc: doc}}
	}
	slower := func(d *result.Document) {
		for i := range d.Endpoints {
			w := &d.Endpoints[i].WireUS
			for _, q := range []*int64{&w.Min, &w.P50, &w.P90, &w.P99, &w.P999, &w.Max, &w.Mean} {
				*q += 20_000
			}
		}
	}
	checks := func(verdicts ...string) []compare.Run {
		doc := &result.Document{Schema: result.Schema, Kind: result.KindCheck, Target: result.Target{URL: "http://127.0.0.1:4000"}}
		for i, v := range verdicts {
			doc.Checks = append(doc.Checks, result.Check{ID: "dcr.check-" + string(rune('a'+i)), Group: "token", Level: "must", Verdict: v, Message: "as it was seen"})
		}
		return []compare.Run{{Name: "check/result.json", Doc: doc}}
	}
	all := map[string]*compare.Diff{}
	for name, sides := range map[string][2][]compare.Run{
		"same":         {shape("old-apps"), shape("old-apps")},
		"regression":   {shape("old-apps"), shape("old-apps", slower)},
		"incomparable": {shape("clean"), shape("old-apps")},
		"checks":       {checks("PASS", "PASS", "FAIL", "SKIP", "PASS"), checks("PASS", "SKIP", "PASS", "PASS", "FAIL")},
	} {
		d, err := compare.Compare(sides[0], sides[1], compare.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all[name] = d
	}
	return all
}

func TestDiffsAreAsTheirGoldenFiles(t *testing.T) {
	for name, d := range diffs(t) {
		for suffix, o := range map[string]struct {
			format string
			width  int
		}{"80.txt": {"text", 80}, "100.txt": {"text", 100}, "md": {"markdown", 0}} {
			file := "diff-" + name + "." + suffix
			t.Run(file, func(t *testing.T) {
				var b bytes.Buffer
				if err := WriteDiff(&b, d, o.format, DiffOptions{Options: Options{Width: o.width}}); err != nil {
					t.Fatal(err)
				}
				for _, line := range strings.Split(b.String(), "\n") {
					if n := utf8.RuneCountInString(line); o.width > 0 && n > o.width {
						t.Errorf("line of %d characters: %s", n, line)
					}
				}
				path := filepath.Join("testdata", file)
				if *update {
					if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), b.String()); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestTheJSONOfADiffSaysWhatTheTextSays(t *testing.T) {
	for name, d := range diffs(t) {
		var b bytes.Buffer
		if err := WriteDiff(&b, d, "json", DiffOptions{}); err != nil {
			t.Fatal(err)
		}
		var back compare.Diff
		if err := json.Unmarshal(b.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(*d, back); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if bytes.Contains(b.Bytes(), []byte("null,\n")) && bytes.Contains(b.Bytes(), []byte(`"runs": null`)) {
			t.Errorf("%s: a list is null", name)
		}
	}
}

func TestADiffInAFormatThatDoesNotExistIsRefused(t *testing.T) {
	if err := WriteDiff(&bytes.Buffer{}, diffs(t)["same"], "xml", DiffOptions{}); err == nil || !strings.Contains(err.Error(), "text, json, markdown") {
		t.Errorf("got %v", err)
	}
}
