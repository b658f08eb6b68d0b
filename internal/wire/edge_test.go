package wire

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

// pemFiles writes the test certificate and its key.
func pemFiles(t *testing.T) (cert, key string) {
	t.Helper()
	c := serverCert(t)
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", c.Certificate[0]), write("key.pem", "PRIVATE KEY", der)
}

func TestServerThatAsksForAClientCertificate(t *testing.T) {
	cert, key := pemFiles(t)
	each(t, func(t *testing.T, tr transport) {
		if !tr.tls {
			t.Skip("no TLS")
		}
		for _, test := range []struct {
			name string
			o    Options
			want api.ErrKind
		}{
			{"with one", Options{CAFile: cert, CertFile: cert, KeyFile: key, TLS: &tls.Config{}}, api.ErrNone},
			{"without", Options{CAFile: cert, TLS: &tls.Config{}}, api.ErrTLS},
		} {
			s := newHostile(t, tr, answers)
			s.tls.ClientAuth, s.tls.ClientCAs = tls.RequireAndVerifyClientCert, trusted(t)
			var out api.HTTPResponse
			_, kind := get(t.Context(), s.client(t, tr, test.o), &out)
			if kind != test.want {
				t.Errorf("%s: %v, want %v", test.name, kind, test.want)
			}
		}
	})
}

// proxyServer is a proxy that tunnels, or refuses to with status.
func proxyServer(t *testing.T, status string, wantAuth string) *url.URL {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				r, err := http.ReadRequest(bufio.NewReader(c))
				if err != nil || r.Method != "CONNECT" || r.Header.Get("Proxy-Authorization") != wantAuth {
					return
				}
				io.WriteString(c, "HTTP/1.1 "+status+"\r\n\r\n")
				up, err := net.Dial("tcp", r.Host)
				if err != nil {
					return
				}
				defer up.Close()
				var both sync.WaitGroup
				both.Go(func() { io.Copy(up, c); up.Close() })
				both.Go(func() { io.Copy(c, up); c.Close() })
				both.Wait()
			})
		}
	})
	t.Cleanup(func() { ln.Close(); wg.Wait() })
	return &url.URL{Scheme: "http", Host: ln.Addr().String(), User: url.UserPassword("u", "p")}
}

func TestTunnelThroughAProxy(t *testing.T) {
	for _, tr := range transports[1:] { // http1 needs no tunnel
		for status, want := range map[string]api.ErrKind{"200 OK": api.ErrNone, "403 Forbidden": api.ErrConnect} {
			t.Run(tr.name+"/"+status, func(t *testing.T) {
				proxy := proxyServer(t, status, "Basic dTpw")
				s := newHostile(t, tr, answers)
				c := s.client(t, tr, Options{Proxy: proxy})
				defer c.Close()
				var out api.HTTPResponse
				if _, kind := get(t.Context(), c, &out); kind != want {
					t.Errorf("%v, want %v", kind, want)
				}
			})
		}
	}
}

func TestResolveAndSourceAddress(t *testing.T) {
	each(t, func(t *testing.T, tr transport) {
		s := newHostile(t, tr, answers)
		_, port, _ := net.SplitHostPort(s.ln.Addr().String())
		for name, to := range map[string]map[string]string{
			"a host":     {"service.test": "127.0.0.1"},
			"an address": {"service.test:" + port: s.ln.Addr().String()},
		} {
			o := Options{Version: Version1, TLS: &tls.Config{RootCAs: trusted(t)}, Resolve: to, LocalAddr: "127.0.0.2"}
			if tr.h2 {
				o.Version = Version2
			}
			u := s.url(tr)
			u.Host = "service.test:" + port
			c, err := New(u, o)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			var out api.HTTPResponse
			if _, kind := get(t.Context(), c, &out); kind != api.ErrNone {
				t.Errorf("%s: %v", name, kind)
			}
			s.mu.Lock()
			for conn := range s.open {
				if from, _, _ := net.SplitHostPort(conn.RemoteAddr().String()); from != "127.0.0.2" {
					t.Errorf("%s: from %s, want 127.0.0.2", name, from)
				}
			}
			s.mu.Unlock()
		}
	})
}
