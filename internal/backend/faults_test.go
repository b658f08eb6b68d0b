package backend

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/statement"
)

func claims(software string, scopes ...string) statement.Claims {
	return statement.Claims{SoftwareID: software, Scopes: scopes}
}

func hashOf(s string) uint64 { return xxhash.Sum64String(s) }

// lab is a rig whose client, token and profiles were put into the service by
// hand, so that no fault stands in the way of a probe.
type lab struct {
	*rig
	log strings.Builder
}

func newLab(t *testing.T, ids ...string) *lab {
	l := &lab{rig: newThrottledRig(t, Config{Faults: ids})}
	l.faulty = len(ids) > 0
	key := l.s.gen.next().asUUID()
	info := l.s.ledger.device("192.0.2.1", l.id.DeviceInfo)
	l.s.clients[key] = client{l.s.software.number(claims("app", ScopeV2), nil), info}
	l.clientID, l.secret = string(appendUUID(nil, key)), string(appendUUID(nil, l.s.secret(key)))
	l.token = l.give(key)
	return l
}

// give puts a token for a client in force.
func (l *lab) give(key id) string {
	t := l.s.gen.next()
	l.s.tokens.put(t, token{key, epoch.Add(6 * time.Hour).UnixNano()})
	return string(l.s.gen.appendToken(nil, t))
}

// signedIn gives the device a profile with an MVPD.
func (l *lab) signedIn(mvpd string) *lab {
	n, _ := l.s.mvpds.lookup(mvpd)
	provider, _ := l.s.providers.number("REF30")
	key, _ := parseUUID([]byte(l.clientID))
	owner := deviceKey{key, hashOf(l.id.DeviceIdentifier)}
	l.s.profiles.put(profileKey{owner, provider, n}, l.s.newProfile(epoch, time.Hour, profileRegular))
	return l
}

// opened puts a session in force and returns its code.
func (l *lab) opened() string {
	provider, _ := l.s.providers.number("REF30")
	key, _ := parseUUID([]byte(l.clientID))
	n, _ := l.s.mvpds.lookup("DTV")
	c := &call{now: l.now, in: &api.HTTPRequest{}, provider: provider, bearer: key, device: hashOf(l.id.DeviceIdentifier)}
	v := l.s.newSession(c)
	v.mvpd, v.domain, v.redirect = n, "tv.example.com", "https://tv.example.com/in"
	return string(l.s.open(c, v).code.append(nil))
}

func (l *lab) note() { fmt.Fprintf(&l.log, "%d %v %s\n", l.status, l.header, l.body) }

func (l *lab) ask(req api.Request) {
	l.do(req)
	l.note()
}

func (l *lab) raw(method, target, media, body string, more ...api.Field) {
	h := append(api.Header{}, more...)
	if media != "" {
		h = append(h, api.Field{Name: "Content-Type", Value: media})
	}
	l.send(api.HTTPRequest{Method: method, Target: target, Header: h, Body: []byte(body)})
	l.note()
}

const (
	formMedia = "application/x-www-form-urlencoded"
	jsonMedia = "application/json"
)

func (l *lab) credentials() string {
	return "grant_type=client_credentials&client_id=" + l.clientID + "&client_secret=" + l.secret
}

