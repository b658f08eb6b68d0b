package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/profiles"
)

func TestAProfileIsFittedToARecording(t *testing.T) {
	for _, name := range []string{"roku", "roku-v4"} {
		entries, secrets := taping(t, name)
		dir := t.TempDir()
		har, out := filepath.Join(dir, "app.har"), filepath.Join(dir, "app.yaml")
		writeHAR(t, har, entries, "Charles Proxy", func(int) bool { return true })
		_, output, _ := auditFiles(t, har, "--to-profile", out)
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		noSecrets(t, output+string(text), secrets)
		library, fleet, err := openFleet(out)
		if err != nil {
			t.Fatal(err)
		}
		f, err := library.Fleet(fleet)
		if err != nil {
			t.Fatal(err)
		}
		model, err := profiles.Builtin().Profile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, want := f.Members[0].Profile.Behaviour, model.Behaviour
		if got.Credentials != want.Credentials || got.Token != want.Token || got.Throttle != want.Throttle || got.Relaunches != want.Relaunches {
			t.Errorf("%s: fitted %+v, want %+v", name, got, want)
		}
	}
}

func TestAProfileGoesWhereItCanBeReadAgain(t *testing.T) {
	entries, _ := taping(t, "roku")
	har := filepath.Join(t.TempDir(), "app.har")
	writeHAR(t, har, slices.DeleteFunc(entries, func(e taped) bool {
		return !strings.Contains(e.entry["request"].(map[string]any)["url"].(string), "/o/client/")
	}), "Charles Proxy", func(int) bool { return true })
	for _, path := range []string{"app.txt", filepath.Join(t.TempDir(), "missing", "app.yaml"), filepath.Join(har, "app.yaml"), filepath.Join(t.TempDir(), "nothing.yaml")} {
		if _, _, code := auditFiles(t, har, "--to-profile", path); code != exitUsage {
			t.Errorf("--to-profile %s: exit code %d, want %d", path, code, exitUsage)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was written", path)
		}
	}
}

func TestAcceptedBreachesAndThresholdsDecideAnAudit(t *testing.T) {
	entries, _ := taping(t, "webos-v4")
	dir := t.TempDir()
	har := filepath.Join(dir, "app.har")
	writeHAR(t, har, entries, "Charles Proxy", func(int) bool { return true })
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	row := func(rule, day string) string {
		return "- check: " + rule + "\n  reason: known\n  expires: " + day + "\n"
	}
	for _, tt := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"as it is", nil, exitGate, "mandatory"},
		{"accepted", []string{"--expectations", file("all.yaml", row("DCR-*", "2099-12-31"))}, exitOK, "broken (expected)"},
		{"accepted until yesterday", []string{"--expectations", file("old.yaml", row("DCR-*", "2020-12-31"))}, exitGate, "expired on 2020-12-31"},
		{"accepted in vain", []string{"--expectations", file("more.yaml", row("DCR-*", "2099-12-31")+row("POL-03", "2099-12-31"))}, exitGate, "unused"},
		{"a threshold that is met", []string{"--expectations", file("all.yaml", row("DCR-*", "2099-12-31")), "--threshold", "audit.rules.DCR-04.breaches<100"}, exitOK, "passed"},
		{"a threshold that is not", []string{"--expectations", file("all.yaml", row("DCR-*", "2099-12-31")), "--threshold", "audit.rules.DCR-04.breaches<1"}, exitGate, "not met"},
		{"a figure that no audit has", []string{"--threshold", "throttling.ratio<1%"}, exitUsage, ""},
		{"a file that is none", []string{"--expectations", file("bad.yaml", "- rule: x\n")}, exitUsage, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, output, code := auditFiles(t, append([]string{har}, tt.args...)...); code != tt.code || !strings.Contains(output, tt.says) {
				t.Errorf("exit code %d, want %d and %q:\n%.2000s", code, tt.code, tt.says, output)
			}
		})
	}
}
