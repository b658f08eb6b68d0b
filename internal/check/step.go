package check

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// StepKind is what a machine asks its driver to do.
type StepKind uint8

const (
	// Done ends the probe.
	Done StepKind = iota
	// Send sends the requests of the step and observes their answers.
	Send
	// Wait does nothing before Until.
	Wait
)

// Step is what a machine asks its driver to do next.
type Step struct {
	Kind StepKind
	// Requests are to be sent, all at once when there are several. Read only.
	Requests []*api.HTTPRequest
	// Op is the operation that they belong to, OpUnknown for none.
	Op api.Op
	// Key is the throttle key of the device that sends, by the documents: the
	// address that it gives as its own.
	Key string
	// Elsewhere asks for another source address than usual.
	Elsewhere bool
	// Throttling marks requests that may be refused for their rate: they are
	// sent without regard to the budget, and refusals are not repeated.
	Throttling bool
	// Until is the end of a wait.
	Until time.Time
}

// Answer is what came back for one request of a step.
type Answer struct {
	api.HTTPResponse
	// Err says why no answer came.
	Err api.ErrKind
	// Sent and Received bound the exchange.
	Sent, Received time.Time
	// Exchange is the number of the exchange in the evidence.
	Exchange uint64
	// Throttled marks an unplanned 429 that stayed after a repeat.
	Throttled bool

	// Broken marks an answer that broke off, and broke off again at a repeat.
	Broken bool

	// op is the operation that was asked.
	op api.Op
	// blame is the check that says what is wrong with this answer: whatever else
	// is asked of it depends on that.
	blame string

	doc    jsondoc.Doc
	parsed bool
}

// json returns the body as JSON whatever its media type; absent if it is none.
func (a *Answer) json() jsondoc.Node {
	if !a.parsed {
		a.parsed = true
		// A body that is no JSON reads as an absent node.
		_ = a.doc.Parse(a.Body)
	}
	return a.doc.Root()
}

// lost says why nothing can be concluded from the answer; "" when it can.
func (a *Answer) lost() string {
	switch {
	case a == nil:
		return "the request was not sent"
	case a.Err != api.ErrNone:
		return "no answer came (" + a.Err.String() + ")"
	case a.Throttled:
		return "the request was throttled, and throttled again after the wait"
	}
	return ""
}

// succeeded reports whether the answer is any 2xx.
func (a *Answer) succeeded() bool { return a.lost() == "" && a.Status >= 200 && a.Status < 300 }

// refused reports whether the answer is any 4xx but a 429.
func (a *Answer) refused() bool {
	return a.lost() == "" && a.Status >= 400 && a.Status < 500 && a.Status != 429
}
