package check

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// configurationWith is a call of the protected API with headers of our own.
func (p *probe) configurationWith(authorization string) *api.HTTPRequest {
	r := without(p.encode(api.Request{Op: api.OpConfiguration}), "Authorization")
	if authorization != "" {
		r.Header = append(r.Header, api.Field{Name: "Authorization", Value: authorization})
	}
	return r
}

func (p *probe) ask(authorization string) *Answer {
	return p.send(api.OpConfiguration, p.configurationWith(authorization))
}

// bearer rules on the use of access tokens (RFC 6750).
func bearer(p *probe) {
	token := p.accessToken()
	for _, scheme := range [...]string{"Bearer ", "bearer "} {
		a := p.ask(scheme + token)
		p.rule(a, "api.header", a.lost() == "" && a.Status != 401, "the scheme "+strings.TrimSpace(scheme)+" to be taken", saw(a))
	}
	a := p.ask("")
	p.rule(a, "api.no-token", a.lost() == "" && a.Status == 401, "status 401", saw(a))
	if c, ok := bearerChallenge(a); ok {
		_, has := c.params["error"]
		p.rule(a, "api.no-token-quiet", !has, "a challenge without an error", "a challenge with an error")
	} else {
		p.say(a, "api.no-token-quiet", Blocked, "", "api.401-has-challenge")
	}
	a = p.ask("Bearer dcrbench-unknown-token")
	p.rule(a, "api.bad-token", a.lost() == "" && a.Status == 401, "status 401", saw(a))
	if c, ok := bearerChallenge(a); ok {
		p.rule(a, "api.bad-token-code", c.params["error"] == "invalid_token", `error="invalid_token"`, safe(c.params["error"]))
	} else {
		p.say(a, "api.bad-token-code", Blocked, "", "api.401-has-challenge")
	}
	for _, at := range [...]int{len(token) / 2, len(token) - 1} {
		b := p.ask("Bearer " + altered(token, at))
		p.rule(b, "api.bad-token", b.lost() == "" && b.Status == 401, "status 401 for a token of which one character was changed", saw(b))
	}
	p.fresh()
	if a.succeeded() {
		// Where any token will do, nothing more can be learned from one.
		for _, id := range [...]string{"api.malformed", "api.one-transport", "api.query-token", "api.secret-not-token", "api.foreign", "api.scope"} {
			p.say(a, id, Blocked, "", "api.bad-token")
		}
	} else {
		p.misuses(token)
	}
	a = p.send(api.OpProfilesList, without(p.encode(api.Request{Op: api.OpProfilesList}), "AP-Device-Identifier"))
	p.rule(a, "api.device-identifier", a.refused(), "a refusal with 4xx", saw(a))
}

// misuses presents what is no token for this call.
func (p *probe) misuses(token string) {
	p.transports(token)
	for _, credential := range [...]string{p.shared.clientID, p.shared.clientSecret} {
		a := p.ask("Bearer " + credential)
		p.rule(a, "api.secret-not-token", !a.succeeded(), "a refusal", "a success")
	}
	p.fresh()
	p.foreign()
	p.scopeless()
}

// altered is a token with another character in one place. The two differ in the
// first bits that base64 gives to them: the last ones may be padding, which a
// reader may overlook.
func altered(token string, at int) string {
	b := []byte(token)
	other := byte('A')
	if 'A' <= b[at] && b[at] <= 'P' {
		other = 'w'
	}
	b[at] = other
	return string(b)
}

// transports presents the token in more than one way.
func (p *probe) transports(token string) {
	r := p.configurationWith("Bearer " + token)
	r.Header = append(r.Header, api.Field{Name: "Authorization", Value: "Bearer " + token})
	a := p.send(api.OpConfiguration, r)
	p.rule(a, "api.malformed", !a.succeeded(), "a refusal of two Authorization fields", saw(a))
	r = p.configurationWith("Bearer " + token)
	r.Target += "?access_token=" + token
	a = p.send(api.OpConfiguration, r)
	p.rule(a, "api.one-transport", !a.succeeded(), "a refusal of a token in header and query", saw(a))
	r = p.configurationWith("")
	r.Target += "?access_token=" + token
	a = p.send(api.OpConfiguration, r)
	p.rule(a, "api.query-token", !a.succeeded(), "a refusal of a token in the query", saw(a))
}

