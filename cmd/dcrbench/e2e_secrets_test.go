package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
)

// recorder is a proxy that remembers every secret that passes it.
type recorder struct {
	proxy *httputil.ReverseProxy
	// spoil may change an answer when the secrets of its request and of itself
	// are known; nil leaves it.
	spoil func(*http.Response, []string)

	mu      sync.Mutex
	secrets map[string]bool
}

// secretMember finds the members that hold secrets in a body of JSON.
var secretMember = regexp.MustCompile(`"(?:client_secret|access_token|software_statement|serializedToken)"\s*:\s*"([^"]+)"`)

type sentSecrets struct{}

// startRecorder starts a recorder in front of the target.
func startRecorder(t *testing.T, target string, spoil func(*http.Response, []string)) (*recorder, string) {
	t.Helper()
	base, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{secrets: map[string]bool{}, spoil: spoil}
	r.proxy = httputil.NewSingleHostReverseProxy(base)
	r.proxy.ModifyResponse = r.answered
	r.proxy.ErrorLog = log.New(io.Discard, "", 0) // a run may end before its last answer
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	return r, s.URL
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	var found []string
	for _, m := range secretMember.FindAllSubmatch(body, -1) {
		found = append(found, string(m[1]))
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("client_secret") != "" {
		found = append(found, form.Get("client_secret"))
	}
	if scheme, value, ok := strings.Cut(request.Header.Get("Authorization"), " "); ok && scheme != "" {
		found = append(found, value)
	}
	r.remember(found)
	r.proxy.ServeHTTP(w, request.WithContext(context.WithValue(request.Context(), sentSecrets{}, found)))
}

// answered remembers the secrets of an answer and hands all to spoil.
func (r *recorder) answered(answer *http.Response) error {
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	found, _ := answer.Request.Context().Value(sentSecrets{}).([]string)
	if strings.HasSuffix(answer.Request.URL.Path, "/_sim/software-statement") {
		found = append(found, strings.TrimSpace(string(body)))
	}
	for _, m := range secretMember.FindAllSubmatch(body, -1) {
		found = append(found, string(m[1]))
	}
	r.remember(found)
	if r.spoil != nil && len(found) > 0 && !strings.HasPrefix(answer.Request.URL.Path, "/_sim/") {
		r.spoil(answer, found)
	}
	return nil
}

func (r *recorder) remember(found []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range found {
		r.secrets[s] = true
	}
}

// traces are the pieces by which a secret is recognized, were it cut, decoded or
// encoded: its beginning and end, and for a signed statement each of its parts.
func (r *recorder) traces() map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	const length = 12
	pieces := map[string]bool{}
	for s := range r.secrets {
		parts := []string{s}
		if strings.Count(s, ".") == 2 {
			parts = strings.Split(s, ".")[1:] // the header is no secret
		}
		for _, p := range parts {
			if len(p) < length {
				continue
			}
			pieces[p[:length]], pieces[p[len(p)-length:]] = true, true
			encoded := base64.RawURLEncoding.EncodeToString([]byte(p))
			pieces[encoded[:length]] = true
		}
	}
	return pieces
}

// replaceAnswer answers with the status, media type and body instead.
func replaceAnswer(answer *http.Response, status int, mediaType, body string) {
	answer.StatusCode, answer.Status = status, ""
	answer.Body = io.NopCloser(strings.NewReader(body))
	answer.ContentLength = int64(len(body))
	answer.Header.Set("Content-Type", mediaType)
	answer.Header.Set("Content-Length", fmt.Sprint(len(body)))
}

// everyNth spoils every nth answer, so that the run goes on and learns more secrets.
func everyNth(n int, spoil func(*http.Response, []string)) func(*http.Response, []string) {
	var mu sync.Mutex
	count := 0
	return func(answer *http.Response, secrets []string) {
		mu.Lock()
		count++
		hit := count%n == 0
		mu.Unlock()
		if hit {
			spoil(answer, secrets)
		}
	}
}

func echoInHTML(answer *http.Response, secrets []string) {
	replaceAnswer(answer, 401, "text/html", "<html><body>401 for Authorization: Bearer "+strings.Join(secrets, " ")+"</body></html>")
}

// echoInErrors puts a secret into every member and field of an error that a
// report could quote.
func echoInErrors(answer *http.Response, secrets []string) {
	s := secrets[len(secrets)-1]
	body, _ := json.Marshal(map[string]any{ // strings always encode
		"error": s, "error_description": "no such token " + s, "error_uri": "https://example.com/" + s,
		"status": 400, "code": s, "message": s, "action": s, "helpUrl": "https://example.com/?t=" + s, "details": s, "trace": s,
		s: s,
	})
	replaceAnswer(answer, 400, "application/json", string(body))
	for _, name := range []string{"WWW-Authenticate", "Location", "Retry-After", "X-Request-Id", "Server"} {
		answer.Header.Set(name, "Bearer "+s)
	}
}

