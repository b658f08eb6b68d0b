package wire

import (
	"net"
	"syscall"
)

// link is a TCP connection that can send a message and wait for the answer in one
// step. That takes two system calls with the read that follows, the least there
// can be: sending from within the wait means that nothing which comes afterwards
// can be missed, so that no read need be tried in vain. It also means that a
// request in flight needs no memory, neither to read into nor for what it was. A
// link belongs to one request at a time.
type link struct {
	net.Conn
	raw syscall.RawConn

	// holding keeps what is written in held instead of sending it.
	holding bool
	held    []byte

	// What follows belongs to a step: the message and who gives it back when all of
	// it is out, whether it was tried, how much of it the connection took, and why
	// not all.
	message []byte
	sender  *exchange
	tried   bool
	taken   int
	failure error
	step    func(fd uintptr) bool
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

func (l *link) Write(p []byte) (int, error) {
	if !l.holding {
		return l.Conn.Write(p)
	}
	l.held = append(l.held, p...)
	return len(p), nil
}

// seal returns what conn, which lies above the link, makes of a message, in
// memory of scratch.
func (l *link) seal(conn net.Conn, message, scratch []byte) ([]byte, error) {
	l.holding, l.held = true, scratch[:0]
	_, err := conn.Write(message)
	sealed := l.held
	l.holding, l.held = false, nil
	return sealed, err
}

// send sends a message and waits until there is something to read, an end or an
// error included. It returns how much the connection took, and why not all. As soon
// as it has taken all the message is spent by its sender.
func (l *link) send(message []byte, sender *exchange) (int, error) {
	l.message, l.sender, l.tried, l.taken, l.failure = message, sender, false, 0, nil
	err := l.raw.Read(l.step)
	l.message, l.sender = nil, nil
	switch {
	case l.failure != nil:
		return l.taken, l.failure
	case !l.tried:
		return 0, err // the time was up before
	case l.taken < len(message):
		// The socket had no room for all of it.
		n, err := l.Conn.Write(message[l.taken:])
		return l.taken + n, err
	}
	// What ended the wait will end the read.
	return l.taken, nil
}
