package probe

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// change alters an answer on its way, as a proxy in between would.
type change func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse)

// proxy is a service whose answers are changed.
type proxy struct {
	Service
	change change
}

func (p *proxy) Handle(now time.Time, in *api.HTTPRequest, out *api.HTTPResponse) {
	p.Service.Handle(now, in, out)
	op, _, _ := api.Match(in.Method, in.Path())
	p.change(op, in, out)
}

func through(c change) func(Service) Service {
	return func(s Service) Service { return &proxy{s, c} }
}

// object edits a JSON body.
func object(out *api.HTTPResponse, edit func(m map[string]any)) {
	d := json.NewDecoder(bytes.NewReader(out.Body))
	d.UseNumber()
	var m map[string]any
	if d.Decode(&m) != nil {
		return
	}
	edit(m)
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	out.Body = append(out.Body[:0], b...)
}

// at calls f for every object that holds the last name of a member's path.
func at(v any, path string, f func(m map[string]any, name string)) {
	name, rest, more := strings.Cut(path, ".")
	list, isList := strings.CutSuffix(name, "[]")
	m, _ := v.(map[string]any)
	switch {
	case m == nil:
	case name == "*" && !more:
		for key := range m {
			f(m, key)
		}
	case name == "*":
		for key := range m {
			at(m[key], rest, f)
		}
	case isList && more:
		l, _ := m[list].([]any)
		for i := range l {
			at(l[i], rest, f)
		}
	case isList:
		if l, _ := m[list].([]any); l != nil {
			for i := range l {
				l[i] = "no object"
			}
		}
	case more:
		at(m[name], rest, f)
	case m[name] != nil:
		f(m, name)
	}
}

func set(h *api.Header, name, value string) {
	*h = slices.DeleteFunc(*h, func(f api.Field) bool { return strings.EqualFold(f.Name, name) })
	if value != "" {
		*h = append(*h, api.Field{Name: name, Value: value})
	}
}

func ok(out *api.HTTPResponse) bool { return out.Status >= 200 && out.Status < 300 }

// onSuccess changes the successes of one operation.
func onSuccess(op api.Op, f func(out *api.HTTPResponse)) change {
	return func(got api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if got == op && (ok(out) || op == api.OpAuthenticate && out.Status == 302) {
			f(out)
		}
	}
}

func edited(op api.Op, f func(m map[string]any)) change {
	return onSuccess(op, func(out *api.HTTPResponse) { object(out, f) })
}

func without(op api.Op, path string) change {
	return edited(op, func(m map[string]any) { at(m, path, func(in map[string]any, name string) { delete(in, name) }) })
}

func to(op api.Op, path string, value any) change {
	return edited(op, func(m map[string]any) { at(m, path, func(in map[string]any, name string) { in[name] = value }) })
}

// onError changes the refusals of one operation.
func onError(op api.Op, f func(out *api.HTTPResponse)) change {
	return func(got api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if got == op && out.Status >= 400 && out.Status != 429 {
			f(out)
		}
	}
}

func renamed(op api.Op, from, code string) change {
	return onError(op, func(out *api.HTTPResponse) {
		out.Body = bytes.ReplaceAll(out.Body, []byte(`"`+from+`"`), []byte(`"`+code+`"`))
	})
}

func replace(out *api.HTTPResponse, status int, body string) {
	out.Status = status
	out.Body = append(out.Body[:0], body...)
	set(&out.Header, "Content-Type", "application/json")
}

// when changes the answers to the requests that fit.
func when(fits func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool, f func(in *api.HTTPRequest, out *api.HTTPResponse)) change {
	return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if fits(op, in, out) {
			f(in, out)
		}
	}
}

func bodyHas(text string) func(api.Op, *api.HTTPRequest, *api.HTTPResponse) bool {
	return func(_ api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
		return out.Status != 429 && bytes.Contains(in.Body, []byte(text))
	}
}

const goodToken = `{"id":"i","access_token":"0123456789abcdefghijk","created_at":1,"expires_in":3600,"token_type":"bearer"}`
const goodClient = `{"client_id":"other-client","client_secret":"other-secret","client_id_issued_at":1,"redirect_uris":[],"grant_types":["client_credentials"],"scopes":["api:client:v2"]}`

