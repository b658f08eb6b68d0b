package probe

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// slow answers later than it was asked.
type slow struct {
	Service
	by time.Duration
}

func (s *slow) Handle(now time.Time, in *api.HTTPRequest, out *api.HTTPResponse) {
	s.Service.Handle(now.Add(s.by), in, out)
}

func everywhere(f func(out *api.HTTPResponse)) func(Service) Service {
	return through(func(_ api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) { f(out) })
}

func header(name, value string) func(Service) Service {
	return everywhere(func(out *api.HTTPResponse) { set(&out.Header, name, value) })
}

func on429(f func(out *api.HTTPResponse)) func(Service) Service {
	return everywhere(func(out *api.HTTPResponse) {
		if out.Status == 429 {
			f(out)
		}
	})
}

func renameHeaders(f func(string) string) func(Service) Service {
	return everywhere(func(out *api.HTTPResponse) {
		for i := range out.Header {
			out.Header[i].Name = f(out.Header[i].Name)
		}
	})
}

func mediaTypes(value string) func(Service) Service {
	return everywhere(func(out *api.HTTPResponse) {
		if api.IsJSON(out.Header.Get("Content-Type")) {
			set(&out.Header, "Content-Type", value)
		}
	})
}

func objects(f func(m map[string]any)) func(Service) Service {
	return everywhere(func(out *api.HTTPResponse) { object(out, f) })
}

// harmless are changes that a correct service may make to the simulator's answers.
var harmless = []struct {
	name string
	cfg  backend.Config
	wrap func(Service) Service
}{
	{"no-store in upper case", backend.Config{}, header("Cache-Control", "No-Store")},
	{"no-store among others", backend.Config{}, header("Cache-Control", "private, no-cache, no-store, max-age=0")},
	{"no-store on a line of its own", backend.Config{}, everywhere(func(out *api.HTTPResponse) {
		set(&out.Header, "Cache-Control", "")
		out.Header = append(out.Header, api.Field{Name: "Cache-Control", Value: "private"}, api.Field{Name: "Cache-Control", Value: "no-store"})
	})},
	{"a charset in lower case", backend.Config{}, mediaTypes("application/json; charset=utf-8")},
	{"no charset", backend.Config{}, mediaTypes("application/json")},
	{"a quoted charset", backend.Config{}, mediaTypes(`application/json; charset="UTF-8"`)},
	{"a media type in upper case", backend.Config{}, mediaTypes("APPLICATION/JSON")},
	{"extra members", backend.Config{}, objects(func(m map[string]any) { m["addedLater"] = map[string]any{"a": []int{1}} })},
	{"white space in JSON", backend.Config{}, everywhere(func(out *api.HTTPResponse) {
		var b bytes.Buffer
		if json.Indent(&b, out.Body, " ", "\t") == nil {
			out.Body = b.Bytes()
		}
	})},
	{"members in another order", backend.Config{}, objects(func(map[string]any) {})},
	{"header names in lower case", backend.Config{}, renameHeaders(strings.ToLower)},
	{"header names in upper case", backend.Config{}, renameHeaders(strings.ToUpper)},
	{"headers in another order", backend.Config{}, everywhere(func(out *api.HTTPResponse) { slices.Reverse(out.Header) })},
	{"extra headers and cookies", backend.Config{}, everywhere(func(out *api.HTTPResponse) {
		out.Header = append(out.Header, api.Field{Name: "Set-Cookie", Value: "AWSALB=x; Path=/"}, api.Field{Name: "Server", Value: "openresty"}, api.Field{Name: "P3P", Value: "none"})
	})},
	{"a JSON 429", backend.Config{}, on429(func(out *api.HTTPResponse) { replace(out, 429, `{"error":"too_many_requests"}`) })},
	{"a Retry-After of a second", backend.Config{}, on429(func(out *api.HTTPResponse) { set(&out.Header, "Retry-After", "1") })},
	{"a Retry-After as a date", backend.Config{}, on429(func(out *api.HTTPResponse) {
		set(&out.Header, "Date", "Sun, 06 Sep 2026 20:00:00 GMT")
		set(&out.Header, "Retry-After", "Sun, 06 Sep 2026 20:00:02 GMT")
	})},
	{"RateLimit fields", backend.Config{}, header("RateLimit", `"default";r=5;t=1`)},
	{"token_type in capitals", backend.Config{}, through(to(api.OpToken, "token_type", "Bearer"))},
	{"an error description", backend.Config{}, objects(func(m map[string]any) {
		if m["error"] != nil {
			m["error_description"] = "the request was refused"
		}
	})},
	{"a slower service", backend.Config{}, func(s Service) Service { return &slow{s, 400 * time.Millisecond} }},
	{"client_id_issued_at in milliseconds (A-07)", backend.Config{IssuedAtMillis: true}, nil},
	{"an empty 401 (A-16)", backend.Config{Unauthorized: backend.UnauthorizedEmpty}, nil},
	{"an OAuth 401 (A-16)", backend.Config{Unauthorized: backend.UnauthorizedOAuth}, nil},
	{"denials inside decisions (A-27)", backend.Config{DenialsInside: true}, nil},
	{"a partner profile with 200 (A-29)", backend.Config{}, through(onSuccess(api.OpSSOProfiles, func(out *api.HTTPResponse) { out.Status = 200 }))},
	{"a token life of an hour", backend.Config{TokenTTL: time.Hour}, nil},
	{"a challenge with more attributes", backend.Config{}, everywhere(func(out *api.HTTPResponse) {
		if v := out.Header.Get("WWW-Authenticate"); v != "" {
			set(&out.Header, "WWW-Authenticate", strings.Replace(v, "realm=\"dcrbench\"", "realm=\"a, b\", scope=\"api:client:v2\"", 1))
		}
	})},
	{"no Pragma but Expires", backend.Config{}, header("Expires", "0")},
}

