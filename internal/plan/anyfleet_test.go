package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/profiles"
)

// anyFleet draws a fleet of one profile that does anything in any order.
func anyFleet(t *rapid.T) *profiles.Fleet {
	span := func(name string, longest time.Duration) profiles.Range {
		a := time.Duration(rapid.Int64Range(0, int64(longest)).Draw(t, name))
		return profiles.Range{Min: a, Max: a + time.Duration(rapid.Int64Range(0, int64(longest)).Draw(t, name+" spread"))}
	}
	p := &profiles.Profile{Name: "any", Behaviour: profiles.Behaviour{
		Credentials:  profiles.CredentialPolicy(rapid.IntRange(0, 1).Draw(t, "credentials")),
		Token:        profiles.TokenPolicy(rapid.IntRange(0, 4).Draw(t, "token")),
		Ahead:        span("ahead", time.Minute).Min,
		Throttle:     profiles.ThrottlePolicy(rapid.IntRange(0, 2).Draw(t, "throttle")),
		ThrottleWait: span("throttle wait", 2*time.Second), ThrottleRetries: rapid.IntRange(0, 6).Draw(t, "throttle retries"),
		Retries: rapid.IntRange(0, 3).Draw(t, "retries"), RetryWait: span("retry wait", 2*time.Second),
		RegisterOn401: rapid.Bool().Draw(t, "register on 401"),
		PollEvery:     span("poll", 5*time.Second), PollFor: span("poll for", 40*time.Second).Max,
		Relaunches: rapid.IntRange(0, 4).Draw(t, "relaunches"), RelaunchAfter: span("relaunch", 20*time.Second),
	}}
	p.Network = profiles.Network{Kind: profiles.NetworkHousehold, Devices: rapid.IntRange(1, 4).Draw(t, "devices of an address")}
	if p.Network.Devices == 1 {
		p.Network.Kind = profiles.NetworkOwn
	}
	p.Network.OmitForwardedFor = rapid.IntRange(0, 4).Draw(t, "hidden") == 0
	for range rapid.IntRange(1, 9).Draw(t, "steps") {
		p.Session = append(p.Session, profiles.Step{
			Op: rapid.SampledFrom([]api.Op{
				api.OpConfiguration, api.OpSessionsCreate, api.OpSessionsCreate, api.OpSessionsResume, api.OpSessionsRetrieve,
				api.OpAuthenticate, api.OpAuthenticate, api.OpProfilesList, api.OpProfilesMVPD, api.OpProfilesCode, api.OpProfilesCode,
				api.OpAuthorize, api.OpPreauthorize, api.OpLogout, api.OpSSOSessions, api.OpSSOProfiles,
			}).Draw(t, "op"),
			When: profiles.When(rapid.IntRange(0, 2).Draw(t, "when")), Chance: rapid.SampledFrom([]float64{0.3, 1, 1}).Draw(t, "chance"),
			Think: span("think", 3*time.Second), Times: rapid.IntRange(1, 3).Draw(t, "times"), Every: span("every", 3*time.Second),
		})
	}
	f := &profiles.Fleet{
		Name: "any", ServiceProvider: "REF30", MVPDs: []string{"Cablevision", "Cox"}, DomainName: "example.com",
		RedirectURL: "https://example.com/done", Resources: []string{"News", "denied-one", "Retry-two", "Sports"},
		Members: []profiles.Member{{Profile: p, Weight: 1}},
	}
	if rapid.IntRange(0, 5).Draw(t, "incomplete") == 0 {
		f.DomainName = ""
	}
	return f
}

// TestTheModelAnswersAnyFleetAsTheSimulatorDoes goes where no shipped profile
// goes: partner sign-in, resumed sessions, logouts, denials, parameters missing.
func TestTheModelAnswersAnyFleetAsTheSimulatorDoes(t *testing.T) {
	outcomes := map[string]bool{}
	rapid.Check(t, func(r *rapid.T) {
		c := Config{
			Fleet: anyFleet(r), Devices: 6, Seed: rapid.Uint64().Draw(r, "seed"), Horizon: 3 * time.Minute,
			Launch: &pace.Spec{Shape: pace.Constant, Rate: 2},
			Service: Service{
				TokenTTL:   rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Second, time.Minute, time.Hour}).Draw(r, "token ttl"),
				SessionTTL: 90 * time.Second, ProfileTTL: rapid.SampledFrom([]time.Duration{30 * time.Second, time.Hour}).Draw(r, "profile ttl"),
				ThrottleOff: rapid.Bool().Draw(r, "unthrottled"),
			},
			ResponseTime: ResponseTime{Min: 3 * time.Millisecond, Max: 3 * time.Millisecond},
		}
		want, got := played(t, c), planned(t, c)
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatalf("traces differ (-simulator +plan):\n%.3000s", diff)
		}
		for _, lines := range want {
			for _, l := range lines {
				words := strings.Fields(l)
				outcomes[words[len(words)-1]] = true
			}
		}
	})
	if len(outcomes) < 3 {
		t.Errorf("only %v were seen: the fleets are too tame", outcomes)
	}
}
