package backend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/statement"
)

var epoch = time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)

// stubVerifier knows statements by their text.
type stubVerifier struct{ verified int }

func (v *stubVerifier) Verify(token string, _ time.Time) (statement.Claims, error) {
	v.verified++
	c := statement.Claims{SoftwareID: token, Scopes: []string{ScopeV2}}
	switch token {
	case "bad":
		return statement.Claims{}, fmt.Errorf("stub: %w", statement.ErrInvalid)
	case "unapproved":
		return statement.Claims{}, fmt.Errorf("stub: %w", statement.ErrUnapproved)
	case "v1":
		c.Scopes = []string{"profile:client"}
	case "no scopes":
		c.Scopes = nil
	case "redirects":
		c.RedirectURIs = []string{"https://tv.example.com/back"}
	case "ending":
		c.Expiry = epoch.Add(time.Hour)
	}
	return c, nil
}

const (
	device1 = "fingerprint ZGV2aWNlLTE="
	device2 = "fingerprint ZGV2aWNlLTI="
)

// rig is one client in front of a service.
type rig struct {
	t testing.TB
	s *Service
	// faulty switches the contract evaluators off, which otherwise judge every
	// answer of every test, in both readings.
	faulty bool
	v      *stubVerifier
	now    time.Time
	id     api.Identity

	clientID, secret, token string
	doc                     jsondoc.Doc
	// status, header and body are the last answer.
	status int
	header api.Header
	body   string
	res    api.Response
}

// newRig returns a rig on a service that does not throttle.
func newRig(t testing.TB, cfg Config) *rig {
	t.Helper()
	cfg.ThrottleOff = true
	return newThrottledRig(t, cfg)
}

func newThrottledRig(t testing.TB, cfg Config) *rig {
	t.Helper()
	v := &stubVerifier{}
	s, err := New(cfg, [32]byte{1, 2, 3}, v)
	if err != nil {
		t.Fatal(err)
	}
	info := api.DeviceInfo{
		{Key: "primaryHardwareType", Value: "SetTopBox"}, {Key: "model", Value: "Roku"}, {Key: "version", Value: "4802X"},
		{Key: "osName", Value: "Roku OS"}, {Key: "osVersion", Value: "13.0"}, {Key: "connectionType", Value: "WiFi"},
	}
	return &rig{t: t, s: s, v: v, now: epoch, id: api.Identity{
		DeviceInfo: info.Encode(), DeviceIdentifier: device1, ForwardedFor: "192.0.2.1", UserAgent: "test",
	}}
}

// send sends a raw request.
func (r *rig) send(in api.HTTPRequest) {
	r.t.Helper()
	var out api.HTTPResponse
	in.Peer = "198.51.100.9"
	r.s.Handle(r.now, &in, &out)
	r.keep(&out)
	if op, _, ok := api.Match(in.Method, in.Path()); ok {
		r.judge(op, &out)
	}
}

// judge expects no finding against an answer.
func (r *rig) judge(op api.Op, out *api.HTTPResponse) {
	r.t.Helper()
	if r.faulty {
		return
	}
	var doc jsondoc.Doc
	x := record.Exchange{Request: &api.Request{Op: op}, Response: &api.Response{}, Answer: out}
	api.Decode(op, out, &doc, x.Response)
	x.JSON = doc.Root()
	for _, strict := range []bool{false, true} {
		contract.NewEvaluator(contract.Options{Strict: strict}).Evaluate(&x, func(f contract.Finding) {
			// No page says what a wrong method gets.
			if f.Rule.Level != contract.Note && out.Status != 405 {
				r.t.Errorf("strict %t: %v: %s: %s: %d %s", strict, op, f.Rule.ID, f.Message(), out.Status, out.Body)
			}
		})
	}
}

func (r *rig) keep(out *api.HTTPResponse) {
	r.status, r.header, r.body = out.Status, slices.Clone(out.Header), string(out.Body)
}

