package wire

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// client2 speaks HTTP/2 on net/http's client connections. It does not use
// http.Transport's own pool, which sends a request again when a server refuses
// its stream or goes away: that would be a request that nobody counts.
type client2 struct {
	t     *target
	pool  *pool2
	limit limit2
}

var _ Client = (*client2)(nil)

func newClient2(t *target) *client2 { return &client2{t: t, pool: newPool2(t)} }

func (c *client2) CloseIdle() { c.pool.closeIdle() }
func (c *client2) Close() {
	c.pool.close()
	c.limit.end()
}

func (c *client2) Do(ctx context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (Timing, api.ErrKind) {
	now := time.Now()
	return c.doBy(ctx, now, now.Add(c.t.Timeout), in, out)
}

func (c *client2) doBy(ctx context.Context, _, deadline time.Time, in *api.HTTPRequest, out *api.HTTPResponse) (Timing, api.ErrKind) {
	out.Reset()
	limited, cancel := c.limit.of(ctx, deadline, c.t.slack())
	defer cancel()
	req, sent, ok := c.t.newRequest2(limited, in)
	if !ok {
		return Timing{Received: time.Now()}, api.ErrProtocol
	}
	var tm Timing
	var err error
	for {
		var conn *conn2
		if conn, err = c.pool.get(limited); err != nil {
			break
		}
		tm.Reused = conn.reused.Swap(true)
		err = c.once(conn, req, out, &tm)
		if err != nil && ctx.Err() == nil && isTimeout(err) {
			conn.timedOut(&tm)
		}
		if !neverSent2(err) || !tm.Reused {
			break
		}
		// The connection closed before the request reached it.
		tm = Timing{}
	}
	tm.Received = time.Now()
	if !tm.Sent.IsZero() {
		tm.BytesSent = sent
	}
	if err == nil {
		return tm, api.ErrNone
	}
	clear(out.Header)
	out.Header, out.Body = out.Header[:0], out.Body[:0]
	if ctx.Err() != nil || c.pool.isClosed() {
		return tm, api.ErrCanceled
	}
	return tm, kind2(err)
}

// once carries req on conn, for which a stream is reserved.
func (c *client2) once(conn *conn2, req *http.Request, out *api.HTTPResponse, tm *Timing) error {
	if req.GetBody != nil {
		body, _ := req.GetBody()
		req.Body = body
	}
	tm.Sent = time.Now()
	resp, err := conn.cc.RoundTrip(req)
	if err != nil {
		return err
	}
	tm.FirstByte = time.Now()
	conn.heard.Store(tm.FirstByte.UnixNano())
	out.Status = resp.StatusCode
	tm.BytesReceived = int64(len(":status") + 3)
	for name, values := range resp.Header {
		for _, v := range values {
			out.Header = append(out.Header, api.Field{Name: name, Value: v})
			tm.BytesReceived += int64(len(name) + len(v))
		}
	}
	if tm.BytesReceived > MaxHead {
		resp.Body.Close()
		out.Status = 0
		return errHeadTooLarge
	}
	err = readBody2(resp, c.t.MaxBody, out)
	tm.BytesReceived += int64(len(out.Body))
	return err
}

// readBody2 reads the body into out's memory. Closing a body that is not read to
// its end resets the stream, so an oversized one costs no more.
func readBody2(resp *http.Response, maxBody int, out *api.HTTPResponse) error {
	defer resp.Body.Close()
	if resp.ContentLength > int64(maxBody) && resp.Request.Method != "HEAD" {
		return errBodyTooLarge
	}
	b := out.Body[:0]
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := resp.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		out.Body = b
		switch {
		case len(b) > maxBody:
			return errBodyTooLarge
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// newRequest2 returns in as net/http sends it, with the size of its head and
// body. HTTP/2 has no case in names (RFC 9113 section 8.2.1).
func (t *target) newRequest2(ctx context.Context, in *api.HTTPRequest) (*http.Request, int64, bool) {
	if !validToken(in.Method) || !validTarget(in.Target) {
		return nil, 0, false
	}
	target := t.prefix + in.Target
	u, ok := t.url(target)
	if !ok {
		return nil, 0, false
	}
	req := (&http.Request{
		Method: in.Method, URL: u, Host: t.host,
		Proto: "HTTP/2.0", ProtoMajor: 2,
		Header: make(http.Header, len(in.Header)+1),
	}).WithContext(ctx)
	values := make([]string, len(in.Header))
	size := len(in.Method) + len(target) + len(t.host) + len(t.scheme) + len(":method:path:authority:scheme")
	for i := range in.Header {
		f := &in.Header[i]
		if !validToken(f.Name) || !validValue(f.Value) {
			return nil, 0, false
		}
		name := http.CanonicalHeaderKey(f.Name)
		if isFraming(name) {
			continue
		}
		if name == "Host" {
			req.Host = f.Value
			continue
		}
		if before := req.Header[name]; before != nil {
			req.Header[name] = append(before, f.Value)
		} else {
			values[i] = f.Value
			req.Header[name] = values[i : i+1 : i+1]
		}
		size += len(f.Name) + len(f.Value)
	}
	// net/http would name itself otherwise.
	if _, ok := req.Header["User-Agent"]; !ok {
		req.Header["User-Agent"] = []string{""}
	}
	if len(in.Body) > 0 {
		body := in.Body
		req.ContentLength = int64(len(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		size += len(body) + len("content-length") + len(strconv.Itoa(len(body)))
	}
	return req, int64(size), true
}

// url returns the URL of a request target and whether there is one. Nothing in a
// plain target could be read or written in two ways, so it need not be read.
func (t *target) url(target string) (*url.URL, bool) {
	if isPlain(target) {
		return &url.URL{Scheme: t.scheme, Host: t.host, Opaque: target}, true
	}
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, false
	}
	u.Scheme, u.Host = t.scheme, t.host
	return u, true
}

// isPlain reports whether a target is a path of letters, digits and a few marks
// that mean nothing in a URL.
func isPlain(target string) bool {
	for i := range len(target) {
		switch c := target[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		case c == '/' && (i == 0 || target[i-1] != '/'):
		default:
			return false
		}
	}
	return true
}