// mutations are the changes for the checks that the simulator has no fault for.
var mutations = map[string]change{
	"reg.post-json": when(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpRegister && in.Header.Get("Content-Type") == "application/json"
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { replace(out, 400, `{"error":"invalid_request"}`) }),
	"reg.bad-json": when(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpRegister && string(in.Body) == "[]"
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { out.Status = 500 }),
	"reg.body":          onSuccess(api.OpRegister, func(out *api.HTTPResponse) { out.Body = append(append([]byte("["), out.Body...), ']') }),
	"reg.client-secret": without(api.OpRegister, "client_secret"),
	"reg.redirect-uris": without(api.OpRegister, "redirect_uris"),
	"reg.grant-types":   to(api.OpRegister, "grant_types", []string{"authorization_code"}),
	"reg.scopes":        without(api.OpRegister, "scopes"),
	"reg.statement-wins": when(bodyHas("dcrbench-conflict"), func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		object(out, func(m map[string]any) { m["client_name"] = "dcrbench-conflict" })
	}),
	"reg.no-choose-id": when(bodyHas("dcrbench-chosen"), func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		object(out, func(m map[string]any) { m["client_id"] = "dcrbench-chosen" })
	}),
	"reg.no-redirect":    onSuccess(api.OpRegister, func(out *api.HTTPResponse) { out.Status = 307; set(&out.Header, "Location", "https://other.example/") }),
	"reg.err-status":     onError(api.OpRegister, func(out *api.HTTPResponse) { out.Status = max(out.Status, 405) + 17 }),
	"reg.err-media-type": onError(api.OpRegister, func(out *api.HTTPResponse) { set(&out.Header, "Content-Type", "text/html") }),
	"reg.err-missing-statement": when(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpRegister && string(in.Body) == "{}"
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { replace(out, 400, `{"error":"invalid_redirect_uri"}`) }),
	"reg.err-redirect-uri": renamed(api.OpRegister, "invalid_redirect_uri", "invalid_request"),
	"reg.err-no-creds": onError(api.OpRegister, func(out *api.HTTPResponse) {
		object(out, func(m map[string]any) { m["client_id"] = "x" })
	}),
	"reg.err-no-echo": func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpRegister && out.Status == 400 {
			object(out, func(m map[string]any) { m["sent"] = string(in.Body) })
		}
	},
	"tok.body": onSuccess(api.OpToken, func(out *api.HTTPResponse) { out.Body = append(append([]byte("["), out.Body...), ']') }),
	"tok.id":   without(api.OpToken, "id"),
	"tok.form-charset": when(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpToken && strings.Contains(in.Header.Get("Content-Type"), "charset")
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { replace(out, 400, `{"error":"invalid_request"}`) }),
	"tok.empty-param": when(bodyHas("dcrbench_empty"), func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		replace(out, 400, `{"error":"invalid_request"}`)
	}),
	"tok.err-shape":      onError(api.OpToken, func(out *api.HTTPResponse) { replace(out, out.Status, `{"message":"no"}`) }),
	"tok.err-media-type": onError(api.OpToken, func(out *api.HTTPResponse) { set(&out.Header, "Content-Type", "text/html") }),
	"tok.err-codes": onError(api.OpToken, func(out *api.HTTPResponse) {
		object(out, func(m map[string]any) { m["error"] = "no_luck" })
	}),
	"tok.err-no-auth": when(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpToken && string(in.Body) == "grant_type=client_credentials" && !in.Header.Has("Authorization")
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { replace(out, 201, goodToken) }),
	"tok.err-grant-missing": when(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpToken && in.Method == "POST" && len(in.Body) > 0 && api.IsForm(in.Header.Get("Content-Type")) && !bytes.Contains(in.Body, []byte("grant_type"))
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { replace(out, 400, `{"error":"invalid_client"}`) }),
	"tok.err-grant-unauthorized": renamed(api.OpToken, "unauthorized_client", "invalid_client"),
	"tok.err-clean": onError(api.OpToken, func(out *api.HTTPResponse) {
		object(out, func(m map[string]any) { m["access_token"] = "x" })
	}),
	"tok.err-no-echo": func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpToken && out.Status == 400 {
			object(out, func(m map[string]any) { m["sent"] = string(in.Body) })
		}
	},
	"tok.password-off": when(bodyHas("grant_type=password"), func(_ *api.HTTPRequest, out *api.HTTPResponse) { replace(out, 201, goodToken) }),
	"tok.method-405": when(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpToken && in.Method == "PUT"
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { replace(out, 404, "{}") }),
	"api.no-token-quiet": when(func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op.Protected() && !in.Header.Has("Authorization") && out.Status == 401
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		set(&out.Header, "WWW-Authenticate", `Bearer realm="x", error="invalid_token"`)
	}),
	"api.bad-token-code": when(func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool { return out.Status == 401 },
		func(_ *api.HTTPRequest, out *api.HTTPResponse) {
			set(&out.Header, "WWW-Authenticate", `Bearer realm="x"`)
		}),
	"api.malformed": when(func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
		n := 0
		for _, f := range in.Header {
			if f.Name == "Authorization" {
				n++
			}
		}
		return n == 2
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { replace(out, 200, "{}") }),
	"api.challenge-syntax": when(func(_ api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool { return out.Status == 401 },
		func(_ *api.HTTPRequest, out *api.HTTPResponse) {
			value := out.Header.Get("WWW-Authenticate")
			set(&out.Header, "WWW-Authenticate", value+`, realm="again"`)
		}),
	"api.shared-cache": onSuccess(api.OpProfilesList, func(out *api.HTTPResponse) { set(&out.Header, "Cache-Control", "public, max-age=60") }),
	"api.405-allow": when(func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool {
		return out.Status == 405 && op > api.OpToken
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { set(&out.Header, "Allow", "") }),
	"api.no-echo": func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpConfiguration && ok(out) {
			object(out, func(m map[string]any) { m["debug"] = in.Header.Get("Authorization") })
		}
	},
	"session.life": edited(api.OpSessionsRetrieve, func(m map[string]any) {
		s, _ := m["notAfter"].(string)
		m["notAfter"] = s[:min(len(s), 10)]
	}),
	"session.resumes": func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpSessionsResume && ok(out) && bytes.Contains(in.Body, []byte("redirectUrl")) {
			object(out, func(m map[string]any) {
				m["missingParameters"], m["actionName"], m["actionType"] = []string{"domainName"}, "retry", "direct"
			})
		}
	},
	"session.pending": when(func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op == api.OpProfilesCode && string(out.Body) == `{"profiles":{}}`
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		replace(out, 403, `{"action":"authentication","status":403,"code":"authenticated_profile_missing"}`)
	}),
	"session.login": func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpProfilesCode && ok(out) {
			replace(out, 200, `{"profiles":{}}`)
		}
	},
	"session.authorized": edited(api.OpSessionsCreate, func(m map[string]any) {
		if m["actionName"] == "authorize" {
			m["actionName"], m["actionType"], m["reasonType"], m["code"], m["notBefore"], m["notAfter"] = "authenticate", "interactive", "none", "AAAAAA1", "1788724800000", "1788726600000"
		}
	}),
	"profile.life": edited(api.OpProfilesList, func(m map[string]any) {
		at(m, "profiles.*.notAfter", func(in map[string]any, name string) { in[name] = 1788724800 })
	}),
	"profile.bound": func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpProfilesMVPD && ok(out) && len(out.Body) < 20 {
			replace(out, 200, `{"profiles":{"Cablevision":{"notBefore":1788724800000,"notAfter":1788811200000,"issuer":"Cablevision","type":"regular","attributes":{"userID":{"value":"x","state":"plain"}}}}}`)
		}
	},
	"decision.asked": edited(api.OpPreauthorize, func(m map[string]any) {
		at(m, "decisions[].resource", func(in map[string]any, name string) { in[name] = "another" })
	}),
	"decision.token-life": edited(api.OpAuthorize, func(m map[string]any) {
		at(m, "decisions[].token.notAfter", func(in map[string]any, name string) { in[name] = 1788724800 })
	}),
	"partner.request": edited(api.OpSSOSessions, func(m map[string]any) {
		if m["actionName"] == "partner_profile" {
			delete(m, "authenticationRequest")
			m["actionName"], m["reasonType"] = "authorize", "authenticated"
		}
	}),
	"partner.fallback": edited(api.OpSSOSessions, func(m map[string]any) {
		if m["actionName"] == "authenticate" {
			m["actionName"], m["actionType"], m["reasonType"] = "authorize", "direct", "authenticated"
		}
	}),
	"err.http-status": onError(api.OpProfilesMVPD, func(out *api.HTTPResponse) {
		if out.Status == 400 {
			out.Status = 403
		}
	}),
	"err.missing-action": onError(api.OpProfilesMVPD, func(out *api.HTTPResponse) { object(out, func(m map[string]any) { delete(m, "action") }) }),
	"err.missing-status": onError(api.OpProfilesMVPD, func(out *api.HTTPResponse) { object(out, func(m map[string]any) { delete(m, "status") }) }),
	"err.optional-types": onError(api.OpProfilesMVPD, func(out *api.HTTPResponse) { object(out, func(m map[string]any) { m["message"] = 7 }) }),
	"err.level": when(func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op == api.OpProfilesMVPD && bytes.Contains(out.Body, []byte(`"invalid_parameter_mvpd"`))
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		replace(out, 200, `{"profiles":{},"decisions":[{"error":`+string(out.Body)+`}]}`)
	}),
	"thr.no-effect": when(func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op == api.OpRegister && out.Status == 429
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { replace(out, 429, goodClient) }),
	"v2.sessions.resume.combinations": edited(api.OpSessionsResume, func(m map[string]any) {
		m["actionName"], m["actionType"], m["reasonType"] = "authorize", "direct", "authenticated"
	}),
	"v2.sessions.retrieve.optional-members": edited(api.OpSessionsRetrieve, func(m map[string]any) { m["missingParameters"] = 7 }),
	"v2.decisions.preauthorize.optional-members": edited(api.OpPreauthorize, func(m map[string]any) {
		at(m, "decisions[].authorized", func(in map[string]any, _ string) { in["error"] = 7 })
	}),
	"api.secret-not-token": func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpConfiguration && out.Status == 401 && len(in.Header.Get("Authorization")) == len("Bearer ")+36 {
			replace(out, 200, `{"requestor":{"id":"x","mvpds":[]}}`)
		}
	},
	"tok.old-stays":         onlyTheLatestToken(),
	"tok.client-bound":      oneTokenForAll(),
	"ss.typ":                tokensAsStatements(),
	"session.provider":      to(api.OpSessionsCreate, "serviceProvider", "OTHER"),
	"session.same-id":       to(api.OpSessionsResume, "sessionId", "another"),
	"session.once":          codesForEver(),
	"decision.denial-error": without(api.OpAuthorize, "decisions[].error"),
	"ss.accepted": when(func(op api.Op, _ *api.HTTPRequest, _ *api.HTTPResponse) bool { return op == api.OpRegister },
		func(_ *api.HTTPRequest, out *api.HTTPResponse) {
			replace(out, 400, `{"error":"invalid_software_statement"}`)
		}),
}

