package wire

import (
	"net"
	"runtime"
	"sync"
	"time"
)

// maxBatch is how many bytes a batch holds back before whoever writes has to
// wait.
const maxBatch = 64 << 10

// closeLimit is how long the end of a connection may take that says goodbye.
const closeLimit = 250 * time.Millisecond

// batch is a connection that gathers what several goroutines write in the same
// moment and sends it in one piece: net/http flushes every head and every body on
// its own, which is a system call, and on TLS a record, for each. What is
// written goes out as soon as the goroutines that are ready to run have had their
// turn. A write reports the error of an earlier one.
type batch struct {
	net.Conn
	raw net.Conn // the TCP connection below it
	// timeout bounds one piece; deadline is the one that is set, which may be
	// later by a part of it, so that not every piece has to set one.
	timeout  time.Duration
	deadline time.Time

	bell  chan struct{} // holds a call for the sender
	done  chan struct{} // closes with the connection
	ended chan struct{} // closes when the sender has

	mu      sync.Mutex
	room    sync.Cond // pending has shrunk, or there is an error
	pending []byte
	err     error
}

// newBatch returns nc as a batch, whose sender ends with its Close.
func newBatch(nc net.Conn, timeout time.Duration) *batch {
	b := &batch{
		Conn: nc, raw: rawConn(nc), timeout: timeout,
		bell: make(chan struct{}, 1), done: make(chan struct{}), ended: make(chan struct{}),
	}
	b.room.L = &b.mu
	go b.sendAll()
	return b
}

// Write takes p; it waits while too much is pending.
func (b *batch) Write(p []byte) (int, error) {
	b.mu.Lock()
	for len(b.pending) > maxBatch && b.err == nil {
		b.room.Wait()
	}
	if err := b.err; err != nil {
		b.mu.Unlock()
		return 0, err
	}
	first := len(b.pending) == 0
	b.pending = append(b.pending, p...)
	b.mu.Unlock()
	if first {
		b.bell <- struct{}{}
	}
	return len(p), nil
}

// sendAll sends what comes, piece by piece.
func (b *batch) sendAll() {
	defer close(b.ended)
	var piece []byte
	for {
		select {
		case <-b.bell:
		case <-b.done:
			return
		}
		runtime.Gosched()
		b.mu.Lock()
		piece, b.pending = b.pending, piece[:0]
		b.mu.Unlock()
		err := b.send(piece)
		clear(piece) // it holds secrets
		b.mu.Lock()
		if b.err == nil {
			b.err = err
		}
		b.mu.Unlock()
		b.room.Broadcast()
		if err != nil {
			return
		}
	}
}

// send sends one piece.
func (b *batch) send(piece []byte) error {
	if len(piece) == 0 {
		return nil
	}
	now := time.Now()
	if b.deadline.Sub(now) < b.timeout {
		b.deadline = now.Add(b.timeout + b.timeout/64)
		if err := b.raw.SetWriteDeadline(b.deadline); err != nil {
			return err
		}
	}
	_, err := b.Conn.Write(piece)
	return err
}

// SetWriteDeadline does nothing: the sender sets its own.
func (b *batch) SetWriteDeadline(time.Time) error { return nil }

// Close sends what is pending and ends the connection, the latter after a moment
// in any case: a peer that takes nothing must not hold it up.
func (b *batch) Close() error {
	defer time.AfterFunc(closeLimit, func() { b.raw.Close() }).Stop()
	b.mu.Lock()
	rest, before := b.pending, b.err
	b.pending, b.err = nil, net.ErrClosed
	b.mu.Unlock()
	b.room.Broadcast()
	if before != net.ErrClosed {
		close(b.done)
	}
	<-b.ended
	if before == nil && len(rest) > 0 {
		_ = b.send(rest) // nobody is there to tell
	}
	return b.Conn.Close()
}
