package wire

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/api"
)

// scripted returns a client of base whose only connection answers with reply,
// and a channel that receives the bytes of the request.
func scripted(t *testing.T, base string, o Options, reply string) (Client, <-chan string) {
	t.Helper()
	sent := make(chan string, 1)
	o.Version = Version1
	o.Dial = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			b := make([]byte, 4096)
			n, _ := far.Read(b)
			sent <- string(b[:n])
			io.WriteString(far, reply)
		}()
		return near, nil
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(u, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, sent
}

func TestRequestsTravelAsGiven(t *testing.T) {
	proxy := &url.URL{Scheme: "http", Host: "proxy.test:3128", User: url.UserPassword("u", "p")}
	tests := []struct {
		name string
		base string
		o    Options
		in   api.HTTPRequest
		want string
	}{
		{"a bare GET", "http://service.test", Options{},
			api.HTTPRequest{Method: "GET", Target: "/a?b=c"},
			"GET /a?b=c HTTP/1.1\r\nHost: service.test\r\n\r\n"},
		{"names keep their case and fields their order", "http://service.test:81/", Options{},
			api.HTTPRequest{Method: "GET", Target: "/", Header: api.Header{{Name: "AP-Device-Identifier", Value: "x"}, {Name: "x-tEST", Value: ""}, {Name: "Accept", Value: "*/*"}}},
			"GET / HTTP/1.1\r\nHost: service.test:81\r\nAP-Device-Identifier: x\r\nx-tEST: \r\nAccept: */*\r\n\r\n"},
		{"a path before every target", "http://service.test/under/here/", Options{},
			api.HTTPRequest{Method: "GET", Target: "/a%2Fb"},
			"GET /under/here/a%2Fb HTTP/1.1\r\nHost: service.test\r\n\r\n"},
		{"a body", "http://service.test", Options{},
			api.HTTPRequest{Method: "POST", Target: "/a", Body: []byte("hello")},
			"POST /a HTTP/1.1\r\nHost: service.test\r\nContent-Length: 5\r\n\r\nhello"},
		{"a POST without a body", "http://service.test", Options{},
			api.HTTPRequest{Method: "POST", Target: "/a"},
			"POST /a HTTP/1.1\r\nHost: service.test\r\nContent-Length: 0\r\n\r\n"},
		{"framing is the transport's", "http://service.test", Options{},
			api.HTTPRequest{Method: "GET", Target: "/a", Header: api.Header{{Name: "content-length", Value: "9"}, {Name: "Transfer-Encoding", Value: "chunked"}}},
			"GET /a HTTP/1.1\r\nHost: service.test\r\n\r\n"},
		{"another host", "http://service.test", Options{},
			api.HTTPRequest{Method: "GET", Target: "/a", Header: api.Header{{Name: "host", Value: "other.test"}}},
			"GET /a HTTP/1.1\r\nhost: other.test\r\n\r\n"},
		{"through a proxy", "http://service.test", Options{Proxy: proxy},
			api.HTTPRequest{Method: "GET", Target: "/a"},
			"GET http://service.test/a HTTP/1.1\r\nHost: service.test\r\nProxy-Authorization: Basic dTpw\r\n\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, sent := scripted(t, test.base, test.o, "HTTP/1.1 204 No Content\r\n\r\n")
			var out api.HTTPResponse
			tm, kind := c.Do(t.Context(), &test.in, &out)
			if kind != api.ErrNone {
				t.Fatal(kind)
			}
			if diff := cmp.Diff(test.want, <-sent); diff != "" {
				t.Errorf("bytes on the wire (-want +got):\n%s", diff)
			}
			if tm.BytesSent != int64(len(test.want)) {
				t.Errorf("%d bytes sent, want %d", tm.BytesSent, len(test.want))
			}
		})
	}
}

func TestRequestsThatCannotTravelAreNotSent(t *testing.T) {
	field := func(name, value string) api.HTTPRequest {
		return api.HTTPRequest{Method: "GET", Target: "/", Header: api.Header{{Name: name, Value: value}}}
	}
	tests := map[string]api.HTTPRequest{
		"a line break in a value": field("A", "b\r\nC: d"),
		"a line break in a name":  field("A\r\nB", "c"),
		"a colon in a name":       field("A:", "c"),
		"a zero byte":             field("A", "b\x00"),
		"no method":               {Target: "/"},
		"a blank in the method":   {Method: "GET /x", Target: "/"},
		"a blank in the target":   {Method: "GET", Target: "/ HTTP/1.1\r\nA: b"},
		"a target without slash":  {Method: "GET", Target: "x"},
	}
	each(t, func(t *testing.T, tr transport) {
		s := newHostile(t, tr, answers)
		c := s.client(t, tr, Options{})
		for name, in := range tests {
			var out api.HTTPResponse
			if tm, kind := c.Do(t.Context(), &in, &out); kind != api.ErrProtocol || !tm.Sent.IsZero() {
				t.Errorf("%s: %v, sent %v; want protocol and nothing sent", name, kind, tm.Sent)
			}
		}
		if n := s.conns.Load(); n != 0 {
			t.Errorf("%d connections, want none", n)
		}
	})
}

