package check

import (
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// keys drains one device and tries who is throttled with it.
func (x *Identification) keys(p *probe) {
	first := p.device
	try := func(d identity, r func() *api.HTTPRequest, op api.Op) Opening {
		p.device = first
		if x.Queued {
			return x.together(p, d, r)
		}
		p.press(api.OpConfiguration, p.target(), x.Capacity+2)
		p.device = d
		came := Untried
		for _, a := range p.press(op, r(), x.few()) {
			if x.refusal(a) {
				return Closed
			}
			if a.Err == api.ErrNone {
				came = Open
			}
		}
		return came
	}
	next := func() identity { p.used++; return p.kit.device(p.base + p.used - 1) }
	x.OtherDevice = try(next(), p.target, api.OpConfiguration)
	d := next()
	d.headers.ForwardedFor, d.address = first.headers.ForwardedFor, first.address
	x.OtherIdentifier = try(d, p.target, api.OpConfiguration)
	d = next()
	d.headers.DeviceIdentifier = first.headers.DeviceIdentifier
	x.OtherAddress = try(d, p.target, api.OpConfiguration)
	x.OtherPath = try(first, func() *api.HTTPRequest { return p.tokenForm("") }, api.OpToken)
	if x.OtherPath == Closed {
		x.Registrations = try(first, func() *api.HTTPRequest { return p.registerBody("{}") }, api.OpRegister)
	}
	if x.OtherDevice == Closed && p.kit.Elsewhere {
		d = next()
		p.elsewhere = true
		x.OtherPlace, p.device = Open, d
		for _, a := range p.press(api.OpConfiguration, p.target(), x.few()) {
			if x.refusal(a) {
				x.OtherPlace = Closed
			}
		}
		p.elsewhere = false
	}
	p.device = first
	x.effects(p)
	x.again(p)
}

// few is how many requests tell whether a limit is shared: no more than a rested
// device may send, and more than is refilled while they are on their way.
func (x *Identification) few() int { return min(x.Capacity, 4+int(x.Rate/2)) }

// again measures the capacity once more where everybody shares one limit: at the
// first time, the probes before had left it half empty.
func (x *Identification) again(p *probe) {
	if x.OtherDevice != Closed || x.Rate <= 0 || x.Queued {
		return
	}
	p.wait(min(p.kit.Patience, time.Duration(32/x.Rate*float64(time.Second))))
	n := 0
	for _, a := range p.press(api.OpConfiguration, p.target(), 64) {
		if x.admitted(a) {
			n++
		}
	}
	x.Capacity = max(x.Capacity, n)
}

// refusal is refused for requests whose usual answer is another one.
func (x *Identification) refusal(a *Answer) bool {
	return a.Err == api.ErrNone && a.Status == x.Refusal.Status
}

// together sends what drains the current device and what comes from d at once,
// for a queue is empty again by the time that it has answered. Who shares a limit
// is refused in the sum, whichever of the two comes first. Both have to be rested.
func (x *Identification) together(p *probe, d identity, r func() *api.HTTPRequest) Opening {
	const beyond = 2
	if x.Rate > 0 {
		p.wait(min(p.kit.Patience, time.Duration(float64(x.Capacity+1)/x.Rate*float64(time.Second))))
	}
	n := min(4, x.Capacity)
	requests := slices.Repeat([]*api.HTTPRequest{p.target()}, x.Capacity+beyond)
	p.device = d
	requests = append(requests, slices.Repeat([]*api.HTTPRequest{r()}, n)...)
	refusals := 0
	for _, a := range p.volley(api.OpUnknown, requests) {
		if x.refusal(a) {
			refusals++
		}
	}
	if refusals > beyond+n/2 {
		return Closed
	}
	return Open
}

// effects registers, and asks for a token, as a device that is throttled.
func (x *Identification) effects(p *probe) {
	for _, r := range [...]api.Request{
		{Op: api.OpRegister, SoftwareStatement: p.kit.Statement},
		{Op: api.OpToken, ClientID: p.shared.clientID, ClientSecret: p.shared.clientSecret},
	} {
		// A path with a limit of its own is drained by what is wrong for it.
		drain := map[api.Op]*api.HTTPRequest{api.OpRegister: p.registerBody("{}"), api.OpToken: p.tokenForm("")}[r.Op]
		if x.OtherPath == Closed && x.Registrations != Open {
			drain = p.target()
		}
		p.press(r.Op, drain, x.Capacity+2)
		a := p.press(r.Op, p.encode(r), 1)[0]
		if !x.refusal(a) {
			continue
		}
		x.EffectsTried = true
		if a.json().Get("client_id").Text() != "" || a.json().Get("access_token").Text() != "" {
			x.Effects = a
		}
	}
}
