package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// passage is one exchange on its way through the proxy.
type passage struct {
	r      *http.Request
	sent   []byte
	status int
	header http.Header
	body   []byte
}

func (x *passage) on(method, part string) bool {
	return x.r.Method == method && strings.Contains(x.r.URL.Path, part)
}

func (x *passage) good() bool { return x.status >= 200 && x.status < 300 }

// edit changes a JSON object.
func (x *passage) edit(f func(m map[string]any)) {
	d := json.NewDecoder(bytes.NewReader(x.body))
	d.UseNumber()
	var m map[string]any
	if d.Decode(&m) != nil {
		return
	}
	f(m)
	x.body, _ = json.Marshal(m)
}

// answer replaces the whole answer.
func (x *passage) answer(status int, body string) {
	x.status, x.body = status, []byte(body)
	x.header = http.Header{"Content-Type": {"application/json"}}
}

// meddler is a fault: it sees a request before it is forwarded, may change it or
// answer it, and sees the answer afterwards.
type meddler struct {
	before func(x *passage) (answered bool)
	after  func(x *passage)
}

func backward(f func(x *passage)) func() meddler {
	return func() meddler { return meddler{after: f} }
}

// meddling is a reverse proxy with one fault, in front of upstream.
func meddling(upstream string, m meddler) http.Handler {
	var mu sync.Mutex
	transport := &http.Transport{DisableCompression: true}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		x := &passage{r: r, sent: sent}
		locked := func(f func()) { mu.Lock(); defer mu.Unlock(); f() }
		answered := false
		if m.before != nil {
			locked(func() { answered = m.before(x) })
		}
		if !answered {
			out, err := http.NewRequestWithContext(r.Context(), r.Method, upstream+x.r.URL.RequestURI(), bytes.NewReader(x.sent))
			if err != nil {
				panic(err)
			}
			out.Header = r.Header.Clone()
			resp, err := client.Do(out)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			x.status, x.header = resp.StatusCode, resp.Header.Clone()
			x.body, _ = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		if m.after != nil {
			locked(func() { m.after(x) })
		}
		x.header.Del("Content-Length")
		maps.Copy(w.Header(), x.header)
		w.WriteHeader(x.status)
		w.Write(x.body)
	})
}

// throttling refuses by models of its own, in front of a service without limit.
func throttling(key func(x *passage) string, fresh func() throttle.Model, refuse func(x *passage)) func() meddler {
	return func() meddler {
		models := map[string]throttle.Model{}
		return meddler{before: func(x *passage) bool {
			if !throttle.Throttled(x.r.URL.Path) {
				return false
			}
			k := key(x)
			if models[k] == nil {
				models[k] = fresh()
			}
			if models[k].Allow(time.Now()) {
				return false
			}
			x.answer(429, "<html>Too Many Requests</html>")
			x.header.Set("Content-Type", "text/html")
			if refuse != nil {
				refuse(x)
			}
			return true
		}}
	}
}

func byDevice(x *passage) string { return x.r.Header.Get("X-Forwarded-For") }

func byPath(x *passage) string { return byDevice(x) + x.r.URL.Path }

func byNothing(*passage) string { return "" }

// members changes the members of an answer to one kind of request.
func members(method, part string, f func(m map[string]any)) func() meddler {
	return backward(func(x *passage) {
		if x.on(method, part) && x.good() {
			x.edit(f)
		}
	})
}

// inEach calls f for each object of a map of objects.
func inEach(m map[string]any, name string, f func(in map[string]any)) {
	of, _ := m[name].(map[string]any)
	for _, v := range of {
		if in, ok := v.(map[string]any); ok {
			f(in)
		}
	}
}

// inList calls f for each object of a list.
func inList(m map[string]any, name string, f func(in map[string]any)) {
	of, _ := m[name].([]any)
	for _, v := range of {
		if in, ok := v.(map[string]any); ok {
			f(in)
		}
	}
}

// times multiplies an integer, or a string of digits.
func times(in map[string]any, name string, num, den int64) {
	switch v := in[name].(type) {
	case json.Number:
		n, _ := v.Int64()
		in[name] = n * num / den
	case string:
		n, _ := strconv.ParseInt(v, 10, 64)
		in[name] = strconv.FormatInt(n*num/den, 10)
	}
}

