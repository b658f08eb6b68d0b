package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// runCheck runs the command and returns its output, its folder and its exit code.
func runCheck(t *testing.T, args ...string) (stdout, out string, code int) {
	t.Helper()
	out = t.TempDir()
	cmd := newCheck()
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	var b bytes.Buffer
	cmd.SetOut(&b)
	cmd.SetErr(&bytes.Buffer{})
	cmd.SetArgs(append(args, "--out", out))
	err := cmd.ExecuteContext(t.Context())
	if err != nil && b.Len() == 0 {
		b.WriteString(err.Error())
	}
	return b.String(), out, exitCode(err)
}

func TestCheckOfTheEmbeddedSimulatorIsConformant(t *testing.T) {
	stdout, out, code := runCheck(t)
	if code != exitOK || !strings.Contains(stdout, "Verdict: conformant (exit code 0)") {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
	if os.Getenv("DCRBENCH_SHOW") != "" {
		t.Log("\n" + stdout)
	}
	for _, name := range []string{"result.json", "report.txt", "junit.xml", "evidence.ndjson", "evidence.har", "SHA256SUMS"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryFormOfAReportTellsTheSame(t *testing.T) {
	text, _, code := runCheck(t, "--fault", "reg.status-201")
	if code != exitGate || !strings.Contains(text, "FAIL         reg.status-201") || !strings.Contains(text, "Expected status 201; came: status 200.") {
		t.Errorf("text: exit code %d\n%s", code, text)
	}
	if !strings.Contains(text, "curl -sS") || !strings.Contains(text, "<statement>") || !strings.Contains(text, "--replay reg.status-201") {
		t.Errorf("text lacks the command lines:\n%s", text)
	}
	raw, _, code := runCheck(t, "--fault", "reg.status-201", "--format", "json")
	doc, err := result.Decode(strings.NewReader(raw))
	if err != nil || code != exitGate || doc.Kind != result.KindCheck || doc.Verdict.ExitCode != exitGate || doc.Verdict.Reasons[0] != "nonconformant" {
		t.Fatalf("json: exit code %d, %v, %+v", code, err, doc)
	}
	failed := 0
	for _, c := range doc.Checks {
		if c.Verdict == "FAIL" {
			failed++
		}
	}
	raw, _, code = runCheck(t, "--fault", "reg.status-201", "--format", "junit")
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
	}
	if err := xml.Unmarshal([]byte(raw), &suites); err != nil || code != exitGate || suites.Failures != failed || suites.Tests != len(doc.Checks) || failed != 1 {
		t.Errorf("junit: exit code %d, %v, %+v; want %d failures of %d", code, err, suites, failed, len(doc.Checks))
	}
}

func TestReplayRunsOneCheck(t *testing.T) {
	raw, _, code := runCheck(t, "--replay", "tok.no-store", "--fault", "tok.no-store", "--strict", "--format", "json")
	doc, err := result.Decode(strings.NewReader(raw))
	if err != nil || code != exitGate || len(doc.Checks) != 1 || doc.Checks[0].Verdict != "FAIL" || len(doc.Checks[0].Exchanges) == 0 {
		t.Errorf("exit code %d, %v, %+v", code, err, doc)
	}
}

func TestAnEmptySelectionAndWrongUsageAreExitCode2(t *testing.T) {
	for _, args := range [][]string{
		{"--id", "nothing.*"}, {"--group", "nothing"}, {"--rules", "none"}, {"--level", "x"}, {"--format", "yaml"},
		{"--replay", "no.such"}, {"--limits", "fast"}, {"--latency", "5ms"}, {"--expectations", "/does/not/exist"}, {"--target", "ftp://x"},
	} {
		if stdout, _, code := runCheck(t, args...); code != exitUsage {
			t.Errorf("%v: exit code %d, want 2\n%s", args, code, stdout)
		}
	}
}

func TestATargetThatIsNotThereIsExitCode3(t *testing.T) {
	if stdout, _, code := runCheck(t, "--target", "http://127.0.0.1:1"); code != exitUntrusted {
		t.Errorf("exit code %d, want 3\n%s", code, stdout)
	}
}

func TestTheListHasEverySelectedCheck(t *testing.T) {
	raw, _, code := runCheck(t, "--list", "--format", "json", "--allow-intrusive")
	var list []spec.Check
	if err := json.Unmarshal([]byte(raw), &list); err != nil || code != exitOK || len(list) != len(spec.All()) {
		t.Errorf("exit code %d, %v: got %d checks, want %d", code, err, len(list), len(spec.All()))
	}
	text, _, _ := runCheck(t, "--list", "--group", "thr")
	if !strings.Contains(text, "thr.burst") || strings.Contains(text, "reg.status-201") {
		t.Errorf("got\n%s", text)
	}
}

func TestExpectationsExcuseWhatTheyNameAndNothingElse(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "expected.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	row := func(check, expires string) string {
		return write("- {check: " + check + ", reason: known, expires: " + expires + "}\n")
	}
	for _, tt := range []struct {
		name string
		args []string
		want int
	}{
		{"a failure that is expected", []string{"--fault", "reg.status-201", "--expectations", row("reg.status-201", "2999-01-01")}, exitOK},
		{"an expectation that has expired", []string{"--fault", "reg.status-201", "--expectations", row("reg.status-201", "2020-01-01")}, exitGate},
		{"an expectation of what passes by now", []string{"--expectations", row("reg.status-201", "2999-01-01")}, exitGate},
		{"an expectation that nothing uses", []string{"--expectations", row("reg.nothing", "2999-01-01")}, exitGate},
		{"a row without a reason", []string{"--expectations", write("- {check: reg.x, expires: 2999-01-01}\n")}, exitUsage},
	} {
		if stdout, _, code := runCheck(t, append(tt.args, "--group", "reg")...); code != tt.want {
			t.Errorf("%s: exit code %d, want %d\n%s", tt.name, code, tt.want, stdout)
		}
	}
	text, _, _ := runCheck(t, "--group", "reg", "--fault", "reg.status-201", "--write-expectations")
	if !strings.Contains(text, "- check: reg.status-201\n") {
		t.Errorf("no rows to paste:\n%s", text)
	}
}

func TestTwentyRunsGiveTheSameVerdicts(t *testing.T) {
	first := ""
	for range 20 {
		raw, _, _ := runCheck(t, "--format", "json")
		doc, err := result.Decode(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, c := range doc.Checks {
			b.WriteString(c.ID + " " + c.Verdict + "\n")
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first {
			t.Fatal("the verdicts differ from those of the first run")
		}
	}
}

// secrets are the forms that secrets of a run have: a JWS, or a value under the
// name of one.
var secrets = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{20,}\.|"(client_secret|access_token)\\?"\s*:\s*\\?"[^:"]{16,}|client_secret=[0-9a-f]{8}-[0-9a-f]{4}|Bearer [A-Za-z0-9_-]{40,}`)

func TestNoFileHoldsASecret(t *testing.T) {
	_, out, _ := runCheck(t, "--fault", "tok.status-200", "--fault", "api.no-token", "--allow-intrusive")
	err := fs.WalkDir(os.DirFS(out), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(out, path))
		if found := secrets.Find(data); found != nil {
			t.Errorf("%s holds %.60q", path, found)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
