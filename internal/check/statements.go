package check

import (
	"errors"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// statements registers with every spoilt statement that can be made.
func statements(p *probe) {
	if p.shared.lacking == "ss.accepted" {
		// What refuses a good statement says nothing by refusing a bad one.
		for _, s := range statement.Spoilings() {
			p.know(spec.SpoilingID(s.Name), Blocked, "ss.accepted")
		}
		p.know("ss.typ", Blocked, "ss.accepted")
		return
	}
	source := statement.Source{Token: p.kit.Statement, Signer: p.kit.Signer, Claims: p.kit.Claims, Foreign: p.kit.Foreign, Now: p.now}
	for _, s := range statement.Spoilings() {
		id := spec.SpoilingID(s.Name)
		bad, err := s.Make(source)
		switch {
		case errors.Is(err, statement.ErrNeedsSigner):
			p.know(id, Absent, "only the holder of the statement's key can make it")
			continue
		case err != nil:
			p.know(id, Unprovable, "the given statement cannot be spoilt that way")
			continue
		}
		p.room(1)
		a := p.send(api.OpRegister, p.registerBody(statementMember(jsonText(bad))+"}"))
		if p.disguisedRegistration(a, id) {
			continue
		}
		accepted := a.succeeded()
		if a.lost() == "" && !accepted && !a.refused() {
			p.rule(a, id, false, "a refusal with 4xx ("+s.Rule+")", saw(a))
			continue
		}
		p.rule(a, id, !accepted, "a refusal ("+s.Rule+")", "an accepted statement: "+strings.ReplaceAll(s.Name, "-", " "))
		if !accepted && a.lost() == "" {
			p.errorBody(a, "reg", api.OpRegister)
		}
	}
	p.otherType()
}

// otherType registers with an access token, which the same issuer made for
// another purpose.
func (p *probe) otherType() {
	const id = "ss.typ"
	if p.shared.accessToken == "" {
		p.know(id, Blocked, "tok.access-token")
		return
	}
	p.room(1)
	a := p.send(api.OpRegister, p.registerBody(statementMember(jsonText(p.shared.accessToken))+"}"))
	if !p.disguisedRegistration(a, id) {
		p.rule(a, id, !a.succeeded(), "a refusal of an access token as a software statement", "a registration")
	}
}

// disguisedRegistration reports a refusal with the status of a success.
func (p *probe) disguisedRegistration(a *Answer, id string) bool {
	root := a.json()
	if !a.succeeded() || root.Get("error").Kind() != jsondoc.String || root.Get("client_id").Kind() != jsondoc.Absent {
		return false
	}
	p.rule(a, "reg.err-status", false, "status 400", saw(a))
	p.say(a, id, Blocked, "", "reg.err-status")
	return true
}

// jsonText escapes a statement, which may be JSON itself, for a JSON string.
func jsonText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}
