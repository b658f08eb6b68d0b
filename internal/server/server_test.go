package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// start serves with o until the test ends.
func start(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// fetch sends a request and returns the status and the body.
func fetch(t testing.TB, client *http.Client, method, url string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

// register returns new client credentials.
func register(t testing.TB, client *http.Client, url, text string) (id, secret string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"software_statement": text})
	if err != nil {
		t.Fatal(err)
	}
	res, answer := fetch(t, client, "POST", url+"/o/client/register", bytes.NewReader(body), "Content-Type", "application/json")
	var c struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if err := json.Unmarshal([]byte(answer), &c); err != nil || res.StatusCode != 201 {
		t.Fatalf("registering: %d %v", res.StatusCode, err)
	}
	return c.ClientID, c.ClientSecret
}

func TestAStandardOAuthClientGetsATokenAndCalls(t *testing.T) {
	s := start(t, Options{})
	_, text := fetch(t, http.DefaultClient, "GET", s.URL()+"/_sim/software-statement", nil)
	id, secret := register(t, http.DefaultClient, s.URL(), text)
	for name, style := range map[string]oauth2.AuthStyle{"parameters": oauth2.AuthStyleInParams, "found out": oauth2.AuthStyleAutoDetect} {
		config := clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: s.URL() + "/o/client/token", AuthStyle: style}
		token, err := config.Token(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if left := time.Until(token.Expiry); !strings.EqualFold(token.TokenType, "bearer") || left < 5*time.Hour || left > 6*time.Hour {
			t.Errorf("%s: type %s, %v left", name, token.TokenType, left)
		}
		res, body := fetch(t, config.Client(t.Context()), "GET", s.URL()+"/api/v2/REF30/configuration", nil)
		if res.StatusCode != 200 || !strings.Contains(body, `"id":"Cablevision"`) {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
	}
}

func TestTLSWithHTTP2(t *testing.T) {
	s := start(t, Options{TLS: true})
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(s.CA()) {
		t.Fatal("no certificate")
	}
	for _, version := range []int{2, 1} {
		protocols := new(http.Protocols)
		protocols.SetHTTP1(version == 1)
		protocols.SetHTTP2(version == 2)
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, Protocols: protocols}
		res, body := fetch(t, &http.Client{Transport: transport}, "GET", s.URL()+"/_sim/ca.pem", nil)
		if res.ProtoMajor != version || body != string(s.CA()) {
			t.Errorf("HTTP/%d: %s %s", version, res.Proto, body)
		}
		res, body = fetch(t, &http.Client{Transport: transport}, "GET", strings.Replace(s.URL(), "127.0.0.1", "localhost", 1)+"/api/v2/A/profiles", nil)
		if res.StatusCode != 401 || !strings.Contains(body, `"code"`) {
			t.Errorf("HTTP/%d: %d %s", version, res.StatusCode, body)
		}
		transport.CloseIdleConnections()
	}
	plain := start(t, Options{})
	if res, _ := fetch(t, http.DefaultClient, "GET", plain.URL()+"/_sim/ca.pem", nil); res.StatusCode != 404 || plain.CA() != nil {
		t.Errorf("a plain server has a certificate: %d", res.StatusCode)
	}
}

func TestHTTP1Alone(t *testing.T) {
	s := start(t, Options{TLS: true, HTTP1: true})
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	if res, _ := fetch(t, &http.Client{Transport: transport}, "GET", s.URL()+"/_sim/health", nil); res.ProtoMajor != 1 {
		t.Error(res.Proto)
	}
}

// Every request of many clients at once is in the ledger, and nothing else.
func TestTheLedgerEqualsWhatWasSent(t *testing.T) {
	const clients, rounds = 16, 40
	s := start(t, Options{ErrorRate: 0.1, Latency: Latency{Max: time.Millisecond}})
	var statuses [600]atomic.Int64
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for j := range rounds {
				req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL()+"/api/v2/REF30/profiles", nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i%4+1))
				if j == 0 {
					req.URL.Path = "/nowhere"
				}
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				statuses[res.StatusCode].Add(1)
			}
		})
	}
	wg.Wait()
	for range 3 {
		fetch(t, http.DefaultClient, "GET", s.URL()+"/_sim/health", nil)
	}
	_, body := fetch(t, http.DefaultClient, "GET", s.URL()+"/_sim/ledger", nil)
	var ledger backend.Ledger
	if err := json.Unmarshal([]byte(body), &ledger); err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, e := range ledger.Endpoints {
		for status, n := range e.Status {
			var code int
			fmt.Sscan(status, &code)
			total += n
			statuses[code].Add(-n)
		}
	}
	if total != clients*rounds || ledger.Devices != 4 {
		t.Errorf("%d requests of %d devices, want %d of 4: %s", total, ledger.Devices, clients*rounds, body)
	}
	for code := range statuses {
		if n := statuses[code].Load(); n != 0 {
			t.Errorf("status %d: clients and ledger differ by %d", code, n)
		}
	}
}