// echoInSuccess puts a secret into the closed sets and types of sound answers.
func echoInSuccess(answer *http.Response, secrets []string) {
	s := secrets[len(secrets)-1]
	body, _ := json.Marshal(map[string]any{ // strings always encode
		"client_id": s, "client_secret": s, "client_id_issued_at": s, "redirect_uris": s, "grant_types": []string{s},
		"access_token": s, "token_type": s, "expires_in": s, "created_at": s, "id": s,
		"actionName": s, "actionType": s, "reasonType": s, "code": s, "sessionId": s, "mvpd": s, "serviceProvider": s,
		"notBefore": s, "notAfter": s, "profiles": map[string]any{s: map[string]any{"type": s, "notAfter": s}},
		"decisions": []any{map[string]any{"resource": s, "authorized": s, "source": s, "error": map[string]any{"code": s, "action": s}}},
	})
	replaceAnswer(answer, answer.StatusCode, "application/json", string(body))
}

// echoInNames puts a secret where no text is expected: media type and status.
func echoInNames(answer *http.Response, secrets []string) {
	s := secrets[len(secrets)-1]
	replaceAnswer(answer, 418, "text/"+s, s)
	answer.Header.Set("Retry-After", s)
	answer.Header.Set(s, s)
	answer.Status = "418 " + s
}

// echoOn429 echoes a secret in a 429, which goes for the time to wait as well.
func echoOn429(answer *http.Response, secrets []string) {
	s := secrets[len(secrets)-1]
	replaceAnswer(answer, 429, "text/html", "<html>"+s+"</html>")
	answer.Header.Set("Retry-After", s)
}

func TestNoOutputHoldsASecret(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several runs")
	}
	t.Parallel()
	type row struct {
		name   string
		format string
		serve  []string
		spoil  func(*http.Response, []string)
	}
	tests := []row{
		{"a sound target, as text", "text", nil, nil},
		{"a sound target, as JSON", "json", nil, nil},
		{"an HTML 401 that echoes what was sent", "text", nil, everyNth(5, echoInHTML)},
		{"nothing but HTML 401s", "text", nil, echoInHTML},
		{"errors that echo secrets in every member and field", "text", nil, everyNth(4, echoInErrors)},
		{"nothing but such errors", "text", nil, echoInErrors},
		{"successes that echo secrets in every member", "text", nil, everyNth(3, echoInSuccess)},
		{"secrets as media type, field and reason", "text", nil, everyNth(4, echoInNames)},
		{"a 429 that echoes secrets", "text", nil, everyNth(4, echoOn429)},
		{"short tokens and a server that fails", "text", []string{"--token-ttl", "1s", "--error-rate", "0.2"}, nil},
	}
	for k := range faultGroups {
		tests = append(tests, row{fmt.Sprintf("a group of faults, number %d", k), "text", faultGroup(k), everyNth(7, echoInErrors)})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, target := startRecorder(t, serveSimulator(t, test.serve...), test.spoil)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			p := newProcess(ctx, t, "run", "old-apps", "--target", target, "--devices", "30", "--launch-rate", "30",
				"--duration", "2s", "--out", "out", "--format", test.format, "--timeout", "2s")
			p.start(t)
			o := p.end(t)
			if o.code == exitUsage {
				t.Fatalf("the run did not take place: %s", o.stderr)
			}
			searched := searchOutputs(t, o, r.traces())
			t.Logf("exit %d; %d secrets; %d outputs with %d bytes searched", o.code, len(r.secrets), len(searched), totalBytes(searched))
			if len(r.secrets) < 2 || len(searched) < 3 {
				t.Errorf("%d secrets searched for in %d outputs, which proves little", len(r.secrets), len(searched))
			}
		})
	}
}

// searchOutputs looks for the traces in everything that a run has left, the vault
// aside, and returns what it looked through.
func searchOutputs(t *testing.T, o outcome, traces map[string]bool) map[string]string {
	t.Helper()
	outputs := map[string]string{"standard output": o.stdout, "standard error": o.stderr}
	vault := filepath.Join(o.folder, "state")
	err := filepath.WalkDir(o.folder, func(path string, entry fs.DirEntry, err error) error {
		if path == vault {
			return filepath.SkipDir
		}
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		outputs[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range outputs {
		for trace := range traces {
			if at := strings.Index(text, trace); at >= 0 {
				t.Errorf("%s holds a secret: ...%s", name, text[max(0, at-120):at])
				break
			}
		}
	}
	return outputs
}

func totalBytes(outputs map[string]string) (bytes int) {
	for _, text := range outputs {
		bytes += len(text)
	}
	return bytes
}

// faultGroups is the number of groups that the faults of the simulator come in:
// all at once, nothing would work and few secrets would be seen.
const faultGroups = 5

// faultGroup is a group of faults as flags.
func faultGroup(k int) []string {
	var args []string
	for i, f := range backend.Faults() {
		if i%faultGroups == k {
			args = append(args, "--fault", f.ID)
		}
	}
	return args
}

// The search itself finds what is there.
func TestTheSearchForSecretsFindsOne(t *testing.T) {
	r := &recorder{secrets: map[string]bool{"head.payload-of-a-statement.signature-of-it": true, "a-client-secret-of-some-length": true}}
	for _, text := range []string{
		"x payload-of-a-statement", "signature-of-it", "…nt-secret-of-some-length", "a-client-sec",
		base64.RawURLEncoding.EncodeToString([]byte("a-client-secret-of-some-length")),
	} {
		found := false
		for trace := range r.traces() {
			found = found || strings.Contains(text, trace)
		}
		if !found {
			t.Errorf("%q is not recognized", text)
		}
	}
}