func TestHarmlessVariantsLeaveTheVerdictUntouched(t *testing.T) {
	if len(harmless) < 20 {
		t.Errorf("got %d variants, want at least 20", len(harmless))
	}
	for _, tt := range harmless {
		t.Run(tt.name, func(t *testing.T) {
			_, report, _ := checked(t, tt.cfg, spec.Selection{}, tt.wrap, nil)
			for i := range report.Results {
				r := &report.Results[i]
				if r.Verdict != check.Pass && r.Verdict != check.Info && r.Verdict != check.Skip {
					t.Errorf("%s is %s: %s", r.Check.ID, r.Verdict, r.Message)
				}
			}
			if report.Status != check.Conformant {
				t.Errorf("got %s %v", report.Status, report.Reasons)
			}
		})
	}
}

// hostile answers with what nobody expects.
type hostile struct {
	Service
	rng *rand.Rand
	own []byte
}

func (h *hostile) Handle(now time.Time, in *api.HTTPRequest, out *api.HTTPResponse) {
	h.Service.Handle(now, in, out)
	switch h.rng.IntN(8) {
	case 0:
		out.Status = []int{0, 100, 204, 301, 404, 429, 500, 999, -1}[h.rng.IntN(9)]
	case 1:
		out.Body = append(out.Body[:0], h.own...)
	case 2:
		out.Header = append(out.Header, api.Field{Name: "WWW-Authenticate", Value: string(h.own)}, api.Field{Name: "Retry-After", Value: string(h.own)}, api.Field{Name: "Location", Value: string(h.own)})
	case 3:
		out.Body = out.Body[:h.rng.IntN(len(out.Body)+1)]
	case 4:
		out.Header = nil
	case 5:
		for _, c := range h.own {
			if len(out.Body) > 0 {
				out.Body[int(c)%len(out.Body)] = c
			}
		}
	}
}

func FuzzProbesSurviveHostileAnswers(f *testing.F) {
	f.Add(uint64(1), []byte(`{"access_token":1,"expires_in":1e300}`))
	f.Add(uint64(2), []byte(`Bearer realm="`))
	f.Add(uint64(3), []byte(`{"decisions":[null],"profiles":[],"logouts":{"":null}}`))
	f.Fuzz(func(t *testing.T, seed uint64, own []byte) {
		_, report, _ := checked(t, backend.Config{}, spec.Selection{Intrusive: seed%16 == 0}, func(s Service) Service {
			return &hostile{s, rand.New(rand.NewPCG(seed, 1)), own}
		}, nil)
		for i := range report.Results {
			if r := &report.Results[i]; r.Verdict == check.Error || r.Verdict == "" {
				t.Errorf("%s is %q: %s", r.Check.ID, r.Verdict, r.Message)
			}
		}
	})
}
