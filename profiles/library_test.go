package profiles

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/pace"
)

// rightFiles are files that users might write.
var rightFiles = []struct{ name, src string }{
	{"a version of a shipped app", `
profiles:
  - name: roku-v6
    extends: roku
    title: the next Roku app
    user_agent: "ExampleTV/6.0"
    device_info: {osVersion: "14.0", displayPpi: 96, diagonalScreenSize: 54.6, connectionSecure: true}
    network: {kind: own}
    behaviour:
      token: ahead
      ahead: 90s
      throttle: {reaction: backoff}
`},
	{"a device from scratch with its fleet", `
profiles:
  - name: tube
    title: a TV set
    platform: tube
    device_info: {model: T1, version: "1", osName: Linux, osVersion: "6", connectionType: LAN}
    behaviour: {limiter: none, poll: {every: 4s}}
    session:
      - do: sessions.create
      - do: authenticate
      - do: profiles.code
        think: 5s
      - {do: decisions.authorize, times: 2, every: 30s..1m}
fleet:
  name: tubes
  title: one profile only
  devices: 10
  duration: 1m
  launch: ramp:1..50/30s
  members:
    - profile: tube
`},
	{"fleets of shipped profiles", `
fleets:
  - name: a
    title: a
    launch: {shape: steps, steps: [{rate: 10, duration: 5s}, {rate: 0, duration: 2s}, {rate: 5, duration: 1s}]}
    members: [{profile: roku, weight: 0.5}, {profile: xbox, weight: 2}]
  - name: b
    title: b
    launch: 12.5
    mvpds: [One]
    resources: [Two]
    service_provider: MINE
    redirect_url: http://localhost/done
    network: {kind: household, devices: 4}
    members: [{profile: roku}]
`},
}

