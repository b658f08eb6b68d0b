package server

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
)

// The script of the README, with a clock that runs ahead by a second with each
// request and by the rest when it would sleep.
func TestTheCurlWalkThroughWorks(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs " + tool)
		}
	}
	var mu sync.Mutex
	now := time.Now()
	s := start(t, Options{
		Backend: backend.Config{LoginDelay: 1500 * time.Millisecond},
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(time.Second)
			return now
		},
	})
	script, err := filepath.Abs(filepath.Join("testdata", "walkthrough.sh"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sleep"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-e", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "T="+s.URL(), "PATH="+dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	wants := []string{
		`"displayName":"Optimum"`, "302 https://login.mvpd.example/saml?mvpd=Cablevision", `{"profiles":{}}`,
		`{"profiles":{"Cablevision":{`, `"authorized":true`, `{"endpoint":"authenticate","status":{"302":1}}`,
	}
	if len(lines) != len(wants) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(wants), out)
	}
	for i, want := range wants {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d lacks %s: %s", i+1, want, lines[i])
		}
	}
}
