package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// answers is a server that only ever answers.
var answers = deed{
	func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst") },
	func(c *peer2, s uint32) {
		c.headers(s, 0, ":status", "200")
		c.frame(frameData, flagEndStream, s, []byte("first"))
	},
}

// stalls is a server that reads the first request and says nothing.
var stalls = deed{(*peer1).stall, func(*peer2, uint32) {}}

// each runs f for every transport.
func each(t *testing.T, f func(t *testing.T, tr transport)) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) { f(t, tr) })
	}
}

func TestConnectionRefused(t *testing.T) {
	each(t, func(t *testing.T, tr transport) {
		s := newHostile(t, tr, answers)
		c := s.client(t, tr, Options{})
		s.ln.Close()
		var out api.HTTPResponse
		if tm, kind := get(t.Context(), c, &out); kind != api.ErrConnect || !tm.Sent.IsZero() || tm.Received.IsZero() {
			t.Errorf("%v and %+v, want connect and nothing sent", kind, tm)
		}
	})
}

func TestNameThatDoesNotResolve(t *testing.T) {
	for _, v := range []Version{Version1, Version2} {
		target, err := newTarget(&url.URL{Scheme: "http", Host: "nowhere.invalid"}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		target.dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("no name server")
		}}
		var c Client = newClient1(target)
		if v == Version2 {
			c = newClient2(target)
		}
		defer c.Close()
		var out api.HTTPResponse
		if _, kind := get(t.Context(), c, &out); kind != api.ErrDNS {
			t.Errorf("HTTP/%v: %v, want dns", v, kind)
		}
	}
}

func TestHandshakeFailures(t *testing.T) {
	for _, tr := range transports {
		if !tr.tls {
			continue
		}
		plain := transport{tr.name, false, tr.h2}
		tests := []struct {
			name   string
			server transport
			host   string
			o      Options
			want   api.ErrKind
		}{
			{"an authority that nobody trusts", tr, "127.0.0.1", Options{TLS: &tls.Config{}}, api.ErrTLS},
			{"a certificate for another host", tr, "elsewhere.test", Options{}, api.ErrTLS},
			{"the host of the certificate, found by Resolve", tr, "service.test", Options{}, api.ErrNone},
			{"no verification", tr, "elsewhere.test", Options{TLS: &tls.Config{}, InsecureSkipVerify: true}, api.ErrNone},
			{"a server that speaks no TLS", plain, "127.0.0.1", Options{Timeout: 30 * time.Second}, api.ErrTLS},
		}
		for _, test := range tests {
			t.Run(tr.name+"/"+test.name, func(t *testing.T) {
				d := answers
				if test.server == plain {
					d = deed{}
				}
				s := newHostile(t, test.server, d)
				if test.server == plain {
					s.ln.Close()
					s = shouting(t)
				}
				test.o.Version = Version1
				if tr.h2 {
					test.o.Version = Version2
				}
				if test.o.TLS == nil {
					test.o.TLS = &tls.Config{RootCAs: trusted(t)}
				}
				test.o.Resolve = map[string]string{test.host: s.ln.Addr().String()}
				c, err := New(&url.URL{Scheme: "https", Host: test.host}, test.o)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				var out api.HTTPResponse
				if _, kind := get(t.Context(), c, &out); kind != test.want {
					t.Errorf("%v, want %v", kind, test.want)
				}
			})
		}
	}
}

// shouting is a server that says something in clear to whoever connects.
func shouting(t *testing.T) *hostile {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &hostile{ln: ln}
	s.wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			io.ReadFull(c, make([]byte, 5))
			c.Close()
		}
	})
	t.Cleanup(func() { ln.Close(); s.wg.Wait() })
	return s
}

