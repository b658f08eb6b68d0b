package server

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheCurlWalkThroughWorks(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs " + tool)
		}
	}
	s := start(t, Options{})
	script, err := filepath.Abs(filepath.Join("testdata", "walkthrough.sh"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-e", script)
	cmd.Dir = t.TempDir()
	cmd.Env = append(cmd.Environ(), "T="+s.URL())
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
