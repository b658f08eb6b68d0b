package wire

import (
	"net"
	"slices"
	"sync"

	"github.com/dcrbench/dcrbench/internal/api"
)

// message is the memory of a request that is on its way out: as it was composed,
// and what TLS makes of it. A request that waits for its answer holds none, so that
// thousands may wait.
type message struct {
	plain, sealed []byte
}

var messages = sync.Pool{New: func() any { return new(message) }}

// usualHead is room for the heads of most requests, in bytes.
const usualHead = 512

// keptMessage bounds the memory that waits in the pool, in bytes per message.
const keptMessage = 64 << 10

// compose makes the message of a request, and reports whether the connection ends
// with it and whether there is one at all.
func (x *exchange) compose(t *target, in *api.HTTPRequest) (closing, ok bool) {
	x.message = messages.Get().(*message)
	x.plain, closing, ok = t.appendRequest(slices.Grow(x.plain[:0], len(in.Body)+usualHead), in)
	return closing, ok
}

// spent gives the message back, without the secrets in it.
func (x *exchange) spent() {
	if x.message == nil {
		return
	}
	clear(x.plain)
	if cap(x.plain) <= keptMessage && cap(x.sealed) <= keptMessage {
		messages.Put(x.message)
	}
	x.message = nil
}

// write sends the request, on a link in one step with the wait for the answer. It
// returns how much of the request went out. The message may be spent afterwards.
func (x *exchange) write(conn net.Conn, l *link) (int, error) {
	switch {
	case l == nil:
		return conn.Write(x.plain)
	case conn == net.Conn(l):
		return l.send(x.plain, x)
	}
	var err error
	if x.sealed, err = l.seal(conn, x.plain, x.sealed); err != nil {
		return 0, err
	}
	whole, some := len(x.plain), len(x.sealed) > 0
	n, err := l.send(x.sealed, x)
	if n == 0 && some {
		return 0, err
	}
	return whole, err
}