// mutation is the change that turns a check red whose fault is a proxy's.
func mutation(c spec.Check) change {
	if m := mutations[c.ID]; m != nil {
		return m
	}
	for op := api.OpConfiguration; op < api.NumOps; op++ {
		d := op.Describe()
		switch c.ID {
		case spec.AnswerID(op, spec.AnswerStatus):
			return onSuccess(op, func(out *api.HTTPResponse) { out.Status = 206 })
		case spec.AnswerID(op, spec.AnswerMediaType):
			return onSuccess(op, func(out *api.HTTPResponse) { set(&out.Header, "Content-Type", "text/plain") })
		case spec.AnswerID(op, spec.AnswerBody):
			return onSuccess(op, func(out *api.HTTPResponse) { out.Body = append(append([]byte("["), out.Body...), ']') })
		case spec.AnswerID(op, spec.AnswerMethod):
			return when(func(_ api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
				return out.Status == 405 && template(in.Path()) == strings.Count(d.Template, "/") && bytes.Contains([]byte(in.Path()), []byte(last(d.Template)))
			}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { out.Status = 200 })
		}
		for _, m := range spec.RequiredMembers(op) {
			if c.ID == spec.MemberID(op, m.Path) {
				if strings.HasSuffix(m.Path, "*") {
					return to(op, m.Path, "no object")
				}
				return without(op, m.Path)
			}
		}
		for _, m := range op.Members() {
			if c.ID == spec.AnswerID(op, spec.AnswerOptional) && !m.Required && m.Type != api.TypeAny && !m.Forbidden {
				return edited(op, func(body map[string]any) {
					for _, m := range op.Members() {
						if !m.Required && m.Type != api.TypeAny && !m.Forbidden && !strings.Contains(m.Path, "error") {
							at(body, m.Path, func(in map[string]any, name string) { in[name] = true })
							if m.Type == api.TypeBool {
								at(body, m.Path, func(in map[string]any, name string) { in[name] = 7 })
							}
						}
					}
				})
			}
		}
	}
	return generatedMutation(c)
}

