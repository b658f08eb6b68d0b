package spoil

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

var bearer = []row{
	{"api.no-token-quiet", "a call without a token gets a challenge with an error code", always(When(func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op.Protected() && !in.Header.Has("Authorization") && out.Status == 401
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		SetHeader(&out.Header, "WWW-Authenticate", `Bearer realm="x", error="invalid_token"`)
	}))},
	{"api.bad-token-code", "a challenge after a bad token names no error", always(on401(func(out *api.HTTPResponse) {
		SetHeader(&out.Header, "WWW-Authenticate", `Bearer realm="x"`)
	}))},
	{"api.challenge-syntax", "a challenge has its realm twice", always(on401(func(out *api.HTTPResponse) {
		SetHeader(&out.Header, "WWW-Authenticate", out.Header.Get("WWW-Authenticate")+`, realm="again"`)
	}))},
	{"api.malformed", "a call with two Authorization fields is served", always(When(func(_ api.Op, in *api.HTTPRequest, _ *api.HTTPResponse) bool {
		n := 0
		for _, f := range in.Header {
			if f.Name == "Authorization" {
				n++
			}
		}
		return n == 2
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { Replace(out, 200, "{}") }))},
	{"api.one-transport", "a token in the query beside the one in the header is overlooked", always(When(func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op == api.OpConfiguration && !OK(out) && out.Status != 429 && in.Header.Has("Authorization") && strings.Contains(in.Target, "access_token=")
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		Replace(out, 200, `{"requestor":{"id":"x","mvpds":[]}}`)
	}))},
	{"api.shared-cache", "profiles are public to caches", always(OnSuccess(api.OpProfilesList, func(out *api.HTTPResponse) { SetHeader(&out.Header, "Cache-Control", "public, max-age=60") }))},
	{"api.405-allow", "a 405 of REST API v2 lists no Allow", always(When(func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool {
		return out.Status == 405 && op > api.OpToken
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { SetHeader(&out.Header, "Allow", "") }))},
	{"api.no-echo", "the configuration repeats the Authorization field", always(func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpConfiguration && OK(out) {
			Object(out, func(m map[string]any) { m["debug"] = in.Header.Get("Authorization") })
		}
	})},
	{"api.secret-not-token", "a client_secret passes for a token", always(func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpConfiguration && out.Status == 401 && len(in.Header.Get("Authorization")) == len("Bearer ")+36 {
			Replace(out, 200, `{"requestor":{"id":"x","mvpds":[]}}`)
		}
	})},
}

func on401(f func(out *api.HTTPResponse)) Change {
	return When(func(_ api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool { return out.Status == 401 },
		func(_ *api.HTTPRequest, out *api.HTTPResponse) { f(out) })
}

var flows = []row{
	{"session.life", "notAfter of a retrieved session is in seconds", always(Edited(api.OpSessionsRetrieve, func(m map[string]any) {
		s, _ := m["notAfter"].(string)
		m["notAfter"] = s[:min(len(s), 10)]
	}))},
	{"session.resumes", "a session misses parameters that it was given", always(func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpSessionsResume && OK(out) && bytes.Contains(in.Body, []byte("redirectUrl")) {
			Object(out, func(m map[string]any) {
				m["missingParameters"], m["actionName"], m["actionType"] = []string{"domainName"}, "retry", "direct"
			})
		}
	})},
	{"session.pending", "a poll before the login gets an error", always(When(func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op == api.OpProfilesCode && string(out.Body) == `{"profiles":{}}`
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		Replace(out, 403, `{"action":"authentication","status":403,"code":"authenticated_profile_missing"}`)
	}))},
	{"session.login", "a poll after the login finds no profile", always(OnSuccess(api.OpProfilesCode, func(out *api.HTTPResponse) { Replace(out, 200, `{"profiles":{}}`) }))},
	{"session.authorized", "a viewer with a profile is sent to log in again", func(now *time.Time) Change { return loginAgain(now) }},
	{"session.provider", "a session names another service provider", always(To(api.OpSessionsCreate, "serviceProvider", "OTHER"))},
	{"session.same-id", "a resumed session has another sessionId", always(To(api.OpSessionsResume, "sessionId", "another"))},
	{"session.once", "a code keeps its profile after the logout", func(*time.Time) Change { return codesForEver() }},
	{"profile.life", "notAfter of a profile is in seconds", always(Edited(api.OpProfilesList, func(m map[string]any) { seconds(m, "profiles.*.notAfter") }))},
	{"profile.bound", "a device without a profile gets somebody's", func(now *time.Time) Change { return somebodysProfile(now) }},
	{"decision.asked", "decisions are about resources that nobody asked for", always(Edited(api.OpPreauthorize, func(m map[string]any) {
		At(m, "decisions[].resource", func(in map[string]any, name string) { in[name] = "another" })
	}))},
	{"decision.token-life", "notAfter of a media token is in seconds", always(Edited(api.OpAuthorize, func(m map[string]any) { seconds(m, "decisions[].token.notAfter") }))},
	{"decision.denial-error", "a denial has no error", always(Without(api.OpAuthorize, "decisions[].error"))},
	{"partner.request", "a partner session has no request for the partner", always(Edited(api.OpSSOSessions, func(m map[string]any) {
		if m["actionName"] == "partner_profile" {
			delete(m, "authenticationRequest")
			m["actionName"], m["reasonType"] = "authorize", "authenticated"
		}
	}))},
	{"partner.fallback", "a partner session without permission does not fall back to the login", always(Edited(api.OpSSOSessions, func(m map[string]any) {
		if m["actionName"] == "authenticate" {
			m["actionName"], m["actionType"], m["reasonType"] = "authorize", "direct", "authenticated"
		}
	}))},
	{"v2.sessions.resume.combinations", "a resumed session is authorized and in progress at once", always(Edited(api.OpSessionsResume, func(m map[string]any) {
		m["actionName"], m["actionType"], m["reasonType"] = "authorize", "direct", "authenticated"
	}))},
	{"v2.sessions.retrieve.optional-members", "missingParameters of a retrieved session is a number", always(Edited(api.OpSessionsRetrieve, func(m map[string]any) { m["missingParameters"] = 7 }))},
	{"v2.decisions.preauthorize.optional-members", "the error of a decision is a number", always(Edited(api.OpPreauthorize, func(m map[string]any) {
		At(m, "decisions[].authorized", func(in map[string]any, _ string) { in["error"] = 7 })
	}))},
}