// do sends what a device would send.
func (r *rig) do(req api.Request) *api.Response {
	r.t.Helper()
	in := r.encode(req)
	var out api.HTTPResponse
	r.s.Handle(r.now, &in, &out)
	r.keep(&out)
	api.Decode(req.Op, &out, &r.doc, &r.res)
	r.judge(req.Op, &out)
	return &r.res
}

func (r *rig) encode(req api.Request) api.HTTPRequest {
	if req.ServiceProvider == "" {
		req.ServiceProvider = "REF30"
	}
	if req.AccessToken == "" && req.Op.Protected() {
		req.AccessToken = r.token
	}
	var in api.HTTPRequest
	req.Encode(&r.id, &in)
	in.Peer = "198.51.100.9"
	return in
}

// signOn registers and fetches a token.
func (r *rig) signOn(software string) *rig {
	r.t.Helper()
	res := r.do(api.Request{Op: api.OpRegister, SoftwareStatement: software})
	r.want(api.OutcomeOK)
	r.clientID, r.secret = res.ClientID, res.ClientSecret
	return r.renew()
}

func (r *rig) renew() *rig {
	r.t.Helper()
	r.token = r.do(api.Request{Op: api.OpToken, ClientID: r.clientID, ClientSecret: r.secret}).AccessToken
	r.want(api.OutcomeOK)
	return r
}

// session opens a session and returns its code.
func (r *rig) session(mvpd string) string {
	r.t.Helper()
	code := r.do(api.Request{
		Op: api.OpSessionsCreate, MVPD: mvpd, DomainName: "tv.example.com", RedirectURL: "https://tv.example.com/in",
	}).Code
	r.want(api.OutcomeOK)
	return code
}

// signIn gives the device a profile with an MVPD.
func (r *rig) signIn(mvpd string) *rig {
	r.t.Helper()
	code := r.session(mvpd)
	r.do(api.Request{Op: api.OpAuthenticate, Code: code})
	r.want(api.OutcomeOK)
	r.now = r.now.Add(4 * time.Second)
	if got := r.do(api.Request{Op: api.OpProfilesCode, Code: code}).Profiles; got != 1 {
		r.t.Fatalf("signing in with %s: %d profiles, want 1: %s", mvpd, got, r.body)
	}
	return r
}

func (r *rig) want(outcome api.Outcome) {
	r.t.Helper()
	if r.res.Outcome != outcome {
		r.t.Fatalf("outcome %v, want %v: %d %s", r.res.Outcome, outcome, r.status, r.body)
	}
}

// wantError checks a top-level enhanced or DCR error.
func (r *rig) wantError(status int, code string) {
	r.t.Helper()
	member := "code"
	if r.text("error") != "" {
		member = "error"
	}
	if got := r.text(member); r.status != status || got != code {
		r.t.Errorf("%d %s, want %d %s", r.status, r.body, status, code)
	}
}

// text returns a member of the last answer as text, its path in dots.
func (r *rig) text(path string) string {
	r.t.Helper()
	dec := json.NewDecoder(bytes.NewReader([]byte(r.body)))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return ""
	}
	for name := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(in) {
				return ""
			}
			v = in[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// wantText checks members of the last answer: path and text in turn.
func (r *rig) wantText(pairs ...string) {
	r.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := r.text(pairs[i]); got != pairs[i+1] {
			r.t.Errorf("%s = %q, want %q: %s", pairs[i], got, pairs[i+1], r.body)
		}
	}
}

// partner returns an AP-Partner-Framework-Status.
func partner(access, provider, expires string) string {
	raw := `{"frameworkPermissionInfo":{` + access + `},"frameworkProviderInfo":{"id":"` + provider + `","expirationDate":"` + expires + `"}}`
	return base64Std(raw)
}

const farOff = "4102444800000"

func granted(provider string) string { return partner(`"accessStatus":"granted"`, provider, farOff) }
