package device

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/profiles"
)

// anyProfile draws a behaviour, sane or not.
func anyProfile(t *rapid.T) *profiles.Profile {
	p := wellBehaved()
	span := func(name string) profiles.Range {
		a := time.Duration(rapid.Int64Range(0, int64(5*time.Second)).Draw(t, name))
		return profiles.Range{Min: a, Max: a + time.Duration(rapid.Int64Range(0, int64(5*time.Second)).Draw(t, name+" spread"))}
	}
	b := &p.Behaviour
	b.Credentials = profiles.CredentialPolicy(rapid.IntRange(0, int(profiles.CredentialsPerLaunch)).Draw(t, "credentials"))
	b.Token = profiles.TokenPolicy(rapid.IntRange(0, int(profiles.TokenAhead)).Draw(t, "token"))
	b.Ahead = span("ahead").Min
	b.Throttle = profiles.ThrottlePolicy(rapid.IntRange(0, int(profiles.ThrottleBackoff)).Draw(t, "throttle"))
	b.ThrottleWait, b.RetryWait = span("throttle wait"), span("retry wait")
	b.ThrottleRetries = rapid.IntRange(0, 6).Draw(t, "throttle retries")
	b.Retries = rapid.IntRange(0, 4).Draw(t, "retries")
	b.RegisterOn401 = rapid.Bool().Draw(t, "register on 401")
	b.Relaunches = rapid.IntRange(0, 3).Draw(t, "relaunches")
	b.RelaunchAfter, b.PollEvery = span("relaunch"), span("poll")
	b.PollFor = span("poll for").Max
	if rapid.Bool().Draw(t, "limiter") {
		b.Limiter = &profiles.Limiter{Rate: rapid.Float64Range(0.2, 5).Draw(t, "rate"), Burst: rapid.IntRange(1, 11).Draw(t, "burst")}
	}
	for i := range p.Session {
		p.Session[i].Op = rapid.SampledFrom([]api.Op{
			api.OpConfiguration, api.OpSessionsCreate, api.OpSessionsResume, api.OpSessionsRetrieve, api.OpAuthenticate,
			api.OpProfilesList, api.OpProfilesMVPD, api.OpProfilesCode, api.OpAuthorize, api.OpPreauthorize,
			api.OpLogout, api.OpSSOSessions, api.OpSSOProfiles,
		}).Draw(t, "op")
		p.Session[i].When = profiles.When(rapid.IntRange(0, 2).Draw(t, "when"))
		p.Session[i].Chance = rapid.Float64Range(0, 1).Draw(t, "chance")
		p.Session[i].Think = span("think")
	}
	return p
}

// anyResponse draws an answer, sensible or hostile.
func anyResponse(t *rapid.T, op api.Op, now time.Time) api.Response {
	res := api.Response{
		Status:     rapid.IntRange(0, 599).Draw(t, "status"),
		Outcome:    api.Outcome(rapid.IntRange(0, int(api.NumOutcomes)+1).Draw(t, "outcome")),
		RetryAfter: time.Duration(rapid.Int64().Draw(t, "retry after")),
		ExpiresIn:  time.Duration(rapid.Int64Range(-1, int64(time.Hour)).Draw(t, "expires in")),
		Profiles:   rapid.IntRange(0, 2).Draw(t, "profiles"),
		RetryItems: rapid.IntRange(0, 1).Draw(t, "retry items"),
		Action:     api.Action(rapid.IntRange(0, 12).Draw(t, "action")),
		NotAfter:   now.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, "not after"))),
	}
	if rapid.Bool().Draw(t, "useful") {
		res.Outcome = api.OutcomeOK
		res.ClientID, res.ClientSecret, res.AccessToken, res.Code = "c", "s", "t", "X"
	}
	return res
}