func errorText(from, to string) func() meddler {
	return backward(func(x *passage) {
		if x.status >= 400 && x.status != 429 {
			x.body = bytes.ReplaceAll(x.body, []byte(from), []byte(to))
		}
	})
}

func form(x *passage) url.Values {
	v, _ := url.ParseQuery(string(x.sent))
	return v
}

func bearerOf(x *passage) string {
	return strings.TrimPrefix(x.r.Header.Get("Authorization"), "Bearer ")
}

// anySecret lets a client authenticate with any secret that fits, when the real
// one is put in its place.
func anySecret(fits func(x *passage, secrets map[string]string, given string) bool) func() meddler {
	return func() meddler {
		secrets := map[string]string{}
		return meddler{
			before: func(x *passage) bool {
				if x.on("POST", "/o/client/token") {
					v := form(x)
					id, given := v.Get("client_id"), v.Get("client_secret")
					if secrets[id] != "" && len(v["client_secret"]) == 1 && fits(x, secrets, given) {
						v.Set("client_secret", secrets[id])
						x.sent = []byte(v.Encode())
					}
				}
				return false
			},
			after: func(x *passage) {
				if x.on("POST", "/o/client/register") && x.good() {
					x.edit(func(m map[string]any) { secrets[fmt.Sprint(m["client_id"])] = fmt.Sprint(m["client_secret"]) })
				}
			},
		}
	}
}

// anyToken puts the last good token in the place of one that fits.
func anyToken(fits func(given string, issued []string) bool) func() meddler {
	return func() meddler {
		var issued []string
		return meddler{
			before: func(x *passage) bool {
				if given := bearerOf(x); len(issued) > 0 && given != "" && len(x.r.Header["Authorization"]) == 1 && fits(given, issued) {
					x.r.Header.Set("Authorization", "Bearer "+issued[len(issued)-1])
				}
				return false
			},
			after: func(x *passage) {
				if x.on("POST", "/o/client/token") && x.good() {
					x.edit(func(m map[string]any) { issued = append(issued, fmt.Sprint(m["access_token"])) })
				}
			},
		}
	}
}

// lastingProfiles answers with the profiles from before the logout.
func lastingProfiles() meddler {
	kept := map[string][]byte{}
	gone := map[string]bool{}
	return meddler{after: func(x *passage) {
		device := x.r.Header.Get("AP-Device-Identifier")
		path := x.r.URL.Path + device
		switch {
		case x.on("GET", "/logout/") && x.good():
			gone[device] = true
		case x.on("GET", "/profiles") && gone[device] && kept[path] != nil:
			x.answer(200, string(kept[path]))
		case x.on("GET", "/profiles") && x.good() && len(x.body) > 40:
			kept[path] = x.body
		}
	}}
}

// lastingCodes redirects the user agent with a code that is worth nothing.
func lastingCodes() meddler {
	return meddler{after: func(x *passage) {
		if x.on("GET", "/authenticate/") && x.status == 400 {
			x.status, x.header, x.body = 302, http.Header{"Location": {"https://login.example.com/"}}, nil
		}
	}}
}

// sulking refuses until nothing was asked for a while: refusals prolong it.
type sulking struct {
	throttle.Model
	hold  time.Duration
	until time.Time
}

func (s *sulking) Allow(t time.Time) bool {
	if !t.Before(s.until) && s.Model.Allow(t) {
		return true
	}
	s.until = t.Add(s.hold)
	return false
}

var offThrottle = backend.Config{ThrottleOff: true}

func rated(rate float64, burst int) func() throttle.Model {
	return func() throttle.Model { return throttle.NewBucket(throttle.Limits{Rate: rate, Burst: burst}) }
}

// meddled is one case.
type meddled struct {
	name string
	cfg  backend.Config
	m    func() meddler
	want string
}

