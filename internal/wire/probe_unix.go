//go:build unix

package wire

import (
	"net"
	"syscall"
)

// probe looks at a socket without reading from it.
type probe struct {
	conn syscall.RawConn // nil when the connection is no socket
	peek func(fd uintptr)
	sign sign
}

func (p *probe) init(nc net.Conn) {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return
	}
	p.conn = rc
	p.peek = func(fd uintptr) {
		var one [1]byte
		n, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		switch {
		case err == syscall.EAGAIN || err == syscall.EWOULDBLOCK || err == syscall.EINTR:
			p.sign = signQuiet
		case err == nil && n > 0:
			p.sign = signData
		default:
			p.sign = signClosed
		}
	}
}

func (p *probe) look() sign {
	if p.conn == nil {
		return signQuiet
	}
	p.sign = signClosed
	if err := p.conn.Control(p.peek); err != nil {
		return signClosed
	}
	return p.sign
}
