package audit

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// token is one access token.
type token struct {
	id, client     uint64
	sight          sight
	issued, expiry int64
	// early is when it may be replaced.
	early int64
	uses  uint32
}

// refusal is a call that drew a 401 and was not repeated yet.
type refusal struct {
	target, bearer uint64
	sight          sight
}

// tokens is what is known of a device's access tokens.
type tokens struct {
	kept4       [4]token
	newest      int
	hasToken    bool
	tokenClient uint64
	// unauthorized: a 401 came since the token was issued; renewed401: the token
	// replaced one that drew a 401.
	unauthorized, renewed401 bool
	// troubled: the last token request was refused for another reason than its
	// credentials.
	troubled bool
	// allowance: the tolerant reading grants one refresh after a restart.
	allowanceUsed bool
	redundant     uint32
	calls         uint32
	refusals      [8]refusal
	refusalAt     int
	opaque        bool
}

func (t *tokens) latest() *token { return &t.kept4[t.newest] }

func (t *tokens) find(bearer uint64) *token {
	for i := range t.kept4 {
		if bearer != 0 && t.kept4[i].id == bearer {
			return &t.kept4[i]
		}
	}
	return nil
}

// earlyWindow is how long before its end a token may be replaced: the longer of
// five minutes and a tenth of its life, but never more than half of it; a
// quarter in the tolerant reading (DCR-04, A-34). The tally counts by the same
// window as the strict reading.
func earlyWindow(life time.Duration, strict bool) time.Duration {
	share := life / 4
	if strict {
		share = life / 10
	}
	return min(max(300*time.Second, share), life/2)
}

func (d *Device) sendTokens(e *event) {
	switch {
	case e.op == api.OpToken:
		d.sendTokenRequest(e)
	case e.op.Protected():
		d.sendBearer(e)
	}
}

func (d *Device) sendTokenRequest(e *event) {
	if !d.hasToken {
		return
	}
	t := d.latest()
	same := e.client == 0 || t.client == 0 || e.client == t.client
	excused := d.unauthorized || d.refused || !same
	switch {
	case d.opaque && !excused:
		d.unsure(dcr04)
	case !excused && e.sent < t.early:
		d.redundantRequest(e, t)
	case same:
		d.kept(dcr03)
		d.kept(dcr04)
	}
}

func (d *Device) redundantRequest(e *event, t *token) {
	if d.started {
		d.broken(dcr19, "fetched a token at a start in spite of a live one from before", t.sight, seen(e))
	}
	if d.started && !d.options.Strict && !d.allowanceUsed {
		d.allowanceUsed = true
		return
	}
	d.broken(dcr04, "asked for a token while another had "+span(t.expiry-e.sent)+" to live", t.sight, seen(e))
	e.redundant = true
}

// perCall judges whether tokens come with the calls.
func (d *Device) perCall(e *event) {
	if d.calls >= 4 && 2*d.redundant > d.calls {
		d.broken(dcr05, "asked for a token for more than every second call", d.latest().sight, seen(e))
	}
}

func (d *Device) sendBearer(e *event) {
	d.calls++
	d.checkRefusal(e)
	t := d.tokens.find(e.bearer)
	if t == nil {
		return
	}
	d.kept(dcr22)
	if t.uses++; t.uses == 2 {
		d.kept(dcr04)
	}
	if d.calls == 4 && 2*d.redundant <= d.calls {
		d.kept(dcr05)
	}
	switch {
	case t.expiry == 0:
		d.unsure(dcr07)
	case e.sent >= t.expiry+int64(d.options.eps()):
		d.broken(dcr07, "called with a token that had ended "+span(e.sent-t.expiry)+" before", t.sight, seen(e))
	default:
		d.kept(dcr07)
		d.kept(dcr08)
	}
}

// checkRefusal judges the repeat of a call that drew a 401.
func (d *Device) checkRefusal(e *event) {
	for i := range d.refusals {
		r := &d.refusals[i]
		if r.sight.seq == 0 || r.target != e.target {
			continue
		}
		if e.bearer == r.bearer {
			d.broken(dcr09, "repeated a call with the token that had just drawn a 401", r.sight, seen(e))
		} else {
			d.kept(dcr09)
		}
		*r = refusal{}
	}
}

func (d *Device) answerTokens(e *event) {
	switch {
	case e.op == api.OpRegister:
		return
	case e.op == api.OpToken:
		d.answerTokenRequest(e)
	case e.op.Protected():
		d.answerBearer(e)
	}
	if e.outcome == api.OutcomeClientRejected || e.errAct == api.ErrorActionRegistration {
		d.refused = true
	}
}

func (d *Device) answerTokenRequest(e *event) {
	d.troubled = !e.issued()
	if !e.issued() {
		return
	}
	if e.redundant {
		d.redundant++
		d.perCall(e)
	}
	t := token{id: e.newToken, client: e.client, sight: seen(e), issued: e.received}
	d.opaque = e.outcome != api.OutcomeOK
	if !d.opaque {
		life := time.Duration(e.life)
		t.expiry = e.received + e.life
		t.early = t.expiry - int64(earlyWindow(life, d.options.Strict))
	}
	d.newest = (d.newest + 1) % len(d.kept4)
	d.kept4[d.newest] = t
	d.renewed401 = d.renewed401 || d.unauthorized
	d.hasToken, d.unauthorized = true, false
	d.tokenClient = e.client
}

// answerBearer notes what a call says about its token. A 401 that comes again
// with a token issued after the first one justifies a new registration
// (DCR-03); a success proves the credentials sound.
func (d *Device) answerBearer(e *event) {
	if e.status != 401 {
		if e.outcome == api.OutcomeOK {
			d.renewed401, d.refused = false, false
		}
		return
	}
	d.unauthorized = true
	if d.renewed401 {
		d.refused = true
	}
	d.refusals[d.refusalAt] = refusal{e.target, e.bearer, seen(e)}
	d.refusalAt = (d.refusalAt + 1) % len(d.refusals)
	if t := d.tokens.find(e.bearer); t != nil && t.expiry != 0 && e.received >= t.expiry {
		d.broken(dcr08, "learned from a 401 that the token had ended", t.sight, seen(e))
	}
}

// span says how long a time is.
func span(ns int64) string {
	d := time.Duration(ns)
	switch {
	case d >= time.Hour:
		return d.Round(time.Minute).String()
	case d >= time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}
