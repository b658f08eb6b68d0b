package wire

import (
	"os"
	"syscall"
)

// oneStep says that this system has link's one-step exchange.
const oneStep = true

// advance is one turn of the poller: at first the message goes out, and then the
// socket has something to read. The socket does not block.
func (l *link) advance(fd uintptr) bool {
	if l.tried {
		return true
	}
	l.tried = true
	for {
		n, err := syscall.Write(int(fd), l.message)
		if err == syscall.EINTR {
			continue
		}
		l.taken = max(n, 0)
		if err != nil && err != syscall.EAGAIN {
			l.failure = os.NewSyscallError("write", err)
			return true
		}
		if l.taken < len(l.message) {
			return true
		}
		l.message = nil
		l.sender.spent()
		return false
	}
}
