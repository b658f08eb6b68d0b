package probe

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/spec"
)

func protectedWith(status int, f func(out *api.HTTPResponse)) change {
	return func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if op.Protected() && out.Status == status {
			f(out)
		}
	}
}

// denials changes the errors inside decisions.
func denials(op api.Op, f func(in map[string]any)) change {
	return edited(op, func(m map[string]any) { at(m, "decisions[].error.code", func(in map[string]any, _ string) { f(in) }) })
}

// oneMistake are services with one thing wrong, the fault of the wanted check
// where nothing else is given: the check that says so, and how many more may fail
// or warn beside it.
var oneMistake = []struct {
	name   string
	m      change
	want   string
	beside int
}{
	{"registrations are redirected", func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpRegister && out.Status != 429 {
			replace(out, 307, "")
			set(&out.Header, "Location", "/elsewhere")
		}
	}, "reg.no-redirect", 1},
	{"refusals of a registration hold credentials", nil, "reg.err-no-creds", 0},
	{"refusals of a token hold a token", nil, "tok.err-clean", 0},
	{"refused statements come with 200", onError(api.OpRegister, func(out *api.HTTPResponse) {
		if out.Status == 400 {
			out.Status = 200
		}
	}), "reg.err-status", 0},
	{"a token answer with something behind it", onSuccess(api.OpToken, func(out *api.HTTPResponse) { out.Body = append(out.Body, `{"x":1}`...) }), "tok.body", 0},
	{"token errors as a page", onError(api.OpToken, func(out *api.HTTPResponse) {
		replace(out, out.Status, "<html>Bad Request</html>")
		set(&out.Header, "Content-Type", "text/html")
	}), "tok.err-media-type", 0},
	{"no configuration", onSuccess(api.OpConfiguration, func(out *api.HTTPResponse) { out.Status, out.Body = 204, nil }), "v2.configuration.status", 0},
	{"TV providers as a map", edited(api.OpConfiguration, func(m map[string]any) { m["requestor"].(map[string]any)["mvpds"] = map[string]any{} }),
		"v2.configuration.requestor.mvpds", 0},
	{"any token will do", func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if op == api.OpConfiguration && out.Status == 401 && in.Header.Has("Authorization") {
			replace(out, 200, `{"requestor":{"id":"DCRBENCH","mvpds":[]}}`)
		}
	}, "api.bad-token", 1},
	{"401 as 200", protectedWith(401, func(out *api.HTTPResponse) { out.Status = 200 }), "err.http-status", 0},
	{"403 for every 401", protectedWith(401, func(out *api.HTTPResponse) { out.Status = 403 }), "api.no-token", 4},
	{"404 for every 405", func(op api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if out.Status == 405 && (op == api.OpUnknown || op.Protected() || op == api.OpAuthenticate) {
			out.Status = 404
		}
	}, "v2.configuration.method-405", 2},
	{"errors inside an object", protectedWith(400, func(out *api.HTTPResponse) {
		object(out, func(m map[string]any) {
			inner, _ := json.Marshal(m)
			clear(m)
			m["error"] = json.RawMessage(inner)
		})
	}), "err.missing-code", 0},
	{"denials without their error", func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		without(api.OpAuthorize, "decisions[].error")(op, in, out)
		without(api.OpPreauthorize, "decisions[].error")(op, in, out)
	}, "decision.denial-error", 0},
	{"an error of the list under 404", func(_ api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if bytes.Contains(out.Body, []byte(`"invalid_parameter_code"`)) && out.Status == 400 {
			out.Status = 404
		}
	}, "err.http-status", 0},
	{"a denied preauthorization with another action", denials(api.OpPreauthorize, func(in map[string]any) { in["action"] = "authorization" }), "err.wrong-action", 0},
	{"a session of another provider", to(api.OpSessionsCreate, "serviceProvider", "OTHER"), "session.provider", 0},
	{"a decision of another provider", to(api.OpAuthorize, "decisions[].serviceProvider", "OTHER"), "decision.asked", 0},
	{"a pending poll as 404", nil, "session.pending", 0},
	{"a polled profile in microseconds", edited(api.OpProfilesCode, func(m map[string]any) {
		at(m, "profiles.*.notAfter", func(in map[string]any, name string) { times(in, name, 1000, 1) })
	}), "profile.life", 0},
	{"a session that ends at a date in words", edited(api.OpSessionsCreate, func(m map[string]any) {
		if m["notAfter"] != nil {
			m["notAfter"] = "2027-01-01T00:00:00Z"
		}
	}), "v2.sessions.create.optional-members", 0},
	{"no wait after a refusal", through429("0"), "thr.retry-after-honest", 0},
	{"one token for all clients", nil, "tok.client-bound", 3},
	{"a new token ends the one before", nil, "tok.old-stays", 0},
}

func TestOneMistakeIsOneFinding(t *testing.T) {
	for _, tt := range oneMistake {
		t.Run(tt.name, func(t *testing.T) {
			m := tt.m
			if m == nil {
				m = fault(tt.want) // it remembers: a new one for every run
			}
			_, report, _ := checked(t, backend.Config{}, spec.Selection{}, through(m), nil)
			reds := red(report)
			if !slices.Contains(reds, tt.want) || len(reds) > 1+tt.beside {
				t.Errorf("got %v red, want %s and at most %d more", reds, tt.want, tt.beside)
			}
			for i := range report.Results {
				if r := &report.Results[i]; r.Verdict == check.Error {
					t.Errorf("%s: %s", r.Check.ID, r.Message)
				}
			}
		})
	}
}
