package wire

import (
	"io"
	"os"
	"syscall"
)

// oneStep says that this system has link's one-step exchange.
const oneStep = true

// advance is one turn of the poller: the message goes out first, and then each
// time the socket is ready its bytes are read. The socket does not block.
func (l *link) advance(fd uintptr) bool {
	if !l.sent {
		l.sent = true
		n, err := retry(func() (int, error) { return syscall.Write(int(fd), l.held) })
		l.taken = max(n, 0)
		if err != nil && err != syscall.EAGAIN {
			l.failure = os.NewSyscallError("write", err)
			return true
		}
		return l.taken < len(l.held)
	}
	n, err := retry(func() (int, error) { return syscall.Read(int(fd), l.into) })
	switch {
	case err == syscall.EAGAIN:
		return false
	case err != nil:
		l.err = os.NewSyscallError("read", err)
	case n == 0:
		l.err = io.EOF
	}
	l.read = max(n, 0)
	return true
}

func retry(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != syscall.EINTR {
			return n, err
		}
	}
}
