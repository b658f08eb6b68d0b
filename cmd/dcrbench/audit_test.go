package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/profiles"
)

// taped is one entry of a HAR, with the number of the start of the app it
// belongs to.
type taped struct {
	launch int
	entry  map[string]any
}

// taping plays one device of a shipped profile against the simulator in virtual
// time, and returns what a browser would have recorded, with all its secrets.
func taping(t testing.TB, name string) (entries []taped, secrets []string) {
	t.Helper()
	p, err := profiles.Builtin().Profile(name)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)
	now := start
	sim, err := server.New(server.Options{Seed: &[32]byte{7}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	fleet := &profiles.Fleet{
		Name: "one", Devices: 1, ServiceProvider: "EXAMPLE", MVPDs: []string{backend.DefaultMVPDs()[0].ID},
		Resources: []string{"news", "sport", "movies", "kids", "music"}, DomainName: "example.com",
		RedirectURL: "https://example.com/done", Members: []profiles.Member{{Profile: p, Weight: 1}},
	}
	program, err := device.Compile(p, fleet, sim.SoftwareStatement())
	if err != nil {
		t.Fatal(err)
	}
	population, err := profiles.NewPopulation(fleet, 1, 7)
	if err != nil {
		t.Fatal(err)
	}
	id := population.Identity(0)
	d := program.New(7, 0, fleet.MVPDs[0], start)
	secrets = append(secrets, sim.SoftwareStatement())
	var (
		req  api.Request
		wire api.HTTPRequest
		ans  api.HTTPResponse
		res  api.Response
		doc  jsondoc.Doc
	)
	for {
		switch step := d.Next(now, &req); step.Kind {
		case device.Done:
			return entries, secrets
		case device.Wait:
			now = step.At
		case device.Send:
			sent := now
			req.Encode(&id, &wire)
			wire.Peer = "127.0.0.1"
			sim.RoundTrip(now, &wire, &ans)
			now = now.Add(20 * time.Millisecond)
			api.Decode(req.Op, &ans, &doc, &res)
			entries = append(entries, taped{d.Launches(), harEntry(sent, &wire, &ans)})
			for _, s := range []string{res.ClientSecret, res.AccessToken} {
				if s != "" {
					secrets = append(secrets, s)
				}
			}
			for decision := range doc.Root().Get("decisions").Elements() {
				if s := decision.Get("token").Get("serializedToken").Text(); s != "" {
					secrets = append(secrets, s)
				}
			}
			d.Observe(now, &res)
		}
	}
}

func harEntry(sent time.Time, w *api.HTTPRequest, a *api.HTTPResponse) map[string]any {
	list := func(h api.Header) []map[string]string {
		fields := []map[string]string{}
		for _, f := range h {
			fields = append(fields, map[string]string{"name": f.Name, "value": f.Value})
		}
		return fields
	}
	request := map[string]any{"method": w.Method, "url": "https://sp.auth-staging.adobe.com" + w.Target, "headers": list(w.Header), "bodySize": len(w.Body)}
	if len(w.Body) > 0 {
		request["postData"] = map[string]any{"mimeType": w.Header.Get("Content-Type"), "text": string(w.Body)}
	}
	return map[string]any{
		"startedDateTime": sent.Format("2006-01-02T15:04:05.000000Z07:00"), "time": 20.0, "request": request,
		"response": map[string]any{"status": a.Status, "headers": list(a.Header), "content": map[string]any{"mimeType": a.Header.Get("Content-Type"), "text": string(a.Body)}},
	}
}

// writeHAR writes the entries of the launches that are wanted.
func writeHAR(t testing.TB, path string, entries []taped, creator string, wanted func(launch int) bool) {
	t.Helper()
	list := []any{map[string]any{"startedDateTime": "2026-03-01T20:00:00Z", "request": map[string]any{"method": "GET", "url": "https://cdn.example.com/logo.png"}}}
	for _, e := range entries {
		if wanted(e.launch) {
			list = append(list, e.entry)
		}
	}
	b, err := json.Marshal(map[string]any{"log": map[string]any{"version": "1.2", "creator": map[string]string{"name": creator}, "entries": list}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// auditFiles runs the command and returns its document and everything it wrote.
func auditFiles(t testing.TB, args ...string) (doc *result.Document, output string, code int) {
	t.Helper()
	out := t.TempDir()
	var stdout, stderr bytes.Buffer
	cmd := newAudit()
	cmd.SetOut(&stdout)
	cmd.SetErr(&stderr)
	cmd.SetArgs(append(args, "--out", out))
	code = exitCode(cmd.Execute())
	b, err := os.ReadFile(filepath.Join(out, "result.json"))
	if err == nil {
		if doc, err = result.Decode(bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
	}
	return doc, stdout.String() + stderr.String() + everything(t, out), code
}

// everything is the text of all files in a folder.
func everything(t testing.TB, dir string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

func brokenIn(doc *result.Document) []string {
	var ids []string
	for _, r := range doc.Audit.Rules {
		if r.Verdict == "broken" {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func TestAWellBehavedAppPassesItsAudit(t *testing.T) {
	entries, secrets := taping(t, "roku")
	dir := t.TempDir()
	before, after := filepath.Join(dir, "before-restart.har"), filepath.Join(dir, "after-restart.har")
	writeHAR(t, before, entries, "WebInspector", func(launch int) bool { return launch == 1 })
	writeHAR(t, after, entries, "WebInspector", func(launch int) bool { return launch > 1 })
	doc, output, code := auditFiles(t, before, after)
	if broken := brokenIn(doc); code != exitOK || len(broken) > 0 {
		t.Errorf("exit code %d, broken %v, want 0 and none", code, broken)
	}
	if doc.Fleet.Devices != 1 || len(doc.Audit.Sources) != 2 || doc.Audit.Sources[1].FirstExchange != doc.Audit.Sources[0].Entries+1 {
		t.Errorf("devices %d, sources %+v", doc.Fleet.Devices, doc.Audit.Sources)
	}
	for _, id := range []string{"DCR-02", "DCR-04", "DCR-19", "POL-03"} {
		if v := doc.Audit.Devices[0].Verdicts[id]; v != "kept" {
			t.Errorf("%s is %q, want kept", id, v)
		}
	}
	noSecrets(t, output, secrets)
}

func TestAnOldAppFailsItsAudit(t *testing.T) {
	entries, secrets := taping(t, "roku-v4")
	path := filepath.Join(t.TempDir(), "old.har")
	writeHAR(t, path, entries, "Charles Proxy", func(int) bool { return true })
	doc, output, code := auditFiles(t, path)
	want := []string{"DCR-02", "DCR-04", "DCR-05", "DCR-06", "POL-03", "THR-01", "THR-03"}
	if got := brokenIn(doc); code != exitGate || !slices.Equal(got, want) {
		t.Errorf("exit code %d, broken %v, want 1 and %v", code, got, want)
	}
	for _, text := range []string{"registered again", "costs:", "#2 at "} {
		if !strings.Contains(output, text) {
			t.Errorf("the output lacks %q", text)
		}
	}
	noSecrets(t, output, secrets)
}

func noSecrets(t *testing.T, output string, secrets []string) {
	t.Helper()
	if len(secrets) < 4 {
		t.Fatalf("only %d secrets to look for", len(secrets))
	}
	for _, s := range secrets {
		for _, spelling := range []string{s, url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte(s)), s[:min(len(s), 16)]} {
			if strings.Contains(output, spelling) {
				t.Fatalf("a secret of %d bytes stands in the output", len(s))
			}
		}
	}
}

func TestAnAuditSaysWhatItCannotRead(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ name, content, want string }{
		{"no archive", `{"a": 1}`, "no log with entries"},
		{"no JSON", `<html>`, "no log with entries"},
		{"empty", ``, "ends before its end"},
		{"foreign traffic", `{"log":{"entries":[{"request":{"method":"GET","url":"https://example.com/"}}]}}`, "no Adobe Pass traffic"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, "x.har")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := newAudit()
			cmd.SetArgs([]string{path, "--out", t.TempDir()})
			cmd.SilenceUsage, cmd.SilenceErrors = true, true
			err := cmd.Execute()
			if exitCode(err) != exitUsage || !strings.Contains(errorText(err), tt.want) {
				t.Errorf("got %v, want an error of use that says %q", err, tt.want)
			}
		})
	}
}

func TestAuditFlagsAreChecked(t *testing.T) {
	for _, args := range [][]string{{"--format", "xml"}, {"--tolerance", "-1s"}, {"--evidence", "-1"}} {
		cmd := newAudit()
		cmd.SetArgs(append(args, "x.har"))
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		if err := cmd.Execute(); exitCode(err) != exitUsage || !strings.Contains(errorText(err), args[0]) {
			t.Errorf("%v: got %v, want an error of use", args, err)
		}
	}
}
