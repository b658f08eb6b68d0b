package device

import (
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/profiles"
)

func TestAFirstLaunchGoesThroughAWholeViewingSession(t *testing.T) {
	d := compile(t, wellBehaved()).New(7, 1, "Cablevision", t0)
	trace := play(t, &d, &service{tokenLife: time.Hour, pending: 1}, 20*time.Millisecond, 100)
	want := []api.Op{
		api.OpRegister, api.OpToken, api.OpConfiguration, api.OpSessionsCreate, api.OpAuthenticate,
		api.OpProfilesCode, api.OpProfilesCode, api.OpProfilesMVPD, api.OpPreauthorize,
		api.OpAuthorize, api.OpAuthorize,
	}
	if got := ops(trace); !slices.Equal(got, want) {
		t.Errorf("operations\n got %v\nwant %v", got, want)
	}
	if c, a := d.Sessions(); c != 1 || a != 0 {
		t.Errorf("sessions completed, abandoned = %d, %d, want 1, 0", c, a)
	}
}

func TestASecondLaunchReusesCredentialsTokenAndProfile(t *testing.T) {
	p := wellBehaved()
	p.Behaviour.Relaunches, p.Behaviour.RelaunchAfter = 1, seconds(2, 3)
	d := compile(t, p).New(7, 1, "Cablevision", t0)
	trace := play(t, &d, &service{tokenLife: time.Hour}, time.Millisecond, 100)
	for op, want := range map[api.Op]int{api.OpRegister: 1, api.OpToken: 1, api.OpSessionsCreate: 1, api.OpProfilesMVPD: 2, api.OpAuthorize: 4} {
		if got := count(trace, op); got != want {
			t.Errorf("%v was sent %d times, want %d", op, got, want)
		}
	}
}

func TestRestoredCredentialsSpareRegistrationAndToken(t *testing.T) {
	d := compile(t, wellBehaved()).New(7, 1, "Cablevision", t0)
	d.Restore(Credentials{ClientID: "c", ClientSecret: "s", AccessToken: "t", TokenIssued: t0, TokenExpires: t0.Add(time.Hour)})
	trace := play(t, &d, &service{tokenLife: time.Hour}, time.Millisecond, 100)
	if n := count(trace, api.OpRegister) + count(trace, api.OpToken); n != 0 {
		t.Errorf("%d registrations and tokens, want none: %v", n, ops(trace))
	}
}

func TestMisbehaviourIsData(t *testing.T) {
	cases := []struct {
		name   string
		change func(*profiles.Behaviour)
		life   time.Duration
		want   map[api.Op]int
	}{
		{"credentials per launch register at every launch and lose the profile", func(b *profiles.Behaviour) {
			b.Credentials = profiles.CredentialsPerLaunch
		}, time.Hour, map[api.Op]int{api.OpRegister: 2, api.OpToken: 2, api.OpSessionsCreate: 2}},
		{"a token per call is fetched before each of the protected calls", func(b *profiles.Behaviour) {
			b.Token = profiles.TokenPerCall
		}, time.Hour, map[api.Op]int{api.OpRegister: 1, api.OpToken: 11}},
		{"a token per launch is fetched at each launch", func(b *profiles.Behaviour) {
			b.Token = profiles.TokenPerLaunch
		}, time.Hour, map[api.Op]int{api.OpRegister: 1, api.OpToken: 2}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := wellBehaved()
			p.Behaviour.Relaunches, p.Behaviour.RelaunchAfter = 1, seconds(2, 3)
			c.change(&p.Behaviour)
			d := compile(t, p).New(7, 1, "Cablevision", t0)
			trace := play(t, &d, &service{tokenLife: c.life}, time.Millisecond, 100)
			for op, want := range c.want {
				if got := count(trace, op); got != want {
					t.Errorf("%v was sent %d times, want %d", op, got, want)
				}
			}
		})
	}
}

// expiring answers 401 to every token older than life, as a service does.
func expiring(life time.Duration, now func() time.Duration) *service {
	issued := time.Duration(-1)
	s := &service{tokenLife: life}
	s.hook = func(_ int, req *api.Request, res *api.Response) bool {
		if req.Op == api.OpToken {
			issued = now()
		}
		if req.Op.Protected() && now()-issued > life {
			*res = api.Response{Status: 401, Outcome: api.OutcomeUnauthorized, RetryAfter: -1}
			return true
		}
		return false
	}
	return s
}