func TestAboutItself(t *testing.T) {
	s := start(t, Options{Backend: backend.Config{Faults: []string{"thr.status"}}})
	for range 30 {
		fetch(t, http.DefaultClient, "GET", s.URL()+"/_sim/health", nil)
	}
	fetch(t, http.DefaultClient, "GET", s.URL()+"/nowhere", nil)
	tests := []struct {
		method, path string
		status       int
		contains     string
	}{
		{"GET", "health", 200, `"status":"ok"`},
		{"GET", "ledger", 200, `{"endpoints":[{"endpoint":"other","status":{"404":1}}],"devices":1}`},
		{"GET", "ledger?by=device", 200, `{"devices":[{"device":"127.0.0.1#`},
		{"GET", "ledger?by=planet", 400, "by=device"},
		{"POST", "ledger", 405, ""},
		{"GET", "faults", 200, `{"id":"thr.status","description":"a throttled request gets 503 instead of 429","on":true}`},
		{"GET", "faults", 200, `"id":"thr.rate","description":"the rate is twice the configured one","on":false}`},
		{"GET", "software-statement", 200, s.SoftwareStatement()},
		{"PUT", "software-statement", 405, ""},
		{"GET", "nothing", 404, ""},
		{"DELETE", "ledger", 204, ""},
		{"GET", "ledger", 200, `{"endpoints":[],"devices":0}`},
	}
	for _, tt := range tests {
		res, body := fetch(t, http.DefaultClient, tt.method, s.URL()+"/_sim/"+tt.path, nil)
		if res.StatusCode != tt.status || !strings.Contains(body, tt.contains) {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, res.StatusCode, body)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	s := start(t, Options{})
	for _, size := range []int{backend.MaxBody - 100, backend.MaxBody + 1, 4 * backend.MaxBody} {
		body := `{"software_statement":"` + strings.Repeat("a", size) + `"}`
		res, answer := fetch(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, "POST", s.URL()+"/o/client/register",
			strings.NewReader(body), "Content-Type", "application/json")
		want := `{"error":"invalid_request"}`
		if size < backend.MaxBody {
			want = `{"error":"invalid_software_statement"}`
		}
		if res.StatusCode != 400 || answer != want {
			t.Errorf("%d bytes: %d %s", size, res.StatusCode, answer)
		}
	}
}

func TestLatency(t *testing.T) {
	s := start(t, Options{Latency: Latency{Min: 30 * time.Millisecond, Max: 40 * time.Millisecond}})
	begun := time.Now()
	fetch(t, http.DefaultClient, "GET", s.URL()+"/api/v2/REF30/profiles", nil)
	if took := time.Since(begun); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
	for text, want := range map[string]Latency{"50ms": {50e6, 50e6}, "20ms..1s": {20e6, 1e9}, "0s": {}} {
		if got, err := ParseLatency(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "fast", "2s..1s", "-1s", "1s..2h", "1s..", "5"} {
		if _, err := ParseLatency(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestOptionsReportEveryProblem(t *testing.T) {
	o := Options{ErrorRate: 2, Latency: Latency{Min: -1}, CertFile: "x", Backend: backend.Config{DenyRatio: 2}}
	if errs := o.Validate(); len(errs) != 5 {
		t.Errorf("%d problems, want 5: %v", len(errs), errs)
	}
	if _, err := Start(t.Context(), o); err == nil {
		t.Error("Start takes them")
	}
	if _, err := Start(t.Context(), Options{Listen: "nowhere:at:all"}); err == nil || !strings.Contains(err.Error(), `"nowhere:at:all"`) {
		t.Errorf("bad address: %v", err)
	}
	if _, err := Start(t.Context(), Options{TLS: true, CertFile: "no.pem", KeyFile: "no.key"}); err == nil || !strings.Contains(err.Error(), `"no.pem"`) {
		t.Errorf("missing certificate: %v", err)
	}
}

// Without sockets and with a clock of its own: the timetable in a bubble.
func TestRoundTripInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Options{Software: &statement.Claims{SoftwareID: "mine", Scopes: []string{backend.ScopeV2}}})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		in := api.HTTPRequest{Method: "GET", Target: "/api/v2/REF30/profiles", Peer: "192.0.2.1"}
		var out api.HTTPResponse
		for _, row := range throttle.Timetable() {
			time.Sleep(time.Until(begun.Add(row.Offset)))
			s.RoundTrip(time.Now(), &in, &out)
			if got := out.Status != 429; got != row.Admitted {
				t.Errorf("at %v: %d", row.Offset, out.Status)
			}
		}
		req := api.Request{Op: api.OpRegister, SoftwareStatement: s.SoftwareStatement()}
		in = api.HTTPRequest{}
		req.Encode(nil, &in)
		s.RoundTrip(time.Now(), &in, &out)
		if out.Status != 201 {
			t.Errorf("registering with the handed-out statement: %d %s", out.Status, out.Body)
		}
		if err := s.Close(t.Context()); err != nil || s.URL() != "" {
			t.Errorf("closing what never listened: %v", err)
		}
	})
}

func TestTheSameSeedGivesTheSameAnswers(t *testing.T) {
	seed := [32]byte{7}
	credentials := func() string {
		s := start(t, Options{Seed: &seed})
		id, secret := register(t, http.DefaultClient, s.URL(), s.SoftwareStatement())
		return id + secret
	}
	if first, again := credentials(), credentials(); first != again {
		t.Error("they differ")
	}
}