// meddlings are faults that no switch of the simulator has. Any of the wanted
// checks is the right one.
var meddlings = []meddled{
	{"client_id renamed to clientId", backend.Config{}, members("POST", "/register", func(m map[string]any) { m["clientId"] = m["client_id"]; delete(m, "client_id") }), "reg.client-id"},
	{"client_id_issued_at in microseconds", backend.Config{}, members("POST", "/register", func(m map[string]any) { times(m, "client_id_issued_at", 1000_000, 1) }), "reg.issued-at"},
	{"client_secret null", backend.Config{}, members("POST", "/register", func(m map[string]any) { m["client_secret"] = nil }), "reg.client-secret"},
	{"grant_types without client_credentials", backend.Config{}, members("POST", "/register", func(m map[string]any) { m["grant_types"] = []string{"authorization_code"} }), "reg.grant-types"},
	{"invalid_grant for invalid_client", backend.Config{}, errorText(`"invalid_client"`, `"invalid_grant"`), "tok.err-codes"},
	{"registration refused with 401", backend.Config{}, backward(func(x *passage) {
		if x.on("POST", "/register") && x.status == 400 {
			x.status = 401
		}
	}), "reg.err-status"},
	{"token refusals with 200", backend.Config{}, backward(func(x *passage) {
		if x.on("POST", "/token") && x.status == 400 {
			x.status = 200
		}
	}), "tok.err-status"},
	{"expires_in a thousandth", backend.Config{}, members("POST", "/token", func(m map[string]any) { times(m, "expires_in", 1, 1000) }), "api.expired"},
	{"tokens that end at half their time", backend.Config{TokenTTL: 7 * time.Second}, members("POST", "/token", func(m map[string]any) { times(m, "expires_in", 2, 1) }), "tok.expiry-honest"},
	{"created_at two days ahead", backend.Config{}, members("POST", "/token", func(m map[string]any) {
		n, _ := m["created_at"].(json.Number).Int64()
		m["created_at"] = n + 2*24*3600_000
	}), "tok.created-at"},
	{"the secret in a header of the token answer", backend.Config{}, backward(func(x *passage) {
		if x.on("POST", "/token") && form(x).Get("client_secret") != "" {
			x.header.Set("X-Debug", form(x).Get("client_secret"))
		}
	}), "tok.err-no-echo"},
	{"the access token in a header of an API answer", backend.Config{}, backward(func(x *passage) {
		if x.on("GET", "/api/v2/") && bearerOf(x) != "" {
			x.header.Set("X-Debug-Token", bearerOf(x))
		}
	}), "api.no-echo"},
	{"any secret accepted", backend.Config{}, anySecret(func(*passage, map[string]string, string) bool { return true }), "tok.err-client"},
	{"another client's secret accepted", backend.Config{}, anySecret(func(_ *passage, s map[string]string, given string) bool {
		return slices.Contains(slices.Collect(maps.Values(s)), given)
	}), "tok.err-client"},
	{"a token with its last character changed accepted", backend.Config{}, anyToken(func(given string, issued []string) bool {
		return slices.ContainsFunc(issued, func(s string) bool { return len(s) == len(given) && s[:len(s)-1] == given[:len(given)-1] })
	}), "api.bad-token"},
	{"any token accepted", backend.Config{}, anyToken(func(string, []string) bool { return true }), "api.bad-token"},
	{"expired tokens accepted", backend.Config{}, members("POST", "/token", func(m map[string]any) { m["expires_in"] = 6 }), "api.expired"},
	{"403 for a bad token", backend.Config{}, backward(func(x *passage) {
		if x.status == 401 && x.on("GET", "/configuration") {
			x.status = 403
		}
	}), "api.bad-token api.no-token"},
	{"a challenge of another scheme", backend.Config{}, backward(func(x *passage) {
		if x.status == 401 {
			x.header.Set("WWW-Authenticate", `Basic realm="x"`)
		}
	}), "api.challenge-syntax api.401-has-challenge"},
	{"tokens cacheable", backend.Config{}, backward(func(x *passage) {
		if x.on("POST", "/token") && x.good() {
			x.header.Set("Cache-Control", "max-age=3600")
			x.header.Del("Pragma")
		}
	}), "tok.no-store"},
	{"a superseded code that still logs in", backend.Config{}, lastingCodes, "session.superseded"},
	{"Location missing", backend.Config{}, backward(func(x *passage) {
		if x.status == 302 {
			x.header.Del("Location")
		}
	}), "authenticate.location"},
	{"one decision dropped", backend.Config{}, members("POST", "/decisions/preauthorize", func(m map[string]any) {
		if l, _ := m["decisions"].([]any); len(l) > 1 {
			m["decisions"] = l[1:]
		}
	}), "decision.asked"},
	{"a decision nobody asked for", backend.Config{}, members("POST", "/decisions/", func(m map[string]any) {
		if l, _ := m["decisions"].([]any); len(l) > 0 {
			more := maps.Clone(l[0].(map[string]any))
			more["resource"] = "unasked"
			m["decisions"] = append(l, more)
		}
	}), "decision.asked"},
	{"a profile that ends before it begins", backend.Config{}, members("GET", "/profiles", func(m map[string]any) {
		inEach(m, "profiles", func(in map[string]any) { in["notBefore"], in["notAfter"] = in["notAfter"], in["notBefore"] })
	}), "profile.life"},
	{"session times in seconds", backend.Config{}, members("POST", "/sessions", func(m map[string]any) { times(m, "notBefore", 1, 1000); times(m, "notAfter", 1, 1000) }), "session.life"},
	{"a session that ends before it begins", backend.Config{}, members("POST", "/sessions", func(m map[string]any) {
		if m["notAfter"] != nil {
			m["notBefore"], m["notAfter"] = m["notAfter"], m["notBefore"]
		}
	}), "session.life"},
	{"a media token that ends before it begins", backend.Config{}, members("POST", "/decisions/authorize", func(m map[string]any) {
		inList(m, "decisions", func(in map[string]any) {
			if tok, ok := in["token"].(map[string]any); ok {
				tok["notBefore"], tok["notAfter"] = tok["notAfter"], tok["notBefore"]
			}
		})
	}), "decision.token-life"},
	{"profile times as strings", backend.Config{}, members("GET", "/profiles", func(m map[string]any) {
		inEach(m, "profiles", func(in map[string]any) { in["notAfter"] = fmt.Sprint(in["notAfter"]) })
	}), "profile.notafter-type v2.profiles.list.profiles.each.not-after"},
	{"logout without effect", backend.Config{}, lastingProfiles, "logout.removes-profile"},
	{"an unknown code gets an empty answer", backend.Config{}, backward(func(x *passage) {
		if x.on("GET", "/profiles/code/") && x.status == 400 {
			x.answer(200, `{"profiles":{}}`)
		}
	}), "err.code.invalid-parameter-code session.superseded session.expired"},
	{"retry for every action", backend.Config{}, backward(func(x *passage) {
		if x.status == 400 {
			x.edit(func(m map[string]any) {
				if m["action"] != nil {
					m["action"] = "retry"
				}
			})
		}
	}), "err.wrong-action"},
	{"codes in upper case", backend.Config{}, backward(func(x *passage) {
		x.edit(func(m map[string]any) {
			if s, ok := m["code"].(string); ok && x.status >= 400 {
				m["code"] = strings.ToUpper(s)
			}
		})
	}), "err.unknown-code"},
	{"an error with 200", backend.Config{}, backward(func(x *passage) {
		if x.status == 400 && strings.Contains(x.r.URL.Path, "/api/v2/") {
			x.status = 200
		}
	}), "err.http-status"},
	{"userID as plain text", backend.Config{}, members("GET", "/profiles", func(m map[string]any) {
		inEach(m, "profiles", func(in map[string]any) {
			if a, ok := in["attributes"].(map[string]any); ok {
				a["userID"] = "viewer"
			}
		})
	}), "v2.profiles.list.profiles.each.attributes.user-id"},
	{"mvpds as a map", backend.Config{}, members("GET", "/configuration", func(m map[string]any) {
		m["requestor"].(map[string]any)["mvpds"] = map[string]any{}
	}), "v2.configuration.requestor.mvpds"},
	{"a burst of 5", offThrottle, throttling(byDevice, rated(1, 5), nil), "thr.burst"},
	{"a burst of 20", offThrottle, throttling(byDevice, rated(1, 20), nil), "thr.burst"},
	{"a limit for each path", offThrottle, throttling(byPath, rated(1, 10), nil), "thr.scope"},
	{"two requests a second", offThrottle, throttling(byDevice, rated(2, 10), nil), "thr.rate"},
	{"refusals that prolong", offThrottle, throttling(byDevice, func() throttle.Model {
		return &sulking{Model: throttle.NewBucket(throttle.DocumentedLimits), hold: 2 * time.Second}
	}, nil), "thr.rejected-free"},
	{"a pause of two seconds after a refusal", offThrottle, throttling(byDevice, func() throttle.Model {
		return throttle.NewPenalty(throttle.NewBucket(throttle.DocumentedLimits), 2*time.Second)
	}, nil), "thr.min-wait"},
	{"one limit for everybody", offThrottle, throttling(byNothing, rated(1, 10), nil), "thr.key-isolation"},
	{"503 for 429", offThrottle, throttling(byDevice, rated(1, 10), func(x *passage) { x.status = 503 }), "thr.status"},
	{"a Retry-After of half seconds", offThrottle, throttling(byDevice, rated(1, 10), func(x *passage) { x.header.Set("Retry-After", "1.5") }), "thr.retry-after-syntax"},
	{"a window of eleven seconds", offThrottle, throttling(byDevice, func() throttle.Model { return &fixedWindow{n: 11, length: 11 * time.Second} }, nil), "thr.min-wait thr.timetable thr.rate"},
}

