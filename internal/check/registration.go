package check

import (
	"bytes"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

const (
	jsonCharset = "application/json;charset=utf-8"
	formMedia   = "application/x-www-form-urlencoded"
	redirectURI = "https://tv.example.com/callback"
)

// registerBody is a registration request with a body of our own.
func (p *probe) registerBody(body string) *api.HTTPRequest {
	r := p.encode(api.Request{Op: api.OpRegister})
	r.Body = []byte(body)
	return r
}

// statementMember is the start of a registration body with a statement.
func statementMember(statement string) string { return `{"software_statement":"` + statement + `"` }

// registration registers as a device does, and holds what came against every
// rule about the success. What it gets serves all later probes.
func registration(p *probe) {
	first := p.call(api.Request{Op: api.OpRegister, SoftwareStatement: p.kit.Statement})
	p.credentials(first)
	p.transport("reg.tls-only", first)
	if p.shared.clientID == "" || p.shared.clientSecret == "" {
		p.withoutCredentials(first)
		return
	}
	p.twoClients(first)
	p.metadata()
	p.firstToken()
}

// transport rules on TLS. A loopback target has nothing in between.
func (p *probe) transport(id string, a *Answer) {
	switch {
	case p.kit.TLS:
		p.rule(a, id, true, "TLS", "TLS")
	case p.kit.Loopback:
		p.know(id, Absent, "the target is on this machine: nothing is in between")
	default:
		p.rule(a, id, !a.succeeded(), "no credentials over plain HTTP", status(a.Status))
	}
}

// withoutCredentials rules on what cannot be learned any more.
func (p *probe) withoutCredentials(a *Answer) {
	p.shared.lacking = "reg.client-id"
	switch {
	case a.lost() != "" || !a.succeeded():
		p.shared.lacking = "ss.accepted"
	case p.shared.clientID != "":
		p.shared.lacking = "reg.client-secret"
	}
}

// credentials rules on one registration answer.
func (p *probe) credentials(a *Answer) {
	p.shared.silent = a.Err != api.ErrNone
	accepted := p.rule(a, "ss.accepted", a.succeeded(), "a registration with the given statement to succeed", saw(a))
	p.rule(a, "reg.no-redirect", true, "", "")
	if !accepted {
		return
	}
	root := a.json()
	p.rule(a, "reg.status-201", a.Status == 201, "status 201", status(a.Status))
	p.rule(a, "reg.media-type", isJSON(a), "application/json", jsonMedia(a))
	if !p.rule(a, "reg.body", root.Kind() == jsondoc.Object, "a JSON object", shapeOf(a)) {
		p.shared.lacking = "reg.body"
		return
	}
	p.shared.clientID, p.shared.clientSecret = root.Get("client_id").Text(), root.Get("client_secret").Text()
	p.rule(a, "reg.client-id", p.shared.clientID != "", "a string client_id", memberOf(root, "client_id"))
	p.rule(a, "reg.client-secret", p.shared.clientSecret != "", "a string client_secret", memberOf(root, "client_secret"))
	p.issuedAt(a, root)
	p.lists(a, root)
	p.documented(a, root)
	p.rule(a, "reg.no-store", noStore(a.Header), "Cache-Control: no-store", cacheControl(a))
}

func cacheControl(a *Answer) string {
	if v := a.Header.Get("Cache-Control"); v != "" {
		return "Cache-Control: " + safe(v)
	}
	return "no Cache-Control"
}

// issuedAt takes seconds and, as seen live, milliseconds.
func (p *probe) issuedAt(a *Answer, root jsondoc.Node) {
	const id = "reg.issued-at"
	at, ok := root.Get("client_id_issued_at").Int()
	switch {
	case !ok:
		p.rule(a, id, false, "an integer client_id_issued_at", memberOf(root, "client_id_issued_at"))
	case nearby(at*1000, a):
		p.rule(a, id, true, "", "seconds since 1970")
	case nearby(at, a):
		p.say(a, id, Deviates, "seconds since 1970", "milliseconds since 1970")
	default:
		p.rule(a, id, false, "the present time in seconds or milliseconds", "a time more than a day away")
	}
}

func (p *probe) lists(a *Answer, root jsondoc.Node) {
	wrong := ""
	for _, name := range [...]string{"redirect_uris", "grant_types", "scopes", "response_types", "contacts"} {
		if n := root.Get(name); n.Kind() != jsondoc.Absent && !textsOf(n) {
			wrong = memberOf(root, name)
		}
	}
	p.rule(a, "reg.member-types", wrong == "", "arrays of strings", wrong)
	for _, list := range [...]struct{ name, id, holds string }{
		{"redirect_uris", "reg.redirect-uris", ""},
		{"grant_types", "reg.grant-types", "client_credentials"},
		{"scopes", "reg.scopes", "api:client:v2"},
	} {
		n := root.Get(list.name)
		switch {
		case n.Kind() == jsondoc.Absent:
			p.rule(a, list.id, false, "a member "+list.name, "none")
		case textsOf(n) && list.holds != "" && !holds(n, list.holds):
			p.rule(a, list.id, false, list.holds+" in "+list.name, "a list without it")
		default:
			p.rule(a, list.id, true, "", "")
		}
	}
}

// documented rules on members of RFC 7591 that the vendor's answer lacks.
func (p *probe) documented(a *Answer, root jsondoc.Node) {
	either := func(id string, ok bool, want, got string) {
		if ok {
			p.rule(a, id, true, want, "")
		} else {
			p.say(a, id, Deviates, want, got)
		}
	}
	expiry := root.Get("client_secret_expires_at")
	if at, ok := expiry.Int(); expiry.Kind() != jsondoc.Absent && (!ok || at != 0 && at < a.Received.Unix()) {
		p.rule(a, "reg.secret-expiry", false, "integer seconds, 0 or in the future", memberOf(root, "client_secret_expires_at"))
	} else {
		either("reg.secret-expiry", expiry.Kind() != jsondoc.Absent, "client_secret_expires_at", "no such member")
	}
	either("reg.scope-member", root.Get("scope").Kind() == jsondoc.String, "a string scope", memberOf(root, "scope"))
	either("reg.echo-statement", root.Get("software_statement").TextEquals(p.kit.Statement), "the statement, unchanged", memberOf(root, "software_statement"))
	promoted := root.Get("software_id").Kind() == jsondoc.String || root.Get("client_name").Kind() == jsondoc.String
	either("reg.statement-promoted", promoted, "software_id or client_name", "neither")
}

// twoClients registers again with the same statement.
func (p *probe) twoClients(first *Answer) {
	second := p.call(api.Request{Op: api.OpRegister, SoftwareStatement: p.kit.Statement})
	if second.lost() == "" && !second.succeeded() {
		p.say(second, "reg.client-id-fresh", Unclear, "a second registration", saw(second))
		p.say(second, "reg.secret-unique", Unclear, "a second registration", saw(second))
		return
	}
	root := second.json()
	p.rule(second, "reg.client-id-fresh", root.Get("client_id").Text() != p.shared.clientID, "another client_id", "the same client_id twice")
	if root.Get("client_id").TextEquals(p.shared.clientID) {
		p.shared.sameClient = true
		p.say(second, "reg.secret-unique", Blocked, "", "reg.client-id-fresh")
		return
	}
	p.rule(second, "reg.secret-unique", root.Get("client_secret").Text() != p.shared.clientSecret, "another client_secret", "the same client_secret twice")
	p.book.add("reg.secret-unique", Ruling{Kind: Met, Exchanges: exchanges(first)})
}

// metadata registers with variations that a conforming server takes.
func (p *probe) metadata() {
	s := statementMember(p.kit.Statement)
	plain := with(p.registerBody(s+"}"), "Content-Type", "application/json")
	a := p.send(api.OpRegister, plain)
	p.rule(a, "reg.post-json", a.succeeded(), "application/json without a charset to be taken", saw(a))

	a = p.send(api.OpRegister, p.registerBody(s+`,"dcrbench_unknown":"x","x_extra":{"a":[1]}}`))
	p.rule(a, "reg.unknown-ignored", a.succeeded(), "unknown metadata to be ignored", saw(a))

	const chosen = "dcrbench-chosen"
	a = p.send(api.OpRegister, p.registerBody(s+`,"client_id":"`+chosen+`","client_secret":"`+chosen+`"}`))
	root := a.json()
	p.rule(a, "reg.no-choose-id", !root.Get("client_id").TextEquals(chosen) && !root.Get("client_secret").TextEquals(chosen),
		"credentials of the server's choice, or a refusal", "the credentials that the request had chosen")

	a = p.send(api.OpRegister, p.registerBody(s+`,"client_name":"dcrbench-conflict","software_id":"dcrbench-conflict"}`))
	p.rule(a, "reg.statement-wins", !bytes.Contains(a.Body, []byte("dcrbench-conflict")),
		"the statement's metadata, or a refusal", "the conflicting values of the request")
}

// firstToken gets the token of all later probes and judges nothing: the token
// probe does.
func (p *probe) firstToken() {
	a := p.call(api.Request{Op: api.OpToken, ClientID: p.shared.clientID, ClientSecret: p.shared.clientSecret})
	p.transport("tok.tls-only", a)
	p.shared.accessToken = a.json().Get("access_token").Text()
	t := grantOf(a)
	p.shared.tokenBegan, p.shared.tokenEnds = t.began, t.ends
	switch {
	case p.shared.accessToken != "":
	case a.succeeded() && a.json().Kind() != jsondoc.Object:
		p.shared.lacking = "tok.body"
	default:
		p.shared.lacking = "tok.access-token"
	}
	if p.shared.lacking == "tok.body" {
		p.say(a, "tok.access-token", Blocked, "", "tok.body")
		return
	}
	p.rule(a, "tok.access-token", visible(p.shared.accessToken), "a string access_token of visible ASCII characters", tokenSeen(a))
}

func tokenSeen(a *Answer) string {
	if !a.succeeded() {
		return saw(a)
	}
	if a.json().Kind() != jsondoc.Object {
		return shapeOf(a)
	}
	return memberOf(a.json(), "access_token")
}
