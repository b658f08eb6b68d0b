package adobepass

import (
	"errors"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/metrics"

	"github.com/dcrbench/dcrbench/internal/api"
)

// deviceMethods makes the methods that the devices of this VU share.
func (in *instance) deviceMethods() map[string]sobek.Value {
	rt := in.vu.Runtime()
	methods := map[string]sobek.Value{}
	add := func(name string, fn func(*caller, sobek.FunctionCall) sobek.Value) {
		methods[name] = rt.ToValue(func(call sobek.FunctionCall) sobek.Value {
			return fn(in.caller(name, call.This), call)
		})
	}
	add("register", func(c *caller, call sobek.FunctionCall) sobek.Value { return c.fetch(api.OpRegister, call.Argument(0)) })
	add("token", func(c *caller, call sobek.FunctionCall) sobek.Value { return c.fetch(api.OpToken, call.Argument(0)) })
	add("call", func(c *caller, call sobek.FunctionCall) sobek.Value { return c.now(c.asked(call)) })
	add("callAsync", func(c *caller, call sobek.FunctionCall) sobek.Value { return c.later(c.asked(call)) })
	add("request", func(c *caller, call sobek.FunctionCall) sobek.Value { return c.now(c.written(call)) })
	add("session", func(c *caller, call sobek.FunctionCall) sobek.Value { return c.session(call) })
	add("reset", func(c *caller, _ sobek.FunctionCall) sobek.Value { return c.reset() })
	return methods
}

// caller prepares a method call on a device.
func (in *instance) caller(method string, this sobek.Value) *caller {
	var d *scriptDevice
	if this != nil {
		d, _ = this.Export().(*scriptDevice)
	}
	if d == nil {
		in.misuse(errors.New("device." + method + " needs its device: call it as device." + method + "(), not by itself"))
	}
	in.open(d.fleet)
	state := in.vu.State()
	return &caller{in: in, fleet: d.fleet, ctx: in.vu.Context(), state: state, base: state.Tags.GetCurrentValues(), index: d.index}
}

// text reads a method's argument that must be a string.
func (c *caller) text(where, name string, v sobek.Value) string {
	if s, ok := v.Export().(string); ok && !absent(v) {
		return s
	}
	c.in.misuse(errors.New(where + ": " + name + " must be a string, not " + kindOf(v)))
	return ""
}

func (c *caller) asked(call sobek.FunctionCall) *errand {
	e, err := c.fleet.callErrand(c.index, c.text("device.call", "operation", call.Argument(0)), call.Argument(1))
	if err != nil {
		c.in.misuse(err)
	}
	return e
}

func (c *caller) written(call sobek.FunctionCall) *errand {
	id := c.fleet.population.Identity(c.index)
	method := c.text("device.request", "method", call.Argument(0))
	path := c.text("device.request", "path", call.Argument(1))
	e, err := requestErrand(method, path, call.Argument(2), &id)
	if err != nil {
		c.in.misuse(err)
	}
	return e
}

// now does the errand and returns its result.
func (c *caller) now(e *errand) sobek.Value {
	return c.in.vu.Runtime().ToValue(c.do(e))
}

func (c *caller) do(e *errand) *callResult {
	discard := c.state.Options.DiscardResponseBodies.Bool
	if !c.take() {
		return c.stopped()
	}
	defer c.drop()
	c.run(e)
	r := c.result(discard)
	if r.Operation == "" && e.stop != api.OpUnknown && c.ctx.Err() == nil {
		// What was asked for is there already.
		r.Operation, r.Outcome, r.OK = e.stop.String(), api.OutcomeOK.String(), true
	}
	r.runtime = c.in.vu.Runtime()
	return r
}

// stopped is the result of a call that the end of the VU kept from being made.
func (c *caller) stopped() *callResult {
	return &callResult{Outcome: api.OutcomeNone.String(), Findings: []finding{}}
}

// later does the errand beside the script and returns a promise of its result.
func (c *caller) later(e *errand) sobek.Value {
	rt := c.in.vu.Runtime()
	promise, resolve, _ := rt.NewPromise()
	enqueue := c.in.vu.RegisterCallback()
	go func() {
		r := c.do(e)
		enqueue(func() error { return resolve(r) })
	}()
	return rt.ToValue(promise)
}

// fetch is device.register and device.token.
func (c *caller) fetch(op api.Op, options sobek.Value) sobek.Value {
	e, force, err := fetchErrand(op, options)
	if err != nil {
		c.in.misuse(err)
	}
	if force {
		c.forget(op == api.OpRegister, false)
	}
	return c.now(e)
}

// forget drops the token, or everything that the device has been given. With anew
// that is nobody's fault: the app was installed anew.
func (c *caller) forget(all, anew bool) {
	if !c.fleet.acquire(c.ctx, c.index) {
		return
	}
	defer c.fleet.release(c.index)
	u := c.fleet.unit(c.index)
	u.credentials.dropToken()
	u.tokenUsed = false
	u.errand = nil
	if all {
		u.credentials = keepsake{}
		u.session, u.finished = nil, false
		if anew {
			c.fleet.tallies.reinstalled(c.index)
		}
	}
	u.version++
}

// session is device.session.
func (c *caller) session(call sobek.FunctionCall) sobek.Value {
	if err := openBag("device.session", call.Argument(0)).done(); err != nil {
		c.in.misuse(err)
	}
	r := &sessionResult{Findings: []finding{}}
	if c.take() {
		defer c.drop()
		r.Ended, r.Completed = c.runSession()
		r.Requests, r.Registrations, r.Tokens, r.Calls, r.Throttled = c.requests, c.registrations, c.tokens, c.calls, c.throttled
		r.Findings = append(r.Findings, c.totals.findings...)
		r.Duration, r.Waited = metrics.D(c.totals.took), metrics.D(c.totals.waited)
	}
	return c.in.vu.Runtime().ToValue(r)
}

// reset is device.reset: the app is installed anew.
func (c *caller) reset() sobek.Value {
	c.forget(true, true)
	return sobek.Undefined()
}

// deviceState is what changes about a device.
type deviceState struct {
	registered, finished bool
	readyIn              float64
}

// state reads the device, once whoever has it lets it go.
func (d *scriptDevice) state() deviceState {
	d.in.open(d.fleet)
	f := d.fleet
	u := f.unit(d.index)
	s := deviceState{readyIn: max(0, metrics.D(time.Unix(0, u.readyAt.Load()).Sub(f.clock.now())))}
	if f.acquire(d.in.vu.Context(), d.index) {
		s.registered, s.finished = u.credentials.registered(), u.finished
		f.release(d.index)
	}
	return s
}