// atOnce is how many cases run at a time. They wait for refills and for the ends
// of tokens most of the time: the number of processors is no bound.
const atOnce = 24

// TestAProxyInBetweenIsFoundOut meddles with real traffic, as an integrator's
// gateway might. It takes as long as its longest case, four and a half minutes:
// a limit that everybody shares leaves a request a second to the whole suite.
func TestAProxyInBetweenIsFoundOut(t *testing.T) {
	if os.Getenv("DCRBENCH_SLOW") == "" {
		t.Skip("it takes minutes; set DCRBENCH_SLOW to run it")
	}
	cases := slices.Clone(meddlings)
	slices.SortStableFunc(cases, func(a, b meddled) int { return strings.Compare(b.want, a.want) }) // throttles first, they take longest
	room := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for _, tt := range cases {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			t.Run(tt.name, tt.test)
		})
	}
	all.Wait()
}

func (tt *meddled) test(t *testing.T) {
	report := proxied(t, tt.cfg, tt.m())
	wanted := strings.Fields(tt.want)
	reds := red(report)
	if !slices.ContainsFunc(wanted, func(id string) bool { return slices.Contains(reds, id) }) {
		t.Errorf("got %v red, want %s", reds, tt.want)
	}
	for i := range report.Results {
		r := &report.Results[i]
		switch {
		case r.Verdict == check.Error:
			t.Errorf("%s: %s", r.Check.ID, r.Message)
		case slices.Contains(reds, r.Check.ID):
			t.Logf("%s: %s", r.Check.ID, r.Message)
		case slices.Contains(wanted, r.Check.ID):
			t.Logf("%s is %s: %s", r.Check.ID, r.Verdict, r.Message)
		}
	}
}

// proxied runs the whole suite through a meddling proxy, in real time.
func proxied(t *testing.T, cfg backend.Config, m meddler) check.Report {
	t.Helper()
	sim, err := server.Start(t.Context(), server.Options{Backend: cfg})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close(context.Background()) })
	front := httptest.NewServer(meddling(sim.URL(), m))
	t.Cleanup(front.Close)
	base, err := url.Parse(front.URL)
	if err != nil {
		t.Fatal(err)
	}
	client, err := wire.New(base, wire.Options{Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	var all spec.Selection
	checks, err := all.Pick()
	if err != nil {
		t.Fatal(err)
	}
	suite := check.NewSuite(check.Kit{
		Statement: sim.SoftwareStatement(), Foreign: testKeys().Foreign(), Reserved: Reserved(),
		ServiceProvider: "DCRBENCH", Patience: 30 * time.Second, Loopback: true,
	}, checks)
	l := Live{Client: client}
	stats := l.Run(t.Context(), suite)
	return check.Judge(suite.Results(), check.Gate{Answered: stats.Answered > 0})
}
