package probe

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/record"
)

// Sink takes the exchanges of a run, in the order of their numbers within a
// probe. What it is handed is its own to keep. The live driver calls it from
// one goroutine at a time.
type Sink func(probe string, x *record.Exchange)

// event makes the event of one exchange.
func event(seq uint64, s *check.Step, r *api.HTTPRequest, a *check.Answer) *record.Exchange {
	return &record.Exchange{
		Seq: seq, Intended: a.Sent, Sent: a.Sent, Received: a.Received,
		Request:  &api.Request{Op: s.Op},
		Response: &api.Response{Status: a.Status, Err: a.Err},
		Wire:     r, Answer: &a.HTTPResponse,
	}
}

// waitAfter is how long to wait after an unplanned 429: what it asks for, at
// least a second (throttling page), and never longer than the bound.
func waitAfter(a *check.Answer, bound time.Duration) time.Duration {
	return min(max(api.RetryAfter(a.Header), time.Second+50*time.Millisecond), bound)
}

// Stats counts what a driver did.
type Stats struct {
	// Requests and Answered count the requests and those that got an answer.
	Requests, Answered int
	// Unplanned counts the 429 that the budget did not foresee.
	Unplanned int
	// Elapsed is how far the clock went.
	Elapsed time.Duration
}
