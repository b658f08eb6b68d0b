package audit

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
)

// step is one exchange of a hand-written recording.
type step struct {
	at     float64
	req    api.Request
	id     api.Identity
	status int
	body   string
	// took is the time to the answer in seconds; 0 stands for 20 ms.
	took float64
	// change spoils the request.
	change func(*api.HTTPRequest)
	scheme string
	// restart starts the app again before the step.
	restart bool
}

func at(seconds float64) time.Time {
	return t0.Add(time.Duration(math.Round(seconds*1e6)) * time.Microsecond)
}

// info is a valid X-Device-Info.
var info = api.DeviceInfo{
	{Key: "primaryHardwareType", Value: "SetTopBox"}, {Key: "model", Value: "Box"}, {Key: "version", Value: "1"},
	{Key: "osName", Value: "Linux"}, {Key: "osVersion", Value: "6"}, {Key: "connectionType", Value: "LAN"},
}.Encode()

// box is the identity of a device by its name.
func box(name string) api.Identity {
	return api.Identity{DeviceInfo: info, DeviceIdentifier: api.DeviceIdentifier(name), UserAgent: "Box/1"}
}

func register(when float64, client string) step {
	return step{at: when, id: box("one"), req: api.Request{Op: api.OpRegister, SoftwareStatement: "a.b.c"}, status: 201,
		body: fmt.Sprintf(`{"client_id":%q,"client_secret":"s-%s","grant_types":["client_credentials"],"scopes":["api:client:v2"]}`, client, client)}
}

func fetch(when float64, client, token string, life int) step {
	return step{at: when, id: box("one"), req: api.Request{Op: api.OpToken, ClientID: client, ClientSecret: "s-" + client}, status: 201,
		body: fmt.Sprintf(`{"id":"i","access_token":%q,"created_at":1,"expires_in":%d,"token_type":"bearer"}`, token, life)}
}

// call is a call that succeeds: a profile for two hours, every resource
// permitted, the code C.
func call(when float64, op api.Op, token string) step {
	s := step{at: when, id: box("one"), status: 200, req: api.Request{
		Op: op, AccessToken: token, ServiceProvider: "SP", MVPD: "M", Code: "C", Partner: "Apple",
		DomainName: "d", RedirectURL: "https://example.com/x", Resources: []string{"r"},
	}}
	switch op {
	case api.OpConfiguration:
		s.body = `{"requestor":{"id":"SP","mvpds":[{"id":"M"},{"id":"N"}]}}`
	case api.OpSessionsCreate:
		s.body = sessionBody("authenticate", "C")
	case api.OpSessionsResume:
		s.body = sessionBody("authenticate", "C")
	case api.OpSessionsRetrieve:
		s.body = `{"existingParameters":{}}`
	case api.OpAuthenticate:
		s.status, s.req.AccessToken = 302, ""
	case api.OpProfilesCode, api.OpProfilesList, api.OpProfilesMVPD, api.OpSSOProfiles:
		s.body = fmt.Sprintf(`{"profiles":{"M":{"notAfter":%d}}}`, at(7200).UnixMilli())
	case api.OpAuthorize, api.OpPreauthorize:
		s.body = decided(`{"resource":"r","authorized":true}`)
	case api.OpLogout:
		s.body = `{"logouts":{"M":{"actionName":"complete"}}}`
	}
	return s
}

func sessionBody(action, code string) string {
	return fmt.Sprintf(`{"actionName":%q,"code":%q,"notAfter":"%d"}`, action, code, at(1800).UnixMilli())
}

func decided(items string) string { return `{"decisions":[` + items + `]}` }

func refused(s step, status int, body string) step {
	s.status, s.body = status, body
	return s
}

func (s step) with(change func(*step)) step {
	change(&s)
	return s
}

func (s step) spoiled(change func(*api.HTTPRequest)) step {
	s.change = change
	return s
}

// exchange makes the exchange of a step.
func (s step) exchange(seq uint64) *record.Exchange {
	x := &record.Exchange{
		Seq: seq, Sent: at(s.at), Intended: at(s.at), Received: at(s.at + max(s.took, 0.02)),
		Request: &s.req, Response: &api.Response{}, Wire: &api.HTTPRequest{}, Answer: &api.HTTPResponse{Status: s.status, Body: []byte(s.body)},
	}
	s.req.Encode(&s.id, x.Wire)
	if s.change != nil {
		s.change(x.Wire)
	}
	media := "application/json"
	if s.status == 429 {
		media = "text/html"
	}
	x.Answer.Header = api.Header{{Name: "Content-Type", Value: media}, {Name: "Location", Value: "https://login.example.com/"}}
	doc := &jsondoc.Doc{}
	if s.status == 0 {
		api.TransportFailure(api.ErrTimeout, x.Response)
		return x
	}
	api.Decode(s.req.Op, x.Answer, doc, x.Response)
	x.JSON = doc.Root()
	return x
}

// heard judges a script, in which each exchange has its place from 1 as number.
func heard(o Options, steps ...step) *Trail {
	t := NewTrail(o, 0)
	for i, s := range steps {
		if s.restart {
			t.Restart()
		}
		t.Observe(s.exchange(uint64(i+1)), Setting{Scheme: s.scheme})
	}
	t.Finish()
	return t
}

// verdict is the worst verdict of the devices on a rule, which none but Kept and
// NotObserved hide.
func verdict(t *Trail, id string) Verdict {
	worst := NotObserved
	for _, d := range t.Devices() {
		for _, j := range d.Verdicts() {
			if j.Rule.ID == id && j.Verdict != NotObserved && (worst == NotObserved || j.Verdict < worst) {
				worst = j.Verdict
			}
		}
	}
	return worst
}

func allBroken(t *Trail) []string {
	var ids []string
	for _, d := range t.Devices() {
		ids = append(ids, brokenRules(d)...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// start is a device that has credentials and a token T for an hour.
func start(more ...step) []step {
	return append([]step{register(0, "c"), fetch(1, "c", "T", 3600)}, more...)
}

func check(t *testing.T, trail *Trail, id string, want Verdict) {
	t.Helper()
	if got := verdict(trail, id); got != want {
		t.Errorf("%s is %s, want %s; broken: %v", id, got, want, allBroken(trail))
	}
}

// named are steps that a server passes on for one device.
func named(steps []step) []step {
	for i := range steps {
		steps[i] = steps[i].spoiled(set("X-Forwarded-For", "203.0.113.7"))
	}
	return steps
}
