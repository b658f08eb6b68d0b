package wire

import (
	"context"
	"io"
	"net/http"
	"time"

	"golang.org/x/net/http2"

	"github.com/dcrbench/dcrbench/internal/api"
)

// stream2 is one request on an HTTP/2 connection and its answer. Until done says
// that it is over it belongs to the connection, under its lock.
type stream2 struct {
	head []byte // of the request, as a header block
	done chan struct{}

	id     uint32
	rest   []byte // of the request's body, what is not written yet
	window int64  // what the server takes of it

	out       *api.HTTPResponse
	bare      bool // no answer to the request has a body: it is a HEAD
	answered  bool // the final head is here
	interim   int
	length    int64 // of the body, as announced; negative when it is not
	size      int64 // of what came, heads and body
	taken     int64 // of the window of its answer
	firstByte time.Time
	last      time.Time
	err       error
}

func newStream2() any { return &stream2{done: make(chan struct{}, 1)} }

// forget makes a stream ready for another request.
func (s *stream2) forget() {
	clear(s.head) // it holds secrets
	*s = stream2{head: s.head[:0], done: s.done}
	if cap(s.head) > maxSpare {
		s.head = nil
	}
}

// do carries a request, for which the stream is reserved, until it is answered,
// has failed or ctx ends.
func (c *conn2) do(ctx context.Context, s *stream2, body []byte) error {
	if err := c.open(s, body); err != nil {
		return err
	}
	select {
	case <-s.done:
	case <-ctx.Done():
		c.mu.Lock()
		if c.streams[s.id] == s {
			c.reset(s, http2.ErrCodeCancel, ctx.Err())
		}
		c.mu.Unlock()
		<-s.done
	}
	return s.err
}

// open puts a request on the wire, or says why not: the connection is gone, or the
// server has come to allow fewer streams since this one was promised.
func (c *conn2) open(s *stream2, body []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reserved--
	if c.err != nil || c.leaving {
		if c.leaving && len(c.streams)+c.reserved == 0 {
			c.fail(errGone)
		}
		return errNotSent
	}
	if len(c.streams) >= c.limit {
		return errFull
	}
	s.id, s.window, s.rest, s.length = c.next, c.initial, body, -1
	c.next += 2
	c.streams[s.id] = s
	c.pending = appendHeaders(c.pending, s.id, s.head, len(body) == 0)
	if !c.push(s) {
		c.blocked = append(c.blocked, s)
	}
	c.ring()
	return nil
}

// push writes what the server takes of the body, and reports whether that is all.
func (c *conn2) push(s *stream2) bool {
	for len(s.rest) > 0 {
		n := min(int64(len(s.rest)), s.window, c.window, maxFrame)
		if n <= 0 {
			return false
		}
		piece := s.rest[:n]
		s.rest = s.rest[n:]
		s.window -= n
		c.window -= n
		c.pending = appendData(c.pending, s.id, piece, len(s.rest) == 0)
	}
	return true
}

// unblock writes what has become possible, oldest first.
func (c *conn2) unblock() {
	still := c.blocked[:0]
	for _, s := range c.blocked {
		if !c.push(s) {
			still = append(still, s)
		}
	}
	clear(c.blocked[len(still):])
	c.blocked = still
}

// reset ends a stream that the server may still send on.
func (c *conn2) reset(s *stream2, code http2.ErrCode, err error) {
	c.pending = appendReset(c.pending, s.id, code)
	c.ring()
	c.end(s, err)
	c.room(1)
}

// finish ends a stream that the server has ended. A server may answer before it
// has the whole request (RFC 9113 section 8.1); it needs no more of it then.
func (c *conn2) finish(s *stream2) {
	var err error
	if s.answered && s.length > int64(len(s.out.Body)) && !s.bodiless() {
		err = io.ErrUnexpectedEOF
	}
	if len(s.rest) > 0 {
		c.pending = appendReset(c.pending, s.id, http2.ErrCodeCancel)
		c.ring()
	}
	c.end(s, err)
	c.room(1)
}

// bodiless reports whether the answer has no body, whatever its length says
// (RFC 9110 section 6.4.1).
func (s *stream2) bodiless() bool {
	return s.bare || s.out.Status == http.StatusNoContent || s.out.Status == http.StatusNotModified
}