// probes are small conversations. Those that end in an enhanced error are called
// "error …", refused registrations and tokens "register error …" and "token
// error …", throttled ones "throttle …".
var probes = []struct {
	name string
	run  func(*lab)
}{
	{"register", func(l *lab) { l.ask(api.Request{Op: api.OpRegister, SoftwareStatement: "app"}) }},
	{"register twice and use both", func(l *lab) {
		for range 2 {
			res := *l.do(api.Request{Op: api.OpRegister, SoftwareStatement: "app"})
			fmt.Fprintln(&l.log, res.ClientID == l.clientID, res.ClientSecret == l.secret)
			l.clientID, l.secret = res.ClientID, res.ClientSecret
		}
	}},
	{"register with metadata", func(l *lab) {
		l.raw("POST", "/o/client/register", jsonMedia, `{"software_statement":"app","client_name":"a","client_uri":"b"}`)
	}},
	{"register by GET", func(l *lab) { l.raw("GET", "/o/client/register", "", "") }},
	{"register error: bad statement", func(l *lab) { l.raw("POST", "/o/client/register", jsonMedia, `{"software_statement":"bad"}`) }},
	{"register error: empty", func(l *lab) { l.raw("POST", "/o/client/register", jsonMedia, `{}`) }},
	{"register error: form", func(l *lab) { l.raw("POST", "/o/client/register", formMedia, `software_statement=app`) }},
	{"token", func(l *lab) { l.raw("POST", "/o/client/token", formMedia, l.credentials()) }},
	{"token used late", func(l *lab) {
		in := l.encode(api.Request{Op: api.OpToken, ClientID: l.clientID, ClientSecret: l.secret})
		var out api.HTTPResponse
		l.s.Handle(l.now, &in, &out)
		key, _ := parseUUID([]byte(l.clientID))
		for t, held := range l.s.tokens.current {
			if held.client == key && held.expires != epoch.Add(6*time.Hour).UnixNano() {
				fmt.Fprintln(&l.log, t, held.expires-epoch.UnixNano())
			}
		}
	}},
	{"token with an unknown parameter", func(l *lab) { l.raw("POST", "/o/client/token", formMedia, l.credentials()+"&x=y") }},
	{"token by GET", func(l *lab) { l.raw("GET", "/o/client/token?"+l.credentials(), "", "") }},
	{"token error: query", func(l *lab) { l.raw("POST", "/o/client/token?"+l.credentials(), "", "") }},
	{"token error: Basic beside the body", func(l *lab) {
		l.raw("POST", "/o/client/token", formMedia, l.credentials(), api.Field{Name: "Authorization", Value: "Basic eDp5"})
	}},
	{"token error: JSON", func(l *lab) {
		l.raw("POST", "/o/client/token", jsonMedia, `{"grant_type":"client_credentials","client_id":"`+l.clientID+`","client_secret":"`+l.secret+`"}`)
	}},
	{"token error: repeated", func(l *lab) {
		l.raw("POST", "/o/client/token", formMedia, l.credentials()+"&grant_type=client_credentials")
	}},
	{"token error: unknown client", func(l *lab) {
		l.clientID = "00000000-0000-4000-8000-000000000000"
		l.raw("POST", "/o/client/token", formMedia, l.credentials())
	}},
	{"token error: wrong secret", func(l *lab) { l.raw("POST", "/o/client/token", formMedia, l.credentials()+"x") }},
	{"token error: grant", func(l *lab) {
		l.raw("POST", "/o/client/token", formMedia, strings.Replace(l.credentials(), "client_credentials", "password", 1))
	}},
	{"configuration", func(l *lab) { l.ask(api.Request{Op: api.OpConfiguration}) }},
	{"lower-case bearer", func(l *lab) {
		l.raw("GET", "/api/v2/REF30/profiles", "", "", api.Field{Name: "authorization", Value: "bearer " + l.token}, api.Field{Name: "AP-Device-Identifier", Value: device1})
	}},
	{"error 401: no token", func(l *lab) { l.raw("GET", "/api/v2/REF30/configuration", "", "") }},
	{"error 401: unknown token", func(l *lab) { l.ask(api.Request{Op: api.OpProfilesList, AccessToken: "x"}) }},
	{"error 401: expired", func(l *lab) {
		l.now = epoch.Add(6 * time.Hour)
		l.ask(api.Request{Op: api.OpProfilesList})
	}},
	{"error 401: foreign", func(l *lab) { l.ask(api.Request{Op: api.OpProfilesList, ServiceProvider: SPForeign}) }},
	{"error 401: scope", func(l *lab) {
		key := l.s.gen.next().asUUID()
		l.s.clients[key] = client{l.s.software.number(claims("old", "profile:client"), nil), 0}
		l.ask(api.Request{Op: api.OpProfilesList, AccessToken: l.give(key)})
	}},
	{"error 401: query", func(l *lab) {
		l.raw("GET", "/api/v2/REF30/profiles?access_token="+l.token, "", "", api.Field{Name: "AP-Device-Identifier", Value: device1})
	}},
	{"error: no device identifier", func(l *lab) {
		l.id.DeviceIdentifier = ""
		l.ask(api.Request{Op: api.OpProfilesList})
	}},
	{"error: unknown MVPD", func(l *lab) { l.ask(api.Request{Op: api.OpProfilesMVPD, MVPD: "x"}) }},
	{"error: denial", func(l *lab) { l.signedIn("Cox").ask(watch("Cox", "retry")) }},
	{"error: too many resources", func(l *lab) { l.signedIn("Cox").ask(watch("Cox", "a", "b")) }},
	{"error: superseded code", func(l *lab) {
		code := l.opened()
		l.opened()
		l.ask(api.Request{Op: api.OpProfilesCode, Code: code})
	}},
	{"error: expired code", func(l *lab) {
		code := l.opened()
		l.now = l.now.Add(31 * time.Minute)
		l.ask(api.Request{Op: api.OpProfilesCode, Code: code})
	}},
	{"session", func(l *lab) { l.ask(whole) }},
	{"session that goes straight on", func(l *lab) { l.signedIn("Cablevision").ask(whole) }},
	{"session resumed", func(l *lab) { l.ask(api.Request{Op: api.OpSessionsResume, Code: l.opened()}) }},
	{"session retrieved", func(l *lab) { l.ask(api.Request{Op: api.OpSessionsRetrieve, Code: l.opened()}) }},
	{"partner session", func(l *lab) { l.ask(partnerRequest(granted("Cox"))) }},
	{"partner profile", func(l *lab) { l.ask(sso(granted("Cox"))) }},
	{"authenticate", func(l *lab) { l.ask(api.Request{Op: api.OpAuthenticate, Code: l.opened()}) }},
	{"profiles", func(l *lab) { l.signedIn("Cox").ask(api.Request{Op: api.OpProfilesList}) }},
	{"profile by MVPD", func(l *lab) { l.signedIn("Cox").ask(api.Request{Op: api.OpProfilesMVPD, MVPD: "Cox"}) }},
	{"authorize", func(l *lab) { l.signedIn("Cox").ask(watch("Cox", "News")) }},
	{"preauthorize", func(l *lab) {
		l.signedIn("Cox").ask(api.Request{Op: api.OpPreauthorize, MVPD: "Cox", Resources: []string{"News"}})
	}},
	{"logout", func(l *lab) { l.signedIn("Cox").ask(api.Request{Op: api.OpLogout, MVPD: "Cox"}) }},
	{"logout without a profile", func(l *lab) { l.ask(api.Request{Op: api.OpLogout, MVPD: "Cox"}) }},
	{"after the logout", func(l *lab) {
		l.signedIn("Cox").do(api.Request{Op: api.OpLogout, MVPD: "Cox"})
		fmt.Fprintln(&l.log, l.do(api.Request{Op: api.OpProfilesMVPD, MVPD: "Cox"}).Profiles == 0)
	}},
	{"throttle: the answer", func(l *lab) {
		for range 12 {
			l.raw("GET", "/o/client/scopes", "", "")
		}
		l.log.Reset()
		l.note()
	}},
	{"throttle: burst", func(l *lab) { l.volley(11, 0) }},
	{"throttle: rate", func(l *lab) {
		l.volley(12, 0)
		l.volley(4, 1800*time.Millisecond)
	}},
	{"throttle: two devices", func(l *lab) {
		l.volley(11, 0)
		l.id.ForwardedFor = "192.0.2.2"
		l.volley(1, 0)
	}},
	{"throttle: two paths", func(l *lab) {
		l.volley(11, 0)
		l.send(api.HTTPRequest{Method: "GET", Target: "/o/client/validate", Header: api.Header{forwarded(l.id.ForwardedFor)}})
		fmt.Fprintln(&l.log, "another path is admitted:", l.status == 404)
	}},
	{"throttle: a second after a refusal", func(l *lab) {
		l.volley(12, 0)
		l.volley(1, time.Second)
	}},
}