func TestTokensAreRenewedAsTheProfileSays(t *testing.T) {
	const life = 6 * time.Second
	run := func(policy profiles.TokenPolicy) (trace []sent, refused int) {
		p := wellBehaved()
		p.Behaviour.Token, p.Behaviour.Ahead = policy, 5*time.Minute
		d := compile(t, p).New(7, 1, "Cablevision", t0)
		now := t0
		s := expiring(life, func() time.Duration { return now.Sub(t0) })
		var req api.Request
		for {
			step := d.Next(now, &req)
			if step.Kind == Done {
				return trace, refused
			}
			if step.Kind == Wait {
				now = step.At
				continue
			}
			trace = append(trace, sent{now.Sub(t0), req.Op, req.Purpose})
			res := s.answer(&req)
			if res.Status == 401 {
				refused++
			}
			d.Observe(now, &res)
		}
	}
	for _, policy := range []profiles.TokenPolicy{profiles.TokenCached, profiles.TokenAhead} {
		if trace, refused := run(policy); refused != 0 || count(trace, api.OpToken) < 2 || count(trace, api.OpToken) > 6 {
			t.Errorf("policy %d: %d calls with an expired token and %d tokens, want none and 2 to 6", policy, refused, count(trace, api.OpToken))
		}
	}
	trace, refused := run(profiles.TokenPastExpiry)
	if refused == 0 || count(trace, api.OpToken) != refused+1 {
		t.Errorf("past expiry: %d calls refused and %d tokens, want one token more than refusals", refused, count(trace, api.OpToken))
	}
}

func TestWaitsAfterA429(t *testing.T) {
	cases := []struct {
		name       string
		reaction   profiles.ThrottlePolicy
		wait       profiles.Range
		retryAfter time.Duration
		min, max   time.Duration
	}{
		{"a waiting app waits at least a second", profiles.ThrottleWait, seconds(0.2, 0.2), -1, time.Second, time.Second},
		{"a waiting app waits as long as its profile says", profiles.ThrottleWait, seconds(2, 3), -1, 2 * time.Second, 3 * time.Second},
		{"a longer Retry-After is honoured", profiles.ThrottleWait, seconds(1, 1), 7 * time.Second, 7 * time.Second, 7 * time.Second},
		{"a hammering app does not wait", profiles.ThrottleHammer, seconds(0.2, 0.3), 7 * time.Second, 200 * time.Millisecond, 300 * time.Millisecond},
		{"a backing off app waits one to two seconds first", profiles.ThrottleBackoff, seconds(1, 1), -1, time.Second, 2 * time.Second},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := wellBehaved()
			p.Behaviour.Throttle, p.Behaviour.ThrottleWait = c.reaction, c.wait
			d := compile(t, p).New(7, 1, "Cablevision", t0)
			s := &service{tokenLife: time.Hour, hook: func(n int, _ *api.Request, res *api.Response) bool {
				if n == 1 {
					*res = api.Response{Status: 429, Outcome: api.OutcomeThrottled, RetryAfter: c.retryAfter}
				}
				return n == 1
			}}
			trace := play(t, &d, s, 0, 2)
			if got := trace[1].at - trace[0].at; got < c.min || got > c.max || trace[1].op != api.OpRegister {
				t.Errorf("%v again after %v, want register after %v to %v", trace[1].op, got, c.min, c.max)
			}
		})
	}
}

