package adobepass

import (
	"time"
	"unsafe"

	"github.com/grafana/sobek"
	"go.k6.io/k6/metrics"

	"github.com/dcrbench/dcrbench/internal/api"
)

// finding is a way in which an answer was not as documented.
type finding struct {
	ID        string `js:"id"`
	Level     string `js:"level"`
	Operation string `js:"operation"`
	Detail    string `js:"detail"`
	Message   string `js:"message"`
}

// callResult is what a script learns of a call. Times are in milliseconds, as
// everywhere in k6.
type callResult struct {
	Operation   string    `js:"operation"`
	Status      int       `js:"status"`
	Outcome     string    `js:"outcome"`
	OK          bool      `js:"ok"`
	Throttled   bool      `js:"throttled"`
	TokenReused bool      `js:"tokenReused"`
	Requests    int       `js:"requests"`
	Findings    []finding `js:"findings"`
	ErrorCode   string    `js:"errorCode"`
	ErrorAction string    `js:"errorAction"`
	Error       string    `js:"error"`
	Action      string    `js:"action"`
	Code        string    `js:"code"`
	ReadyIn     float64   `js:"readyIn"`
	Duration    float64   `js:"duration"`
	Waited      float64   `js:"waited"`
	Body        any       `js:"body"`
	runtime     *sobek.Runtime
}

// JSON parses the body; null when there is none or it is no JSON.
func (r *callResult) JSON() sobek.Value {
	text, ok := r.Body.(string)
	if !ok || r.runtime == nil {
		return sobek.Null()
	}
	parse, ok := sobek.AssertFunction(r.runtime.GlobalObject().Get("JSON").ToObject(r.runtime).Get("parse"))
	if !ok {
		return sobek.Null()
	}
	v, err := parse(sobek.Undefined(), r.runtime.ToValue(text))
	if err != nil {
		return sobek.Null()
	}
	return v
}

// sessionResult is what a script learns of a viewing session.
type sessionResult struct {
	Completed     bool      `js:"completed"`
	Ended         bool      `js:"ended"`
	Requests      int       `js:"requests"`
	Registrations int       `js:"registrations"`
	Tokens        int       `js:"tokens"`
	Calls         int       `js:"calls"`
	Throttled     int       `js:"throttled"`
	Findings      []finding `js:"findings"`
	Duration      float64   `js:"duration"`
	Waited        float64   `js:"waited"`
}

// result describes the last exchange of the call and what led to it. discard
// leaves the body out, as the script's option discardResponseBodies wants it.
func (c *caller) result(discard bool) *callResult {
	r := &callResult{Requests: c.requests, Findings: c.totals.findings, Waited: metrics.D(c.totals.waited), Duration: metrics.D(c.totals.took)}
	if r.Findings == nil {
		r.Findings = []finding{}
	}
	r.Throttled = c.totals.throttled > 0
	if c.requests == 0 {
		r.Outcome = api.OutcomeNone.String()
		return r
	}
	b := c.bench
	r.Operation = c.operation(c.sent)
	r.Status, r.Outcome = b.response.Status, b.response.Outcome.String()
	r.OK = b.response.Outcome == api.OutcomeOK
	r.TokenReused = c.reused
	r.ErrorCode, r.ErrorAction = b.response.ErrorCode, b.response.ErrorAction.String()
	r.Action, r.Code = b.response.Action.String(), b.response.Code
	if b.response.Err != api.ErrNone {
		r.Error = b.response.Err.String()
	}
	if at := c.unit.readyAt.Load(); at != 0 {
		r.ReadyIn = max(0, metrics.D(time.Unix(0, at).Sub(c.fleet.clock.now())))
	}
	// Registrations and tokens answer with secrets.
	if op := c.sent; op != api.OpRegister && op != api.OpToken && !discard && b.response.Status != 0 {
		// k6 made the bytes for this answer alone, and nobody writes to them.
		r.Body = unsafe.String(unsafe.SliceData(b.answer.Body), len(b.answer.Body))
	}
	return r
}
