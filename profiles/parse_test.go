package profiles

import (
	"strings"
	"testing"
)

// wrong is a file that Parse or Library.Add refuses.
type wrong struct {
	name string
	src  string
	want string
	// structural says that the JSON Schema refuses it too: the fault shows
	// without looking at two values at once, or at other files.
	structural bool
}

// session is a file with one profile and the given steps; behaviour and fleet
// are the like for one line of theirs.
func session(steps string) string {
	return "profiles:\n  - name: mine\n    extends: roku\n    session:\n" + steps
}

func behaviour(line string) string {
	return "profiles:\n  - name: mine\n    extends: roku\n    behaviour:\n      " + line + "\n"
}

func fleet(line string) string {
	return "fleet:\n  name: mine\n  title: mine\n  members: [{profile: roku}]\n  " + line + "\n"
}

var wrongFiles = []wrong{
	{"an unknown token policy", behaviour("token: cachd"),
		`f.yaml:5:14: behaviour.token: "cachd" is not a token policy; use one of cached, per-launch, per-call, past-expiry, ahead (did you mean cached?)`, true},
	{"an unknown credential policy", behaviour("credentials: forever"),
		`f.yaml:5:20: behaviour.credentials: "forever" is not a credential policy; use one of persisted, per-launch`, true},
	{"an unknown key in behaviour", behaviour("tokn: cached"),
		`f.yaml:5:7: behaviour: "tokn" is not a key here; use one of credentials, token, ahead, throttle, retry, on_401, limiter, poll, relaunch (did you mean token?)`, true},
	{"an unknown key at the top", "profile:\n  name: x\n",
		`f.yaml:1:1: "profile" is not a key here; use one of profiles, fleet, fleets (did you mean profiles?)`, true},
	{"an unknown key of a profile", "profiles:\n- name: mine\n  extends: roku\n  useragent: x\n",
		`f.yaml:4:3: "useragent" is not a key here`, true},
	{"a number where text is wanted", "profiles:\n- name: mine\n  extends: roku\n  title: 12\n",
		`f.yaml:4:10: title: "12" is a number, not text; write text, in quotes if it looks like something else`, true},
	{"a version that YAML takes for a number", "profiles:\n- name: mine\n  extends: roku\n  device_info:\n    osVersion: 14\n",
		`f.yaml:5:16: device_info.osVersion: "14" is a number, not text; write text, in quotes`, true},
	{"text where a map is wanted", "profiles:\n- name: mine\n  extends: roku\n  behaviour: good\n",
		`f.yaml:4:14: behaviour: "good" is text, not a map; give it some of the keys credentials`, true},
	{"a list where a map is wanted", "profiles:\n- name: mine\n  extends: roku\n  network: [own]\n",
		`f.yaml:4:12: network: is a list; give it some of the keys kind`, true},
	{"a map where a list is wanted", "profiles:\n  name: mine\n",
		`f.yaml:2:3: profiles: is a map; write it as a list`, true},
	{"a key without a value", behaviour("token:"),
		`f.yaml:5:7: behaviour.token: has no value; use one of cached`, true},
	{"text where true or false is wanted", "profiles:\n- name: mine\n  extends: roku\n  omit_device_info: \"yes\"\n",
		`f.yaml:4:21: omit_device_info: "yes" is text, not true or false; use true or false`, true},
	{"a profile without a name", "profiles:\n- extends: roku\n",
		`f.yaml:2:3: profiles[0].name: is missing; give the profile a name`, true},
	{"a name with capitals", "profiles:\n- name: My Roku\n  extends: roku\n",
		`f.yaml:2:9: name: "My Roku" is not a name; use lower-case letters`, true},
	{"an empty title", "profiles:\n- name: mine\n  extends: roku\n  title: \"\"\n",
		`f.yaml:4:10: title: an empty value says nothing; write some text`, true},
	{"a line break in a user agent", "profiles:\n- name: mine\n  extends: roku\n  user_agent: \"a\\r\\nX-Evil: 1\"\n",
		`f.yaml:4:15: user_agent: "a\r\nX-Evil: 1" holds a control character`, true},
	{"a list of profiles with nothing in it", "profiles: []\n",
		`f.yaml:1:11: profiles: is empty; give it at least one item`, true},
	{"an empty map", "{}\n", `f.yaml:1:1: the file holds nothing; give it profiles, a fleet or fleets`, true},

	{"a duration without a unit", behaviour("ahead: 300"),
		`f.yaml:5:14: behaviour.ahead: "300" has no unit; use a duration from 1s to 24h, such as 3s or 500ms`, true},
	{"a word for a duration", behaviour("poll: {for: long}"),
		`f.yaml:5:19: behaviour.poll.for: "long" is not a duration`, true},
	{"a negative duration", behaviour("poll: {for: -3s}"),
		`f.yaml:5:19: behaviour.poll.for: "-3s" is out of reach; use a duration from 1s to 24h`, true},
	{"a zero wait", behaviour("throttle: {reaction: hammer, wait: 0s}"),
		`f.yaml:5:42: behaviour.throttle.wait: "0s" is out of reach; use a duration or a range such as 2s..5s, from 1ms to 1h`, false},
	{"a range that ends before it begins", behaviour("poll: {every: 5s..3s}"),
		`f.yaml:5:21: behaviour.poll.every: "5s..3s" ends before it begins; put the shorter duration first`, false},
	{"a range with three ends", behaviour("poll: {every: 1s..2s..3s}"),
		`f.yaml:5:21: behaviour.poll.every: "1s..2s..3s" is not a duration`, true},
	{"a duration beyond all measure", behaviour("poll: {every: 9999999999999h}"),
		`f.yaml:5:21: behaviour.poll.every: "9999999999999h" is not a duration`, false},
	{"negative retries", behaviour("retry: {max: -1}"),
		`f.yaml:5:20: behaviour.retry.max: "-1" is out of reach; use a whole number from 0 to 200`, true},
	{"half a retry", behaviour("retry: {max: 1.5}"),
		`f.yaml:5:20: behaviour.retry.max: "1.5" is not a whole number in reach`, true},
	{"more retries than a device can count", behaviour("throttle: {retries: 300}"),
		`f.yaml:5:27: behaviour.throttle.retries: "300" is out of reach; use a whole number from 0 to 200`, true},
	{"a zero rate", behaviour("limiter: {rate: 0, burst: 9}"),
		`f.yaml:5:23: behaviour.limiter.rate: "0" is out of reach; use a number above 0 and up to 1e+06`, true},
	{"an infinite rate", behaviour("limiter: {rate: .inf, burst: 9}"),
		`f.yaml:5:23: behaviour.limiter.rate: ".inf" is not a number in reach`, true},
	{"a rate that is no number", behaviour("limiter: {rate: .nan, burst: 9}"),
		`f.yaml:5:23: behaviour.limiter.rate: ".nan" is not a number in reach`, true},
	{"a zero burst", behaviour("limiter: {rate: 1, burst: 0}"),
		`f.yaml:5:33: behaviour.limiter.burst: "0" is out of reach; use a whole number from 1 to 1000000`, true},
	{"a limiter in a word", behaviour("limiter: off"),
		`f.yaml:5:16: behaviour.limiter: "off" is not a limiter; use none, or give rate and burst`, true},
	{"half a limiter", "profiles:\n- name: mine\n  behaviour: {limiter: {rate: 1}}\n",
		`f.yaml:3:24: behaviour.limiter: needs both rate and burst; write it as {rate: 0.9, burst: 9}`, false},
	{"an unknown network", "profiles:\n- name: mine\n  extends: roku\n  network: {kind: house}\n",
		`f.yaml:4:19: network.kind: "house" is not a kind of network; use one of own, household, carrier`, true},
	{"neighbours at an own address", "profiles:\n- name: mine\n  extends: roku\n  network: {kind: own, devices: 3}\n",
		`f.yaml:4:33: network.devices: "3" does not fit a device with an address of its own`, false},

	{"an unknown operation", session("    - do: decisions.authorise\n"),
		`f.yaml:5:11: session[0].do: "decisions.authorise" is not an operation; use one of configuration, sessions.create`, true},
	{"an unknown operation gets a suggestion", session("    - do: profile.list\n"), `(did you mean profiles.list?)`, true},
	{"a registration as a step", session("    - do: register\n"),
		`f.yaml:5:11: session[0].do: "register" is no step of a session; remove it: a device does it by itself when it needs to`, true},
	{"a token as a step", session("    - do: token\n"),
		`f.yaml:5:11: session[0].do: "token" is no step of a session`, true},
	{"a step without an operation", session("    - think: 1s\n"),
		`f.yaml:5:7: session[0].do: is missing; name the operation`, true},
	{"a session without steps", "profiles:\n- name: mine\n  extends: roku\n  session: []\n",
		`f.yaml:4:12: session: is empty`, true},
	{"a poll before a session", session("    - do: profiles.code\n    - do: sessions.create\n"),
		`f.yaml:5:11: session[0].do: "profiles.code" comes before a session exists; put sessions.create before it`, false},
	{"a poll for viewers who have no session",
		session("    - {do: sessions.create, when: signed-in}\n    - {do: profiles.code, when: signed-out}\n"),
		`f.yaml:6:12: session[1].do: "profiles.code" comes before a session exists`, false},
	{"a chance above one", session("    - {do: logout, chance: 1.5}\n"),
		`f.yaml:5:28: session[0].chance: "1.5" is out of reach; use a number above 0 and up to 1`, true},
	{"no chance at all", session("    - {do: logout, chance: 0}\n"),
		`f.yaml:5:28: session[0].chance: "0" is out of reach`, true},
	{"a step done no times", session("    - {do: logout, times: 0}\n"),
		`f.yaml:5:27: session[0].times: "0" is out of reach; use a whole number from 1 to 10000`, true},
	{"several goes without an interval", session("    - {do: decisions.authorize, times: 3}\n"),
		`f.yaml:5:40: session[0].every: is missing; say how far apart the goes are`, true},
	{"an interval for a single go", session("    - {do: decisions.authorize, every: 3s}\n"),
		`f.yaml:5:40: session[0].every: "3s" has no meaning for a step that is done once`, true},
	{"a logout several times", session("    - {do: logout, times: 3, every: 1s}\n"),
		`f.yaml:5:27: session[0].times: "3" goes do not fit logout; do it once in a session`, true},

	{"ahead without its policy", behaviour("ahead: 1m"),
		`f.yaml:5:14: behaviour.ahead: "1m" has no meaning for token: cached; set token: ahead, or remove it`, false},
	{"a hasty wait", behaviour("throttle: {wait: 200ms..2s}"),
		`f.yaml:5:24: behaviour.throttle.wait: "200ms..2s" is shorter than the second that every client waits; use 1s or more, or reaction: hammer`, false},
	{"a poll that never comes", behaviour("poll: {every: 10m, for: 5m}"),
		`f.yaml:5:21: behaviour.poll.every: "10m" is longer than the device polls at all; keep it below poll.for, which is 5m`, false},
	{"a system name outside the table", "profiles:\n- name: mine\n  extends: roku\n  device_info: {osName: RokuOS}\n",
		`f.yaml:4:25: device_info.osName: "RokuOS" is not as the header page says; want one of Android`, false},
	{"a profile that stands on nothing", "profiles:\n- name: mine\n",
		`f.yaml:2:3: title: is missing`, false},
	{"an unknown base", "profiles:\n- name: mine\n  extends: rokku\n",
		`f.yaml:3:12: extends: "rokku" is not a profile; use one of android-phone`, false},
	{"an unknown base gets a suggestion", "profiles:\n- name: mine\n  extends: rokku\n", `(did you mean roku?)`, false},
	{"profiles that extend each other", "profiles:\n- name: a\n  extends: b\n- name: b\n  extends: a\n",
		`f.yaml:5:12: extends: "a" leads back to this profile`, false},
	{"a profile that extends itself", "profiles:\n- name: a\n  extends: a\n",
		`f.yaml:3:12: extends: "a" leads back to this profile`, false},
	{"a shipped name", "profiles:\n- name: roku\n  extends: webos\n",
		`f.yaml:2:9: name: "roku" is the name of a profile that exists already; choose another name; extends: roku takes it as a base`, false},
	{"a name given twice", "profiles:\n- name: a\n  extends: roku\n- name: a\n  extends: roku\n",
		`f.yaml:4:9: name: "a" is the name of another profile, in line 2; choose another name`, false},

	{"a fleet without members", "fleet:\n  name: mine\n  title: mine\n",
		`f.yaml:2:3: members: is missing; add a list such as - {profile: roku, weight: 3}`, true},
	{"an unknown member", "fleet:\n  name: mine\n  title: mine\n  members:\n  - {profile: rocku, weight: 1}\n",
		`f.yaml:5:15: members[0].profile: "rocku" is not a profile; use one of`, false},
	{"a member twice", "fleet:\n  name: mine\n  title: mine\n  members:\n  - profile: roku\n  - profile: roku\n",
		`f.yaml:6:14: members[1].profile: "roku" is a member already; add the two weights up`, false},
	{"a negative weight", "fleet:\n  name: mine\n  title: mine\n  members:\n  - {profile: roku, weight: -1}\n",
		`f.yaml:5:29: members[0].weight: "-1" is out of reach; use a number above 0 and up to 1e+06`, true},
	{"a shipped fleet", "fleet:\n  name: living-room\n  title: mine\n  members: [{profile: roku}]\n",
		`f.yaml:2:9: name: "living-room" is the name of a fleet that exists already`, false},
	{"no devices", fleet("devices: 0"), `f.yaml:5:12: devices: "0" is out of reach; use a whole number from 1 to 100000000`, true},
	{"a redirect to nowhere", fleet("redirect_url: tv.example.com"),
		`f.yaml:5:17: redirect_url: "tv.example.com" is not an absolute URL`, true},
	{"a provider twice", fleet("mvpds: [a, b, a]"), `f.yaml:5:17: mvpds[2]: "a" is in the list already; name it once`, true},
	{"an unknown launch shape", fleet("launch: {shape: ram}"),
		`f.yaml:5:19: launch.shape: "ram" is not a launch shape; use one of constant, ramp, steps, poisson, spike (did you mean ramp?)`, true},
	{"a launch without a rate", fleet("launch: {shape: constant}"), `f.yaml:5:11: launch.rate: must be more than 0`, true},
	{"a negative launch rate", fleet("launch: {shape: constant, rate: -5}"), `f.yaml:5:35: launch.rate: "-5" is out of reach`, true},
	{"a launch with a stray key", fleet("launch: {shape: constant, rate: 5, over: 3s}"),
		`f.yaml:5:44: launch.over: has no meaning for shape constant; remove it`, true},
	{"a launch in wrong short form", fleet("launch: sudden"), `f.yaml:5:11: launch: "sudden" is no launch schedule`, true},
}

