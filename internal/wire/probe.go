package wire

import (
	"bytes"
	"crypto/tls"
	"net"
	"time"
)

// rawConn returns the connection under the TLS layers of nc.
func rawConn(nc net.Conn) net.Conn {
	for {
		t, ok := nc.(*tls.Conn)
		if !ok {
			return nc
		}
		nc = t.NetConn()
	}
}

// sign is what an idle connection shows.
type sign uint8

const (
	signQuiet  sign = iota // nothing: it can carry a request
	signData               // bytes have arrived
	signClosed             // the other end has closed it
)

// ticketWait is how long a TLS record that is already there may take to be read.
const ticketWait = 5 * time.Millisecond

// stale reports whether a reused connection must not carry a request: the server
// has closed it while it was idle, or has said something that nobody asked for.
// To look before writing costs one system call and spares a false error; what
// happens after the look is reported as it is.
func (c *conn1) stale(now time.Time) bool {
	if !c.reused {
		return false
	}
	if now.Sub(c.idleSince) > idleLimit {
		return true
	}
	switch c.probe.look() {
	case signQuiet:
		return false
	case signClosed:
		return true
	}
	if c.stream == c.raw {
		return true
	}
	// On TLS the bytes may be a late session ticket, which only a read consumes.
	var one [1]byte
	c.deadline = time.Now().Add(ticketWait)
	c.raw.SetDeadline(c.deadline)
	_, err := c.stream.Read(one[:])
	return err == nil || !isTimeout(err)
}

// looksLikeHTTP reports whether the first bytes of an answer can begin a status
// line (RFC 9112 section 4).
func looksLikeHTTP(b []byte) bool {
	const want = "HTTP/1."
	n := min(len(b), len(want))
	return bytes.Equal(b[:n], []byte(want[:n]))
}
