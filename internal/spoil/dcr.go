package spoil

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// row is one fault by name. now is the time of the request, when the change is
// called.
type row struct {
	id, what string
	fresh    func(now *time.Time) Change
}

// always is a change that remembers nothing.
func always(c Change) func(*time.Time) Change { return func(*time.Time) Change { return c } }

var registration = []row{
	{"reg.post-json", "a registration as application/json without a charset is refused", always(When(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpRegister && in.Header.Get("Content-Type") == "application/json"
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { Replace(out, 400, `{"error":"invalid_request"}`) }))},
	{"reg.bad-json", "a registration with an array for its body gets 500", always(When(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpRegister && string(in.Body) == "[]"
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { out.Status = 500 }))},
	{"reg.body", "credentials come inside an array", always(wrapped(api.OpRegister))},
	{"reg.client-secret", "credentials lack client_secret", always(Without(api.OpRegister, "client_secret"))},
	{"reg.redirect-uris", "credentials lack redirect_uris", always(Without(api.OpRegister, "redirect_uris"))},
	{"reg.grant-types", "grant_types lacks client_credentials", always(To(api.OpRegister, "grant_types", []string{"authorization_code"}))},
	{"reg.scopes", "credentials lack scopes", always(Without(api.OpRegister, "scopes"))},
	{"reg.statement-wins", "metadata of the request wins over that of the statement", always(When(bodyHas("dcrbench-conflict"), func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		Object(out, func(m map[string]any) { m["client_name"] = "dcrbench-conflict" })
	}))},
	{"reg.no-choose-id", "a client chooses its client_id", always(When(bodyHas("dcrbench-chosen"), func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		Object(out, func(m map[string]any) { m["client_id"] = "dcrbench-chosen" })
	}))},
	{"reg.no-redirect", "a registration is redirected", always(OnSuccess(api.OpRegister, func(out *api.HTTPResponse) {
		out.Status = 307
		SetHeader(&out.Header, "Location", "https://other.example/")
	}))},
	{"reg.err-status", "registration errors come with 422 instead of 400", always(OnError(api.OpRegister, func(out *api.HTTPResponse) {
		if out.Status == 400 {
			out.Status = 422
		}
	}))},
	{"reg.err-media-type", "registration errors come as text/html", always(OnError(api.OpRegister, func(out *api.HTTPResponse) { SetHeader(&out.Header, "Content-Type", "text/html") }))},
	{"reg.err-missing-statement", "a missing statement is answered with invalid_redirect_uri", always(When(func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op == api.OpRegister && out.Status != 429 && string(in.Body) == "{}"
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { Replace(out, 400, `{"error":"invalid_redirect_uri"}`) }))},
	{"reg.err-redirect-uri", "a bad redirect URI is answered with invalid_request", always(renamed(api.OpRegister, "invalid_redirect_uri", "invalid_request"))},
	{"reg.err-unapproved", "software that is not approved is answered with invalid_software_statement", always(renamed(api.OpRegister, "unapproved_software_statement", "invalid_software_statement"))},
	{"reg.err-no-creds", "registration errors carry a client_id", always(OnError(api.OpRegister, func(out *api.HTTPResponse) {
		Object(out, func(m map[string]any) { m["client_id"] = "x" })
	}))},
	{"reg.err-no-echo", "registration errors repeat the request", always(echo(api.OpRegister))},
	{"reg.robust", "a registration that is too large gets 500", always(When(func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op == api.OpRegister && len(in.Body) > 100<<10 && out.Status != 429
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { out.Status = 500 }))},
	{"ss.accepted", "every software statement is refused", always(OnSuccess(api.OpRegister, func(out *api.HTTPResponse) {
		Replace(out, 400, `{"error":"invalid_software_statement"}`)
	}))},
	{"ss.typ", "an access token passes for a software statement", func(*time.Time) Change { return tokensAsStatements() }},
}