func TestShippedLibraryHoldsWhatIsPromised(t *testing.T) {
	lib := Builtin()
	for _, name := range []string{"iphone", "ipad", "apple-tv", "android-phone", "android-tv", "google-tv", "fire-tv",
		"roku", "tizen", "webos", "xbox", "playstation", "chrome", "safari"} {
		p, err := lib.Profile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !WellBehaved(p) {
			t.Errorf("%s misbehaves: %v", name, Misbehaviours(p))
		}
	}
	for _, name := range []string{DefaultFleet, "well-behaved", "kick-off", "old-apps", "s2s-no-forwarded-for",
		"second-screen", "mobile-carrier"} {
		f, err := lib.Fleet(name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Story == "" {
			t.Errorf("%s has no story", name)
		}
		if errs := f.Launch.Validate(); len(errs) > 0 {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

func TestShippedDeviceInfoIsRightStrictly(t *testing.T) {
	lib := Builtin()
	for _, name := range lib.ProfileNames() {
		p, _ := lib.Profile(name)
		if p.OmitDeviceInfo || p.Platform == "playstation" {
			// No system name of the header page fits a PlayStation.
			continue
		}
		if problems := p.DeviceInfo.Validate(true); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestDefaultFleetHasAMinorityOfOldApps(t *testing.T) {
	f, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		t.Fatal(err)
	}
	population, err := NewPopulation(f, f.Devices, 1)
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	for i, n := range population.Counts() {
		if !WellBehaved(population.Profiles()[i]) {
			bad += n
		}
	}
	if share := float64(bad) / float64(f.Devices); share < 0.08 || share > 0.10 {
		t.Errorf("share of misbehaving devices is %.3f, want 0.08 to 0.10", share)
	}
}

func TestWellBehavedFleetSharesNothing(t *testing.T) {
	f, err := Builtin().Fleet("well-behaved")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range f.Members {
		if m.Profile.Network.Kind != NetworkOwn || !WellBehaved(m.Profile) || m.Profile.Behaviour.Limiter == nil {
			t.Errorf("%s: network %v, misbehaviours %v", m.Profile.Name, m.Profile.Network, Misbehaviours(m.Profile))
		}
	}
	roku, _ := Builtin().Profile("roku")
	if roku.Network.Kind != NetworkHousehold {
		t.Error("the network of the fleet has moved the profile itself")
	}
}

func TestColdStartOfWellBehavedDevicesFitsTheBudgetWithoutLimiter(t *testing.T) {
	lib := Builtin()
	for _, name := range lib.ProfileNames() {
		p, _ := lib.Profile(name)
		if !WellBehaved(p) {
			continue
		}
		bare := *p
		bare.Behaviour.Limiter = nil
		if !staysWithinBudget(&bare) {
			t.Errorf("%s asks for more than %d at once and %g per second", name, serviceBurst, serviceRate)
		}
	}
}

func TestColdSessionsFitARunWithARelaunch(t *testing.T) {
	lib := Builtin()
	for _, name := range lib.ProfileNames() {
		p, _ := lib.Profile(name)
		if !WellBehaved(p) || p.Behaviour.Relaunches == 0 {
			continue
		}
		if d := sessionLength(p); d < 10*time.Second || d > 21*time.Second {
			t.Errorf("%s: a cold session takes %s", name, d)
		}
	}
}

// sessionLength is the mean length of a first session whose login takes
// loginTime.
func sessionLength(p *Profile) time.Duration {
	var total time.Duration
	for i := range p.Session {
		s := &p.Session[i]
		if !happens(s, true) || s.Chance < 0.5 {
			continue
		}
		total += mean(s.Think) + time.Duration(s.Times-1)*mean(s.Every)
		if s.Op == api.OpProfilesCode {
			total += time.Duration(polls(&p.Behaviour, s)-1) * mean(p.Behaviour.PollEvery)
		}
	}
	return total
}

func TestAnExtendingProfileChangesOnlyWhatItSays(t *testing.T) {
	lib := Builtin()
	f, err := Parse("f.yaml", []byte(rightFiles[0].src))
	if err != nil {
		t.Fatal(err)
	}
	if err := lib.Add(f); err != nil {
		t.Fatal(err)
	}
	got, _ := lib.Profile("roku-v6")
	want, _ := Builtin().Profile("roku")
	want.Name, want.Title, want.UserAgent = "roku-v6", "the next Roku app", "ExampleTV/6.0"
	want.Network = Network{Kind: NetworkOwn, Devices: 1}
	want.Behaviour.Token, want.Behaviour.Ahead = TokenAhead, 90*time.Second
	want.Behaviour.Throttle = ThrottleBackoff
	for i, field := range want.DeviceInfo {
		switch field.Key {
		case "osVersion":
			want.DeviceInfo[i].Value = "14.0"
		case "connectionSecure":
			want.DeviceInfo[i].Value = true
		}
	}
	want.DeviceInfo = append(want.DeviceInfo, api.DeviceInfoField{Key: "displayPpi", Value: 96},
		api.DeviceInfoField{Key: "diagonalScreenSize", Value: 54.6})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	base, _ := lib.Profile("roku")
	if os, _ := base.DeviceInfo.Get("osVersion"); os != "12.5.0" {
		t.Errorf("the base has changed: osVersion %v", os)
	}
}

func TestAProfileFromScratchKeepsToTheRules(t *testing.T) {
	lib := Builtin()
	f, err := Parse("f.yaml", []byte(rightFiles[1].src))
	if err != nil {
		t.Fatal(err)
	}
	if err := lib.Add(f); err != nil {
		t.Fatal(err)
	}
	p, _ := lib.Profile("tube")
	if !WellBehaved(p) {
		t.Errorf("got %v", Misbehaviours(p))
	}
	want := Step{Op: api.OpAuthorize, Chance: 1, Times: 2, Every: Range{30 * time.Second, time.Minute}}
	if diff := cmp.Diff(want, p.Session[3]); diff != "" {
		t.Error(diff)
	}
	tubes, _ := lib.Fleet("tubes")
	launch := pace.Spec{Shape: pace.Ramp, From: 1, To: 50, Over: 30 * time.Second}
	if diff := cmp.Diff(launch, tubes.Launch); diff != "" {
		t.Error(diff)
	}
}

func TestProfilesOfAFileMayStandInAnyOrder(t *testing.T) {
	lib := Builtin()
	f, err := Parse("f.yaml", []byte("profiles:\n- {name: c, extends: b, title: C}\n- {name: b, extends: a}\n- {name: a, extends: roku, title: A}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := lib.Add(f); err != nil {
		t.Fatal(err)
	}
	b, _ := lib.Profile("b")
	if b.Title != "A" || b.Platform != "roku" {
		t.Errorf("got %q on %q", b.Title, b.Platform)
	}
}

func TestAFailedAddChangesNothing(t *testing.T) {
	lib := Builtin()
	before := lib.ProfileNames()
	f, err := Parse("f.yaml", []byte("profiles:\n- {name: fine, extends: roku}\n- {name: bad, extends: nothing}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if lib.Add(f) == nil {
		t.Fatal("accepted")
	}
	if diff := cmp.Diff(before, lib.ProfileNames()); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyLibraryCanBeUsed(t *testing.T) {
	var lib Library
	if _, err := lib.Profile("roku"); err == nil {
		t.Error("found a profile")
	}
	f, err := Parse("f.yaml", []byte("profiles:\n- name: a\n  title: A\n  platform: x\n  omit_device_info: true\n  session: [{do: logout}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := lib.Add(f); err != nil {
		t.Error(err)
	}
}

func TestUnknownNamesGetASuggestion(t *testing.T) {
	_, err := Builtin().Fleet("livingroom")
	var unknown *UnknownError
	if !errors.As(err, &unknown) || unknown.Kind != "fleet" {
		t.Fatalf("got %v", err)
	}
	if !strings.HasSuffix(err.Error(), "(did you mean living-room?)") {
		t.Errorf("got %s", err)
	}
	_, err = Builtin().Profile("zzzzzzzzzzz")
	if err == nil || strings.Contains(err.Error(), "did you mean") {
		t.Errorf("got %v", err)
	}
}

func TestNamesOfAFile(t *testing.T) {
	f, err := Parse("f.yaml", []byte(rightFiles[1].src))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"tube"}, f.ProfileNames()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"tubes"}, f.FleetNames()); diff != "" {
		t.Error(diff)
	}
}
