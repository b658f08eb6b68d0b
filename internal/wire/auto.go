package wire

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// clientAuto opens one connection, lets the server choose the protocol by ALPN
// (RFC 7301) and goes on with the client of that protocol, first connection
// included.
type clientAuto struct {
	t      *target
	c1     *client1
	c2     *client2
	chosen atomic.Pointer[byDeadline]
	first  chan struct{} // holds the right to open the first connection
}

var _ Client = (*clientAuto)(nil)

// byDeadline is a client whose time began before it was chosen.
type byDeadline interface {
	doBy(ctx context.Context, now, deadline time.Time, in *api.HTTPRequest, out *api.HTTPResponse) (Timing, api.ErrKind)
}

func newClientAuto(t *target) *clientAuto {
	return &clientAuto{t: t, c1: newClient1(t), c2: newClient2(t), first: make(chan struct{}, 1)}
}

func (c *clientAuto) CloseIdle() {
	c.c1.CloseIdle()
	c.c2.CloseIdle()
}

func (c *clientAuto) Close() {
	c.c1.Close()
	c.c2.Close()
}

func (c *clientAuto) Do(ctx context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (Timing, api.ErrKind) {
	now := time.Now()
	deadline := now.Add(c.t.Timeout)
	chosen := c.chosen.Load()
	if chosen == nil {
		limited, cancel := context.WithDeadline(ctx, deadline)
		var err error
		chosen, err = c.choose(limited)
		cancel()
		if err != nil {
			out.Reset()
			return Timing{Received: time.Now()}, getKind(ctx, err)
		}
		now = time.Now()
	}
	return (*chosen).doBy(ctx, now, deadline, in, out)
}

func (c *clientAuto) choose(ctx context.Context) (*byDeadline, error) {
	life := c.c1.pool.life
	select {
	case c.first <- struct{}{}:
		defer func() { <-c.first }()
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-life.Done():
		return nil, errClosed
	}
	if chosen := c.chosen.Load(); chosen != nil {
		return chosen, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(life, cancel)()
	nc, err := c.t.dial(ctx, "h2", "http/1.1")
	if err != nil {
		if life.Err() != nil {
			err = errClosed
		}
		return nil, err
	}
	var client byDeadline = c.c1
	if proto, _ := negotiated(nc); proto == "h2" {
		client = c.c2
		err = c.c2.pool.adopt(ctx, nc)
	} else {
		err = c.c1.pool.adoptFirst(nc)
	}
	if err != nil {
		return nil, err
	}
	c.chosen.Store(&client)
	return &client, nil
}

// negotiated returns the protocol that the TLS handshake of nc chose; false when
// nc is not TLS.
func negotiated(nc net.Conn) (string, bool) {
	tc, ok := nc.(*tls.Conn)
	if !ok {
		return "", false
	}
	return tc.ConnectionState().NegotiatedProtocol, true
}
