package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShowRefusesWhatIsNoWholeResult(t *testing.T) {
	for content, want := range map[string]string{
		"":                                "is no result.json",
		"no JSON":                         "is no result.json",
		"[]":                              "is no result.json",
		"{}":                              `its schema is "", want "dcrbench.result/v1"`,
		`{"schema":1}`:                    `its schema is ""`,
		`{"schema":"other/v1"}`:           `its schema is "other/v1"`,
		`{"schema":"dcrbench.result/v2"}`: `has the schema "dcrbench.result/v2", and this dcrbench reads "dcrbench.result/v1"`,
		`{"schema":"dcrbench.result/v1"}`: `has the kind "", want one of run, check, plan, audit`,
		`{"schema":"dcrbench.result/v1","kind":"walk"}`:           `has the kind "walk"`,
		`{"schema":"dcrbench.result/v1","kind":"run"}`:            "is not a whole result: it lacks tool, target",
		`{"schema":"dcrbench.result/v1","kind":"plan","load":{}}`: "timeline, plan",
		`{"schema":"dcrbench.result/v1","kind":"run"} {}`:         "is no result.json",
	} {
		path := filepath.Join(t.TempDir(), "result.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{"text", "html"} {
			var stdout bytes.Buffer
			cmd := newReport()
			cmd.SetOut(&stdout)
			cmd.SetErr(&bytes.Buffer{})
			cmd.SetArgs([]string{"show", path, "--format", format})
			err := cmd.Execute()
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) || exitCode(err) != exitUsage {
				t.Errorf("%s: got %v, want %q", content, err, want)
			}
		}
	}
}
