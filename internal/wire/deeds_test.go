package wire

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// deeds is the table of what a server can do to a client. A row without h2 has
// no counterpart there.
var deeds = []struct {
	name   string
	deed   deed
	want   api.ErrKind
	status int
	body   string
}{
	{"a plain answer", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") },
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "200")
			c.frame(frameData, flagEndStream, s, []byte("ok"))
		},
	}, api.ErrNone, 200, "ok"},
	{"an answer without a body", deed{
		func(c *peer1) { c.write("HTTP/1.1 204 No Content\r\n\r\n") },
		func(c *peer2, s uint32) { c.headers(s, flagEndStream, ":status", "204") },
	}, api.ErrNone, 204, ""},
	{"a chunked answer with a trailer", deed{
		func(c *peer1) {
			c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: 1\r\n\r\n")
		},
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "200")
			c.frame(frameData, 0, s, []byte("ab"))
			c.frame(frameData, 0, s, []byte("c"))
			c.headers(s, flagEndStream, "t", "1")
		},
	}, api.ErrNone, 200, "abc"},
	{"a trailer with a length", deed{
		func(c *peer1) { c.write(chunked + "Content-Length: 2\r\n\r\n") },
		func(c *peer2, s uint32) { c.trailer(s, "content-length", "2") },
	}, api.ErrProtocol, 200, ""},
	{"a trailer with a cookie", deed{
		func(c *peer1) { c.write(chunked + "Set-Cookie: a=b\r\n\r\n") },
		func(c *peer2, s uint32) { c.trailer(s, "set-cookie", "a=b") },
	}, api.ErrProtocol, 200, ""},
	{"a trailer without a name", deed{
		func(c *peer1) { c.write(chunked + "nonsense\r\n\r\n") },
		func(c *peer2, s uint32) { c.trailer(s, "", "y") },
	}, api.ErrProtocol, 200, ""},
	{"a trailer with a control", deed{
		func(c *peer1) { c.write(chunked + "T: a\x01b\r\n\r\n") },
		func(c *peer2, s uint32) { c.trailer(s, "t", "a\x01b") },
	}, api.ErrProtocol, 200, ""},
	{"a flood of fields in a trailer", deed{
		func(c *peer1) { c.write(chunked + flood(64<<10) + "\r\n"); c.hangUp() },
		func(c *peer2, s uint32) { c.trailer(s, "x-flood", strings.Repeat("x", 16000)) },
	}, api.ErrTooLarge, 200, ""},
	{"a trailer cut off", deed{
		func(c *peer1) { c.write(chunked + "T: "); c.hangUp() },
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "200")
			c.frame(frameHeaders, flagEndStream, s, literals("t", "1"))
			c.hangUp()
		},
	}, api.ErrReset, 200, ""},
	{"an answer that ends with the connection", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\n\r\nto the end"); c.hangUp() }, nil,
	}, api.ErrNone, 200, "to the end"},
	{"interim answers first", deed{
		func(c *peer1) {
			c.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
			c.write("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok")
		},
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "103", "link", "</a>")
			c.headers(s, 0, ":status", "201")
			c.frame(frameData, flagEndStream, s, []byte("ok"))
		},
	}, api.ErrNone, 201, "ok"},
	{"a redirect", deed{
		func(c *peer1) { c.write("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n") },
		func(c *peer2, s uint32) { c.headers(s, flagEndStream, ":status", "302", "location", "/elsewhere") },
	}, api.ErrNone, 302, ""},
	{"no head in time", deed{(*peer1).stall, func(c *peer2, _ uint32) { c.stall() }}, api.ErrTimeout, 0, ""},
	{"a head that stops half way", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nContent-"); c.stall() },
		func(c *peer2, s uint32) { c.frame(frameHeaders, 0, s, literals(":status", "200")); c.stall() },
	}, api.ErrTimeout, 0, ""},
	{"a body that stops half way", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"); c.stall() },
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "200")
			c.frame(frameData, 0, s, []byte("half"))
			c.stall()
		},
	}, api.ErrTimeout, 200, ""},
	{"a body shorter than announced", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"); c.hangUp() },
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "200", "content-length", "10")
			c.frame(frameData, flagEndStream, s, []byte("half"))
		},
	}, api.ErrReset, 200, ""},
	{"a reset in the body", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"); c.reset() },
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "200")
			c.frame(frameData, 0, s, []byte("half"))
			c.reset()
		},
	}, api.ErrReset, -1, ""},
	{"a broken chunked body", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"); c.hangUp() },
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "200")
			c.frame(frameData, 0, s, []byte("ab"))
			c.frame(frameReset, 0, s, []byte{0, 0, 0, 2})
		},
	}, api.ErrReset, 200, ""},
	{"10 MB announced", deed{
		func(c *peer1) {
			c.write("HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n" + strings.Repeat("x", 1<<20))
			c.hangUp()
		},
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "200", "content-length", "10485760")
			c.frame(frameData, 0, s, make([]byte, 16384))
		},
	}, api.ErrTooLarge, 200, ""},
	{"10 MB without end", deed{
		func(c *peer1) {
			c.write("HTTP/1.1 200 OK\r\n\r\n")
			for range 160 {
				c.write(strings.Repeat("x", 64<<10))
			}
			c.hangUp()
		},
		func(c *peer2, s uint32) {
			c.headers(s, 0, ":status", "200")
			for range 128 { // 2 MB: within the window that the client opens
				c.frame(frameData, 0, s, make([]byte, 16384))
			}
		},
	}, api.ErrTooLarge, 200, ""},
	{"10 MB in chunks", deed{
		func(c *peer1) {
			c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for range 160 {
				c.write("10000\r\n" + strings.Repeat("x", 64<<10) + "\r\n")
			}
			c.hangUp()
		}, nil,
	}, api.ErrTooLarge, 200, ""},
	{"a flood of fields", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\n" + flood(64<<10) + "\r\n"); c.hangUp() },
		func(c *peer2, s uint32) {
			c.frame(frameHeaders, 0, s, literals(":status", "200"))
			for range 4 {
				c.frame(frameContinuation, 0, s, literals("x-flood", strings.Repeat("x", 16000)))
			}
			c.frame(frameContinuation, flagEndHeaders, s, nil)
		},
	}, api.ErrTooLarge, 0, ""},
	{"an endless flood of fields", deed{
		func(c *peer1) {
			c.write("HTTP/1.1 200 OK\r\n")
			for range 100 {
				c.write(flood(64 << 10))
			}
			c.hangUp()
		},
		nil,
	}, api.ErrTooLarge, 0, ""},
	{"interim answers without end", deed{
		func(c *peer1) { c.write(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 1000)); c.hangUp() },
		func(c *peer2, s uint32) {
			for range 8000 {
				c.headers(s, 0, ":status", "103", "link", "</abcdefghijklmnopqrstuvwxyz>")
			}
		},
	}, api.ErrProtocol, 0, ""},
	{"the connection closed under the request", deed{
		(*peer1).hangUp, func(c *peer2, _ uint32) { c.hangUp() },
	}, api.ErrReset, 0, ""},
	{"the connection reset under the request", deed{
		(*peer1).reset, func(c *peer2, _ uint32) { c.reset() },
	}, api.ErrReset, 0, ""},
	{"half-closed without an answer", deed{
		func(c *peer1) { closeWrite(c.Conn); c.stall() },
		func(c *peer2, _ uint32) { closeWrite(c.Conn); c.stall() },
	}, api.ErrReset, 0, ""},
	{"a head cut off", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nContent-"); c.hangUp() },
		func(c *peer2, s uint32) { c.frame(frameHeaders, 0, s, literals(":status", "200")); c.hangUp() },
	}, api.ErrReset, 0, ""},
	{"garbage", deed{
		func(c *peer1) { c.write("\x00\x01\x02 no HTTP at all\r\n\r\n"); c.hangUp() },
		func(c *peer2, _ uint32) { c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")); c.hangUp() },
	}, api.ErrProtocol, 0, ""},
	{"garbage that stays open", deed{
		func(c *peer1) { c.write("SSH-2.0-OpenSSH_9.6"); c.stall() },
		func(c *peer2, _ uint32) { c.Write([]byte("SSH-2.0-OpenSSH_9.6")); c.stall() },
	}, api.ErrProtocol, 0, ""},
	{"a head without a status", deed{
		func(c *peer1) { c.write("HTTP/1.1 twohundred OK\r\n\r\n"); c.hangUp() },
		func(c *peer2, s uint32) { c.headers(s, flagEndStream, "x", "y") },
	}, api.ErrProtocol, 0, ""},
	{"a field without a colon", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"); c.hangUp() },
		func(c *peer2, s uint32) { c.headers(s, flagEndStream, ":status", "200", "bad name", "y") },
	}, api.ErrProtocol, 0, ""},
	{"a length that is no number", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"); c.hangUp() }, nil,
	}, api.ErrProtocol, 0, ""},
	{"a chunk size that is no number", deed{
		func(c *peer1) { c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"); c.hangUp() }, nil,
	}, api.ErrProtocol, 200, ""},
	{"a switch of protocols", deed{
		func(c *peer1) { c.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"); c.hangUp() }, nil,
	}, api.ErrProtocol, 0, ""},
	{"a refused stream", deed{
		nil, func(c *peer2, s uint32) { c.frame(frameReset, 0, s, []byte{0, 0, 0, 7}) },
	}, api.ErrReset, 0, ""},
	{"a goodbye instead of an answer", deed{
		nil, func(c *peer2, s uint32) { c.frame(frameGoAway, 0, 0, make([]byte, 8)); c.hangUp() },
	}, api.ErrReset, 0, ""},
}

// chunked is an answer up to its trailer.
const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"

// trailer answers with a body and a trailer.
func (p *peer2) trailer(stream uint32, fields ...string) {
	p.headers(stream, 0, ":status", "200")
	p.frame(frameData, 0, stream, []byte("ok"))
	p.headers(stream, flagEndStream, fields...)
}

func flood(n int) string {
	return strings.Repeat("X-Flood: "+strings.Repeat("x", 100)+"\r\n", n/110)
}

func closeWrite(c interface{}) {
	if w, ok := c.(interface{ CloseWrite() error }); ok {
		w.CloseWrite()
	}
}

func TestBothAdaptersJudgeAHostileServerAlike(t *testing.T) {
	for _, tr := range transports {
		for _, d := range deeds {
			if d.deed.h1 == nil && !tr.h2 || d.deed.h2 == nil && tr.h2 {
				continue
			}
			t.Run(tr.name+"/"+d.name, func(t *testing.T) {
				if d.want == api.ErrTimeout {
					t.Parallel() // it mostly waits
				}
				s := newHostile(t, tr, d.deed)
				c := s.client(t, tr, Options{Timeout: timeoutFor(d.want)})
				var out api.HTTPResponse
				tm, kind := get(t.Context(), c, &out)
				if kind != d.want {
					t.Fatalf("kind %v, want %v", kind, d.want)
				}
				if d.status >= 0 && out.Status != d.status || string(out.Body) != d.body {
					t.Errorf("status %d and body %.40q, want %d and %q", out.Status, out.Body, d.status, d.body)
				}
				if err := tm.problem(kind); err != "" {
					t.Errorf("timing %+v: %s", tm, err)
				}
				if n := s.requests.Load(); n != 1 {
					t.Errorf("the server saw %d requests, want 1", n)
				}
				if _, kind = get(t.Context(), c, &out); kind != api.ErrNone || string(out.Body) != "later" {
					t.Errorf("the next request: %v with %q, want none with %q", kind, out.Body, "later")
				}
			})
		}
	}
}

// timeoutFor keeps the rows that wait short and the others safe on a busy machine:
// the rows that wait connect, and are answered later, within that time as well.
func timeoutFor(kind api.ErrKind) time.Duration {
	if kind == api.ErrTimeout {
		return 3 * time.Second
	}
	return 30 * time.Second
}

// problem says what is inconsistent in a timing of a request that was sent.
func (tm *Timing) problem(kind api.ErrKind) string {
	switch {
	case tm.Sent.IsZero():
		return "was never sent"
	case tm.BytesSent == 0:
		return "no bytes were sent"
	case tm.Received.Before(tm.Sent):
		return "was received before it was sent"
	case !tm.FirstByte.IsZero() && (tm.FirstByte.Before(tm.Sent) || tm.Received.Before(tm.FirstByte)):
		return "the first byte is out of order"
	case kind == api.ErrNone && (tm.FirstByte.IsZero() || tm.BytesReceived == 0):
		return "an answer came without a byte"
	}
	return ""
}

func TestNoGoroutineOutlivesItsClient(t *testing.T) {
	for _, tr := range transports {
		t.Run(tr.name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			t.Run("all deeds", func(t *testing.T) {
				for _, d := range deeds {
					if d.deed.h1 == nil && !tr.h2 || d.deed.h2 == nil && tr.h2 {
						continue
					}
					s := newHostile(t, tr, d.deed)
					c := s.client(t, tr, Options{Timeout: 150 * time.Millisecond}) // whatever comes of it
					var out api.HTTPResponse
					get(t.Context(), c, &out)
				}
			})
			if left := settle(before); left > before {
				buf := make([]byte, 1<<20)
				t.Errorf("%d goroutines, want %d\n%s", left, before, buf[:runtime.Stack(buf, true)])
			}
		})
	}
}

// settle waits for goroutines that are on their way out.
func settle(want int) int {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if runtime.NumGoroutine() <= want {
			break
		}
		runtime.Gosched()
	}
	return runtime.NumGoroutine()
}
