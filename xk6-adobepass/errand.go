package adobepass

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/device"
)

// errand is what a script asks a device to do: one operation, with whatever
// credentials and token it needs first.
type errand struct {
	// op is the operation, OpUnknown for a raw request to none of them.
	op api.Op
	// stop ends the errand after a registration or a token, when those are what
	// it was about.
	stop api.Op
	// fill writes the request as the script wants it over what the machine wrote.
	fill func(*api.Request)
	// raw is a request that the script wrote itself; nil encodes the operation.
	raw *rawRequest
	// again goes on as the profile says after a 429 or an error, instead of
	// leaving the next move to the script.
	again bool
}

// rawRequest is a request in the script's own words.
type rawRequest struct {
	wire  api.HTTPRequest
	route string
	// bearer adds the device's token.
	bearer bool
}

// run does the errand. The machine decides about credentials, tokens, refusals
// and waits; where it would send its one step, the script's request goes out.
func (c *caller) run(e *errand) {
	if !c.until(time.Unix(0, c.unit.readyAt.Load())) {
		return
	}
	if e.stop == api.OpUnknown && !e.needsToken() {
		c.sendAlone(e)
		return
	}
	m := c.errandMachine()
	for c.ctx.Err() == nil {
		step := m.Next(c.fleet.clock.now(), &c.bench.request)
		switch step.Kind {
		case device.Done:
			return
		case device.Wait:
			if !c.until(step.At) {
				c.unit.readyAt.Store(step.At.UnixNano())
				return
			}
			continue
		}
		main := c.bench.request.Op == errandOp
		if e.fetched(c.bench.request.Op) {
			return // what is pending waits for a later call
		}
		if c.dispatch(m, e, later(step.At, c.began), main); e.ends(main, c.bench) {
			c.rest(m)
			return
		}
	}
}

// fetched reports that the machine has what the errand was to fetch, as it would
// go on with op.
func (e *errand) fetched(op api.Op) bool {
	return e.stop == api.OpRegister && op != api.OpRegister || e.stop == api.OpToken && op == errandOp
}

// needsToken reports whether the machine has to provide a token first.
func (e *errand) needsToken() bool {
	if e.raw != nil {
		return e.raw.bearer
	}
	return e.op.Protected()
}

// dispatch sends the pending request of the machine, or in its place what the
// script asked for.
func (c *caller) dispatch(m *device.Device, e *errand, due time.Time, main bool) {
	b := c.bench
	if !main {
		b.request.Encode(&c.id, &b.wire)
		c.exchange(m, due, b.request.Op.Describe().Template)
		c.unit.errandVersion = c.unit.version
		return
	}
	token := b.request.AccessToken
	c.prepare(e, token)
	c.exchange(m, due, c.route(e))
}

// sendAlone sends what needs no token, without asking the machine.
func (c *caller) sendAlone(e *errand) {
	c.prepare(e, "")
	c.exchange(nil, c.fleet.clock.now(), c.route(e))
}

// prepare writes the script's request into the bench.
func (c *caller) prepare(e *errand, token string) {
	b := c.bench
	b.request = api.Request{Op: e.op, AccessToken: token}
	if e.raw == nil {
		e.fill(&b.request)
		b.request.Encode(&c.id, &b.wire)
		return
	}
	b.wire.Reset()
	b.wire.Method, b.wire.Target = e.raw.wire.Method, e.raw.wire.Target
	b.wire.Body = append(b.wire.Body, e.raw.wire.Body...)
	b.wire.Header = append(b.wire.Header, e.raw.wire.Header...)
	if token != "" && e.raw.bearer {
		b.wire.Header = append(b.wire.Header, api.Field{Name: "Authorization", Value: "Bearer " + token})
	}
}

func (c *caller) route(e *errand) string {
	if e.raw != nil {
		return e.raw.route
	}
	return e.op.Describe().Template
}

// ends reports whether the script is to hear of the last exchange.
func (e *errand) ends(main bool, b *bench) bool {
	outcome := b.response.Outcome
	switch {
	case !main && outcome == api.OutcomeOK:
		return b.request.Op == e.stop
	case main && (outcome == api.OutcomeUnauthorized || outcome == api.OutcomeClientRejected):
		return false // the machine renews and repeats, or gives up
	case main && outcome == api.OutcomeOK:
		return true
	case outcome == api.OutcomeReauthenticate || outcome == api.OutcomeRefused || outcome == api.OutcomeUnusable:
		return true
	}
	return !e.again
}

// errandMachine is the device's machine for errands, launched and up to date.
func (c *caller) errandMachine() *device.Device {
	u, now := c.unit, c.fleet.clock.now()
	if u.errand != nil && u.errandVersion == u.version {
		switch step := u.errand.Next(now, &c.bench.request); {
		case step.Kind != device.Done:
			return u.errand
		case u.errand.Relaunch(now):
			return u.errand
		}
	}
	u.errand = c.newMachine(c.fleet.errands, now)
	u.errandVersion = u.version
	return u.errand
}

// newMachine makes a device that has the credentials which the unit knows of.
func (c *caller) newMachine(programs []*device.Program, at time.Time) *device.Device {
	f := c.fleet
	d := programs[c.profile].New(uint64(f.options.Seed), uint64(c.index), f.population.Viewer(c.index), at)
	d.Restore(c.unit.credentials.credentials())
	return &d
}

// manyDevices is how many devices make a fleet so large that a device with
// nothing on its mind keeps its credentials only: by the time its turn comes
// again, its own limiter would be full anyway.
const manyDevices = 20_000

// rest notes until when the device waits, after an errand.
func (c *caller) rest(m *device.Device) {
	u := c.unit
	step := m.Next(c.fleet.clock.now(), &c.pending)
	switch {
	case step.Kind == device.Wait:
		u.readyAt.Store(step.At.UnixNano())
		return
	case step.Kind == device.Done && len(c.fleet.units) >= manyDevices:
		u.errand = nil
	}
	u.readyAt.Store(0)
}
