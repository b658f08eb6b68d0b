package wire

import (
	"context"
	"net"
	"sync"
	"time"
)

// conn1 is one HTTP/1.1 connection.
type conn1 struct {
	stream net.Conn // what the messages travel on
	raw    net.Conn // the TCP connection below it
	link   *link    // the same with its one-step exchange; nil when it has none
	probe  probe

	// deadline is the one that is set; it may be up to slack later than asked
	// for on a real socket, so that not every request has to set one.
	deadline time.Time
	slack    time.Duration

	reused    bool
	idleSince time.Time

	mu      sync.Mutex
	busy    bool            // a request is in flight
	aborted bool            // it has been ended from outside
	done    <-chan struct{} // of the context that may end it
	stop    func() bool     // ends the watch on done
}

func newConn1(nc net.Conn, slack time.Duration) *conn1 {
	c := &conn1{stream: nc, raw: rawConn(nc)}
	if l, ok := c.raw.(*link); ok {
		c.link, c.slack = l, slack
	}
	c.probe.init(c.raw)
	return c
}

// begin prepares the connection for a request that ends with ctx or at the
// deadline. The watch on ctx stays when the next request has the same one: a
// whole run then pays for one watch a connection.
func (c *conn1) begin(ctx context.Context, deadline time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.aborted {
		return errClosed
	}
	if err := c.limit(deadline); err != nil {
		return err
	}
	c.busy = true
	if done := ctx.Done(); done != c.done {
		c.unwatch()
		c.done = done
		if done != nil {
			c.stop = context.AfterFunc(ctx, func() { c.abort(done) })
		}
	}
	// A watch from before does not report an end that came before this request.
	if ctx.Err() != nil {
		c.aborted = true
		return ctx.Err()
	}
	return nil
}

// limit sets the deadline unless the one that is set will do.
func (c *conn1) limit(deadline time.Time) error {
	if over := c.deadline.Sub(deadline); over >= 0 && over <= c.slack {
		return nil
	}
	c.deadline = deadline.Add(c.slack)
	return c.raw.SetDeadline(c.deadline)
}

// abort ends the request in flight if it is one that ends with done.
func (c *conn1) abort(done <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy && c.done == done {
		c.aborted = true
		c.raw.SetDeadline(past)
	}
}

// finish ends the request and reports whether it was ended from outside.
func (c *conn1) finish() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy = false
	return c.aborted
}

func (c *conn1) unwatch() {
	if c.stop != nil {
		c.stop()
	}
	c.stop, c.done = nil, nil
}

// kill ends the request in flight, if there is one, and allows no other.
func (c *conn1) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.aborted = true
	c.raw.SetDeadline(past)
}

func (c *conn1) close() {
	c.mu.Lock()
	c.unwatch()
	c.mu.Unlock()
	c.raw.Close()
}