func TestHandshakeThatNeverEnds(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, v := range []Version{VersionAuto, Version1, Version2} {
		c, err := New(&url.URL{Scheme: "https", Host: ln.Addr().String()}, Options{Version: v, Timeout: 100 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		var out api.HTTPResponse
		if _, kind := get(t.Context(), c, &out); kind != api.ErrTimeout {
			t.Errorf("HTTP/%v: %v, want timeout", v, kind)
		}
		c.Close()
	}
}

func TestConnectionsAreReused(t *testing.T) {
	each(t, func(t *testing.T, tr transport) {
		s := newHostile(t, tr, answers)
		c := s.client(t, tr, Options{})
		var out api.HTTPResponse
		for i := range 5 {
			// A context that ends after its request must not harm the connection.
			ctx, cancel := context.WithCancel(t.Context())
			tm, kind := get(ctx, c, &out)
			cancel()
			if kind != api.ErrNone || tm.Reused != (i > 0) {
				t.Errorf("request %d: %v, reused %v", i, kind, tm.Reused)
			}
		}
		if n := s.conns.Load(); n != 1 {
			t.Errorf("%d connections, want 1", n)
		}
		c.CloseIdle()
		if _, kind := get(t.Context(), c, &out); kind != api.ErrNone || s.conns.Load() != 2 {
			t.Errorf("after CloseIdle: %v on connection %d, want none on 2", kind, s.conns.Load())
		}
	})
}

func TestConnectionClosedWhileIdleIsNoError(t *testing.T) {
	each(t, func(t *testing.T, tr transport) {
		s := newHostile(t, tr, deed{
			func(c *peer1) { answers.h1(c); c.hangUp() },
			func(c *peer2, id uint32) { answers.h2(c, id); c.hangUp() },
		})
		c := s.client(t, tr, Options{})
		var out api.HTTPResponse
		if _, kind := get(t.Context(), c, &out); kind != api.ErrNone {
			t.Fatal(kind)
		}
		s.awaitNoConn(t)
		if tm, kind := get(t.Context(), c, &out); kind != api.ErrNone || tm.Reused || string(out.Body) != "later" {
			t.Errorf("%v, reused %v, body %q; want a new connection and no error", kind, tm.Reused, out.Body)
		}
		if n := s.requests.Load(); n != 2 {
			t.Errorf("the server saw %d requests, want 2", n)
		}
	})
}

func (s *hostile) awaitNoConn(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		s.mu.Lock()
		n := len(s.open)
		s.mu.Unlock()
		if n == 0 {
			return
		}
	}
	t.Fatal("the server's connection stays open")
}

func TestConnectionClosedUnderASecondRequestIsReportedOnce(t *testing.T) {
	for _, tr := range transports[:2] {
		s := newHostile(t, tr, deed{h1: func(c *peer1) {
			answers.h1(c)
			if c.readRequest() { // the second one, unanswered
				c.s.requests.Add(1)
			}
			c.hangUp()
		}})
		c := s.client(t, tr, Options{})
		var out api.HTTPResponse
		get(t.Context(), c, &out)
		tm, kind := get(t.Context(), c, &out)
		if kind != api.ErrReset || !tm.Reused || s.requests.Load() != 2 {
			t.Errorf("%s: %v, reused %v, %d requests; want reset, true, 2", tr.name, kind, tm.Reused, s.requests.Load())
		}
	}
}

func TestWordsThatNobodyAskedForEndAConnection(t *testing.T) {
	s := newHostile(t, transports[0], deed{h1: func(c *peer1) {
		c.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")
	}})
	c := s.client(t, transports[0], Options{})
	var out api.HTTPResponse
	get(t.Context(), c, &out)
	if tm, kind := get(t.Context(), c, &out); kind != api.ErrNone || string(out.Body) != "later" || tm.Reused {
		t.Errorf("%v with %q, reused %v; want the answer to the second request on a new connection", kind, out.Body, tm.Reused)
	}
}

func TestCancelEndsARequestAtOnce(t *testing.T) {
	each(t, func(t *testing.T, tr transport) {
		s := newHostile(t, tr, stalls)
		c := s.client(t, tr, Options{Timeout: time.Minute})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for s.requests.Load() == 0 {
				runtime.Gosched()
			}
			cancel()
		}()
		var out api.HTTPResponse
		start := time.Now()
		_, kind := get(ctx, c, &out)
		if took := time.Since(start); kind != api.ErrCanceled || took > 5*time.Second {
			t.Errorf("%v after %v, want canceled at once", kind, took)
		}
		if _, kind := get(ctx, c, &out); kind != api.ErrCanceled {
			t.Errorf("with an ended context: %v, want canceled", kind)
		}
		if n := s.requests.Load(); n != 1 {
			t.Errorf("the server saw %d requests, want 1", n)
		}
		if _, kind := get(t.Context(), c, &out); kind != api.ErrNone || string(out.Body) != "later" {
			t.Errorf("the next request: %v with %q", kind, out.Body)
		}
	})
}

