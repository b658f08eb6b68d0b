package wire

import (
	"context"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// conn2 is one HTTP/2 connection (RFC 9113), shared by the requests in flight on
// it. Reading and checking frames and decoding heads is x/net's; the streams are
// our own, because net/http's cost a goroutine, a pipe and several wake-ups for
// every request, and a request that only has to be written, awaited and read
// needs none of them.
type conn2 struct {
	t     *target
	nc    net.Conn // what the frames travel on
	raw   net.Conn // the TCP connection below it
	probe probe    // under the pool's lock
	// room tells the pool that n more requests may look for a stream; n < 0 is
	// all of them.
	room func(n int)

	reused atomic.Bool
	// heard is when the last answer began, at first when the connection did, in
	// Unix nanoseconds.
	heard atomic.Int64
	// silent says that a request ran out of time while no other answer began:
	// the connection takes no new ones.
	silent atomic.Bool

	ready chan struct{} // closes with the server's first settings, or with over
	bell  chan struct{} // holds a call for the sender
	over  chan struct{} // closes when err is set

	// The reader's own.
	in      countReader
	frames  *http2.Framer
	hpack   *hpack.Decoder
	fields  fields2
	known   *heads
	block   []byte // of a head that has not ended yet
	blockOf uint32
	blockTo bool // it ends its stream

	mu       sync.Mutex
	streams  map[uint32]*stream2
	reserved int    // streams that are promised to requests
	next     uint32 // the id of the next stream
	limit    int    // how many streams the server allows at once
	settled  bool   // its settings are here
	leaving  bool   // it has said goodbye
	window   int64  // what it takes of bodies, all streams together
	initial  int64  // what it takes of the body of a new stream
	blocked  []*stream2
	unacked  int64 // of bodies received, what the server has not been told
	pending  []byte
	replies  int // answers to control frames in pending
	sendErr  error
	err      error
}

const (
	// preface begins every connection (RFC 9113 section 3.4).
	preface = http2.ClientPreface
	// maxFrame is the payload that every peer takes (section 4.2).
	maxFrame = 16 << 10
	// usualWindow is a window that nobody has changed (section 6.9.2), and
	// maxWindow the widest that there can be.
	usualWindow, maxWindow = 64<<10 - 1, 1<<31 - 1
	// ourWindow is what all answers together may send before we say that we have
	// read it; half of it is when we do.
	ourWindow = 1 << 30
	// streamLimit bounds the streams of a server that states no limit.
	streamLimit = 1000
	// maxStream is the last id (section 5.1.1).
	maxStream = 1<<31 - 1
	// maxReplies bounds the answers to control frames of a peer that does not read
	// them.
	maxReplies = 1000
	// maxSpare bounds the memory that is kept for what will be sent, in bytes.
	maxSpare = 256 << 10
)

// newConn2 begins to speak HTTP/2 on nc. The connection is ready for requests
// when ready closes.
func newConn2(t *target, nc net.Conn, room func(int)) *conn2 {
	c := &conn2{
		t: t, nc: nc, raw: rawConn(nc), room: room,
		ready: make(chan struct{}), bell: make(chan struct{}, 1), over: make(chan struct{}),
		streams: make(map[uint32]*stream2), next: 1, limit: streamLimit,
		window: usualWindow, initial: usualWindow,
	}
	c.probe.init(c.raw)
	c.heard.Store(time.Now().UnixNano())
	c.in.r = nc
	c.frames = newFramer(&c.in)
	c.hpack = hpack.NewDecoder(0, c.fields.take)
	c.known = newHeads()
	c.pending = appendPreface(c.pending, t.MaxBody)
	c.ring()
	go c.sendAll()
	go c.readAll()
	return c
}

// settle waits until the server has said how many streams it allows: before, a
// request might be one too many. It fails when the connection ends first; one that
// ends right after is known by being dead.
func (c *conn2) settle(ctx context.Context) error {
	select {
	case <-c.ready:
	case <-ctx.Done():
		c.close()
		return ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.settled {
		return nil
	}
	return c.err
}

// reserve promises a stream to a request, if there is one to spare.
func (c *conn2) reserve() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil || c.leaving || c.silent.Load() || len(c.streams)+c.reserved >= c.limit ||
		int64(c.next)+2*int64(c.reserved) > maxStream {
		return false
	}
	c.reserved++
	return true
}

// refuses reports whether the server allows no stream at all.
func (c *conn2) refuses() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.limit == 0
}

// idle reports whether no request is in flight.
func (c *conn2) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.streams)+c.reserved == 0
}

// dead reports whether the connection takes no more requests, now or ever. One
// that the server has said goodbye on still carries those in flight.
func (c *conn2) dead() bool {
	c.mu.Lock()
	over, idle, leaving := c.err != nil, len(c.streams)+c.reserved == 0, c.leaving || c.next > maxStream
	c.mu.Unlock()
	if over || !idle {
		return over
	}
	// An idle connection may be closed without the reader having noticed yet.
	if leaving || c.silent.Load() || c.grownOld() || c.probe.look() == signClosed {
		c.close()
		return true
	}
	return false
}

// barren returns why a connection that never carried a request has ended.
func (c *conn2) barren() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next > 1 {
		return nil
	}
	return c.err
}

// stays reports whether the connection may have a stream to spare later.
func (c *conn2) stays() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err == nil && !c.leaving && !c.silent.Load() && c.next <= maxStream
}

func (c *conn2) grownOld() bool { return time.Since(time.Unix(0, c.heard.Load())) > idleLimit }

// timedOut notes that the time of a request was up.
func (c *conn2) timedOut(tm *Timing) {
	last := tm.Sent
	if !tm.FirstByte.IsZero() {
		last = tm.FirstByte
	}
	if c.heard.Load() <= last.UnixNano() {
		c.silent.Store(true)
		c.room(-1) // those that wait for a stream of it need another connection
	}
}

// close ends the connection at once: a peer that does not take a goodbye must
// not hold anybody up.
func (c *conn2) close() {
	c.raw.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail(errClosed)
}

// fail ends every request in flight with err and the connection a moment later,
// so that what is pending can go out. The first failure counts.
func (c *conn2) fail(err error) {
	if c.err != nil {
		return
	}
	c.err = err
	for _, s := range c.streams {
		c.end(s, err)
	}
	if !c.settled {
		close(c.ready)
	}
	close(c.over)
	time.AfterFunc(closeLimit, func() { c.raw.Close() })
	c.room(-1)
}

// end takes a stream off the books and wakes its request.
func (c *conn2) end(s *stream2, err error) {
	delete(c.streams, s.id)
	if len(s.rest) > 0 {
		c.blocked = slices.DeleteFunc(c.blocked, func(b *stream2) bool { return b == s })
	}
	s.rest, s.err = nil, err
	s.done <- struct{}{}
	if c.leaving && len(c.streams)+c.reserved == 0 {
		c.fail(errGone)
	}
}