func (p *probe) foreign() {
	if p.kit.Reserved == nil {
		p.know("api.foreign", Absent, "it needs a service provider that the software is not made for")
		return
	}
	a := p.call(api.Request{Op: api.OpConfiguration, ServiceProvider: p.kit.Reserved.ForeignProvider})
	if bad := p.book.Get("api.bad-token"); a.refused() && a.Status != 401 && bad != nil && bad.Kind == Unmet && bad.Got == saw(a) {
		p.say(a, "api.foreign", Blocked, "", "api.bad-token")
		return
	}
	p.rule(a, "api.foreign", a.lost() == "" && a.Status == 401, "status 401", saw(a))
}

// scopeless uses a token whose statement names another scope only.
func (p *probe) scopeless() {
	const id = "api.scope"
	if p.kit.Signer == nil {
		p.know(id, Absent, "only the holder of the statement's key can sign one without the scope")
		return
	}
	if p.shared.sameClient {
		p.know(id, Blocked, "reg.client-id-fresh")
		return
	}
	clientID, secret, a := p.registered(p.kit.Claims.SoftwareID, []string{"profile:client"})
	if clientID == "" {
		p.say(a, id, Unclear, "", "an application without the scope could not be registered")
		return
	}
	a = p.call(api.Request{Op: api.OpToken, ClientID: clientID, ClientSecret: secret})
	token := a.json().Get("access_token").Text()
	if token == "" {
		p.rule(a, id, true, "", "no token without the scope")
		return
	}
	a = p.call(api.Request{Op: api.OpConfiguration, AccessToken: token})
	p.rule(a, id, a.lost() == "" && (a.Status == 401 || a.Status == 403), "status 401 or 403", saw(a))
}

// sample is a request of every operation of REST API v2 that is right but for
// its parameters.
func (p *probe) sample(op api.Op) api.Request {
	r := api.Request{Op: op, MVPD: p.shared.mvpd, Code: "AAAAAA1", Partner: "Apple", DomainName: "tv.example.com", RedirectURL: redirectURI, Resources: []string{"dcrbench"}}
	if r.MVPD == "" {
		r.MVPD = "dcrbench"
	}
	return r
}

// unauthorized calls every protected operation without a token, and every
// operation by a method that it does not have.
func unauthorized(p *probe) {
	var tokenless, methods refusals
	for op := api.OpConfiguration; op < api.NumOps; op++ {
		p.room(2)
		if op.Protected() {
			a := p.send(op, without(p.encode(p.sample(op)), "Authorization"))
			tokenless = append(tokenless, refusal{spec.AnswerID(op, spec.AnswerUnauthorized), a})
		}
		if op == api.OpSessionsRetrieve {
			continue // its path is that of the resumption
		}
		r := p.encode(p.sample(op))
		r.Method = "PUT"
		methods = append(methods, refusal{spec.AnswerID(op, spec.AnswerMethod), p.send(op, r)})
	}
	tokenless.rule(p, 401)
	methods.rule(p, 405)
}

// refusal is an answer that ought to be a refusal, and the check that says so.
type refusal struct {
	id string
	a  *Answer
}

type refusals []refusal

// rule rules on refusals that ought to be alike. When most are not as they should
// be, that is one mistake of the service and not one of every operation.
func (list refusals) rule(p *probe, want int) {
	wrong, first := 0, ""
	for _, r := range list {
		if r.a.lost() == "" && r.a.Status != want {
			if wrong++; wrong == 1 {
				first = r.id
			}
		}
	}
	alike := wrong > 2 && wrong*4 >= len(list)*3
	for _, r := range list {
		if alike && r.id != first && r.a.lost() == "" && r.a.Status != want {
			p.say(r.a, r.id, Blocked, "", first)
		} else {
			p.rule(r.a, r.id, r.a.lost() == "" && r.a.Status == want, status(want), saw(r.a))
		}
	}
	if wrong == len(list) && want == 405 {
		p.know("api.405-allow", Blocked, first)
	}
}