func TestRefusalsLeadToTheDocumentedStep(t *testing.T) {
	refuse := func(op api.Op, times int, outcome api.Outcome) func(int, *api.Request, *api.Response) bool {
		return func(_ int, req *api.Request, res *api.Response) bool {
			if req.Op != op || times == 0 {
				return false
			}
			times--
			*res = api.Response{Status: 400, Outcome: outcome, RetryAfter: -1}
			return true
		}
	}
	cases := []struct {
		name string
		hook func(int, *api.Request, *api.Response) bool
		want []api.Op
	}{
		{"one 401 leads to a new token", refuse(api.OpConfiguration, 1, api.OutcomeUnauthorized),
			[]api.Op{api.OpRegister, api.OpToken, api.OpConfiguration, api.OpToken, api.OpConfiguration, api.OpSessionsCreate}},
		{"a second 401 with a new token leads to new credentials", refuse(api.OpConfiguration, 2, api.OutcomeUnauthorized),
			[]api.Op{api.OpRegister, api.OpToken, api.OpConfiguration, api.OpToken, api.OpConfiguration, api.OpRegister, api.OpToken, api.OpConfiguration, api.OpSessionsCreate}},
		{"a third 401 ends the session", refuse(api.OpConfiguration, 9, api.OutcomeUnauthorized),
			[]api.Op{api.OpRegister, api.OpToken, api.OpConfiguration, api.OpToken, api.OpConfiguration, api.OpRegister, api.OpToken, api.OpConfiguration}},
		{"invalid_client leads to new credentials", refuse(api.OpToken, 1, api.OutcomeClientRejected),
			[]api.Op{api.OpRegister, api.OpToken, api.OpRegister, api.OpToken, api.OpConfiguration}},
		{"a second invalid_client ends the session", refuse(api.OpToken, 9, api.OutcomeClientRejected),
			[]api.Op{api.OpRegister, api.OpToken, api.OpRegister, api.OpToken}},
		{"a refused statement ends everything", refuse(api.OpRegister, 1, api.OutcomeStatementRejected),
			[]api.Op{api.OpRegister}},
		{"server errors are repeated within bounds", refuse(api.OpConfiguration, 99, api.OutcomeServerError),
			[]api.Op{api.OpRegister, api.OpToken, api.OpConfiguration, api.OpConfiguration, api.OpConfiguration, api.OpConfiguration}},
		{"a refusal is not repeated", refuse(api.OpConfiguration, 99, api.OutcomeRefused),
			[]api.Op{api.OpRegister, api.OpToken, api.OpConfiguration}},
		{"a missing profile leads to a new authentication", refuse(api.OpAuthorize, 1, api.OutcomeReauthenticate),
			[]api.Op{api.OpRegister, api.OpToken, api.OpConfiguration, api.OpSessionsCreate, api.OpAuthenticate, api.OpProfilesCode, api.OpProfilesMVPD, api.OpPreauthorize, api.OpAuthorize, api.OpConfiguration, api.OpSessionsCreate}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := compile(t, wellBehaved()).New(7, 1, "Cablevision", t0)
			got := ops(play(t, &d, &service{tokenLife: time.Hour, hook: c.hook}, time.Millisecond, len(c.want)+1))
			if len(got) < len(c.want) || !slices.Equal(got[:len(c.want)], c.want) {
				t.Errorf("operations\n got %v\nwant %v", got, c.want)
			}
		})
	}
}

func TestPollingStopsWhenTheCodeExpires(t *testing.T) {
	p := wellBehaved()
	d := compile(t, p).New(7, 1, "Cablevision", t0)
	s := &service{tokenLife: time.Hour, pending: 1 << 30}
	s.hook = func(_ int, req *api.Request, res *api.Response) bool {
		if req.Op == api.OpSessionsCreate {
			*res = api.Response{Status: 200, Outcome: api.OutcomeOK, Action: api.ActionAuthenticate, Code: "X", NotAfter: t0.Add(30 * time.Second)}
			return true
		}
		return false
	}
	trace := play(t, &d, s, time.Millisecond, 200)
	last := trace[len(trace)-1]
	if last.op != api.OpProfilesCode || last.at > 30*time.Second || count(trace, api.OpProfilesCode) < 4 {
		t.Errorf("last of %d polls at %v, want several and the last before 30 s", count(trace, api.OpProfilesCode), last.at)
	}
	for i := 1; i < len(trace); i++ {
		if trace[i].purpose == api.PurposePoll && trace[i].at-trace[i-1].at < 3*time.Second {
			t.Errorf("poll %v after the one before, want at least 3 s", trace[i].at-trace[i-1].at)
		}
	}
	if _, abandoned := d.Sessions(); abandoned != 1 {
		t.Errorf("abandoned sessions = %d, want 1", abandoned)
	}
}

