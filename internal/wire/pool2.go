package wire

import (
	"context"
	"net"
	"slices"
	"sync"
)

// pool2 keeps the HTTP/2 connections to one server. A request takes a stream of
// the oldest connection that has one to spare; only when none has is another
// opened, one at a time, up to the limit.
type pool2 struct {
	t *target

	mu      sync.Mutex
	conns   []*conn2
	barren  int   // connections that ended before they carried a request
	reason  error // of the end of the last of those
	dialing bool
	closed  bool
	life    context.Context
	end     context.CancelFunc

	queue queue2
}

// maxBarren is how many connections may end, while a request looks for a stream,
// before they carried any.
const maxBarren = 3

// search2 is the search of one request for a stream.
type search2 struct {
	begun  bool
	barren int // the pool's, when it began
}

// queue2 holds the requests that wait for a stream. It has its own lock because
// connections report that they have room while they hold theirs.
type queue2 struct {
	mu      sync.Mutex
	changes uint64 // counts the calls of wake
	waiters []chan struct{}
}

func newPool2(t *target) *pool2 {
	p := &pool2{t: t}
	p.life, p.end = context.WithCancel(context.Background())
	return p
}

// get returns a connection on which a stream is reserved.
func (p *pool2) get(ctx context.Context, s *search2) (*conn2, error) {
	for {
		conn, wake, err := p.take(s)
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
// while to look again, or neither for the leave to open a connection. A server that
// ends one connection after the other is left alone: the request waits for those
// that stay, or fails as the last one did.
func (p *pool2) take(s *search2) (*conn2, chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, errClosed
	}
	seen := p.queue.seen()
	p.conns = slices.DeleteFunc(p.conns, p.over)
	if !s.begun {
		*s = search2{begun: true, barren: p.barren}
	}
	full := len(p.conns) >= p.t.MaxConns
	for _, c := range p.conns {
		if c.reserve() {
			return c, nil, nil
		}
		// Another connection to a server that allows no stream would not help.
		full = full || c.refuses()
	}
	if p.barren-s.barren >= maxBarren {
		if !slices.ContainsFunc(p.conns, (*conn2).stays) {
			return nil, nil, p.reason
		}
		full = true
	}
	if !p.dialing && !full {
		p.dialing = true
		return nil, nil, nil
	}
	return nil, p.queue.join(seen), nil
}

// over reports whether c takes no more requests, and counts it when it never took
// one.
func (p *pool2) over(c *conn2) bool {
	if !c.dead() {
		return false
	}
	if err := c.barren(); err != nil {
		p.barren++
		p.reason = err
	}
	return true
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
	c := newConn2(p.t, nc, p.queue.wake)
	if err := c.settle(ctx); err != nil {
		return err
	}
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
		if !c.idle() {
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
