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