func TestAnExistingProfileSkipsTheLogin(t *testing.T) {
	d := compile(t, wellBehaved()).New(7, 1, "Cablevision", t0)
	s := &service{tokenLife: time.Hour, hook: func(_ int, req *api.Request, res *api.Response) bool {
		if req.Op == api.OpSessionsCreate {
			res.Action = api.ActionAuthorize
		}
		return req.Op == api.OpSessionsCreate
	}}
	trace := play(t, &d, s, time.Millisecond, 100)
	if n := count(trace, api.OpAuthenticate) + count(trace, api.OpProfilesCode); n != 0 || count(trace, api.OpAuthorize) != 2 {
		t.Errorf("operations %v, want no login and two authorizations", ops(trace))
	}
}

func TestMissingParametersAreSentAsAResume(t *testing.T) {
	d := compile(t, wellBehaved()).New(7, 1, "Cablevision", t0)
	s := &service{tokenLife: time.Hour, hook: func(_ int, req *api.Request, res *api.Response) bool {
		switch req.Op {
		case api.OpSessionsCreate:
			res.Action, res.Code = api.ActionResume, "R1"
		case api.OpSessionsResume:
			res.Action, res.Code = api.ActionAuthenticate, req.Code
		default:
			return false
		}
		return true
	}}
	got := ops(play(t, &d, s, time.Millisecond, 100))
	want := []api.Op{api.OpSessionsCreate, api.OpSessionsResume, api.OpAuthenticate, api.OpProfilesCode}
	if !slices.Equal(got[3:7], want) {
		t.Errorf("operations %v, want %v after the configuration", got, want)
	}
}

func TestAClientLimiterHoldsItsRate(t *testing.T) {
	p := wellBehaved()
	p.Behaviour.Limiter = &profiles.Limiter{Rate: 0.9, Burst: 2}
	for i := range p.Session {
		p.Session[i].Think = profiles.Range{}
		p.Session[i].Every = profiles.Range{}
	}
	d := compile(t, p).New(7, 1, "Cablevision", t0)
	trace := play(t, &d, &service{tokenLife: time.Hour}, 0, 100)
	for i, s := range trace {
		if allowed := 2 + 0.9*s.at.Seconds() + 1e-6; float64(i+1) > allowed {
			t.Errorf("request %d at %v: more than a bucket of 2 at 0.9/s admits", i+1, s.at)
		}
	}
}

func TestADeviceIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(Device{}); size > 300 {
		t.Errorf("a device takes %d bytes, want at most 300", size)
	}
}

func TestCompileRefusesWhatADeviceCannotCount(t *testing.T) {
	for name, change := range map[string]func(*profiles.Profile){
		"no steps":            func(p *profiles.Profile) { p.Session = nil },
		"too many relaunches": func(p *profiles.Profile) { p.Behaviour.Relaunches = maxCount + 1 },
		"too many rounds":     func(p *profiles.Profile) { p.Session[0].Times = maxCount + 1 },
	} {
		p := wellBehaved()
		change(p)
		if _, err := Compile(p, testFleet(), "s"); err == nil {
			t.Errorf("%s: compiled, want an error", name)
		}
	}
	if _, err := Compile(wellBehaved(), &profiles.Fleet{}, "s"); err == nil {
		t.Error("an empty fleet compiled, want an error")
	}
}

func TestAPartnerProfileSendsItsStatusAlong(t *testing.T) {
	p := wellBehaved()
	p.Session = []profiles.Step{
		{Op: api.OpSSOSessions, Chance: 1, Times: 1},
		{Op: api.OpSSOProfiles, Chance: 1, Times: 1},
		{Op: api.OpAuthorize, Chance: 1, Times: 1},
		{Op: api.OpLogout, Chance: 1, Times: 1},
		{Op: api.OpProfilesMVPD, Chance: 1, Times: 1},
	}
	d := compile(t, p).New(7, 1, "Cablevision", t0)
	got := map[api.Op]bool{}
	s := &service{tokenLife: time.Hour, hook: func(_ int, req *api.Request, res *api.Response) bool {
		got[req.Op] = req.PartnerStatus != ""
		if req.Op == api.OpSSOProfiles {
			res.Profiles = 1
			return true
		}
		return false
	}}
	play(t, &d, s, time.Millisecond, 20)
	for op, want := range map[api.Op]bool{api.OpSSOSessions: true, api.OpSSOProfiles: true, api.OpAuthorize: true, api.OpProfilesMVPD: false} {
		if got[op] != want {
			t.Errorf("%v with a partner status: %v, want %v", op, got[op], want)
		}
	}
}