var errorRows = []row{
	{"err.http-status", "400 comes as 403", always(OnError(api.OpProfilesMVPD, func(out *api.HTTPResponse) {
		if out.Status == 400 {
			out.Status = 403
		}
	}))},
	{"err.missing-action", "an enhanced error has no action", always(lacking("action"))},
	{"err.missing-status", "an enhanced error has no status", always(lacking("status"))},
	{"err.optional-types", "the message of an enhanced error is a number", always(OnError(api.OpProfilesMVPD, func(out *api.HTTPResponse) {
		Object(out, func(m map[string]any) { m["message"] = 7 })
	}))},
	{"err.level", "an error that belongs to the whole answer comes inside a decision", always(When(func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op == api.OpProfilesMVPD && bytes.Contains(out.Body, []byte(`"invalid_parameter_mvpd"`))
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) {
		Replace(out, 200, `{"profiles":{},"decisions":[{"error":`+string(out.Body)+`}]}`)
	}))},
	{"thr.no-effect", "a throttled registration gets credentials", always(When(func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) bool {
		return op == api.OpRegister && out.Status == 429
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { Replace(out, 429, goodClient) }))},
}

func lacking(member string) Change {
	return OnError(api.OpProfilesMVPD, func(out *api.HTTPResponse) { Object(out, func(m map[string]any) { delete(m, member) }) })
}

// seconds turns a time in milliseconds into seconds.
func seconds(m map[string]any, path string) {
	At(m, path, func(in map[string]any, name string) {
		if n, ok := in[name].(json.Number); ok {
			if ms, err := n.Int64(); err == nil {
				in[name] = ms / 1000
			}
		}
	})
}

func loginAgain(now *time.Time) Change {
	return Edited(api.OpSessionsCreate, func(m map[string]any) {
		if m["actionName"] == "authorize" {
			m["actionName"], m["actionType"], m["reasonType"], m["code"] = "authenticate", "interactive", "none", "AAAAAA1"
			m["notBefore"], m["notAfter"] = fmt.Sprint(now.UnixMilli()), fmt.Sprint(now.Add(30*time.Minute).UnixMilli())
		}
	})
}

func somebodysProfile(now *time.Time) Change {
	return OnSuccess(api.OpProfilesMVPD, func(out *api.HTTPResponse) {
		if len(out.Body) < 20 {
			Replace(out, 200, fmt.Sprintf(`{"profiles":{"Cablevision":{"notBefore":%d,"notAfter":%d,"issuer":"Cablevision","type":"regular","attributes":{"userID":{"value":"x","state":"plain"}}}}}`,
				now.UnixMilli(), now.Add(24*time.Hour).UnixMilli()))
		}
	})
}

// codesForEver answers a poll with the profile that it once had.
func codesForEver() Change {
	profiles := map[string][]byte{}
	return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op != api.OpProfilesCode || !OK(out) {
			return
		}
		if len(out.Body) > 20 {
			profiles[in.Path()] = slices.Clone(out.Body)
		} else if kept := profiles[in.Path()]; kept != nil {
			out.Body = append(out.Body[:0], kept...)
		}
	}
}
