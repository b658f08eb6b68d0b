package fit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/profiles"
)

var t0 = time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)

// act is an exchange that begins so many milliseconds after t0 and takes 20 ms.
func act(ms int, op api.Op, status int) audit.Act {
	at := t0.Add(time.Duration(ms) * time.Millisecond)
	a := audit.Act{Sent: at, Received: at.Add(20 * time.Millisecond), Op: op, Status: status, Request: uint64(op), Outcome: api.OutcomeOK}
	if op == api.OpToken {
		a.Life = time.Hour
	}
	return a
}

func TestVisitsEndWhereAnAppBeginsAnew(t *testing.T) {
	for _, tt := range []struct {
		name string
		acts []audit.Act
		want []string
	}{
		{"one session", []audit.Act{
			act(0, api.OpRegister, 201), act(100, api.OpToken, 201), act(500, api.OpConfiguration, 200), act(900, api.OpAuthorize, 200),
		}, []string{"configuration decisions.authorize"}},
		{"back to the beginning after a decision", []audit.Act{
			act(0, api.OpConfiguration, 200), act(900, api.OpAuthorize, 200), act(2000, api.OpProfilesMVPD, 200), act(2500, api.OpAuthorize, 200),
		}, []string{"configuration decisions.authorize", "profiles.mvpd decisions.authorize"}},
		{"a registration", []audit.Act{
			act(0, api.OpConfiguration, 200), act(900, api.OpRegister, 201), act(2000, api.OpConfiguration, 200),
		}, []string{"configuration", "configuration"}},
		{"a long silence", []audit.Act{
			act(0, api.OpConfiguration, 200), act(16*60_000, api.OpConfiguration, 200),
		}, []string{"configuration", "configuration"}},
		{"repeats are no steps", []audit.Act{
			act(0, api.OpConfiguration, 429), act(1100, api.OpConfiguration, 503), act(2200, api.OpConfiguration, 200), act(3000, api.OpConfiguration, 200),
		}, []string{"configuration"}},
		{"polls are one step", []audit.Act{
			act(0, api.OpSessionsCreate, 200), act(3000, api.OpProfilesCode, 200), act(6000, api.OpProfilesCode, 200), act(9000, api.OpAuthorize, 200),
		}, []string{"sessions.create profiles.code decisions.authorize"}},
		{"traffic of others", []audit.Act{act(0, api.OpUnknown, 200)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, v := range visits(tt.acts) {
				var ops []string
				for _, s := range v.steps {
					ops = append(ops, s.op.String())
				}
				got = append(got, strings.Join(ops, " "))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestThinkTimesLeaveOutWhatTheAppDoesByItself(t *testing.T) {
	list := visits([]audit.Act{
		act(0, api.OpRegister, 201), act(20, api.OpToken, 201), act(540, api.OpConfiguration, 200),
		act(1560, api.OpToken, 201), act(1600, api.OpPreauthorize, 200), act(3620, api.OpAuthorize, 200), act(4640, api.OpAuthorize, 200),
	})
	var got []time.Duration
	for _, s := range list[0].steps {
		got = append(append(got, s.think), s.pauses...)
	}
	want := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, time.Second}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWaitsAreMeasuredByWhatTheyFollow(t *testing.T) {
	var m measured
	m.device([]audit.Act{
		act(0, api.OpToken, 201),
		act(100, api.OpConfiguration, 429), act(1220, api.OpConfiguration, 429), act(3340, api.OpConfiguration, 200),
		act(4000, api.OpAuthorize, 503), act(4720, api.OpAuthorize, 200),
		act(6000, api.OpProfilesCode, 200), act(9120, api.OpProfilesCode, 200),
		act(3_500_000, api.OpToken, 201),
	})
	for _, c := range []struct {
		name      string
		got, want []time.Duration
	}{
		{"after a 429", m.throttleWaits, []time.Duration{1100 * time.Millisecond, 2100 * time.Millisecond}},
		{"after a failure", m.retryWaits, []time.Duration{700 * time.Millisecond}},
		{"between polls", m.pollGaps, []time.Duration{3100 * time.Millisecond}},
		{"before the end of a token", m.ahead, []time.Duration{100020 * time.Millisecond}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
	if m.throttled != 2 || m.growing != 1 || m.tokens != 2 {
		t.Errorf("got %+v", m)
	}
}

func FuzzVisits(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 200, 9, 9, 9})
	f.Fuzz(func(t *testing.T, script []byte) {
		var acts []audit.Act
		statuses := []int{200, 201, 401, 429, 503, 0, 400}
		for i, c := range script {
			acts = append(acts, act(i*int(c)*100, api.Op(int(c)%int(api.NumOps)), statuses[int(c>>4)%len(statuses)]))
		}
		b := &build{visits: [][]visit{visits(acts)}, broken: map[string]bool{}}
		if len(b.visits[0]) == 0 {
			return
		}
		var m measured
		m.device(acts)
		p := profiles.Profile{Name: "recorded", Title: "t", Platform: "p", OmitDeviceInfo: true, Network: profiles.Network{Kind: profiles.NetworkOwn, Devices: 1}}
		p.Behaviour, p.Session = b.behaviour(), b.session()
		if len(p.Session) == 0 {
			return
		}
		text := YAML([]Fitted{{Profile: p, Devices: 1}})
		if _, err := profiles.Parse("f.yaml", text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	})
}