func TestTheLawsOfTheMachineHoldForAnyProfileAndAnyAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProfile(t)
		program, err := Compile(p, testFleet(), "statement")
		if err != nil {
			t.Fatal(err)
		}
		d := program.New(rapid.Uint64().Draw(t, "seed"), 1, "Cablevision", t0)
		now, registered, expires := t0, false, time.Time{}
		launches := 1
		for range 150 {
			var req, again api.Request
			step := d.Next(now, &req)
			if second := d.Next(now, &again); second != step || !reflect.DeepEqual(req, again) {
				t.Fatalf("Next is not idempotent: %v %v, then %v %v", step, req.Op, second, again.Op)
			}
			if step.Kind == Done {
				return
			}
			if step.Kind == Wait {
				if !step.At.After(now) {
					t.Fatalf("wait until %v at %v", step.At, now)
				}
				early := now.Add(step.At.Sub(now) / 2)
				if half := d.Next(early, &again); early.Before(step.At) && half.Kind != Wait {
					t.Fatalf("%v before its wait was over", half)
				}
				now = step.At
				continue
			}
			if step.At.After(now) {
				t.Fatalf("sent at %v what is due at %v", now, step.At)
			}
			honest := p.Behaviour.Token != profiles.TokenPastExpiry
			if honest && req.Op.Protected() && !now.Before(expires) {
				t.Fatalf("%v with a token that expired %v ago", req.Op, now.Sub(expires))
			}
			if req.Op == api.OpRegister && registered && int(d.launches) == launches {
				t.Fatalf("a second registration with credentials in hand")
			}
			launches = int(d.launches)
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(t, "latency")))
			res := anyResponse(t, req.Op, now)
			d.Observe(now, &res)
			registered = d.Registered()
			if req.Op == api.OpToken && res.Outcome == api.OutcomeOK {
				expires = now.Add(max(res.ExpiresIn, 0))
			}
		}
	})
}

func TestADeviceThatIsNeverServedEnds(t *testing.T) {
	for outcome := api.OutcomeNone; outcome <= api.NumOutcomes; outcome++ {
		p := wellBehaved()
		p.Behaviour.Relaunches, p.Behaviour.RelaunchAfter = 2, seconds(1, 2)
		d := compile(t, p).New(1, 1, "Cablevision", t0)
		s := &service{tokenLife: time.Second, hook: func(_ int, _ *api.Request, res *api.Response) bool {
			*res = api.Response{Outcome: outcome, RetryAfter: -1}
			return outcome != api.OutcomeOK
		}}
		if trace := play(t, &d, s, time.Millisecond, 300); len(trace) == 300 {
			t.Errorf("outcome %v: still sending after %d requests", outcome, len(trace))
		}
	}
}

func FuzzObserveTerminates(f *testing.F) {
	f.Add(uint64(1), []byte{1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add(uint64(9), []byte("the quick brown fox jumps over the lazy dog"))
	f.Fuzz(func(t *testing.T, seed uint64, script []byte) {
		p := wellBehaved()
		p.Behaviour.Relaunches = int(seed % 3)
		d := compile(t, p).New(seed, 1, "Cablevision", t0)
		at := 0
		next := func() byte {
			at++
			if len(script) == 0 {
				return 0
			}
			return script[at%len(script)]
		}
		s := &service{tokenLife: time.Second, hook: func(_ int, _ *api.Request, res *api.Response) bool {
			*res = api.Response{
				Outcome: api.Outcome(next()), Action: api.Action(next()), Profiles: int(int8(next())),
				RetryAfter: time.Duration(next()) << (next() % 56), ExpiresIn: time.Duration(next()) << (next() % 56),
				ClientID: string(script[:min(len(script), int(next()))]), AccessToken: "t", Code: "c",
				RetryItems: int(next()), Permitted: int(next()), NotAfter: time.Unix(int64(next())<<(next()%56), 0),
			}
			return true
		}}
		play(t, &d, s, time.Millisecond, 500)
	})
}

func BenchmarkAWarmDeviceSteps(b *testing.B) {
	p := wellBehaved()
	p.Session = p.Session[4:]
	p.Session[0].Times = maxCount
	p.Behaviour.Relaunches = maxCount
	p.Behaviour.Limiter = &profiles.Limiter{Rate: 1000, Burst: 11}
	program := compile(b, p)
	d := program.New(7, 1, "Cablevision", t0)
	d.Restore(Credentials{ClientID: "c", ClientSecret: "s", AccessToken: "t", TokenIssued: t0, TokenExpires: t0.Add(1 << 60)})
	res := api.Response{Status: 200, Outcome: api.OutcomeOK, Profiles: 1, Permitted: 1, RetryAfter: -1}
	var req api.Request
	now := t0
	b.ReportAllocs()
	for b.Loop() {
		switch step := d.Next(now, &req); step.Kind {
		case Wait:
			now = step.At
		case Send:
			now = now.Add(time.Millisecond)
			d.Observe(now, &res)
		case Done:
			d = program.New(7, 1, "Cablevision", now)
		}
	}
}
