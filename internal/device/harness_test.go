package device

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/profiles"
)

// t0 is the instant at which the devices of these tests launch.
var t0 = time.Date(2026, 9, 6, 20, 0, 0, 0, time.UTC)

func testFleet() *profiles.Fleet {
	return &profiles.Fleet{
		Name:            "test",
		ServiceProvider: "REF30",
		MVPDs:           []string{"Cablevision"},
		Resources:       []string{"one", "two", "three", "four", "five", "six", "seven"},
		DomainName:      "example.com",
		RedirectURL:     "https://example.com/done",
	}
}

func seconds(from, to float64) profiles.Range {
	return profiles.Range{
		Min: time.Duration(from * float64(time.Second)),
		Max: time.Duration(to * float64(time.Second)),
	}
}

// wellBehaved is an app that keeps every rule.
func wellBehaved() *profiles.Profile {
	return &profiles.Profile{
		Name: "good",
		Behaviour: profiles.Behaviour{
			Throttle: profiles.ThrottleWait, ThrottleWait: seconds(1, 1.5), ThrottleRetries: 5,
			Retries: 3, RetryWait: seconds(0.5, 1),
			PollEvery: seconds(3, 5), PollFor: time.Minute,
		},
		Session: []profiles.Step{
			{Op: api.OpConfiguration, When: profiles.WhenSignedOut, Chance: 1, Think: seconds(1, 2), Times: 1},
			{Op: api.OpSessionsCreate, When: profiles.WhenSignedOut, Chance: 1, Think: seconds(1, 2), Times: 1},
			{Op: api.OpAuthenticate, When: profiles.WhenSignedOut, Chance: 1, Think: seconds(0.5, 1), Times: 1},
			{Op: api.OpProfilesCode, When: profiles.WhenSignedOut, Chance: 1, Think: seconds(3, 4), Times: 1},
			{Op: api.OpProfilesMVPD, When: profiles.WhenAlways, Chance: 1, Times: 1},
			{Op: api.OpPreauthorize, When: profiles.WhenAlways, Chance: 1, Think: seconds(1, 1), Times: 1},
			{Op: api.OpAuthorize, When: profiles.WhenAlways, Chance: 1, Think: seconds(1, 3), Times: 2, Every: seconds(5, 6)},
		},
	}
}

func compile(t testing.TB, p *profiles.Profile) *Program {
	t.Helper()
	program, err := Compile(p, testFleet(), "statement")
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// sent is one request of a trace.
type sent struct {
	at      time.Duration
	op      api.Op
	purpose api.Purpose
}

// service answers a device as the documentation says; hooks change an answer.
type service struct {
	tokenLife time.Duration
	pending   int // polls before the viewer has logged in
	hook      func(n int, req *api.Request, res *api.Response) bool
	calls     int
	polls     int
}

func (s *service) answer(req *api.Request) api.Response {
	res := api.Response{Status: 200, Outcome: api.OutcomeOK, RetryAfter: -1}
	s.calls++
	if s.hook != nil && s.hook(s.calls, req, &res) {
		return res
	}
	switch req.Op {
	case api.OpRegister:
		res.Status, res.ClientID, res.ClientSecret = 201, "client", "secret"
	case api.OpToken:
		res.Status, res.AccessToken, res.ExpiresIn = 201, "token", s.tokenLife
	case api.OpSessionsCreate:
		res.Action, res.Code = api.ActionAuthenticate, "ABC123"
	case api.OpAuthenticate:
		res.Status = 302
	case api.OpProfilesCode:
		s.polls++
		if s.polls > s.pending {
			res.Profiles = 1
		}
	case api.OpProfilesList, api.OpProfilesMVPD:
		res.Profiles = 1
	case api.OpAuthorize, api.OpPreauthorize:
		res.Permitted = len(req.Resources)
	}
	return res
}

// play drives d against s in virtual time, with latency between a request and
// its answer, until it is done or has sent limit requests.
func play(t testing.TB, d *Device, s *service, latency time.Duration, limit int) []sent {
	t.Helper()
	var trace []sent
	var req api.Request
	now := t0
	for range 100 * limit {
		step := d.Next(now, &req)
		switch step.Kind {
		case Done:
			return trace
		case Wait:
			if !step.At.After(now) {
				t.Fatalf("wait until %v at %v: not in the future", step.At, now)
			}
			now = step.At
		case Send:
			if step.At.After(now) {
				t.Fatalf("sent at %v what is due at %v", now, step.At)
			}
			trace = append(trace, sent{now.Sub(t0), req.Op, req.Purpose})
			if len(trace) == limit {
				return trace
			}
			res := s.answer(&req)
			now = now.Add(latency)
			d.Observe(now, &res)
		}
	}
	t.Fatalf("no end after %d steps and %d requests", 100*limit, len(trace))
	return nil
}

func ops(trace []sent) []api.Op {
	var list []api.Op
	for _, s := range trace {
		list = append(list, s.op)
	}
	return list
}

func count(trace []sent, op api.Op) int {
	n := 0
	for _, s := range trace {
		if s.op == op {
			n++
		}
	}
	return n
}
