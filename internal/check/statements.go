package check

import (
	"errors"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// statements registers with every spoilt statement that can be made.
func statements(p *probe) {
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
		accepted := a.json().Get("client_id").Text() != "" || a.succeeded()
		if a.lost() == "" && !accepted && !a.refused() {
			p.rule(a, id, false, "a refusal with 4xx ("+s.Rule+")", saw(a))
			continue
		}
		p.rule(a, id, !accepted, "a refusal ("+s.Rule+")", "an accepted statement: "+strings.ReplaceAll(s.Name, "-", " "))
		if !accepted && a.lost() == "" {
			p.errorBody(a, "reg", api.OpRegister)
		}
	}
	p.know("ss.typ", Absent, "no token of another type by the same issuer is at hand")
}

// jsonText escapes a statement, which may be JSON itself, for a JSON string.
func jsonText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}
