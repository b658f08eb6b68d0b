package probe

import (
	"slices"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/spoil"
)

// change alters an answer on its way, as a proxy in between would.
type change = spoil.Change

// The changes that tests are made of.
var (
	object    = spoil.Object
	at        = spoil.At
	set       = spoil.SetHeader
	ok        = spoil.OK
	onSuccess = spoil.OnSuccess
	onError   = spoil.OnError
	edited    = spoil.Edited
	to        = spoil.To
	without   = spoil.Without
	replace   = spoil.Replace
	when      = spoil.When
)

// fault is the change of a check.
func fault(id string) change {
	now := start
	_, c := spoil.Lookup(id, &now)
	return c
}

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

// TestEveryCheckThatCanFailHasAFaultOfItsName is the kill matrix: what the
// fault of a check's name turns red, the check itself among it.
func TestEveryCheckThatCanFailHasAFaultOfItsName(t *testing.T) {
	for _, c := range spec.All() {
		if c.Fault == spec.FaultProxy || c.Fault == spec.FaultNone || !spoil.Known(c.ID) {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			_, report, _ := checked(t, backend.Config{Faults: []string{c.ID}}, spec.Selection{Intrusive: c.Intrusive}, nil, nil)
			reds := red(report)
			for i := range report.Results {
				r := &report.Results[i]
				if r.Check.ID == c.ID && !slices.Contains(reds, c.ID) && !(r.Verdict == check.Info && c.Levels.AdobeDoc == spec.May) {
					t.Errorf("is %s: %s (red: %v)", r.Verdict, r.Message, reds)
				}
				if r.Verdict == check.Error || r.Verdict == check.Inconclusive {
					t.Errorf("%s is %s: %s", r.Check.ID, r.Verdict, r.Message)
				}
			}
			if len(reds) > 1 && !slices.Equal(reds, besides[c.ID]) {
				t.Errorf("red: %q", reds)
			}
		})
	}
}

// besides are the faults that break more than one requirement, with what is red
// then.
var besides = map[string][]string{
	// The one warns and the other fails: a warning takes no failure away.
	"reg.no-redirect": {"reg.no-redirect", "ss.accepted"},
	// From outside, a pause after each refusal and a slower rate look alike.
	"thr.min-wait": {"thr.min-wait", "thr.rate"},
}