func TestAnswersArriveAsSent(t *testing.T) {
	reply := "HTTP/1.1 400 Whatever\r\nX-b: 1\r\nServer: s\r\nset-cookie: a=1; Path=/\r\nX-B:   2  \r\n" +
		"Set-Cookie: b=2\r\nX-Fold: one\r\n  two\r\nContent-Length: 3\r\nEmpty:\r\n\r\nabc"
	c, sent := scripted(t, "http://service.test", Options{}, reply)
	out := api.HTTPResponse{Status: 7, Header: api.Header{{Name: "old", Value: "x"}}, Body: []byte("something old")}
	tm, kind := get(t.Context(), c, &out)
	<-sent
	want := api.HTTPResponse{Status: 400, Body: []byte("abc"), Header: api.Header{
		{Name: "X-b", Value: "1"}, {Name: "Server", Value: "s"}, {Name: "set-cookie", Value: "a=1; Path=/"}, {Name: "X-B", Value: "2"},
		{Name: "Set-Cookie", Value: "b=2"}, {Name: "X-Fold", Value: "one two"}, {Name: "Content-Length", Value: "3"}, {Name: "Empty", Value: ""},
	}}
	if diff := cmp.Diff(want, out); diff != "" || kind != api.ErrNone {
		t.Errorf("%v, answer (-want +got):\n%s", kind, diff)
	}
	if tm.BytesReceived != int64(len(reply)) {
		t.Errorf("%d bytes received, want %d", tm.BytesReceived, len(reply))
	}
}

func TestOptionsReportEveryProblemAtOnce(t *testing.T) {
	o := Options{Version: 9, Timeout: -1, MaxConns: -1, MaxBody: -1, CertFile: "x", LocalAddr: "here", Proxy: &url.URL{Scheme: "socks5", Host: "h"}}
	err := o.Validate()
	for _, want := range []string{"version", "timeout", "connection limit", "body limit", "key file", `"here"`, "the proxy"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %s", err, want)
		}
	}
	for _, base := range []string{"", "ftp://x", "http://", "http://u:secret@x", "http://x?q"} {
		u, _ := url.Parse(base)
		if _, err := New(u, Options{}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("target %q: %v, want an error without the password", base, err)
		}
	}
	u := &url.URL{Scheme: "https", Host: "x"}
	for _, o := range []Options{{CAFile: "no such file"}, {CAFile: "message_test.go"}, {CertFile: "none", KeyFile: "none"}} {
		if _, err := New(u, o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}

// FuzzAnswer reads arbitrary bytes as an answer: it must neither panic nor hand
// out more than the limits allow.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\n\nbody",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nT: x\r\n\r\n",
		"HTTP/1.1 200 OK\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 64
		x := &exchange{reader: readers.New().(*reader)}
		x.br = bufio.NewReaderSize(bytes.NewReader(data), MaxHead)
		var out api.HTTPResponse
		var tm Timing
		_, err := x.read(false, limit, &out, &tm)
		if err == nil && (out.Status < 200 || out.Status > 999 || len(out.Body) > limit) {
			t.Errorf("status %d with %d bytes", out.Status, len(out.Body))
		}
		if err != nil && x.kind(err) == api.ErrNone {
			t.Errorf("%v is of no kind", err)
		}
	})
}

// loop is a connection that answers every request with the same bytes.
type loop struct {
	net.Conn
	reply []byte
	at    int
}

func (l *loop) Write(p []byte) (int, error) { return len(p), nil }

func (l *loop) Read(p []byte) (int, error) {
	n := copy(p, l.reply[l.at:])
	l.at += n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestReadingAnAnswerLikeTheLastAllocatesNothing(t *testing.T) {
	target, err := newTarget(&url.URL{Scheme: "http", Host: "service.test"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	conn := &loop{reply: []byte("HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 2\r\n\r\nok")}
	in := &api.HTTPRequest{Method: "GET", Target: "/", Header: api.Header{{Name: "A", Value: "b"}}}
	var out api.HTTPResponse
	x := exchanges.New().(*exchange)
	allocs := testing.AllocsPerRun(100, func() {
		conn.at = 0
		x.compose(target, in)
		var tm Timing
		if _, err := x.run(conn, nil, false, target.MaxBody, &out, &tm); err != nil {
			t.Fatal(err)
		}
		x.spent()
	})
	if allocs > 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}

func TestEveryByteAtEveryPlaceOfAFieldValue(t *testing.T) {
	for at := range 20 {
		for c := range 256 {
			value := []byte("abcdefghijklmnopqrst")
			value[at] = byte(c)
			want := c >= ' ' && c != 0x7f || c == '\t'
			if got := validValue(string(value)); got != want {
				t.Fatalf("byte %#02x at %d: valid %v, want %v", c, at, got, want)
			}
		}
	}
}
