package check

import (
	"bytes"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// registrationErrors provokes every documented refusal of a registration.
func registrationErrors(p *probe) {
	methods := [...]string{"GET", "PUT", "DELETE"}
	for _, method := range methods {
		r := p.registerBody("")
		r.Method = method
		p.wrongMethod(p.send(api.OpRegister, r), "reg.method-405", "POST")
	}
	s := statementMember(p.kit.Statement)
	for _, foreign := range [...]struct{ media, body string }{{formMedia, "software_statement=" + p.kit.Statement}, {"text/plain", s + "}"}} {
		a := p.send(api.OpRegister, with(p.registerBody(foreign.body), "Content-Type", foreign.media))
		if !p.disguisedRegistration(a, "reg.form-rejected") {
			p.rule(a, "reg.form-rejected", !a.succeeded(), "a refusal of "+foreign.media, saw(a))
		}
	}
	p.fresh()
	for _, body := range [...]string{s, "null", "[]", "{"} {
		a := p.send(api.OpRegister, p.registerBody(body))
		if !p.disguisedRegistration(a, "reg.bad-json") {
			p.rule(a, "reg.bad-json", a.refused(), "a refusal with 4xx", saw(a))
		}
	}
	a := p.send(api.OpRegister, p.registerBody("{}"))
	p.registrationError(a, "reg.err-missing-statement", "invalid_request", "invalid_client_metadata")
	a = p.send(api.OpRegister, p.registerBody(statementMember("not.a.statement")+"}"))
	p.registrationError(a, "reg.err-codes", "invalid_software_statement")
	a = p.send(api.OpRegister, p.registerBody(s+`,"redirect_uri":"not a uri#fragment"}`))
	p.registrationError(a, "reg.err-redirect-uri", "invalid_redirect_uri")
	p.unapproved()
}

// wrongMethod rules on a 405 and its Allow field.
func (p *probe) wrongMethod(a *Answer, id, allowed string) {
	want := "status 405 with Allow: " + allowed
	allow := a.Header.Get("Allow")
	switch {
	case a.lost() != "" || a.Status != 405:
		p.rule(a, id, false, want, saw(a))
	case allow == "":
		p.rule(a, id, false, want, "status 405 without Allow")
	default:
		p.rule(a, id, directive(a.Header, "Allow", allowed), want, "Allow: "+safe(allow))
	}
}

// registrationError rules on one refusal: its code, and what holds for all. A
// code after the first is another reading.
func (p *probe) registrationError(a *Answer, id string, codes ...string) {
	p.errorBody(a, "reg", api.OpRegister)
	got := errorCode(a)
	switch {
	case p.disguisedRegistration(a, id):
	case a.lost() == "" && a.succeeded():
		p.rule(a, id, false, "a refusal as "+codes[0], saw(a))
	case a.lost() == "" && got == "" && a.json().Get("error").Kind() != jsondoc.String:
		p.say(a, id, Blocked, "", "reg.err-shape")
	case len(codes) > 1 && got == codes[1]:
		p.say(a, id, Tolerated, codes[0], got)
	default:
		p.rule(a, id, got == codes[0], codes[0], saw(a))
	}
}

// errorBody rules on the form of a refusal at a DCR endpoint.
func (p *probe) errorBody(a *Answer, group string, op api.Op) {
	if a.lost() != "" || a.succeeded() {
		return
	}
	root := a.json()
	code := root.Get("error")
	okStatus := a.Status == 400 || op == api.OpToken && a.Status == 401 && code.TextEquals("invalid_client")
	p.rule(a, group+".err-status", okStatus, "status 400", saw(a))
	if typed := p.rule(a, group+".err-media-type", isJSON(a), "application/json", jsonMedia(a)); !typed && root.Kind() != jsondoc.Object {
		p.say(a, group+".err-shape", Blocked, "", group+".err-media-type")
	} else if code.Kind() != jsondoc.String {
		got := shapeOf(a)
		if root.Kind() == jsondoc.Object {
			got = memberOf(root, "error")
		}
		p.rule(a, group+".err-shape", false, "a JSON object with a string error", got)
	} else {
		text := code.Text() + root.Get("error_description").Text()
		if op == api.OpRegister {
			p.rule(a, "reg.err-shape", describable(text), "plain ASCII characters", "other characters")
		} else {
			p.rule(a, "tok.err-shape", true, "", "")
			p.rule(a, "tok.err-charset", describable(text), "the characters of RFC 6749 section 5.2", "other characters")
		}
	}
	leak := root.Get("client_secret").Kind() != jsondoc.Absent || root.Get("access_token").Kind() != jsondoc.Absent || root.Get("client_id").Kind() != jsondoc.Absent
	clean := map[string]string{"reg": "reg.err-no-creds", "tok": "tok.err-clean"}[group]
	p.rule(a, clean, !leak, "an error without credentials", "credentials in an error")
	p.noEcho(a, group+".err-no-echo", p.kit.Statement, p.shared.clientSecret, p.client().secret)
}

// noEcho rules that an answer repeats none of the secrets.
func (p *probe) noEcho(a *Answer, id string, secrets ...string) {
	echoed := false
	for _, s := range secrets {
		echoed = echoed || len(s) >= 8 && (bytes.Contains(a.Body, []byte(s)) || headerHolds(a.Header, s))
	}
	p.rule(a, id, !echoed, "no secret of the request in the answer", "a secret of the request")
}

func headerHolds(h api.Header, s string) bool {
	for _, f := range h {
		if strings.Contains(f.Value, s) {
			return true
		}
	}
	return false
}

// unapproved registers with a genuine statement of software that nobody knows.
func (p *probe) unapproved() {
	const id = "reg.err-unapproved"
	if p.kit.Signer == nil {
		p.know(id, Absent, "only the holder of the statement's key can sign another one")
		return
	}
	c := p.kit.Claims
	c.SoftwareID = "dcrbench-unknown-software"
	s, err := p.kit.Signer.Sign(c, p.now)
	if err != nil {
		p.know(id, Crashed, "signing a statement")
		return
	}
	a := p.send(api.OpRegister, p.registerBody(statementMember(s)+"}"))
	p.registrationError(a, id, "unapproved_software_statement")
}

// registrationRobust sends what only an attacker would.
func registrationRobust(p *probe) {
	bodies := []string{
		statementMember(strings.Repeat("A", 2<<20)) + "}",
		strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		statementMember("a") + `,"software_statement":"b"}`,
		"{\"software_statement\":\"\xff\xfe\"}",
	}
	for _, body := range bodies {
		a := p.send(api.OpRegister, p.registerBody(body))
		p.rule(a, "reg.robust", a.refused(), "a refusal with 4xx", saw(a))
	}
}
