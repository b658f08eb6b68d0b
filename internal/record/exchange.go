// Package record holds the one event of the project: an exchange, that is one
// request with what came back. Evaluators, tallies and logs all read it.
//
// The package is pure: it neither writes files nor knows the clock.
package record

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// Exchange is one request and its answer. Its pointers are valid only during
// the call that hands it over: whoever keeps anything copies it, redacted.
type Exchange struct {
	// Seq numbers the exchanges of a run from 1, in the order of completion.
	Seq uint64
	// Device is the index of the device in its fleet; Profile the index of its
	// profile.
	Device, Profile int
	// Launch counts the starts of the device's app so far; 0 when nobody knows.
	Launch int

	// Intended is when the schedule wanted the request sent. Latency counts
	// from here.
	Intended time.Time
	// Due is when the device could send it: Intended, or later by as much as
	// slow answers held the device up before. Zero stands for Intended.
	Due time.Time
	// Sent is when the request was handed to the transport, Received when the
	// answer was complete or the attempt had failed.
	Sent, Received time.Time
	// BytesSent and BytesReceived are the sizes of the bodies and headers as
	// far as the transport tells them.
	BytesSent, BytesReceived int64

	// Request is what the device meant, Response what it learned.
	Request  *api.Request
	Response *api.Response
	// Wire and Answer are the same as they travelled. Answer.Status is 0 when
	// none came.
	Wire   *api.HTTPRequest
	Answer *api.HTTPResponse
	// JSON is the parsed body; its root is absent when the body is no JSON.
	JSON jsondoc.Node
}

// Latency is the time from the intended send to the complete answer.
func (x *Exchange) Latency() time.Duration { return x.Received.Sub(x.Intended) }

// WireTime is the time from the actual send to the complete answer.
func (x *Exchange) WireTime() time.Duration { return x.Received.Sub(x.Sent) }

// Lateness is how long after the device could send it the request was sent, which
// is the generator's own doing.
func (x *Exchange) Lateness() time.Duration {
	if x.Due.IsZero() {
		return x.Sent.Sub(x.Intended)
	}
	return x.Sent.Sub(x.Due)
}

// Throttled reports whether the answer was a 429.
func (x *Exchange) Throttled() bool { return x.Response.Outcome == api.OutcomeThrottled }