// volley notes how many of n requests are admitted.
func (l *lab) volley(n int, after time.Duration) {
	admitted := 0
	for range n {
		l.now = epoch.Add(after)
		l.send(api.HTTPRequest{Method: "GET", Target: "/o/client/scopes", Header: api.Header{forwarded(l.id.ForwardedFor)}})
		if l.status == 404 {
			admitted++
		}
	}
	fmt.Fprintln(&l.log, "admitted", admitted, "of", n)
}

// transcripts runs every probe against a service with the given faults.
func transcripts(t *testing.T, ids ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, p := range probes {
		l := newLab(t, ids...)
		p.run(l)
		all[p.name] = l.log.String()
	}
	return all
}

// Every fault shows in its own probes and in no other.
func TestEachFaultBreaksItsOwnRuleAlone(t *testing.T) {
	clean := transcripts(t)
	for _, fault := range Faults() {
		t.Run(fault.ID, func(t *testing.T) {
			var differ []string
			for name, text := range transcripts(t, fault.ID) {
				if text != clean[name] {
					differ = append(differ, name)
				}
			}
			slices.Sort(differ)
			want, ok := faultShows[fault.ID]
			if !ok {
				t.Fatalf("no row for this fault; it shows in %q", differ)
			}
			if expected := matching(want); !slices.Equal(differ, expected) {
				t.Errorf("shows in %q\nwant %q", differ, expected)
			}
		})
	}
}

// matching expands names that end in a star.
func matching(patterns []string) []string {
	var names []string
	for _, p := range probes {
		for _, pattern := range patterns {
			prefix, star := strings.CutSuffix(pattern, "*")
			if p.name == pattern || star && strings.HasPrefix(p.name, prefix) {
				names = append(names, p.name)
				break
			}
		}
	}
	slices.Sort(names)
	return names
}

func TestFaultsAreListedWellAndSwitchedByName(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Faults() {
		group, slug, ok := strings.Cut(f.ID, ".")
		if !ok || group == "" || slug == "" || f.Description == "" || seen[f.ID] {
			t.Errorf("fault %+v", f)
		}
		seen[f.ID] = true
	}
	if len(seen) < 24 || len(faultShows) != len(seen) {
		t.Errorf("%d faults, %d rows", len(seen), len(faultShows))
	}
	cfg := Config{Faults: []string{"thr.status", "no.such"}}
	if errs := cfg.Validate(); len(errs) != 1 || !strings.Contains(errs[0].Error(), `"no.such"`) {
		t.Errorf("validate: %v", errs)
	}
}