func template(path string) int { return strings.Count(path, "/") }

func last(t string) string {
	parts := strings.Split(t, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if !strings.HasPrefix(parts[i], "{") {
			return "/" + parts[i]
		}
	}
	return t
}

func generatedMutation(c spec.Check) change {
	for _, row := range api.ErrorCodes() {
		if c.ID == spec.CodeID(row.Code) {
			other := "invalid_parameter_mvpd"
			if row.Code == other {
				other = "invalid_parameter_code"
			}
			return func(_ api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
				out.Body = bytes.ReplaceAll(out.Body, []byte(`"`+row.Code+`"`), []byte(`"`+other+`"`))
			}
		}
	}
	for _, s := range statement.Spoilings() {
		if c.ID == spec.SpoilingID(s.Name) {
			return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
				if op == api.OpRegister && flawed(s, in.Body) {
					replace(out, 201, goodClient)
				}
			}
		}
	}
	for op := range api.NumOps {
		if c.ID == spec.AnswerID(op, spec.AnswerCombination) {
			return edited(op, func(m map[string]any) {
				if op == api.OpLogout {
					at(m, "logouts.*.actionType", func(in map[string]any, name string) { in[name] = "partner_interactive" })
				}
				at(m, "actionType", func(in map[string]any, name string) {
					in[name] = map[any]string{"direct": "interactive", "interactive": "direct"}[in[name]]
				})
				at(m, "reasonType", func(in map[string]any, name string) { in[name] = "degraded" })
				at(m, "decisions[].authorized", func(in map[string]any, _ string) { in["error"] = map[string]any{} })
			})
		}
	}
	return nil
}

