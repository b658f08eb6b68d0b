package wire

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// pool1 keeps the HTTP/1.1 connections to one server: the most recently used
// goes out first, so that the others grow old and are closed.
type pool1 struct {
	t *target

	mu      sync.Mutex
	idle    []*conn1 // oldest first
	all     map[*conn1]struct{}
	open    int // connections, those being opened included
	waiters []*waiter1
	closed  bool
	life    context.Context // ends with the pool, and with it any dial
	end     context.CancelFunc
}

// waiter1 is a request that waits for a connection.
type waiter1 struct {
	// ready receives a connection, or nil for the leave to open one.
	ready chan *conn1
	gone  bool
}

func newPool1(t *target) *pool1 {
	p := &pool1{t: t, all: make(map[*conn1]struct{})}
	p.life, p.end = context.WithCancel(context.Background())
	return p
}

// get returns a connection that is not known to be closed, and since when: now,
// unless it had to be waited for.
func (p *pool1) get(ctx context.Context, now, deadline time.Time) (*conn1, time.Time, error) {
	for {
		c, w, err := p.take()
		if err != nil {
			return nil, now, err
		}
		if w != nil {
			if c, err = p.wait(ctx, deadline, w); err != nil {
				return nil, now, err
			}
			now = time.Now()
		}
		if c == nil {
			c, err = p.dial(ctx, deadline)
			return c, time.Now(), err
		}
		if !c.stale(now) {
			return c, now, nil
		}
		p.drop(c)
	}
}

// take returns an idle connection, or a place in the queue, or neither for the
// leave to open a connection.
func (p *pool1) take() (*conn1, *waiter1, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, errClosed
	}
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle[n-1] = nil
		p.idle = p.idle[:n-1]
		return c, nil, nil
	}
	if p.open < p.t.MaxConns {
		p.open++
		return nil, nil, nil
	}
	w := &waiter1{ready: make(chan *conn1, 1)}
	p.waiters = append(p.waiters, w)
	return nil, w, nil
}

func (p *pool1) wait(ctx context.Context, deadline time.Time, w *waiter1) (*conn1, error) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	select {
	case c := <-w.ready:
		return c, nil
	case <-ctx.Done():
	case <-p.life.Done():
	}
	p.mu.Lock()
	w.gone = true
	p.mu.Unlock()
	// What was handed over in the meantime goes to the next in the queue.
	select {
	case c := <-w.ready:
		if c != nil {
			p.put(c, time.Now())
		} else {
			p.giveUp()
		}
	default:
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return nil, errClosed
}

// dial opens a connection for which take or a waiter has given leave. It does so on
// a stack of its own: that of a request, which may then wait for long with thousands
// of others, need not grow to what dialling takes.
func (p *pool1) dial(ctx context.Context, deadline time.Time) (*conn1, error) {
	type dialled struct {
		conn net.Conn
		err  error
	}
	done := make(chan dialled, 1)
	go func() {
		ctx, cancel := context.WithDeadline(ctx, deadline)
		defer cancel()
		defer context.AfterFunc(p.life, cancel)()
		nc, err := p.t.dial(ctx, "http/1.1")
		done <- dialled{nc, err}
	}()
	d := <-done
	nc, err := d.conn, d.err
	if err != nil {
		p.giveUp()
		if p.life.Err() != nil {
			err = errClosed
		}
		return nil, err
	}
	return p.adopt(nc)
}

// adopt takes a connection for which there is leave into the pool's books.
func (p *pool1) adopt(nc net.Conn) (*conn1, error) {
	c := newConn1(nc, p.t.Timeout/64)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.raw.Close()
		p.open--
		return nil, errClosed
	}
	p.all[c] = struct{}{}
	return c, nil
}

// adoptFirst takes in an idle connection that was opened outside the pool.
func (p *pool1) adoptFirst(nc net.Conn) error {
	p.mu.Lock()
	p.open++
	p.mu.Unlock()
	c, err := p.adopt(nc)
	if err != nil {
		return err
	}
	p.put(c, time.Now())
	return nil
}

// put takes back a connection that can carry another request.
func (p *pool1) put(c *conn1, now time.Time) {
	c.idleSince = now
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		p.drop(c)
		return
	}
	if w := p.nextWaiter(); w != nil {
		w.ready <- c
		p.mu.Unlock()
		return
	}
	var old *conn1
	if len(p.idle) > 0 && c.idleSince.Sub(p.idle[0].idleSince) > idleLimit {
		old = p.idle[0]
		p.idle = append(p.idle[:0], p.idle[1:]...)
	}
	p.idle = append(p.idle, c)
	p.mu.Unlock()
	if old != nil {
		p.drop(old)
	}
}

// nextWaiter takes the first request that still waits off the queue.
func (p *pool1) nextWaiter() *waiter1 {
	for len(p.waiters) > 0 {
		w := p.waiters[0]
		p.waiters[0] = nil
		p.waiters = p.waiters[1:]
		if !w.gone {
			return w
		}
	}
	return nil
}

// drop closes a connection and lets the next request open one.
func (p *pool1) drop(c *conn1) {
	c.close()
	p.mu.Lock()
	delete(p.all, c)
	p.mu.Unlock()
	p.giveUp()
}

// giveUp returns the leave to open a connection.
func (p *pool1) giveUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.nextWaiter(); w != nil {
		w.ready <- nil
		return
	}
	p.open--
}

func (p *pool1) closeIdle() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, c := range idle {
		p.drop(c)
	}
}

func (p *pool1) close() {
	p.mu.Lock()
	p.closed = true
	conns := make([]*conn1, 0, len(p.all))
	for c := range p.all {
		conns = append(conns, c)
	}
	p.mu.Unlock()
	p.end()
	for _, c := range conns {
		c.kill()
	}
	p.closeIdle()
}

// getKind classifies a failure to get a connection.
func getKind(ctx context.Context, err error) api.ErrKind {
	if ctx.Err() != nil || err == errClosed {
		return api.ErrCanceled
	}
	return connKind(err)
}
