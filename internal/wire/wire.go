// Package wire carries requests over HTTP and brings back answers, timings and
// one classified error, whatever the protocol version.
//
// Both versions run on connections of this package: HTTP/1.1 with the parser of
// valyala/fasthttp, HTTP/2 with the framer and the header decoder of x/net. Both send a
// request at most once, follow no redirect and add no field of their own beside
// Host and Content-Length. The package knows nothing of what it carries and
// prints nothing; no error text leaves it, so no secret does either.
package wire

import (
	"context"
	"net/url"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Client sends requests to one server. It is safe for concurrent use.
type Client interface {
	// Do sends in and fills out, reusing out's memory, and returns when the
	// answer is complete, the request has failed, its time is up or ctx has
	// ended. A request is written at most once: what the server saw twice, the
	// caller sent twice. After an error other than ErrNone out is empty, except
	// that Status is set when the head of an answer had arrived.
	//
	// A request that cannot be put on the wire at all, such as one with a line
	// break in a field, is ErrProtocol with a zero Timing.Sent.
	Do(ctx context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (Timing, api.ErrKind)
	// CloseIdle closes the connections that carry no request.
	CloseIdle()
	// Close ends every connection; requests in flight and later ones are
	// ErrCanceled.
	Close()
}

// Timing says when a request passed which point and how much it moved.
type Timing struct {
	// Sent is the moment before the first byte of the request was written; zero
	// when nothing was.
	Sent time.Time
	// FirstByte is the arrival of the first byte of an answer, interim answers
	// included; on HTTP/2 the arrival of the answer's head. Zero when none came.
	FirstByte time.Time
	// Received is the moment at which the answer was complete or the request
	// had failed. It is always set.
	Received time.Time
	// BytesSent and BytesReceived are the sizes of the messages, head and body,
	// without TLS. On HTTP/2 frames do not count; the head of a request counts as
	// it was written, that of an answer as its uncompressed names and values.
	BytesSent, BytesReceived int64
	// Reused reports whether the connection had carried a request before.
	Reused bool
}

// New returns a client of the server at base: an http or https URL with an
// optional path, which goes before every target. It opens no connection. Errors
// name the option that cannot be used.
func New(base *url.URL, o Options) (Client, error) {
	t, err := newTarget(base, o)
	if err != nil {
		return nil, err
	}
	switch {
	case o.Version == Version2:
		return newClient2(t), nil
	case o.Version == VersionAuto && t.tls != nil:
		return newClientAuto(t), nil
	}
	return newClient1(t), nil
}
