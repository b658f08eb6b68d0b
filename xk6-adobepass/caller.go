package adobepass

import (
	"context"
	"time"

	"go.k6.io/k6/lib"
	"go.k6.io/k6/metrics"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
)

// bench is the scratch memory of one call.
type bench struct {
	request  api.Request
	response api.Response
	wire     api.HTTPRequest
	answer   api.HTTPResponse
	json     jsondoc.Doc
	exchange record.Exchange
	judge    *contract.Evaluator
	findings []finding
	// state is a VU's state with another logger.
	state lib.State
}

// caller drives one device for one call of a script. It takes everything that it
// needs of the VU when it is made, on the VU's goroutine, so that it may run on
// another.
type caller struct {
	in    *instance
	fleet *fleet
	ctx   context.Context
	state *lib.State
	base  metrics.TagsAndMeta

	index   int
	unit    *unit
	profile int
	id      api.Identity
	bench   *bench
	// pending is what a machine would send next, for whoever only asks.
	pending api.Request
	// sent is the operation of the last request that was sent, which its answer is
	// to be judged by: the bench may hold the next one already.
	sent api.Op
	// reused is set when the last request carried a token that had been used before.
	reused bool
	// began is when the script asked. What was due before counts from here: a
	// script decides when it calls, and no device is late for that.
	began time.Time
	totals
}

// totals are what happened during one call of a script.
type totals struct {
	requests, calls, registrations, tokens, throttled int
	waited                                            time.Duration
	took                                              time.Duration
	findings                                          []finding
}

// profileName is the name of the device's profile.
func (c *caller) profileName() string { return c.fleet.members[c.profile] }

// take acquires the device and lends a bench; drop gives both back.
func (c *caller) take() bool {
	if !c.fleet.acquire(c.ctx, c.index) {
		return false
	}
	f := c.fleet
	c.unit = f.unit(c.index)
	c.profile = f.population.Profile(c.index)
	c.id = f.population.Identity(c.index)
	c.bench = c.in.root.benches.Get().(*bench)
	c.began = f.clock.now()
	if !c.unit.touched {
		c.unit.touched = true
		c.counted(f.touched.Add(1))
	}
	return true
}

func (c *caller) drop() {
	b := c.bench
	b.findings, b.state = nil, lib.State{}
	c.in.root.benches.Put(b)
	c.bench = nil
	c.fleet.release(c.index)
}

// until waits until at and counts the wait. It reports false when the VU is to
// stop.
func (c *caller) until(at time.Time) bool {
	d := at.Sub(c.fleet.clock.now())
	if d <= 0 {
		return c.ctx.Err() == nil
	}
	before := c.fleet.clock.now()
	ok := wait(c.ctx, d)
	d = c.fleet.clock.now().Sub(before)
	c.totals.waited += d
	c.waited(c.profileName(), d)
	return ok
}

// exchange sends the bench's request, which is encoded already, tallies what came
// back and tells the machine, if one asked for it. due is when the request was to
// be sent.
func (c *caller) exchange(m *device.Device, due time.Time, route string) {
	b, f := c.bench, c.fleet
	c.sent = b.request.Op
	b.answer.Reset()
	b.findings = b.findings[:0]
	if !c.admit() {
		api.TransportFailure(api.ErrCanceled, &b.response)
		return
	}
	f.took(f.inFlight.Add(1))
	sent := f.clock.now()
	f.tallies.predict(c.profile, &b.wire, sent)
	failure := c.send(b, route)
	received := f.clock.now()
	f.inFlight.Add(-1)
	if failure != api.ErrNone {
		api.TransportFailure(failure, &b.response)
		b.json.Reset()
	} else {
		api.Decode(b.request.Op, &b.answer, &b.json, &b.response)
	}
	b.exchange = record.Exchange{
		Device: c.index, Profile: c.profile, Launch: c.unit.launches(),
		Intended: due, Sent: sent, Received: received,
		BytesSent: int64(len(b.wire.Body)), BytesReceived: int64(len(b.answer.Body)),
		Request: &b.request, Response: &b.response,
		Wire: &b.wire, Answer: &b.answer, JSON: b.json.Root(),
	}
	reused := c.remember(received)
	c.reused = reused
	if b.request.Op != api.OpUnknown {
		b.judge.Evaluate(&b.exchange, func(found contract.Finding) { b.findings = append(b.findings, findingOf(found)) })
		f.tallies.record(&b.exchange, &c.unit.book)
	}
	c.count(received.Sub(sent))
	c.observe(b, c.profileName(), received.Sub(sent), reused)
	if m != nil {
		m.Observe(f.clock.now(), &b.response)
	}
}

// admit waits for the fleet's ceiling. Being held back on purpose is the client's
// own wait. It reports false when the VU is to stop: then nothing is sent.
func (c *caller) admit() bool {
	f := c.fleet
	if f.ceiling == nil {
		return true
	}
	now := f.clock.now()
	f.ceilingMu.Lock()
	at := f.ceiling.Reserve(now)
	f.ceilingMu.Unlock()
	return c.until(at)
}

// remember keeps what the answer gave the device, and reports whether the request
// carried a token that had been used before.
func (c *caller) remember(received time.Time) (reused bool) {
	b, u := c.bench, c.unit
	if b.request.Op.Protected() {
		reused, u.tokenUsed = u.tokenUsed, true
		return reused
	}
	if b.response.Outcome != api.OutcomeOK {
		return false
	}
	switch b.request.Op {
	case api.OpRegister:
		u.credentials = keep(device.Credentials{ClientID: b.response.ClientID, ClientSecret: b.response.ClientSecret})
	case api.OpToken:
		u.credentials = keep(device.Credentials{
			ClientID: b.request.ClientID, ClientSecret: b.request.ClientSecret,
			AccessToken: b.response.AccessToken, TokenIssued: received,
			TokenExpires: received.Add(b.response.ExpiresIn),
		})
		u.tokenUsed = false
	default:
		return false
	}
	u.version++
	return false
}

// count adds the exchange to what the script is told.
func (c *caller) count(took time.Duration) {
	b := c.bench
	c.requests++
	c.took += took
	switch op := b.request.Op; {
	case op == api.OpRegister && b.response.Outcome == api.OutcomeOK:
		c.registrations++
	case op == api.OpToken && b.response.Outcome == api.OutcomeOK:
		c.tokens++
	case op.Protected():
		c.calls++
	}
	if b.response.Outcome == api.OutcomeThrottled {
		c.throttled++
	}
	c.totals.findings = append(c.totals.findings, b.findings...)
}

// took notes the highest number of requests under way.
func (f *fleet) took(n int64) {
	for {
		high := f.maxInFlight.Load()
		if n <= high || f.maxInFlight.CompareAndSwap(high, n) {
			return
		}
	}
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
