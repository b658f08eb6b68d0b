package proxy

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crypto/x509"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/wire"
)

const callPath = "/api/v2/SP/profiles"

// heard is what a test's Observe keeps.
type heard struct {
	seq           uint64
	op            api.Op
	status        int
	authorization string
	peer          string
}

// rig is a proxy in front of a service, with what it observed.
type rig struct {
	*Proxy
	mu   sync.Mutex
	list []heard
}

func (r *rig) seen() []heard {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list)
}

// settled is seen once everything under way is over.
func (r *rig) settled() []heard {
	r.recorder.wait()
	return r.seen()
}

func newRig(t *testing.T, service http.HandlerFunc, change func(*Options)) *rig {
	t.Helper()
	upstream := httptest.NewServer(service)
	t.Cleanup(upstream.Close)
	u, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	client, err := wire.New(u, wire.Options{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	r := &rig{}
	o := Options{Listen: "127.0.0.1:0", Upstream: client, Key: []byte("k"), Observe: func(x *record.Exchange, s audit.Setting) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.list = append(r.list, heard{x.Seq, x.Request.Op, x.Response.Status, x.Wire.Header.Get("Authorization"), s.Peer})
	}}
	if change != nil {
		change(&o)
	}
	if r.Proxy, err = Start(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := r.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return r
}

// ask sends a request and returns status and body.
func ask(t *testing.T, client *http.Client, method, target, body, authorization string) (int, string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		q.Header.Set("Authorization", authorization)
	}
	a, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(b)
}

func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	body, _ := io.ReadAll(r.Body)
	_, _ = io.WriteString(w, `{"profiles":{},"echo":"`+r.Method+" "+r.RequestURI+" "+r.Header.Get("Authorization")+" "+string(body)+`"}`)
}

func TestWhatTheAppSendsReachesTheServiceAndIsObservedRedacted(t *testing.T) {
	r := newRig(t, echo, nil)
	status, body := ask(t, http.DefaultClient, "GET", r.URL()+callPath+"?a=%2f", "", "Bearer secret-token-1")
	if status != 200 || !strings.Contains(body, "GET "+callPath+"?a=%2f Bearer secret-token-1") {
		t.Errorf("the app got %d %s", status, body)
	}
	if status, _ := ask(t, http.DefaultClient, "GET", r.URL()+"/elsewhere", "", ""); status != 200 {
		t.Errorf("another path got %d", status)
	}
	list := r.settled()
	if len(list) != 1 || list[0].op != api.OpProfilesList || list[0].status != 200 || list[0].peer != "127.0.0.1" || list[0].seq != 1 {
		t.Fatalf("observed %+v", list)
	}
	if a := list[0].authorization; strings.Contains(a, "secret") || !strings.HasPrefix(a, "Bearer token:") {
		t.Errorf("the token was observed as %q", a)
	}
}

func TestExchangesAreObservedInTheOrderOfTheirSending(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if strings.HasSuffix(q.URL.Path, "configuration") {
			close(entered)
			<-release
		}
		echo(w, q)
	}, nil)
	var wg sync.WaitGroup
	wg.Go(func() { ask(t, http.DefaultClient, "GET", r.URL()+"/api/v2/SP/configuration", "", "") })
	<-entered
	ask(t, http.DefaultClient, "GET", r.URL()+callPath, "", "")
	if n := len(r.seen()); n != 0 {
		t.Errorf("%d exchanges were observed before the one that was sent first", n)
	}
	close(release)
	wg.Wait()
	if list := r.settled(); len(list) != 2 || list[0].op != api.OpConfiguration || list[1].op != api.OpProfilesList {
		t.Errorf("observed %+v", list)
	}
}

func TestAServiceThatIsNotThereIsAnExchangeWithoutAnswer(t *testing.T) {
	r := newRig(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil)
	if status, _ := ask(t, http.DefaultClient, "GET", r.URL()+callPath, "", ""); status != 502 {
		t.Errorf("the app got %d, want 502", status)
	}
	if list := r.settled(); len(list) != 1 || list[0].status != 0 {
		t.Errorf("observed %+v", list)
	}
}

func TestABodyThatIsTooLargeIsRefused(t *testing.T) {
	r := newRig(t, echo, nil)
	if status, _ := ask(t, http.DefaultClient, "POST", r.URL()+"/o/client/token", strings.Repeat("x", MaxBody+1), ""); status != 413 {
		t.Errorf("the app got %d, want 413", status)
	}
	if list := r.settled(); len(list) != 0 {
		t.Errorf("observed %+v", list)
	}
}

func TestTheProxySpeaksTLSAndHTTP2(t *testing.T) {
	ca := httptest.NewUnstartedServer(http.NotFoundHandler())
	ca.StartTLS()
	defer ca.Close()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pair := ca.TLS.Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, echo, func(o *Options) { o.CertFile, o.KeyFile = cert, key })
	for _, two := range []bool{false, true} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: two}
		status, _ := ask(t, &http.Client{Transport: transport}, "GET", r.URL()+callPath, "", "")
		transport.CloseIdleConnections()
		if status != 200 {
			t.Errorf("HTTP/2 %v: got %d", two, status)
		}
	}
	if n := len(r.settled()); n != 2 {
		t.Errorf("%d exchanges were observed, want 2", n)
	}
}

func TestStartRefusesWhatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{Listen: "nowhere"}, "want HOST:PORT"},
		{Options{Listen: "127.0.0.1:0"}, "no upstream"},
		{Options{Listen: "127.0.0.1:0", CertFile: "x"}, "both a certificate file and a key file"},
	} {
		if _, err := Start(context.Background(), tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}
