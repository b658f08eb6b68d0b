package wire

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

var benchHeader = api.Header{
	{Name: "Authorization", Value: "Bearer 0123456789abcdef"}, {Name: "AP-Device-Identifier", Value: "fingerprint abc"},
	{Name: "X-Device-Info", Value: "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiU2V0VG9wQm94In0="}, {Name: "User-Agent", Value: "bench"},
}

func benchServer(b *testing.B, secure bool) *httptest.Server {
	b.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"profiles":{}}`)
	}))
	s.EnableHTTP2 = secure
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	b.Cleanup(s.Close)
	return s
}

// BenchmarkDo measures one GET on loopback; the server shares the processors and
// its allocations are counted too, so only the differences to net/http mean
// something.
func BenchmarkDo(b *testing.B) {
	for _, bench := range []struct {
		name    string
		secure  bool
		version Version
	}{{"http1", false, Version1}, {"https1", true, Version1}, {"https2", true, Version2}} {
		b.Run(bench.name, func(b *testing.B) {
			s := benchServer(b, bench.secure)
			u, _ := url.Parse(s.URL)
			c, err := New(u, Options{Version: bench.version, InsecureSkipVerify: true})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				in := &api.HTTPRequest{Method: "GET", Target: "/api/v2/REF30/profiles", Header: benchHeader}
				var out api.HTTPResponse
				for pb.Next() {
					if _, kind := c.Do(b.Context(), in, &out); kind != api.ErrNone {
						b.Error(kind)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

// BenchmarkNetHTTP is the yardstick for BenchmarkDo.
func BenchmarkNetHTTP(b *testing.B) {
	for _, bench := range []struct {
		name       string
		secure, h2 bool
	}{{"http1", false, false}, {"https1", true, false}, {"https2", true, true}} {
		b.Run(bench.name, func(b *testing.B) {
			s := benchServer(b, bench.secure)
			tr := &http.Transport{
				MaxIdleConnsPerHost: 64, DisableCompression: true, ForceAttemptHTTP2: bench.h2,
				TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
			}
			defer tr.CloseIdleConnections()
			c := &http.Client{Transport: tr}
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					req, _ := http.NewRequestWithContext(b.Context(), "GET", s.URL+"/api/v2/REF30/profiles", nil)
					for _, f := range benchHeader {
						req.Header.Set(f.Name, f.Value)
					}
					resp, err := c.Do(req)
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

// BenchmarkExchange measures the client's side of HTTP/1.1 alone: encoding a
// request and reading its answer, without a socket.
func BenchmarkExchange(b *testing.B) {
	u, _ := url.Parse("http://service.test")
	t, err := newTarget(u, Options{})
	if err != nil {
		b.Fatal(err)
	}
	reply := []byte("HTTP/1.1 200 OK\r\nServer: openresty\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n" + `{"profiles":{}}`)
	conn := &loop{reply: reply}
	in := &api.HTTPRequest{Method: "GET", Target: "/api/v2/REF30/profiles", Header: benchHeader}
	var out api.HTTPResponse
	x := exchanges.Get().(*exchange)
	b.ReportAllocs()
	for b.Loop() {
		conn.at = 0
		x.compose(t, in)
		var tm Timing
		if _, err := x.run(conn, nil, false, t.MaxBody, &out, &tm); err != nil {
			b.Fatal(err)
		}
		x.spent()
	}
}
