package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/profiles"
)

func smallDay(t testing.TB, devices int) Config {
	return Config{
		Fleet: defaultFleet(t), Devices: devices, Seed: 7, Horizon: day, LaunchesPerDay: 3,
		ResponseTime: ResponseTime{Min: 20 * time.Millisecond, Max: 20 * time.Millisecond},
	}
}

func member(c Config, name string) (profiles.Member, bool) {
	for _, m := range c.Fleet.Members {
		if m.Profile.Name == name {
			return m, true
		}
	}
	return profiles.Member{}, false
}

func TestAVariantDiffersInWhatItIsToldAndInNothingElse(t *testing.T) {
	base := smallDay(t, 100)
	for _, c := range []struct {
		change string
		check  func(Config) bool
	}{
		{"token_ttl=1h", func(v Config) bool { return v.Service.TokenTTL == time.Hour }},
		{"login_delay=0s", func(v Config) bool { return v.Service.withDefaults().LoginDelay == 0 }},
		{"throttle=off", func(v Config) bool { return v.Service.ThrottleOff }},
		{"throttle=2:20", func(v Config) bool { return v.Service.Throttle.Burst == 20 && !v.Service.ThrottleOff }},
		{"response_time=10ms..30ms", func(v Config) bool { return v.ResponseTime.Max == 30*time.Millisecond }},
		{"error_rate=0.1", func(v Config) bool { return v.Service.ErrorRate == 0.1 }},
		{"launches_per_day=12", func(v Config) bool { return v.LaunchesPerDay == 12 }},
		{"devices=50", func(v Config) bool { return v.Devices == 50 }},
		{"profile.roku-v4.weight=0", func(v Config) bool { _, ok := member(v, "roku-v4"); return !ok }},
		{"profile.*-v4.weight=0", func(v Config) bool {
			_, ok := member(v, "roku")
			return ok && !slices.ContainsFunc(v.Fleet.Members, func(m profiles.Member) bool { return strings.HasSuffix(m.Profile.Name, "-v4") })
		}},
		{"profile.*-v4.replaced_by=roku", func(v Config) bool {
			m, _ := member(v, "roku")
			_, ok := member(v, "webos-v4")
			return !ok && m.Weight > 20
		}},
		{"profile.roku-v4.replaced_by=roku", func(v Config) bool {
			m, _ := member(v, "roku")
			_, ok := member(v, "roku-v4")
			return !ok && m.Weight == 20
		}},
		{"profile.roku-v4.behaviour.credentials=persisted", func(v Config) bool {
			m, _ := member(v, "roku-v4")
			return m.Profile.Behaviour.Credentials == profiles.CredentialsPersisted
		}},
		{"profile.roku-v4.behaviour.token=ahead", func(v Config) bool {
			m, _ := member(v, "roku-v4")
			return m.Profile.Behaviour.Token == profiles.TokenAhead
		}},
		{"profile.roku-v4.behaviour.throttle=wait", func(v Config) bool {
			m, _ := member(v, "roku-v4")
			return m.Profile.Behaviour.Throttle == profiles.ThrottleWait && m.Profile.Behaviour.ThrottleWait.Min == time.Second
		}},
		{"profile.webos-v4.behaviour.on_401=refresh", func(v Config) bool { m, _ := member(v, "webos-v4"); return !m.Profile.Behaviour.RegisterOn401 }},
		{"profile.roku.behaviour.limiter=none", func(v Config) bool { m, _ := member(v, "roku"); return m.Profile.Behaviour.Limiter == nil }},
		{"profile.roku.behaviour.limiter=0.5:5", func(v Config) bool { m, _ := member(v, "roku"); return m.Profile.Behaviour.Limiter.Burst == 5 }},
		{"profile.iphone.network.devices=8", func(v Config) bool {
			m, _ := member(v, "iphone")
			return m.Profile.Network.Devices == 8 && m.Profile.Network.Kind == profiles.NetworkHousehold
		}},
	} {
		t.Run(c.change, func(t *testing.T) {
			change, err := ParseChange(c.change)
			if err != nil {
				t.Fatal(err)
			}
			v, err := base.Variant([]Change{change})
			if err != nil {
				t.Fatal(err)
			}
			if !c.check(v) {
				t.Error("the variant is not as asked")
			}
			if again := smallDay(t, 100); c.check(base) || len(base.Fleet.Members) != len(again.Fleet.Members) {
				t.Error("the baseline has changed")
			}
		})
	}
}

func TestAChangeThatCannotBeMadeSaysWhatCan(t *testing.T) {
	base := smallDay(t, 100)
	for change, want := range map[string]string{
		"ttl=1h":                                   "token_ttl",
		"token_ttl=soon":                           "soon",
		"profile.rokku.weight=0":                   "roku",
		"profile.*-v3.weight=0":                    "roku",
		"profile.[.weight=0":                       "roku",
		"profile.r*.replaced_by=roku":              "other",
		"profile.roku.weight=-1":                   "from 0",
		"profile.roku.colour=red":                  "behaviour.token",
		"profile.roku.behaviour.token=none":        "past-expiry",
		"profile.roku.behaviour.credentials=lost":  "per-launch",
		"profile.roku.behaviour.on_401=panic":      "refresh",
		"profile.roku.behaviour.limiter=1:0":       "burst",
		"profile.roku.replaced_by=roku":            "other",
		"profile.roku.network.devices=0":           "from 1",
		"devices=0":                                "devices",
		"launches_per_day=many":                    "many",
		"profile.roku.behaviour.throttle=patience": "backoff",
	} {
		c, err := ParseChange(change)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := base.Variant([]Change{c}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want it to name %q", change, err, want)
		}
	}
	for _, text := range []string{"token_ttl", "=1h", "token_ttl="} {
		if _, err := ParseChange(text); err == nil {
			t.Errorf("ParseChange(%q) has no error", text)
		}
	}
}