var tokens = []row{
	{"tok.body", "a token comes inside an array", always(wrapped(api.OpToken))},
	{"tok.id", "the token answer lacks id", always(Without(api.OpToken, "id"))},
	{"tok.form-charset", "a token request with a charset is refused", always(When(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpToken && strings.Contains(in.Header.Get("Content-Type"), "charset")
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { Replace(out, 400, `{"error":"invalid_request"}`) }))},
	{"tok.empty-param", "a parameter without a value is refused", always(When(bodyHas("dcrbench_empty"), func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		Replace(out, 400, `{"error":"invalid_request"}`)
	}))},
	{"tok.err-shape", "token errors have no member error", always(OnError(api.OpToken, func(out *api.HTTPResponse) { Replace(out, out.Status, `{"message":"no"}`) }))},
	{"tok.err-media-type", "token errors come as text/html", always(OnError(api.OpToken, func(out *api.HTTPResponse) { SetHeader(&out.Header, "Content-Type", "text/html") }))},
	{"tok.err-codes", "token errors carry a code that is not listed", always(OnError(api.OpToken, func(out *api.HTTPResponse) {
		Object(out, func(m map[string]any) { m["error"] = "no_luck" })
	}))},
	{"tok.err-no-auth", "a token is issued to nobody", always(When(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpToken && string(in.Body) == "grant_type=client_credentials" && !in.Header.Has("Authorization")
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { Replace(out, 201, goodToken) }))},
	{"tok.err-grant-missing", "a missing grant type is answered with invalid_client", always(When(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpToken && in.Method == "POST" && len(in.Body) > 0 && api.IsForm(in.Header.Get("Content-Type")) && !bytes.Contains(in.Body, []byte("grant_type"))
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { Replace(out, 400, `{"error":"invalid_client"}`) }))},
	{"tok.err-grant-unauthorized", "a client without the grant type is answered with invalid_client", always(renamed(api.OpToken, "unauthorized_client", "invalid_client"))},
	{"tok.err-clean", "token errors carry a token", always(OnError(api.OpToken, func(out *api.HTTPResponse) {
		Object(out, func(m map[string]any) { m["access_token"] = "x" })
	}))},
	{"tok.err-no-echo", "token errors repeat the request", always(echo(api.OpToken))},
	{"tok.password-off", "the password grant gets a token", always(When(bodyHas("grant_type=password"), func(_ *api.HTTPRequest, out *api.HTTPResponse) { Replace(out, 201, goodToken) }))},
	{"tok.method-405", "PUT at the token endpoint gets 404", always(When(func(op api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		return op == api.OpToken && in.Method == "PUT"
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { Replace(out, 404, "{}") }))},
	{"tok.old-stays", "a new token ends the ones before it", func(*time.Time) Change { return onlyTheLatestToken() }},
	{"tok.client-bound", "every client gets the first one's token", func(*time.Time) Change { return oneTokenForAll() }},
}

// echo repeats the request in an error.
func echo(op api.Op) Change {
	return func(got api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if got == op && out.Status == 400 {
			Object(out, func(m map[string]any) { m["sent"] = string(in.Body) })
		}
	}
}

// tokensAsStatements takes access tokens for software statements.
func tokensAsStatements() Change {
	var tokens []string
	return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if t := issued(op, out); t != "" {
			tokens = append(tokens, t)
		}
		if op == api.OpRegister && slices.ContainsFunc(tokens, func(t string) bool { return bytes.Contains(in.Body, []byte(t)) }) {
			Replace(out, 201, goodClient)
		}
	}
}

// issued is the access token of an answer, or "".
func issued(op api.Op, out *api.HTTPResponse) string {
	if op != api.OpToken || !OK(out) {
		return ""
	}
	var m struct {
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal(out.Body, &m) != nil {
		return ""
	}
	return m.AccessToken
}

// onlyTheLatestToken refuses every token but the one that its client was given
// last; whose token it is, it tells by the client_id of the request.
func onlyTheLatestToken() Change {
	latest, replaced := map[string]string{}, map[string]bool{}
	return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if t := issued(op, out); t != "" {
			client := clientOf(in)
			if old := latest[client]; old != "" && old != t {
				replaced[old] = true
			}
			latest[client] = t
		}
		_, bearer, _ := strings.Cut(in.Header.Get("Authorization"), " ")
		if op.Protected() && OK(out) && replaced[bearer] {
			Replace(out, 401, `{"action":"application-registration","status":401,"code":"invalid_access_token_client_application"}`)
			SetHeader(&out.Header, "WWW-Authenticate", `Bearer realm="x", error="invalid_token"`)
		}
	}
}

// clientOf is the client_id of a form.
func clientOf(in *api.HTTPRequest) string {
	for pair := range strings.SplitSeq(string(in.Body), "&") {
		if v, ok := strings.CutPrefix(pair, "client_id="); ok {
			return v
		}
	}
	return ""
}

// oneTokenForAll answers every client with the first one's token.
func oneTokenForAll() Change {
	var first []byte
	return OnSuccess(api.OpToken, func(out *api.HTTPResponse) {
		if first == nil {
			first = slices.Clone(out.Body)
		}
		out.Body = append(out.Body[:0], first...)
	})
}
