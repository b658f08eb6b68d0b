package wire

import (
	"context"
	"sync"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// client2 speaks HTTP/2. It never sends a request again that a server may have
// seen, as general clients do when a stream is refused or the server goes away:
// that would be a request that nobody counts.
type client2 struct {
	t     *target
	pool  *pool2
	limit limit2
	spare sync.Pool // of *stream2
}

var _ Client = (*client2)(nil)

func newClient2(t *target) *client2 {
	return &client2{t: t, pool: newPool2(t), spare: sync.Pool{New: newStream2}}
}

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
	s := c.spare.Get().(*stream2)
	defer c.spare.Put(s)
	defer s.forget()
	var ok bool
	if s.head, ok = c.t.appendHead2(s.head, in); !ok {
		return Timing{Received: time.Now()}, api.ErrProtocol
	}
	s.out, s.bare = out, in.Method == "HEAD"
	limited, cancel := c.limit.of(ctx, deadline, c.t.slack())
	defer cancel()
	tm, err := c.send(limited, ctx, s, in.Body)
	if err == nil {
		tm.Received = s.last
		return tm, api.ErrNone
	}
	tm.Received = time.Now()
	clear(out.Header)
	out.Header, out.Body = out.Header[:0], out.Body[:0]
	if ctx.Err() != nil || c.pool.isClosed() {
		return tm, api.ErrCanceled
	}
	return tm, kind2(err)
}

// send carries a request on a connection that takes it. Its time is up with
// limited; the caller may give it up before, with ctx.
func (c *client2) send(limited, ctx context.Context, s *stream2, body []byte) (tm Timing, err error) {
	var search search2
	for {
		if err := limited.Err(); err != nil {
			return Timing{}, err
		}
		conn, err := c.pool.get(limited, &search)
		if err != nil {
			return Timing{}, err
		}
		tm = Timing{Reused: conn.reused.Swap(true), Sent: time.Now(), BytesSent: int64(len(s.head) + len(body))}
		err = conn.do(limited, s, body)
		if err == errFull || err == errNotSent {
			continue
		}
		tm.FirstByte, tm.BytesReceived = s.firstByte, s.size
		if err != nil && ctx.Err() == nil && isTimeout(err) {
			conn.timedOut(&tm)
		}
		return tm, err
	}
}