func TestWrongFilesAreRefusedWithLineColumnAndWhatWouldBeRight(t *testing.T) {
	for _, tt := range wrongFiles {
		t.Run(tt.name, func(t *testing.T) {
			err := load(tt.src)
			if err == nil {
				t.Fatalf("accepted:\n%s", tt.src)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got:  %s\nwant: %s\nfile:\n%s", err, tt.want, tt.src)
			}
		})
	}
}

// load parses src and adds it to what ships.
func load(src string) error {
	f, err := Parse("f.yaml", []byte(src))
	if err != nil {
		return err
	}
	return Builtin().Add(f)
}

func TestWhatYAMLCannotReadIsRefused(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"an empty file", "", `f.yaml:1:1: the file is empty`},
		{"a file of comments", "# nothing\n", `f.yaml:1:1: the file is empty`},
		{"a key twice", "fleet:\n  name: a\n  name: b\n", `f.yaml:3:3: "name" stands here for the second time; keep one of the two`},
		{"a second document", "fleet: {}\n---\nfleet: {}\n", `f.yaml:3:1: a second document begins here`},
		{"an anchor", "fleet: &f\n  name: a\n", `f.yaml:1:8: anchors and aliases are not read; write the value out, or use extends`},
		{"an alias bomb", "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", `anchors and aliases are not read`},
		{"a merge key", "a: {b: 1}\nfleet:\n  <<: {b: 1}\n", `f.yaml:3:3: merge keys are not read`},
		{"a tag", "fleet: !!binary aGk=\n", `f.yaml:1:8: tags and directives are not read`},
		{"an open bracket", "fleet: [a\n", `f.yaml:1:8: the file is not valid YAML`},
		{"a tab for indentation", "fleet:\n\tname: a\n", `f.yaml:2:1: the file is not valid YAML`},
		{"brackets without end", strings.Repeat("[", 5000), `f.yaml:1:129: brackets nest too deep`},
		{"dashes without end", strings.Repeat("- ", 5000) + "a", `values nest too deep`},
		{"a long line", "a: " + strings.Repeat("x", maxLine), `f.yaml:1:1: the line is too long`},
		{"a big file", strings.Repeat("# filler\n", 1<<17), `f.yaml:1:1: the file has 1179648 bytes; keep it to 1048576`},
		{"lines without end", strings.Repeat("a\n", maxLines+1), `f.yaml:20001:1: the file is too long; keep it to 20000 lines`},
		{"keys without end", strings.Repeat("{a: b, c: d},\n", maxColons/2+1), `the file is too long`},
		{"bytes that are no text", "fleet: \xff\xfe\n", `f.yaml:1:1: the file is not UTF-8`},
		{"a zero byte", "fleet: \x00\n", `f.yaml:1:8: the file holds a zero byte`},
		{"a list for a key", "? [a]\n: b\n", `invalid key for this map`},
		{"a plain word", "roku\n", `f.yaml:1:1: "roku" is text, not a map`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := load(tt.src)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got:  %s\nwant: %s", err, tt.want)
			}
		})
	}
}