// flaws tell the statements that only the holder of the key can spoil.
var flaws = map[string]func(header, claims string) bool{
	"claims-not-an-object": func(_, c string) bool { return strings.HasPrefix(c, "[") },
	"duplicate-claims":     func(_, c string) bool { return strings.Count(c, `"iss"`) >= 2 },
	"alg-swap-hs256":       func(h, _ string) bool { return strings.Contains(h, "HS256") },
	"crit-unknown":         func(h, _ string) bool { return strings.Contains(h, `"crit"`) },
	"expired":              func(_, c string) bool { return strings.Contains(c, `"exp"`) },
	"not-yet-valid": func(_, c string) bool {
		var claims struct{ Nbf int64 }
		return json.Unmarshal([]byte(c), &claims) == nil && claims.Nbf > start.Add(30*time.Minute).Unix()
	},
	"wrong-audience":   func(_, c string) bool { return strings.Contains(c, "audience.invalid") },
	"unknown-issuer":   func(_, c string) bool { return strings.Contains(c, "issuer.invalid") && strings.Count(c, `"iss"`) == 1 },
	"unknown-software": func(_, c string) bool { return strings.Contains(c, "unknown-software") },
}

// flawed reports whether a registration brings the statement of a spoiling.
func flawed(s statement.Spoiling, body []byte) bool {
	if fits := flaws[s.Name]; fits != nil {
		_, rest, _ := strings.Cut(string(body), `"software_statement":"`)
		token, _, _ := strings.Cut(rest, `"`)
		parts := strings.Split(token, ".")
		if len(parts) != 3 {
			return false
		}
		header, _ := base64.RawURLEncoding.DecodeString(parts[0])
		claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
		return fits(string(header), string(claims))
	}
	_, kit, err := Embed(backend.Config{}, testKeys(), [32]byte{1}, start)
	if err != nil {
		panic(err)
	}
	bad, err := s.Make(statement.Source{Token: kit.Statement, Foreign: kit.Foreign, Now: start})
	if err != nil {
		panic(err)
	}
	return bytes.Contains(body, []byte(`"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(bad)+`"`))
}

// modelled are the checks that other throttles turn red, in the tests of the
// identification.
var modelled = []string{"thr.limits", "thr.min-wait", "thr.delay", "thr.scope", "thr.key"}

func TestFurtherFaultsTurnTheRightCheckRed(t *testing.T) {
	for _, tt := range []struct {
		name string
		m    change
		want string
	}{
		{"a token life in milliseconds", to(api.OpToken, "expires_in", 21_600_000), "tok.expires-in"},
		{"a token answer with the secret", func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
			if op == api.OpToken && ok(out) {
				object(out, func(m map[string]any) { m["sent"] = string(in.Body) })
			}
		}, "tok.err-no-echo"},
		{"a renamed member", edited(api.OpProfilesMVPD, func(m map[string]any) { m["profile"] = m["profiles"]; delete(m, "profiles") }), "v2.profiles.mvpd.profiles"},
		{"a retyped member", to(api.OpRegister, "scopes", "api:client:v2"), "reg.member-types"},
		{"a 403 for a 429", when(func(_ api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool { return out.Status == 429 },
			func(_ *api.HTTPRequest, out *api.HTTPResponse) { out.Status = 403 }), "thr.status"},
		{"a retry-after in milliseconds", through429("1000"), "thr.retry-after-honest"},
	} {
		_, report, _ := checked(t, backend.Config{}, spec.Selection{}, through(tt.m), nil)
		if !slices.Contains(red(report), tt.want) {
			t.Errorf("%s: got %v red, want %s", tt.name, red(report), tt.want)
		}
	}
}

func through429(retryAfter string) change {
	return when(func(_ api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool { return out.Status == 429 },
		func(_ *api.HTTPRequest, out *api.HTTPResponse) { set(&out.Header, "Retry-After", retryAfter) })
}

// TestEveryProxyFaultTurnsItsCheckRed is the kill matrix of the checks that the
// simulator has no fault for.
func TestEveryProxyFaultTurnsItsCheckRed(t *testing.T) {
	for _, c := range spec.All() {
		if c.Fault != spec.FaultProxy || c.Intrusive || slices.Contains(modelled, c.ID) {
			continue
		}
		m := mutation(c)
		if m == nil {
			t.Errorf("%s has no mutation", c.ID)
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			_, report, _ := checked(t, backend.Config{}, spec.Selection{}, through(m), nil)
			reds := red(report)
			for i := range report.Results {
				r := &report.Results[i]
				if r.Check.ID == c.ID && !slices.Contains(reds, c.ID) && !(r.Verdict == check.Info && c.Levels.AdobeDoc == spec.May) {
					t.Errorf("is %s: %s (red: %v)", r.Verdict, r.Message, reds)
				}
				if r.Verdict == check.Error {
					t.Errorf("%s: %s", r.Check.ID, r.Message)
				}
			}
			if len(reds) > 4 {
				t.Logf("red as well: %v", reds)
			}
		})
	}
}

// onlyTheLatestToken refuses every token but the one that was issued last.
func onlyTheLatestToken() change {
	latest := ""
	return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpToken && ok(out) {
			object(out, func(m map[string]any) { latest, _ = m["access_token"].(string) })
		}
		if op == api.OpConfiguration && ok(out) && !strings.HasSuffix(in.Header.Get("Authorization"), latest) {
			replace(out, 401, "")
			set(&out.Header, "WWW-Authenticate", `Bearer realm="x", error="invalid_token"`)
		}
	}
}

// oneTokenForAll answers every client with the first one's token.
func oneTokenForAll() change {
	var first []byte
	return onSuccess(api.OpToken, func(out *api.HTTPResponse) {
		if first == nil {
			first = slices.Clone(out.Body)
		}
		out.Body = append(out.Body[:0], first...)
	})
}

// tokensAsStatements takes access tokens for software statements.
func tokensAsStatements() change {
	var tokens []string
	return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpToken && ok(out) {
			object(out, func(m map[string]any) { tokens = append(tokens, m["access_token"].(string)) })
		}
		if op == api.OpRegister && slices.ContainsFunc(tokens, func(t string) bool { return bytes.Contains(in.Body, []byte(t)) }) {
			replace(out, 201, goodClient)
		}
	}
}

// codesForEver answers a poll with the profile that it once had.
func codesForEver() change {
	profiles := map[string][]byte{}
	return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op != api.OpProfilesCode || !ok(out) {
			return
		}
		if len(out.Body) > 20 {
			profiles[in.Path()] = slices.Clone(out.Body)
		} else if kept := profiles[in.Path()]; kept != nil {
			out.Body = append(out.Body[:0], kept...)
		}
	}
}
