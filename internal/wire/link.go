package wire

import (
	"net"
	"syscall"
)

// link is a TCP connection that can send a message and wait for the answer in one
// step. The two system calls that this takes are the least there can be: writing
// from within the wait means that nothing which comes afterwards can be missed,
// so that no read need be tried in vain. It belongs to one request at a time.
type link struct {
	net.Conn
	raw syscall.RawConn

	// holding keeps what is written until the next Read; held is that message,
	// in memory that the request lends.
	holding bool
	held    []byte
	// taken is how much of it the connection took, and failure why not all.
	taken   int
	failure error

	// What follows belongs to a step.
	sent bool
	into []byte
	read int
	err  error
	step func(fd uintptr) bool
}

// newLink returns nc with its one-step exchange, or nil when nc has none.
func newLink(nc net.Conn) *link {
	tcp, ok := nc.(*net.TCPConn)
	if !ok || !oneStep {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	l := &link{Conn: nc, raw: raw}
	l.step = l.advance
	return l
}

// SyscallConn lets a probe look at the socket.
func (l *link) SyscallConn() (syscall.RawConn, error) { return l.raw, nil }

// hold keeps what is written from now on, in memory of scratch, until the next
// Read sends it.
func (l *link) hold(scratch []byte) {
	l.holding, l.held = true, scratch[:0]
	l.taken, l.failure = 0, nil
}

// offer holds p itself, which must not change until the Read that sends it.
func (l *link) offer(p []byte) {
	l.hold(nil)
	l.held = p
}

// release ends the hold and returns the memory. What was not sent is forgotten.
func (l *link) release() []byte {
	scratch := l.held
	l.holding, l.held = false, nil
	return scratch
}

func (l *link) Write(p []byte) (int, error) {
	if !l.holding {
		return l.Conn.Write(p)
	}
	l.held = append(l.held, p...)
	return len(p), nil
}

// Read sends what is held, waits and reads. An error of the sending is returned
// as the reading's: whoever wrote finds it in failure.
func (l *link) Read(p []byte) (int, error) {
	if !l.holding {
		return l.Conn.Read(p)
	}
	l.holding = false
	l.sent, l.into, l.read, l.err = false, p, 0, nil
	err := l.raw.Read(l.step)
	l.into = nil
	switch {
	case l.failure != nil:
		// The other end may have said why it went away.
		if n, _ := l.Conn.Read(p); n > 0 {
			return n, nil
		}
		return 0, l.failure
	case err != nil:
		return 0, err
	case l.taken < len(l.held):
		return l.trickle(p)
	}
	return l.read, l.err
}

// trickle sends the rest of a message that the socket had no room for.
func (l *link) trickle(p []byte) (int, error) {
	n, err := l.Conn.Write(l.held[l.taken:])
	l.taken += n
	if l.failure = err; err != nil && isTimeout(err) {
		return 0, err
	}
	// A server may answer before it has read all, and break the connection then.
	return l.Conn.Read(p)
}
