package wire

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"

	"github.com/dcrbench/dcrbench/internal/api"
)

// far2 is the far end of an HTTP/2 connection, played by a test step by step.
type far2 struct {
	net.Conn
	*http2.Framer
	t *testing.T
}

// pair2 is a client of HTTP/2 whose connections end at the test.
type pair2 struct {
	Client
	t     *testing.T
	dials chan net.Conn
}

// linger lets the time of a bubble go on until the watch on the end of a connection
// has ended as well.
func linger() { time.Sleep(2 * closeLimit) }

// inBubble runs f with a client in a bubble of time of its own.
func inBubble(t *testing.T, o Options, f func(t *testing.T, p *pair2)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &pair2{t: t, dials: make(chan net.Conn, 16)}
		o.Version = Version2
		o.Dial = func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			p.dials <- far
			return near, nil
		}
		c, err := New(&url.URL{Scheme: "http", Host: "service.test"}, o)
		if err != nil {
			t.Fatal(err)
		}
		p.Client = c
		defer func() {
			c.Close()
			synctest.Wait()
			linger()
		}()
		f(t, p)
	})
}

// accept returns the far end of the next connection, which has been greeted with
// settings.
func (p *pair2) accept(settings ...http2.Setting) *far2 {
	p.t.Helper()
	far := p.acceptSilent()
	if err := far.WriteSettings(settings...); err != nil {
		p.t.Fatal(err)
	}
	return far
}

func (p *pair2) acceptSilent() *far2 {
	p.t.Helper()
	conn := <-p.dials
	p.t.Cleanup(func() { conn.Close() })
	greeting := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(conn, greeting); err != nil || string(greeting) != http2.ClientPreface {
		p.t.Fatalf("greeted with %q, %v", greeting, err)
	}
	return &far2{Conn: conn, Framer: http2.NewFramer(conn, conn), t: p.t}
}

// next returns the next frame that is about a stream or ends the connection.
func (f *far2) next() http2.Frame {
	f.t.Helper()
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			f.t.Fatalf("reading a frame: %v", err)
		}
		if _, goodbye := frame.(*http2.GoAwayFrame); goodbye || frame.Header().StreamID != 0 {
			return frame
		}
	}
}

// nothing fails the test when a frame about a stream comes within a second.
func (f *far2) nothing() {
	f.t.Helper()
	f.SetReadDeadline(time.Now().Add(time.Second))
	defer f.SetReadDeadline(time.Time{})
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		if frame.Header().StreamID != 0 {
			f.t.Fatalf("a frame came: %v", frame)
		}
	}
}

// request reads the head of a request and returns its stream.
func (f *far2) request() uint32 {
	f.t.Helper()
	frame, ok := f.next().(*http2.HeadersFrame)
	if !ok {
		f.t.Fatal("no request came")
	}
	return frame.StreamID
}

// data reads a piece of a body.
func (f *far2) data(want int, last bool) {
	f.t.Helper()
	frame := f.next()
	d, ok := frame.(*http2.DataFrame)
	if !ok || len(d.Data()) != want || d.StreamEnded() != last {
		f.t.Fatalf("got %v, want %d bytes of data, last %v", frame, want, last)
	}
}

// reset reads the end of a stream.
func (f *far2) reset(stream uint32, want http2.ErrCode) {
	f.t.Helper()
	frame := f.next()
	r, ok := frame.(*http2.RSTStreamFrame)
	if !ok || r.StreamID != stream || r.ErrCode != want {
		f.t.Fatalf("got %v, want the end of stream %d with %v", frame, stream, want)
	}
}

// head sends the head of an answer.
func (f *far2) head(stream uint32, last bool, fields ...string) {
	f.t.Helper()
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: literals(fields...), EndHeaders: true, EndStream: last})
	if err != nil {
		f.t.Fatal(err)
	}
}

// answer answers with 200 and a body.
func (f *far2) answer(stream uint32, body string) {
	f.t.Helper()
	f.head(stream, false, ":status", "200")
	if err := f.WriteData(stream, true, []byte(body)); err != nil {
		f.t.Fatal(err)
	}
}

// trailer answers with 200, a body and a trailer.
func (f *far2) trailer(stream uint32, last bool, fields ...string) {
	f.t.Helper()
	f.head(stream, false, ":status", "200")
	if err := f.WriteData(stream, false, []byte("ok")); err != nil {
		f.t.Fatal(err)
	}
	f.head(stream, last, fields...)
}

// outcome2 is what a request came to.
type outcome2 struct {
	out  api.HTTPResponse
	tm   Timing
	kind api.ErrKind
}

// do sends a request and returns where its outcome will be.
func (p *pair2) do(in api.HTTPRequest) <-chan *outcome2 {
	done := make(chan *outcome2, 1)
	go func() {
		var o outcome2
		o.tm, o.kind = p.Do(context.Background(), &in, &o.out)
		done <- &o
	}()
	return done
}

func (p *pair2) get() <-chan *outcome2 { return p.do(api.HTTPRequest{Method: "GET", Target: "/x"}) }

func (p *pair2) post(size int) <-chan *outcome2 {
	return p.do(api.HTTPRequest{Method: "POST", Target: "/x", Body: bytes.Repeat([]byte("b"), size)})
}

// want fails the test when an outcome is another.
func (p *pair2) want(o *outcome2, kind api.ErrKind, body string) {
	p.t.Helper()
	if o.kind != kind || string(o.out.Body) != body {
		p.t.Errorf("got %v with %.40q, want %v with %q", o.kind, o.out.Body, kind, body)
	}
}

func window(n uint32) http2.Setting { return http2.Setting{ID: http2.SettingInitialWindowSize, Val: n} }

func streams(n uint32) http2.Setting {
	return http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: n}
}
