package wire

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/dcrbench/dcrbench/internal/api"
)

// errClosed is the error of a request on a closed client.
var errClosed = errors.New("client is closed")

// client1 speaks HTTP/1.1.
type client1 struct {
	t     *target
	pool  *pool1
	heads *heads
}

var _ Client = (*client1)(nil)

func newClient1(t *target) *client1 { return &client1{t, newPool1(t), newHeads()} }

func (c *client1) CloseIdle() { c.pool.closeIdle() }
func (c *client1) Close()     { c.pool.close() }

func (c *client1) Do(ctx context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (Timing, api.ErrKind) {
	now := time.Now()
	return c.doBy(ctx, now, now.Add(c.t.Timeout), in, out)
}

func (c *client1) doBy(ctx context.Context, now, deadline time.Time, in *api.HTTPRequest, out *api.HTTPResponse) (Timing, api.ErrKind) {
	out.Reset()
	x := exchanges.Get().(*exchange)
	defer x.release()
	x.heads = c.heads
	var ok bool
	x.closing, ok = x.compose(c.t, in)
	if !ok {
		return Timing{Received: time.Now()}, api.ErrProtocol
	}
	for {
		conn, since, err := c.pool.get(ctx, now, deadline)
		if err != nil {
			return Timing{Received: time.Now()}, getKind(ctx, err)
		}
		now = since
		tm, kind, unsent := c.once(ctx, now, deadline, conn, x, in, out)
		// A reused connection that took no byte was closed just now: nothing was
		// sent, so another connection is no retry.
		if !unsent || !tm.Reused {
			return tm, kind
		}
	}
}

// once carries the exchange on conn and gives conn back. It reports whether the
// connection broke before it took a byte.
func (c *client1) once(ctx context.Context, now, deadline time.Time, conn *conn1, x *exchange,
	in *api.HTTPRequest, out *api.HTTPResponse) (tm Timing, kind api.ErrKind, unsent bool) {
	x.forget()
	tm.Reused = conn.reused
	conn.reused = true
	var err error
	keep := false
	if err = conn.begin(ctx, deadline); err == nil {
		tm.Sent = now
		keep, err = x.run(conn.stream, conn.link, in.Method == "HEAD", c.t.MaxBody, out, &tm)
	}
	if x.reader != nil {
		tm.Received, tm.BytesReceived = x.in.at, x.in.n
	}
	if err != nil || tm.Received.IsZero() {
		tm.Received = time.Now()
	}
	aborted := conn.finish()
	if err != nil && !aborted {
		kind = x.kind(err)
		unsent = tm.BytesSent == 0 && kind == api.ErrReset
	} else if err != nil {
		kind = api.ErrCanceled
	}
	if unsent {
		tm.Sent = time.Time{}
	}
	if keep && err == nil && !aborted && !x.closing {
		c.pool.put(conn, tm.Received)
	} else {
		c.pool.drop(conn)
	}
	if kind != api.ErrNone {
		clear(out.Header)
		out.Header, out.Body = out.Header[:0], out.Body[:0]
	}
	return tm, kind, unsent
}

// exchange is the working memory of one request; requests in flight hold one,
// idle connections hold none.
type exchange struct {
	// message is there until all of it has gone out.
	*message
	closing bool
	// heads are the client's, lent for a request; nil for none.
	heads *heads
	// reader is there from the first byte of the answer on.
	*reader
}

// reader is the working memory of an answer.
type reader struct {
	in   countReader
	br   *bufio.Reader
	resp fasthttp.Response
	head headCache
}

var exchanges = sync.Pool{New: func() any { return new(exchange) }}

var readers = sync.Pool{New: func() any {
	r := &reader{}
	r.br = bufio.NewReaderSize(&r.in, MaxHead)
	// The parser would otherwise invent a Content-Type and rewrite names.
	r.resp.Header.SetNoDefaultContentType(true)
	r.resp.Header.DisableNormalizing()
	return r
}}

func (x *exchange) release() {
	x.spent()
	x.heads = nil
	x.forget()
	exchanges.Put(x)
}

// forget gives the reader back.
func (x *exchange) forget() {
	if x.reader != nil {
		x.in = countReader{}
		readers.Put(x.reader)
		x.reader = nil
	}
}

// run writes the request and reads its answer. It reports whether the connection
// can carry another one.
func (x *exchange) run(conn net.Conn, l *link, head bool, maxBody int, out *api.HTTPResponse, tm *Timing) (bool, error) {
	n, werr := x.write(conn, l)
	tm.BytesSent = int64(n)
	if x.reader == nil {
		x.reader = readers.Get().(*reader)
	}
	x.in = countReader{r: conn}
	x.br.Reset(&x.in)
	switch {
	case werr == nil:
	case isTimeout(werr):
		return false, werr
	case n == 0:
		// No answer can be to this request, but an alert is about it.
		if _, err := x.br.Peek(1); isAlert(err) {
			werr = err
		}
		return false, werr
	}
	// A server may refuse a request before it has read all of it; its answer
	// counts then, not the broken write.
	keep, err := x.read(head, maxBody, out, tm)
	if err != nil && werr != nil {
		err = werr
	}
	return keep && werr == nil && x.br.Buffered() == 0, err
}

// countReader counts what is read and keeps the error that ended the reading:
// the parser wraps some errors and replaces others.
type countReader struct {
	r   net.Conn
	n   int64
	at  time.Time // of the last read
	err error
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.at = time.Now()
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// kind classifies the error that ended an exchange.
func (x *exchange) kind(err error) api.ErrKind {
	switch {
	case err == errHead || err == errNotHTTP:
		return api.ErrProtocol
	case err == errHeadTooLarge || errors.Is(err, fasthttp.ErrBodyTooLarge):
		return api.ErrTooLarge
	case x.reader != nil && x.in.err != nil:
		return connKind(x.in.err)
	}
	return connKind(err)
}
