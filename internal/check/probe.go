package check

import (
	"slices"
	"strconv"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// probe is what a script works with.
type probe struct {
	kit       *Kit
	shared    *shared
	book      Book
	evaluator *contract.Evaluator

	now     time.Time
	yield   func(Step) bool
	answers []*Answer

	// base and used number the devices of this probe; spent counts what the
	// current one has sent.
	base, used, spent int
	device            identity
	elsewhere         bool

	// client is the probe's own, zero for the shared one; token likewise.
	ownID  client
	token  grantedToken
	steady bool

	// expecting is the enhanced error code that is being provoked.
	expecting string

	// cause is the first check that this probe found unmet: what it could not
	// come to afterwards depends on it.
	cause string
}

// perDevice is how many requests a probe makes as one device: fewer than any
// documented burst grants at once, so that nobody waits.
const perDevice = 9

// fresh goes on as another device.
func (p *probe) fresh() {
	p.device = p.kit.device(p.base + p.used)
	p.used++
	p.spent = 0
}

// room goes on as another device when this one could not send n requests more.
// A flow that belongs to one device does without it, and waits.
func (p *probe) room(n int) {
	if p.used == 0 || p.spent+n > perDevice {
		p.fresh()
	}
}

func (p *probe) step(s Step) {
	s.Key, s.Elsewhere = p.device.address, p.elsewhere
	if !p.yield(s) {
		panic(stopped{})
	}
}

// wait lets time pass.
func (p *probe) wait(d time.Duration) {
	if d > 0 {
		p.step(Step{Kind: Wait, Until: p.now.Add(d)})
	}
}

// send sends one request as the current device.
func (p *probe) send(op api.Op, r *api.HTTPRequest) *Answer {
	if p.used == 0 {
		p.fresh()
	}
	a := p.exchange(op, r)
	if !op.Protected() {
		return a
	}
	if a.lost() == "" && a.Status == 401 && p.alive(r) {
		a = p.again(op, r, a)
	}
	p.watch(op, r, a)
	return a
}

func (p *probe) exchange(op api.Op, r *api.HTTPRequest) *Answer {
	p.spent++
	p.step(Step{Kind: Send, Requests: []*api.HTTPRequest{r}, Op: op})
	a := p.answers[0]
	a.op = op
	p.blameFor(op, a)
	return a
}

// blameFor finds what is wrong with an answer as a whole, so that it costs one
// check and not every one that looks at it.
func (p *probe) blameFor(op api.Op, a *Answer) {
	switch {
	case a.lost() != "":
	case op == api.OpRegister && a.Status >= 300 && a.Status < 400:
		p.rule(a, "reg.no-redirect", false, "an answer of its own", saw(a))
		a.blame = "reg.no-redirect"
	case op == api.OpRegister && a.succeeded() && p.shared.lacking == "reg.body" && a.json().Kind() != jsondoc.Object,
		op == api.OpRegister && a.succeeded() && p.shared.lacking == "reg.client-id" && a.json().Len() == 0:
		// It answers everything so, and means nothing by it.
		a.blame = p.shared.lacking
	case op.Protected() && p.shared.noAPI && a.Status == 404:
		a.blame = "v2.configuration.status"
	case op.Protected() && p.shared.guessed && p.expecting != "invalid_parameter_mvpd" && errorCode(a) == "invalid_parameter_mvpd":
		a.blame = "v2.configuration.requestor.mvpds.each.id"
	}
}

// press sends n equal requests at once, without regard to the budget.
func (p *probe) press(op api.Op, r *api.HTTPRequest, n int) []*Answer {
	return p.volley(op, slices.Repeat([]*api.HTTPRequest{r}, n))
}

// volley sends different requests at once, without regard to the budget.
func (p *probe) volley(op api.Op, requests []*api.HTTPRequest) []*Answer {
	p.step(Step{Kind: Send, Requests: requests, Op: op, Throttling: true})
	return p.answers
}

// call sends what a well-behaved device would.
func (p *probe) call(r api.Request) *Answer {
	if p.used == 0 {
		p.fresh()
	}
	return p.send(r.Op, p.encode(r))
}

func (p *probe) encode(r api.Request) *api.HTTPRequest {
	if r.ServiceProvider == "" {
		r.ServiceProvider = p.kit.ServiceProvider
	}
	if r.AccessToken == "" && r.Op.Protected() {
		r.AccessToken = p.accessToken()
	}
	var out api.HTTPRequest
	r.Encode(&p.device.headers, &out)
	return &out
}

// without removes a header field.
func without(r *api.HTTPRequest, name string) *api.HTTPRequest {
	r.Header = slices.DeleteFunc(r.Header, func(f api.Field) bool { return equalFold(f.Name, name) })
	return r
}

// with sets a header field, in its place or at the end.
func with(r *api.HTTPRequest, name, value string) *api.HTTPRequest {
	for i := range r.Header {
		if equalFold(r.Header[i].Name, name) {
			r.Header[i].Value = value
			return r
		}
	}
	r.Header = append(r.Header, api.Field{Name: name, Value: value})
	return r
}

// rule says whether a requirement is met by what the answer shows. Nothing is
// said about an answer that never came.
func (p *probe) rule(a *Answer, id string, ok bool, want, got string) bool {
	if p.unclear(a, id) {
		return false
	}
	kind := Met
	if !ok {
		kind = Unmet
		if p.cause == "" {
			p.cause = id
		}
	}
	p.book.add(id, Ruling{Kind: kind, Want: want, Got: got, Exchanges: exchanges(a)})
	return ok
}

// say records a ruling of another kind.
func (p *probe) say(a *Answer, id string, kind RulingKind, want, got string) {
	if !p.unclear(a, id) {
		p.book.add(id, Ruling{Kind: kind, Want: want, Got: got, Exchanges: exchanges(a)})
	}
}

// know records a ruling that needs no answer.
func (p *probe) know(id string, kind RulingKind, got string) {
	p.book.add(id, Ruling{Kind: kind, Got: got})
}

// unclear records what there is to say about an answer that cannot be judged,
// and reports whether it is one. An answer that always breaks off is the fault
// of the first check that looks at it.
func (p *probe) unclear(a *Answer, id string) bool {
	why := a.lost()
	r := Ruling{Kind: Unclear, Got: why, Exchanges: exchanges(a)}
	switch {
	case a != nil && a.Broken && a.blame == "":
		a.blame = id
		if p.cause == "" {
			p.cause = id
		}
		r.Broken, r.Op = true, a.op
		r.Kind, r.Want, r.Got = Unmet, "an answer", "a connection that broke off ahead of its end, twice ("+a.Err.String()+")"
	case a != nil && a.blame != "" && a.blame != id && id != "ss.accepted":
		r.Kind, r.Got = Blocked, a.blame
	case why == "":
		return false
	}
	p.book.add(id, r)
	return true
}

// close blocks what a probe with a cause did not come to.
func (p *probe) close(ids []string) {
	for _, id := range ids {
		if p.cause != "" && id != p.cause && p.book.Get(id) == nil {
			p.know(id, Blocked, p.cause)
		}
	}
}

func (p *probe) crash(ids []string, why string) {
	for _, id := range ids {
		if p.book.Get(id) == nil {
			p.book.add(id, Ruling{Kind: Crashed, Got: "the probe failed: " + why})
		}
	}
}

func exchanges(a *Answer) []uint64 {
	if a == nil || a.Exchange == 0 {
		return nil
	}
	return []uint64{a.Exchange}
}

func status(n int) string { return "status " + strconv.Itoa(n) }

// seconds is n seconds, bounded so that no answer can overflow it.
func seconds(n int64) time.Duration {
	const most = 1 << 32
	return time.Duration(max(-most, min(n, most))) * time.Second
}