func TestCloseEndsRequestsInFlight(t *testing.T) {
	each(t, func(t *testing.T, tr transport) {
		s := newHostile(t, tr, stalls)
		c := s.client(t, tr, Options{Timeout: time.Minute})
		go func() {
			for s.requests.Load() == 0 {
				runtime.Gosched()
			}
			c.Close()
		}()
		var out api.HTTPResponse
		if _, kind := get(t.Context(), c, &out); kind != api.ErrCanceled {
			t.Errorf("in flight: %v, want canceled", kind)
		}
		if _, kind := get(t.Context(), c, &out); kind != api.ErrCanceled {
			t.Errorf("after Close: %v, want canceled", kind)
		}
	})
}

func TestRequestsShareFewConnections(t *testing.T) {
	each(t, func(t *testing.T, tr transport) {
		s := newHostile(t, tr, answers)
		c := s.client(t, tr, Options{MaxConns: 2})
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				var out api.HTTPResponse
				for range 20 {
					if _, kind := get(t.Context(), c, &out); kind != api.ErrNone {
						t.Error(kind)
					}
				}
			})
		}
		wg.Wait()
		if n, m := s.conns.Load(), s.requests.Load(); n > 2 || m != 320 {
			t.Errorf("%d connections and %d requests, want at most 2 and 320", n, m)
		}
	})
}

func TestWaitingForAConnectionEndsInTime(t *testing.T) {
	s := newHostile(t, transports[0], stalls)
	c := s.client(t, transports[0], Options{MaxConns: 1, Timeout: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		var out api.HTTPResponse
		if _, kind := get(ctx, c, &out); kind != api.ErrCanceled {
			t.Errorf("the first request: %v, want canceled", kind)
		}
	})
	for s.requests.Load() == 0 {
		runtime.Gosched()
	}
	var out api.HTTPResponse
	in := api.HTTPRequest{Method: "GET", Target: "/"}
	tm, kind := c.(*client1).doBy(t.Context(), time.Now(), time.Now().Add(100*time.Millisecond), &in, &out)
	if kind != api.ErrTimeout || !tm.Sent.IsZero() {
		t.Errorf("without a connection: %v, want timeout and nothing sent", kind)
	}
	if n := s.requests.Load(); n != 1 {
		t.Errorf("the server saw %d requests, want 1", n)
	}
	cancel()
	wg.Wait()
	if _, kind := get(t.Context(), c, &out); kind != api.ErrNone {
		t.Errorf("afterwards: %v, want none", kind)
	}
}

func TestTimeoutUnderAnArtificialClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := Options{Dial: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			go io.Copy(io.Discard, far)
			return near, nil
		}}
		c, err := New(&url.URL{Scheme: "http", Host: "service.test"}, o)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		var out api.HTTPResponse
		start := time.Now()
		tm, kind := get(t.Context(), c, &out)
		if took := tm.Received.Sub(start); kind != api.ErrTimeout || took != DefaultTimeout {
			t.Errorf("%v after %v, want timeout after %v", kind, took, DefaultTimeout)
		}
	})
}

func TestAutoTakesWhatTheServerChooses(t *testing.T) {
	for _, tr := range transports {
		s := newHostile(t, tr, answers)
		if tr.h2 && !tr.tls {
			continue // prior knowledge only
		}
		o := Options{TLS: &tls.Config{RootCAs: trusted(t)}}
		c, err := New(s.url(tr), o)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				var out api.HTTPResponse
				if _, kind := get(t.Context(), c, &out); kind != api.ErrNone {
					t.Errorf("%s: %v", tr.name, kind)
				}
			})
		}
		wg.Wait()
	}
}