func TestAllProblemsOfAFileAreListedInItsOrder(t *testing.T) {
	err := load("profiles:\n- name: mine\n  behaviour:\n    token: x\n    credentials: y\n  session:\n  - do: z\nfleet:\n  name: F\n")
	problems, ok := err.(Problems)
	if !ok {
		t.Fatalf("got %T, want Problems", err)
	}
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path)
	}
	want := "behaviour.token behaviour.credentials session[0].do title members name"
	if got := strings.Join(paths, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestALongListOfProblemsIsCutOff(t *testing.T) {
	err := load("fleet:\n" + strings.Repeat("  x: 1\n", 1) + "  members:\n" + strings.Repeat("  - {profile: roku, weight: 0}\n", 80))
	if !strings.Contains(err.Error(), "more") || strings.Count(err.Error(), "\n") != maxProblems {
		t.Errorf("got %d lines:\n%s", strings.Count(err.Error(), "\n"), err)
	}
}

func TestLongValuesAreCutOff(t *testing.T) {
	err := load(behaviour("token: " + strings.Repeat("é", 500)))
	if len(err.Error()) > 300 {
		t.Errorf("got %d bytes: %s", len(err.Error()), err)
	}
}

func TestPositionsHoldWithWindowsLinesAndAByteOrderMark(t *testing.T) {
	src := "\ufeff" + strings.ReplaceAll(behaviour("token: cachd"), "\n", "\r\n")
	if err := load(src); err == nil || !strings.HasPrefix(err.Error(), "f.yaml:5:14: behaviour.token") {
		t.Errorf("got %v", err)
	}
}
