package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/dcrbench/dcrbench/internal/api"
)

// dialKind classifies an error of opening a TCP connection.
func dialKind(err error) api.ErrKind {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return api.ErrDNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return api.ErrConnect
	case isTimeout(err):
		return api.ErrTimeout
	}
	return api.ErrConnect
}

// connKind classifies an error of reading from or writing to a connection.
func connKind(err error) api.ErrKind {
	var phase *phaseError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &phase):
		return phase.kind
	case isTimeout(err):
		return api.ErrTimeout
	case isAlert(err), errors.As(err, &record):
		return api.ErrTLS
	case isLost(err):
		return api.ErrReset
	}
	return api.ErrProtocol
}

// isAlert reports whether the other end broke TLS off with a reason: a server
// that wants a client certificate says so after the handshake only (RFC 8446
// section 4.4.2.4).
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &t) && t.Timeout()
}

// isLost reports whether the other end went away.
func isLost(err error) bool {
	for _, target := range []error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
		syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, syscall.ENOTCONN,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}
