package wire

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
)

// conn2 is one HTTP/2 connection, shared by the requests in flight on it.
type conn2 struct {
	cc     *http.ClientConn
	raw    net.Conn
	probe  probe // under the pool's lock
	reused atomic.Bool
	// heard is when the last answer began, in Unix nanoseconds.
	heard atomic.Int64
	// silent says that a request ran out of time while no other answer began:
	// the connection takes no new ones.
	silent atomic.Bool
}

// timedOut notes that the time of a request was up.
func (c *conn2) timedOut(tm *Timing) {
	last := tm.Sent
	if !tm.FirstByte.IsZero() {
		last = tm.FirstByte
	}
	if c.heard.Load() <= last.UnixNano() {
		c.silent.Store(true)
	}
}

// pool2 keeps the HTTP/2 connections to one server. A request takes a stream of
// the oldest connection that has one to spare; only when none has is another
// opened, one at a time, up to the limit.
type pool2 struct {
	t  *target
	tr *http.Transport

	mu      sync.Mutex
	conns   []*conn2
	dialing bool
	closed  bool
	life    context.Context
	end     context.CancelFunc

	queue queue2
}

// queue2 holds the requests that wait for a stream. It has its own lock because
// net/http reports a change of a connection from within calls on it.
type queue2 struct {
	mu      sync.Mutex
	changes uint64 // counts the calls of wake
	waiters []chan struct{}
}

// maxHead2 is what net/http accepts as a head. It answers a field above its limit
// with a compression error, which says nothing: so its limit is wide, and the
// true one is ours.
const maxHead2 = 32 * MaxHead

func newPool2(t *target) *pool2 {
	p := &pool2{t: t, tr: &http.Transport{
		DisableCompression:     true,
		HTTP2:                  &http.HTTP2Config{MaxEncoderHeaderTableSize: noTable},
		MaxResponseHeaderBytes: maxHead2,
		IdleConnTimeout:        idleLimit,
		Protocols:              new(http.Protocols),
	}}
	// What net/http gets is a connection that speaks HTTP/2 already: TLS, where
	// there is any, lies below the batch and is done.
	p.tr.Protocols.SetUnencryptedHTTP2(true)
	p.tr.DialContext = p.dialConn
	p.life, p.end = context.WithCancel(context.Background())
	return p
}

// noTable is the size of a header compression table (RFC 7541 section 4.1) that
// holds nothing. The fields of one request are mostly those of one device, and
// the next request is another device's: a table would be filled and emptied for
// nothing, which takes more time than everything else about a head.
const noTable = 1

// dialed carries a finished connection through http.Transport's dial hook, and
// back out of it what net/http would not show.
type dialed struct{ conn net.Conn }

type dialedKey struct{}

func (p *pool2) dialConn(ctx context.Context, _, _ string) (net.Conn, error) {
	return ctx.Value(dialedKey{}).(*dialed).conn, nil
}

// get returns a connection on which a stream is reserved.
func (p *pool2) get(ctx context.Context) (*conn2, error) {
	for {
		conn, wake, err := p.take()
		if conn != nil || err != nil {
			return conn, err
		}
		if wake == nil {
			if err := p.dial(ctx); err != nil {
				return nil, err
			}
			continue
		}
		select {
		case <-wake:
		case <-p.life.Done():
			return nil, errClosed
		case <-ctx.Done():
			p.queue.leave(wake)
			return nil, ctx.Err()
		}
	}
}

// take reserves a stream, or returns a channel that is closed when it is worth
// while to look again, or neither for the leave to open a connection.
func (p *pool2) take() (*conn2, chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, errClosed
	}
	seen := p.queue.seen()
	p.conns = slices.DeleteFunc(p.conns, (*conn2).dead)
	for _, c := range p.conns {
		if !c.silent.Load() && c.cc.Reserve() == nil {
			return c, nil, nil
		}
	}
	if !p.dialing && len(p.conns) < p.t.MaxConns {
		p.dialing = true
		return nil, nil, nil
	}
	return nil, p.queue.join(seen), nil
}

// dead reports whether the connection takes no more requests. One that the
// server has said goodbye on still carries those in flight; net/http closes it
// after the last of them.
func (c *conn2) dead() bool {
	if c.cc.Err() != nil {
		return true
	}
	if c.cc.InFlight() > 0 {
		return false
	}
	// An idle connection may be closed without net/http having noticed yet.
	if c.silent.Load() || c.cc.Available() == 0 || c.probe.look() == signClosed {
		c.close()
		return true
	}
	return false
}

// close ends the connection at once: net/http would wait for a peer that does
// not take its goodbye.
func (c *conn2) close() {
	c.raw.Close()
	c.cc.Close()
}

// seen returns the number of changes so far, for join.
func (q *queue2) seen() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.changes
}

// join returns a channel that closes at the next change after seen.
func (q *queue2) join(seen uint64) chan struct{} {
	wake := make(chan struct{})
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.changes != seen {
		close(wake)
	} else {
		q.waiters = append(q.waiters, wake)
	}
	return wake
}

// leave gives up the place in the queue, and hands on a call that came with it.
func (q *queue2) leave(wake chan struct{}) {
	q.mu.Lock()
	i := slices.Index(q.waiters, wake)
	if i >= 0 {
		q.waiters = slices.Delete(q.waiters, i, i+1)
	}
	q.mu.Unlock()
	if i < 0 {
		q.wake(1)
	}
}

// wake calls the first n requests that wait; n < 0 is all of them.
func (q *queue2) wake(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.changes++
	if n < 0 || n > len(q.waiters) {
		n = len(q.waiters)
	}
	for _, w := range q.waiters[:n] {
		close(w)
	}
	q.waiters = slices.Delete(q.waiters, 0, n)
}

// dial opens a connection, for which take has given leave.
func (p *pool2) dial(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.life, cancel)()
	nc, err := p.t.dial(ctx, "h2")
	if err == nil {
		err = p.adopt(ctx, nc)
	}
	p.mu.Lock()
	p.dialing = false
	p.mu.Unlock()
	p.queue.wake(-1)
	return err
}

// adopt makes an HTTP/2 connection of nc.
func (p *pool2) adopt(ctx context.Context, nc net.Conn) error {
	if proto, ok := negotiated(nc); ok && proto != "h2" {
		rawConn(nc).Close()
		return errNoHTTP2
	}
	b := newBatch(nc, p.t.Timeout)
	ctx = context.WithValue(ctx, dialedKey{}, &dialed{b})
	cc, err := p.tr.NewClientConn(ctx, "http", p.t.addr)
	if err != nil {
		b.raw.Close()
		b.Close()
		return err
	}
	c := &conn2{cc: cc, raw: b.raw}
	c.probe.init(c.raw)
	cc.SetStateHook(func(cc *http.ClientConn) { p.queue.wake(max(1, cc.Available())) })
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.close()
		return errClosed
	}
	p.conns = append(p.conns, c)
	return nil
}

func (p *pool2) closeIdle() {
	p.mu.Lock()
	var idle []*conn2
	p.conns = slices.DeleteFunc(p.conns, func(c *conn2) bool {
		if c.cc.InFlight() > 0 {
			return false
		}
		idle = append(idle, c)
		return true
	})
	p.mu.Unlock()
	for _, c := range idle {
		c.close()
	}
}

func (p *pool2) close() {
	p.mu.Lock()
	p.closed = true
	conns := p.conns
	p.conns = nil
	p.mu.Unlock()
	p.end()
	for _, c := range conns {
		c.close()
	}
}

func (p *pool2) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}
