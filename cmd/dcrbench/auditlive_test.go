package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/result"
)

// lines is a writer that others wait on.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func newLines() *lines { return &lines{more: make(chan struct{}, 1)} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var listening = regexp.MustCompile(`listening at (\S+) for`)

// liveAudit runs a live audit around what an app does at the given URL.
func liveAudit(t *testing.T, app func(t *testing.T, base string), args ...string) (*result.Document, string) {
	t.Helper()
	out := t.TempDir()
	stdout, stderr := newLines(), newLines()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := newAudit()
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.SetArgs(append([]string{"--listen", "127.0.0.1:0", "--login-delay", "0s", "--out", out}, args...))
	ended := make(chan error, 1)
	go func() { ended <- cmd.ExecuteContext(ctx) }()
	for !listening.MatchString(stderr.String()) {
		select {
		case <-stderr.more:
		case err := <-ended:
			t.Fatalf("the audit ended: %v", err)
		}
	}
	app(t, listening.FindStringSubmatch(stderr.String())[1])
	cancel()
	if err := <-ended; exitCode(err) != exitOK && exitCode(err) != exitGate {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(out, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := result.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	again, _, _ := auditFiles(t, filepath.Join(out, "recording.ndjson"))
	if a, b := brokenIn(doc), brokenIn(again); !slices.Equal(a, b) {
		t.Errorf("the recording is judged %v, the live traffic was %v", b, a)
	}
	return doc, stdout.String() + stderr.String() + everything(t, out)
}

// appSecret is the software statement of the app under test.
const appSecret = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJhcHAtdW5kZXItdGVzdCJ9.c2lnbmF0dXJl"

// app is a client that nobody here wrote a profile for.
type app struct {
	t             *testing.T
	base          string
	client, token string
	secret        string
	secrets       []string
}

func (a *app) send(method, path, media, body string, header http.Header) (int, []byte) {
	a.t.Helper()
	q, err := http.NewRequestWithContext(a.t.Context(), method, a.base+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	for name, values := range header {
		q.Header[name] = values
	}
	q.Header.Set("X-Device-Info", "eyJtb2RlbCI6IkJveCIsIm9zTmFtZSI6IkxpbnV4In0=")
	if media != "" {
		q.Header.Set("Content-Type", media)
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return res.StatusCode, b
}

func (a *app) register() int {
	status, b := a.send("POST", "/o/client/register", "application/json", fmt.Sprintf(`{"software_statement":%q}`, appSecret), nil)
	var c struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	if json.Unmarshal(b, &c) == nil && c.ID != "" {
		a.client, a.secret = c.ID, c.Secret
		a.secrets = append(a.secrets, c.Secret)
	}
	return status
}

func (a *app) fetch() int {
	form := url.Values{"client_id": {a.client}, "client_secret": {a.secret}, "grant_type": {"client_credentials"}}
	status, b := a.send("POST", "/o/client/token", "application/x-www-form-urlencoded", form.Encode(), nil)
	var tok struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal(b, &tok) == nil && tok.Token != "" {
		a.token = tok.Token
		a.secrets = append(a.secrets, tok.Token)
	}
	return status
}

func (a *app) call() int {
	status, _ := a.send("GET", "/api/v2/EXAMPLE/profiles", "", "", http.Header{
		"Authorization": {"Bearer " + a.token}, "Ap-Device-Identifier": {api.DeviceIdentifier("app")},
	})
	return status
}

func TestALiveAppIsJudgedAndItsSecretsStayInside(t *testing.T) {
	var secrets []string
	doc, output := liveAudit(t, func(t *testing.T, base string) {
		a := &app{t: t, base: base}
		a.register()
		for range 4 {
			a.fetch()
			a.call()
		}
		secrets = append(a.secrets, appSecret)
	})
	if got, want := brokenIn(doc), []string{"DCR-04"}; !slices.Equal(got, want) {
		t.Errorf("broken %v, want %v", got, want)
	}
	if !doc.Target.Simulator || doc.Load.Sent != 9 || !strings.Contains(output, "DCR-04  #4") {
		t.Errorf("target %+v, %d requests, output:\n%s", doc.Target, doc.Load.Sent, output)
	}
	for _, s := range secrets {
		if strings.Contains(output, s) {
			t.Error("a secret stands in the output")
		}
	}
}

func TestProvocationsTurnTheirRules(t *testing.T) {
	for _, tt := range []struct {
		provoke string
		app     func(a *app)
		rule    string
		want    string
	}{
		{"token-expiry", func(a *app) { a.call(); a.fetch(); a.call() }, "DCR-09", "kept"},
		{"token-expiry", func(a *app) { a.call(); a.call() }, "DCR-09", "broken"},
		{"429", func(a *app) { a.call(); a.call() }, "THR-01", "broken"},
		{"invalid-client", func(a *app) { a.register(); a.fetch(); a.call() }, "DCR-10", "kept"},
		{"invalid-client", func(a *app) { a.fetch() }, "DCR-10", "broken"},
		{"500", func(a *app) { a.call(); a.call() }, "ERR-04", "kept"},
	} {
		t.Run(tt.provoke+" "+tt.want, func(t *testing.T) {
			// A call with a token comes first, so that the provocation is in the
			// middle of a life.
			do := func(t *testing.T, base string) {
				a := &app{t: t, base: base}
				a.register()
				a.fetch()
				tt.app(a)
			}
			quiet, _ := liveAudit(t, do)
			loud, _ := liveAudit(t, do, "--provoke", tt.provoke)
			if got := quiet.Audit.Devices[0].Verdicts[tt.rule]; got != "" {
				t.Errorf("without the provocation %s is %s, want not observed", tt.rule, got)
			}
			if got := loud.Audit.Devices[0].Verdicts[tt.rule]; got != tt.want {
				t.Errorf("with it %s is %q, want %q; broken: %v", tt.rule, got, tt.want, brokenIn(loud))
			}
		})
	}
}

func TestLiveFlagsAreChecked(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{}, "nothing to judge"},
		{[]string{"--listen", "127.0.0.1:0", "x.har"}, "exclude each other"},
		{[]string{"--listen", "nowhere"}, "want HOST:PORT"},
		{[]string{"--listen", "127.0.0.1:0", "--provoke", "418"}, "want one of 429"},
		{[]string{"--listen", "127.0.0.1:0", "--target", "https://example.com"}, "--authorized"},
		{[]string{"--target", "http://127.0.0.1:1", "x.har"}, "goes with --listen only"},
	} {
		cmd := newAudit()
		cmd.SetArgs(tt.args)
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		if err := cmd.Execute(); exitCode(err) != exitUsage || !strings.Contains(errorText(err), tt.want) {
			t.Errorf("%v: got %v, want an error of use that says %q", tt.args, err, tt.want)
		}
	}
	cmd := newAudit()
	cmd.SetArgs([]string{"--listen", "127.0.0.1:0", "--target", "http://127.0.0.1:1"})
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	if err := cmd.Execute(); exitCode(err) != exitUntrusted {
		t.Errorf("a target that is not there: %v, want exit code 3", err)
	}
}
