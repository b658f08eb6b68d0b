package profiles

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

func rules(p *Profile) string {
	var ids []string
	for _, m := range Misbehaviours(p) {
		ids = append(ids, m.Rule)
	}
	return strings.Join(ids, " ")
}

func TestMisbehavioursFollowFromTheValues(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(p *Profile)
		want  string
	}{
		{"a shipped profile as it is", func(*Profile) {}, ""},
		{"credentials per launch", func(p *Profile) { p.Behaviour.Credentials = CredentialsPerLaunch }, "DCR-02"},
		{"a registration at 401", func(p *Profile) { p.Behaviour.RegisterOn401 = true }, "DCR-03"},
		{"a token per launch", func(p *Profile) { p.Behaviour.Token = TokenPerLaunch }, "DCR-04"},
		{"a token per call", func(p *Profile) { p.Behaviour.Token = TokenPerCall }, "DCR-05"},
		{"a token past its end", func(p *Profile) { p.Behaviour.Token = TokenPastExpiry }, "DCR-07 DCR-08"},
		{"a token ahead of time", func(p *Profile) { p.Behaviour.Token = TokenAhead }, ""},
		{"no device info on a TV", func(p *Profile) { p.OmitDeviceInfo = true }, "DCR-15 HDR-03"},
		{"no device info in a browser", func(p *Profile) { p.OmitDeviceInfo, p.Platform = true, "browser" }, ""},
		{"haste after a 429", func(p *Profile) {
			p.Behaviour.Throttle, p.Behaviour.ThrottleWait = ThrottleHammer, Range{200 * time.Millisecond, 2 * time.Second}
		}, "THR-01"},
		{"a hammer that takes its time", func(p *Profile) {
			p.Behaviour.Throttle, p.Behaviour.ThrottleWait = ThrottleHammer, Range{time.Second, time.Second}
		}, ""},
		{"no limiter, but a calm session", func(p *Profile) { p.Behaviour.Limiter = nil }, ""},
		{"no limiter and a token per call", func(p *Profile) {
			p.Behaviour.Limiter, p.Behaviour.Token = nil, TokenPerCall
			p.Behaviour.PollEvery = Range{3 * time.Second, 3 * time.Second}
			p.Session[len(p.Session)-2].Times, p.Session[len(p.Session)-2].Every = 10, Range{time.Second, time.Second}
		}, "DCR-05 THR-03"},
		{"a limiter of more than the service admits", func(p *Profile) { p.Behaviour.Limiter = &Limiter{Rate: 2, Burst: 9} }, "THR-03"},
		{"a limiter of exactly what the service admits", func(p *Profile) { p.Behaviour.Limiter = &Limiter{Rate: 1, Burst: 11} }, "THR-03"},
		{"a silent server", func(p *Profile) { p.Network.OmitForwardedFor = true }, "THR-04 HDR-10"},
		{"a shared address", func(p *Profile) { p.Network = Network{Kind: NetworkCarrier, Devices: 1000} }, ""},
		{"hasty polls", func(p *Profile) { p.Behaviour.PollEvery = Range{2 * time.Second, 9 * time.Second} }, "POL-03"},
		{"hasty polls that never happen", func(p *Profile) {
			p.Behaviour.PollEvery = Range{time.Second, time.Second}
			p.Session = slices.DeleteFunc(p.Session, func(s Step) bool { return s.Op == api.OpProfilesCode })
		}, ""},
		{"many even repeats", func(p *Profile) { p.Behaviour.ThrottleRetries = 4 }, "ERR-04"},
		{"many growing repeats", func(p *Profile) {
			p.Behaviour.Throttle, p.Behaviour.ThrottleRetries = ThrottleBackoff, 10
		}, ""},
		{"providers and logins every time", func(p *Profile) {
			for i := range p.Session {
				p.Session[i].When = WhenAlways
			}
		}, "CFG-01 AUT-03"},
		{"the configuration again and again", func(p *Profile) {
			p.Session[2].Times, p.Session[2].Every = 2, Range{time.Minute, time.Hour}
		}, "CFG-03"},
		{"preauthorization without memory", func(p *Profile) {
			p.Session[6].Times, p.Session[6].Every = 3, Range{time.Minute, time.Minute}
		}, "PRE-03"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			roku, err := Builtin().Profile("roku")
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil(roku)
			if got := rules(roku); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if WellBehaved(roku) != (tt.want == "") {
				t.Error("WellBehaved disagrees with Misbehaviours")
			}
		})
	}
}

func TestShippedOldAppsBreakTheRulesTheyAreThereFor(t *testing.T) {
	lib := Builtin()
	for name, want := range map[string]string{
		"roku-v4":          "DCR-02 DCR-05 THR-01 THR-03 POL-03 ERR-04",
		"fire-tv-v4":       "DCR-02 DCR-05 THR-01 THR-03 POL-03 ERR-04",
		"tizen-v4":         "DCR-02 DCR-05 THR-01 THR-03 POL-03 ERR-04",
		"android-phone-v4": "DCR-07 DCR-08 POL-03",
		"webos-v4":         "DCR-03 DCR-04",
		"second-screen-v4": "THR-01 POL-03 ERR-04",
		"s2s-web":          "THR-04 HDR-10",
		"second-screen":    "",
	} {
		p, err := lib.Profile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules(p); got != want {
			t.Errorf("%s breaks %q, want %q", name, got, want)
		}
	}
}
