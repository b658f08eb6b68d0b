package wire

import (
	"errors"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

var errBodyTooLarge = errors.New("body of the answer is too large")

// streamError mirrors the shape of net/http's unexported HTTP/2 stream error,
// which offers itself to errors.As for that.
type streamError struct {
	StreamID uint32
	Code     streamCode
	Cause    error
}

type streamCode uint32

func (streamError) Error() string { return "stream error" }

// Texts of net/http's HTTP/2 errors that have no exported type. The hostile
// server's tests fail when a Go release changes one of them.
const (
	textHeadTooLarge = "response header list larger than advertised limit"
	textFromPeer     = "received from peer"
	textConnError    = "connection error: "
	textNotUsable    = "http2: client conn not usable"
	textConnClosed   = "http2: client conn is closed"
)

// lostTexts are the ways in which net/http says that a connection went away.
var lostTexts = []string{
	"server sent GOAWAY", "graceful shutdown GOAWAY", "client conn", "connection lost",
	"connection force closed", "closed connection", "connection reset",
}

// neverSent2 reports whether the connection was gone before the request was
// written.
func neverSent2(err error) bool {
	if err == nil {
		return false
	}
	s := err.Error()
	return s == textNotUsable || s == textConnClosed
}

// kind2 classifies an error of the HTTP/2 client.
func kind2(err error) api.ErrKind {
	var stream streamError
	text := err.Error()
	switch {
	case err == errBodyTooLarge || err == errHeadTooLarge || strings.Contains(text, textHeadTooLarge):
		return api.ErrTooLarge
	case err == errNoHTTP2 || strings.Contains(text, textConnError):
		return api.ErrProtocol
	case errors.As(err, &stream):
		if stream.Cause != nil && stream.Cause.Error() == textFromPeer {
			return api.ErrReset
		}
		return api.ErrProtocol
	}
	for _, lost := range lostTexts {
		if strings.Contains(text, lost) {
			return api.ErrReset
		}
	}
	return connKind(err)
}
