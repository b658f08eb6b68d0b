package audit

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

// list is a call for all profiles, the plainest there is.
func list(when float64, token string) step { return call(when, api.OpProfilesList, token) }

const (
	throttledPage = "<html></html>"
	expiredError  = `{"action":"authentication","status":403,"code":"authenticated_profile_expired"}`
	retryError    = `{"action":"retry","status":500,"code":"internal_server_error"}`
	badError      = `{"action":"none","status":400,"code":"invalid_parameter_mvpd"}`
	appError      = `{"action":"application-registration","status":401,"code":"invalid_access_token_client_application"}`
	deniedItem    = `{"resource":"r","authorized":false,"error":{"action":"none","status":403,"code":"authorization_denied_by_mvpd"}}`
	retryItem     = `{"resource":"a","authorized":false,"error":{"action":"retry","status":403,"code":"network_received_error"}}`
	pending       = `{"profiles":{}}`
)

func drop(names ...string) func(*api.HTTPRequest) {
	return func(r *api.HTTPRequest) {
		var kept api.Header
	fields:
		for _, f := range r.Header {
			for _, name := range names {
				if strings.EqualFold(f.Name, name) {
					continue fields
				}
			}
			kept = append(kept, f)
		}
		r.Header = kept
	}
}

func set(name, value string) func(*api.HTTPRequest) {
	return func(r *api.HTTPRequest) {
		drop(name)(r)
		r.Header = append(r.Header, api.Field{Name: name, Value: value})
	}
}

func replace(old, new string) func(*api.HTTPRequest) {
	return func(r *api.HTTPRequest) { r.Body = bytes.ReplaceAll(r.Body, []byte(old), []byte(new)) }
}

// some repeats a step n times, every so many seconds.
func some(n int, every float64, s step) []step {
	steps := make([]step, n)
	for i := range steps {
		steps[i] = s
		steps[i].at += float64(i) * every
	}
	return steps
}

// everywhere changes the requests of all steps.
func everywhere(change func(*api.HTTPRequest), steps []step) []step {
	for i := range steps {
		steps[i] = steps[i].spoiled(change)
	}
	return steps
}

func resources(list ...string) func(*step) { return func(s *step) { s.req.Resources = list } }

func join(parts ...[]step) (all []step) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// occasions has, for each rule, recordings in which it is broken and in which it
// is kept.
var occasions = []struct {
	rule string
	name string
	o    Options
	want Verdict
	do   []step
}{
	{"DCR-01", "a registration without the scope", Options{}, Broken, []step{refused(register(0, "c"), 201, `{"client_id":"c","client_secret":"s","scopes":["x"]}`)}},
	{"DCR-01", "a registration with the scope", Options{}, Kept, start()},
	{"DCR-02", "a second registration", Options{}, Broken, start(list(2, "T"), register(10, "d"), fetch(11, "d", "U", 3600), list(12, "U"))},
	{"DCR-02", "a second registration after invalid_client", Options{}, Kept, start(list(2, "T"),
		refused(fetch(3602, "c", "", 1), 400, `{"error":"invalid_client"}`), register(3604, "d"), fetch(3606, "d", "U", 3600), list(3608, "U"))},
	{"DCR-02", "a start with credentials from before", Options{}, Kept, start(list(2, "T"), list(60, "T").with(func(s *step) { s.restart = true }))},
	{"DCR-02", "a single registration says nothing", Options{}, NotObserved, start(list(2, "T"))},
	{"DCR-03", "a registration after one 401", Options{}, Broken, start(refused(list(2, "T"), 401, ``), register(4, "d"), fetch(6, "d", "U", 3600), list(8, "U"))},
	{"DCR-03", "a registration after a 401 that asks for it", Options{}, Kept, start(refused(list(2, "T"), 401, appError), register(4, "d"), fetch(6, "d", "U", 3600), list(8, "U"))},
	{"DCR-03", "a registration at the end of the token", Options{}, Broken, start(list(2, "T"), register(3700, "d"), fetch(3702, "d", "U", 3600), list(3704, "U"))},
	{"DCR-03", "a token at the end of the token", Options{}, Kept, start(list(2, "T"), fetch(3700, "c", "U", 3600))},
	{"DCR-04", "a token while another lives", Options{}, Broken, start(list(2, "T"), fetch(10, "c", "U", 3600))},
	{"DCR-04", "a token in the early window", Options{}, Kept, start(fetch(3000, "c", "U", 3600))},
	{"DCR-04", "a token a quarter before the end, strictly read", Options{Strict: true}, Broken, start(fetch(3000, "c", "U", 3600))},
	{"DCR-04", "a token after a 401", Options{}, Kept, start(refused(list(2, "T"), 401, ``), fetch(3, "c", "U", 3600))},
	{"DCR-04", "one refresh at a restart", Options{}, Kept, start(list(2, "T"), list(3, "T"), fetch(60, "c", "U", 3600).with(func(s *step) { s.restart = true }))},
	{"DCR-04", "one refresh at a restart, strictly read", Options{Strict: true}, Broken, start(list(2, "T"), fetch(60, "c", "U", 3600).with(func(s *step) { s.restart = true }))},
	{"DCR-05", "a token for each call", Options{}, Broken, start(list(2, "T"), fetch(3, "c", "U", 3600), list(4, "U"), fetch(5, "c", "V", 3600), list(6, "V"),
		fetch(7, "c", "W", 3600), list(8, "W"), fetch(9, "c", "X", 3600))},
	{"DCR-05", "one token for all calls", Options{}, Kept, start(some(5, 2, list(2, "T"))...)},
	{"DCR-06", "a token with another client out of nowhere", Options{}, Broken, start(list(2, "T"), register(9, "d"), fetch(10, "d", "U", 3600), list(11, "U"))},
	{"DCR-06", "two tokens with one client", Options{}, Kept, start(fetch(3700, "c", "U", 3600))},
	{"DCR-07", "a call with a token that has ended", Options{}, Broken, start(list(3700, "T"))},
	{"DCR-07", "a call a moment after the end", Options{}, Kept, start(list(3601.2, "T"))},
	{"DCR-08", "a 401 at the end of the token", Options{}, Broken, start(refused(list(3700, "T"), 401, ``))},
	{"DCR-09", "a repeat with the refused token", Options{}, Broken, start(refused(list(2, "T"), 401, ``), list(4, "T"))},
	{"DCR-09", "a repeat with a new token", Options{}, Kept, start(refused(list(2, "T"), 401, ``), fetch(3, "c", "U", 3600), list(4, "U"))},
	{"DCR-09", "a request that was under way", Options{}, NotObserved, start(refused(list(2, "T"), 401, ``).with(func(s *step) { s.took = 1 }), list(2.5, "T"))},
	{"DCR-10", "a token request with refused credentials", Options{}, Broken, start(
		refused(fetch(3700, "c", "", 1), 400, `{"error":"invalid_client"}`), refused(fetch(3705, "c", "", 1), 400, `{"error":"invalid_client"}`))},
	{"DCR-10", "new credentials", Options{}, Kept, start(list(2, "T"),
		refused(fetch(3700, "c", "", 1), 400, `{"error":"invalid_client"}`), register(3702, "d"), fetch(3704, "d", "U", 3600), list(3706, "U"))},
	{"DCR-11", "two devices with one client", Options{}, Broken, start(list(2, "T"), list(3, "T").with(func(s *step) { s.id = box("two") }))},
	{"DCR-11", "one device", Options{}, Kept, start(list(2, "T"), list(4, "T"))},
	{"DCR-12", "a registration without a statement", Options{}, Broken, []step{register(0, "c").spoiled(replace("software_statement", "statement"))}},
	{"DCR-12", "a registration by GET", Options{}, Broken, []step{register(0, "c").spoiled(func(r *api.HTTPRequest) { r.Method = "GET" })}},
	{"DCR-12", "a registration whose body is not recorded", Options{}, Undecidable, []step{register(0, "c").spoiled(func(r *api.HTTPRequest) { r.Body = nil })}},
	{"DCR-13", "a token request without a secret", Options{}, Broken, start(fetch(3700, "c", "U", 1).spoiled(replace("client_secret", "secret")))},
	{"DCR-13", "a token request by query", Options{}, Kept, []step{fetch(0, "c", "U", 3600).spoiled(toQuery)}},
	{"DCR-13", "a token request by query, strictly read", Options{Strict: true}, Broken, []step{fetch(0, "c", "U", 3600).spoiled(toQuery)}},
	{"DCR-14", "another grant type", Options{}, Broken, []step{fetch(0, "c", "U", 1).spoiled(replace("client_credentials", "password"))}},
	{"DCR-15", "a registration without X-Device-Info", Options{}, Broken, []step{register(0, "c").spoiled(drop("X-Device-Info"))}},
	{"DCR-15", "a browser without X-Device-Info", Options{}, NotObserved, []step{register(0, "c").with(func(s *step) {
		s.id = api.Identity{UserAgent: "Mozilla/5.0"}
	})}},
	{"DCR-16", "credentials twice", Options{}, Broken, []step{fetch(0, "c", "U", 1).spoiled(set("Authorization", "Basic YTpi"))}},
	{"DCR-16", "a parameter twice", Options{}, Broken, []step{fetch(0, "c", "U", 1).spoiled(func(r *api.HTTPRequest) { r.Body = append(r.Body, "&client_id=c"...) })}},
	{"DCR-16", "credentials once", Options{}, Kept, start()},
	{"DCR-17", "another statement", Options{}, Broken, start(list(2, "T"), register(5, "d").with(func(s *step) { s.req.SoftwareStatement = "d.e.f" }), fetch(6, "d", "U", 3600), list(7, "U"))},
	{"DCR-19", "a registration at a restart", Options{}, Broken, start(list(2, "T"), register(60, "d").with(func(s *step) { s.restart = true }), fetch(61, "d", "U", 3600), list(62, "U"))},
	{"DCR-19", "a call at a restart", Options{}, Kept, start(list(2, "T"), list(60, "T").with(func(s *step) { s.restart = true }))},
	{"DCR-20", "decisions right after new credentials", Options{}, Broken, start(list(2, "T"), register(5, "d"), fetch(6, "d", "U", 3600), call(7, api.OpAuthorize, "U"))},
	{"DCR-20", "a login after new credentials", Options{}, Kept, start(list(2, "T"), register(5, "d"), fetch(6, "d", "U", 3600), call(7, api.OpSessionsCreate, "U"), call(8, api.OpAuthorize, "U"))},
	{"DCR-22", "a token with another scheme", Options{}, Broken, start(list(2, "T"), list(3, "T").spoiled(set("Authorization", "Token T")))},

	{"THR-01", "a repeat after 300 ms", Options{}, Broken, start(refused(list(2, "T"), 429, throttledPage), list(2.32, "T"))},
	{"THR-01", "a repeat after 800 ms, within the tolerance", Options{}, Kept, start(refused(list(2, "T"), 429, throttledPage), list(2.82, "T"))},
	{"THR-01", "another path after 300 ms", Options{}, NotObserved, start(refused(list(2, "T"), 429, throttledPage), call(2.32, api.OpConfiguration, "T"))},
	{"THR-01", "another path after 300 ms, strictly read", Options{Strict: true}, Broken, start(refused(list(2, "T"), 429, throttledPage), call(2.32, api.OpConfiguration, "T"))},
	{"THR-01", "a request that was under way", Options{}, NotObserved, start(refused(list(2, "T"), 429, throttledPage).with(func(s *step) { s.took = 0.5 }), list(2.3, "T"))},
	{"THR-01", "another address", Options{}, NotObserved, start(refused(list(2, "T"), 429, throttledPage), list(2.3, "T").spoiled(set("X-Forwarded-For", "192.0.2.7")))},
	{"THR-01", "a registration that may be another device's of the server", Options{ServerSide: true}, Undecidable, []step{refused(register(0, "c"), 429, throttledPage), register(0.3, "c"), fetch(2, "c", "T", 3600), list(3, "T")}},
	{"THR-01", "a registration of the same device by the server", Options{ServerSide: true}, Broken, named([]step{refused(register(0, "c"), 429, throttledPage), register(0.3, "c"), fetch(2, "c", "T", 3600), list(3, "T")})},
	{"THR-02", "a token as a reaction", Options{}, Broken, start(refused(list(2, "T"), 429, throttledPage), fetch(3.2, "c", "U", 3600))},
	{"THR-02", "the same again later", Options{}, Kept, start(refused(list(2, "T"), 429, throttledPage), list(4, "T"))},
	{"THR-03", "a burst of twelve that draws a 429", Options{}, Broken, start(join(some(11, 0.02, list(1.1, "T")), []step{refused(list(1.6, "T"), 429, throttledPage)})...)},
	{"THR-03", "a 429 that a neighbour caused", Options{}, NotObserved, start(refused(list(2, "T"), 429, throttledPage))},
	{"THR-04", "a server without X-Forwarded-For", Options{ServerSide: true}, Broken, start(list(2, "T"))},
	{"THR-04", "a server with X-Forwarded-For", Options{ServerSide: true}, Kept, []step{list(2, "T").spoiled(set("X-Forwarded-For", "203.0.113.7"))}},
	{"THR-04", "a device without X-Forwarded-For", Options{}, NotObserved, start(list(2, "T"))},
	{"THR-05", "a private address", Options{ServerSide: true}, Broken, start(list(2, "T").spoiled(set("X-Forwarded-For", "10.0.0.7")))},

	{"CFG-01", "the list of providers for a viewer who has one", Options{}, Broken, start(list(2, "T"), call(4, api.OpConfiguration, "T"))},
	{"CFG-03", "the configuration twice in a minute", Options{}, Broken, start(call(2, api.OpConfiguration, "T"), call(62, api.OpConfiguration, "T"), list(63, "T"))},
	{"CFG-03", "the configuration after two and a half minutes", Options{}, Kept, start(call(2, api.OpConfiguration, "T"), call(152, api.OpConfiguration, "T"), list(153, "T"))},
	{"CFG-03", "twice in a minute, with a logout and a start between", Options{}, Undecidable, start(call(2, api.OpConfiguration, "T"), call(10, api.OpLogout, "T"), list(20, "T"), call(62, api.OpConfiguration, "T"), list(63, "T"))},
	{"CFG-03", "twice in a minute, with a look for profiles between", Options{}, Broken, start(call(2, api.OpConfiguration, "T"), list(20, "T"), call(62, api.OpConfiguration, "T"), list(63, "T"))},
	{"CFG-03", "the same, strictly read", Options{Strict: true}, Broken, start(call(2, api.OpConfiguration, "T"), call(152, api.OpConfiguration, "T"), list(153, "T"))},
	{"CFG-04", "a server that fetches for each visitor", Options{ServerSide: true}, Broken, start(call(2, api.OpConfiguration, "T"), list(3, "T"), call(40, api.OpConfiguration, "T"))},
	{"CFG-05", "a provider of its own", Options{}, Broken, start(call(2, api.OpConfiguration, "T"), call(4, api.OpAuthorize, "T").with(func(s *step) { s.req.MVPD = "X" }))},
	{"CFG-05", "a listed provider", Options{}, Kept, start(call(2, api.OpConfiguration, "T"), call(4, api.OpAuthorize, "T"))},

	{"AUT-01", "parameters in two calls", Options{}, Broken, start(
		refused(call(2, api.OpSessionsCreate, "T"), 200, sessionBody("resume", "C")).with(func(s *step) { s.req.MVPD = "" }), call(4, api.OpSessionsResume, "T"))},
	{"AUT-01", "all parameters at once", Options{}, Kept, start(call(2, api.OpSessionsCreate, "T"), list(5, "T"))},
	{"AUT-02", "another login in spite of authorize", Options{}, Broken, start(refused(call(2, api.OpSessionsCreate, "T"), 200, `{"actionName":"authorize"}`), call(4, api.OpSessionsCreate, "T"))},
	{"AUT-02", "decisions after authorize", Options{}, Kept, start(refused(call(2, api.OpSessionsCreate, "T"), 200, `{"actionName":"authorize"}`), call(4, api.OpAuthorize, "T"))},
	{"AUT-03", "a login with a live profile", Options{}, Broken, start(list(2, "T"), call(4, api.OpSessionsCreate, "T"))},
	{"AUT-06", "a return address that is encoded twice", Options{}, Broken, start(call(2, api.OpSessionsCreate, "T").spoiled(replace("%3A", "%253A")))},
	{"AUT-06", "a return address that is not encoded", Options{}, Broken, start(call(2, api.OpSessionsCreate, "T").spoiled(replace("https%3A%2F%2F", "https://")))},
	{"AUT-07", "profiles again and again", Options{}, Broken, start(some(5, 3, call(2, api.OpProfilesMVPD, "T"))...)},
	{"AUT-08", "a repeat of what asked for a login", Options{}, Broken, start(refused(call(2, api.OpAuthorize, "T"), 403, expiredError), call(4, api.OpAuthorize, "T"))},
	{"AUT-08", "a login", Options{}, Kept, start(refused(call(2, api.OpAuthorize, "T"), 403, expiredError), call(4, api.OpSessionsCreate, "T"))},
	{"AUT-09", "all profiles at a return", Options{}, Broken, start(list(2, "T"), list(60, "T").with(func(s *step) { s.restart = true }))},
	{"AUT-10", "a partner response twice", Options{}, Broken, start(partner(2), partner(4), list(6, "T"))},
	{"AUT-10", "a partner response once", Options{}, Kept, start(partner(2), list(6, "T"))},
	{"AUT-11", "an older API with the same token", Options{}, Broken, start(list(2, "T"), list(4, "T").spoiled(func(r *api.HTTPRequest) { r.Target = "/api/v1/tokens/authn" }))},

	{"POL-01", "polls before the login page", Options{}, Broken, start(call(2, api.OpSessionsCreate, "T"), poll(3, pending), call(5, api.OpAuthenticate, ""))},
	{"POL-01", "polls after the login page", Options{}, Kept, start(call(2, api.OpSessionsCreate, "T"), call(3, api.OpAuthenticate, ""), poll(5, pending))},
	{"POL-02", "polls that begin late", Options{}, Broken, start(codeShown(2), poll(40, pending))},
	{"POL-02", "polls that begin at once", Options{}, Kept, start(codeShown(2), poll(4, pending))},
	{"POL-03", "a poll every second", Options{}, Broken, start(call(2, api.OpSessionsCreate, "T"), poll(5, pending), poll(6, pending))},
	{"POL-03", "a poll every three seconds", Options{}, Kept, start(call(2, api.OpSessionsCreate, "T"), poll(5, pending), poll(8, pending))},
	{"POL-03", "a repeat of a refused poll", Options{}, NotObserved, start(call(2, api.OpSessionsCreate, "T"), refused(poll(5, ""), 429, throttledPage), poll(6.5, pending))},
	{"POL-04", "a poll after the profile", Options{}, Broken, start(call(2, api.OpSessionsCreate, "T"), call(5, api.OpProfilesCode, "T"), poll(9, pending))},
	{"POL-04", "no poll after the profile", Options{}, Kept, start(call(2, api.OpSessionsCreate, "T"), call(5, api.OpProfilesCode, "T"), call(9, api.OpAuthorize, "T"))},
	{"POL-05", "a poll after the end of the code", Options{}, Broken, start(call(2, api.OpSessionsCreate, "T"), poll(5, pending), poll(1900, pending))},
	{"POL-05", "a poll after the code was refused", Options{}, Broken, start(call(2, api.OpSessionsCreate, "T"),
		refused(poll(5, ""), 400, `{"action":"none","status":400,"code":"invalid_authentication_session"}`), poll(9, pending))},
	{"POL-05", "an end with the code", Options{}, Kept, start(call(2, api.OpSessionsCreate, "T"), poll(5, pending), call(1900, api.OpConfiguration, "T"))},
	{"POL-06", "a poll of the older code", Options{}, Broken, start(call(2, api.OpSessionsCreate, "T"), poll(5, pending),
		refused(call(7, api.OpSessionsCreate, "T"), 200, sessionBody("authenticate", "D")), poll(9, pending))},
	{"POL-06", "a poll of the newer code", Options{}, Kept, start(call(2, api.OpSessionsCreate, "T"), poll(5, pending),
		refused(call(7, api.OpSessionsCreate, "T"), 200, sessionBody("authenticate", "D")), poll(9, pending).with(func(s *step) { s.req.Code = "D" }))},
	{"POL-07", "polls without the code", Options{}, Broken, start(join([]step{call(2, api.OpSessionsCreate, "T")}, some(3, 4, refused(list(5, "T"), 200, pending)))...)},

	{"PRE-02", "a failing preauthorization seven times", Options{}, Broken, start(some(7, 5, refused(call(2, api.OpPreauthorize, "T"), 200, decided(deniedItem)))...)},
	{"PRE-02", "the same four times", Options{}, Kept, start(some(4, 5, refused(call(2, api.OpPreauthorize, "T"), 200, decided(deniedItem)))...)},
	{"PRE-03", "what is permitted, again", Options{}, Broken, start(call(2, api.OpPreauthorize, "T"), call(9, api.OpPreauthorize, "T"))},
	{"PRE-03", "the same after a restart", Options{}, NotObserved, start(call(2, api.OpPreauthorize, "T"), call(9, api.OpPreauthorize, "T").with(func(s *step) { s.restart = true }))},
	{"PRE-04", "six resources that are refused", Options{}, Broken, start(refused(call(2, api.OpPreauthorize, "T"), 403, `{"action":"none","status":403,"code":"too_many_resources"}`))},
	{"PRE-04", "six resources that are taken", Options{}, Kept, start(call(2, api.OpPreauthorize, "T").with(resources("a", "b", "c", "d", "e", "f")))},
	{"PRE-04", "six resources, strictly read", Options{Strict: true}, Broken, start(call(2, api.OpPreauthorize, "T").with(resources("a", "b", "c", "d", "e", "f")))},
	{"PRE-05", "a repeat of everything", Options{}, Broken, start(partly(2, "a", "b"), partly(5, "a", "b"))},
	{"PRE-05", "a repeat of what may be repeated", Options{}, Kept, start(partly(2, "a", "b"), partly(5, "a"))},
	{"AUZ-02", "a failing authorization seven times", Options{}, Broken, start(some(7, 5, refused(call(2, api.OpAuthorize, "T"), 500, retryError))...)},
	{"AUZ-06", "two resources, strictly read", Options{Strict: true}, Broken, start(call(2, api.OpAuthorize, "T").with(resources("a", "b")))},
	{"AUZ-07", "a TempPass without a name", Options{}, Broken, start(refused(call(2, api.OpAuthorize, "T"), 400, `{"action":"none","status":400,"code":"invalid_header_identity_for_temporary_access"}`))},
	{"AUZ-07", "a TempPass with a name", Options{}, Kept, start(call(2, api.OpAuthorize, "T").spoiled(set("AP-TempPass-Identity", "YWJj")))},
	{"LGO-03", "a logout after a denial", Options{}, Broken, start(refused(call(2, api.OpAuthorize, "T"), 200, decided(deniedItem)), call(4, api.OpLogout, "T"))},
	{"LGO-03", "something else after a denial", Options{}, Kept, start(refused(call(2, api.OpAuthorize, "T"), 200, decided(deniedItem)), list(4, "T"))},

	{"HDR-01", "a call without a token", Options{}, Broken, start(list(2, "T"), refused(list(3, "T"), 401, ``).spoiled(drop("Authorization")))},
	{"HDR-01", "a token that was taken out of the recording", Options{}, Undecidable, []step{list(3, "T").spoiled(drop("Authorization"))}},
	{"HDR-02", "a call without a device identifier", Options{}, Broken, start(list(2, "T").spoiled(drop("AP-Device-Identifier")))},
	{"HDR-02", "a poll without one, as its page has it", Options{}, NotObserved, start(poll(2, pending))},
	{"HDR-02", "the same, strictly read", Options{Strict: true}, Broken, start(poll(2, pending))},
	{"HDR-03", "a call without X-Device-Info", Options{}, Broken, start(list(2, "T").spoiled(drop("X-Device-Info")))},
	{"HDR-04", "a new identifier", Options{}, Broken, start(list(2, "T"), list(3, "T").with(func(s *step) { s.id = box("two") }))},
	{"HDR-04", "two devices with one client", Options{}, Undecidable, start(list(2, "T"), list(3, "T").with(func(s *step) { s.id = box("two") }), list(4, "T"))},
	{"HDR-05", "a header field of another call", Options{}, Broken, start(call(2, api.OpConfiguration, "T").spoiled(set("AP-TempPass-Identity", "YWJj")))},
	{"HDR-05", "a parameter of its own", Options{}, Broken, start(fetch(3700, "c", "U", 3600).spoiled(func(r *api.HTTPRequest) { r.Body = append(r.Body, "&scope=x"...) }))},
	{"HDR-05", "a TempPass identity on preauthorize, where only the OpenAPI file has it", Options{}, Kept, start(call(2, api.OpPreauthorize, "T").spoiled(set("AP-TempPass-Identity", "YWJj")))},
	{"HDR-05", "a TempPass identity on preauthorize, strictly read", Options{Strict: true}, Broken, start(call(2, api.OpPreauthorize, "T").spoiled(set("AP-TempPass-Identity", "YWJj")))},
	{"HDR-05", "what browsers add", Options{Strict: true}, Kept, start(list(2, "T").spoiled(set("Sec-Fetch-Mode", "cors")))},
	{"HDR-07", "an identifier without its type", Options{}, Broken, start(list(2, "T").spoiled(set("AP-Device-Identifier", "YWJj")))},
	{"HDR-08", "an identifier in clear", Options{}, Broken, start(list(2, "T").spoiled(set("AP-Device-Identifier", api.Fingerprint("serial-1"))))},
	{"HDR-09", "device info that is no JSON", Options{}, Broken, start(list(2, "T").spoiled(set("X-Device-Info", "YWJj")))},
	{"HDR-09", "a model missing, strictly read", Options{Strict: true}, Broken, everywhere(set("X-Device-Info", base64.StdEncoding.EncodeToString([]byte(`{"osName":"Linux"}`))), start(list(2, "T")))},
	{"HDR-09", "the system that Roku's cookbook sends", Options{}, Kept, everywhere(set("X-Device-Info", base64.StdEncoding.EncodeToString([]byte(`{"primaryHardwareType":"TV","model":"Box","version":"1","osName":"Roku","osVersion":"1","connectionType":"wired"}`))), start(list(2, "T")))},
	{"HDR-09", "the system that Roku's cookbook sends, strictly read", Options{Strict: true}, Broken, everywhere(set("X-Device-Info", base64.StdEncoding.EncodeToString([]byte(`{"primaryHardwareType":"TV","model":"Box","version":"1","osName":"Roku","osVersion":"1","connectionType":"wired"}`))), start(list(2, "T")))},
	{"HDR-09", "a system that nobody lists", Options{}, Undecidable, everywhere(set("X-Device-Info", base64.StdEncoding.EncodeToString([]byte(`{"primaryHardwareType":"TV","model":"Box","version":"1","osName":"Abacus","osVersion":"1","connectionType":"wired"}`))), start(list(2, "T")))},
	{"HDR-09", "a model missing", Options{}, Undecidable, everywhere(set("X-Device-Info", base64.StdEncoding.EncodeToString([]byte(`{"osName":"Linux"}`))), start(list(2, "T")))},
	{"HDR-10", "a server without the device's address", Options{ServerSide: true}, Broken, start(list(2, "T"))},
	{"HDR-11", "a partner flow without status", Options{}, Broken, start(partner(2).spoiled(drop("AP-Partner-Framework-Status")))},
	{"HDR-11", "a partner flow with status", Options{}, Kept, start(partner(2))},
	{"HDR-12", "a token of single sign-on that comes and goes", Options{}, Broken, start(list(2, "T").spoiled(set("Adobe-Subject-Token", "x")), list(4, "T"))},
	{"HDR-12", "a token of single sign-on that stays", Options{}, Kept, start(list(2, "T").spoiled(set("Adobe-Subject-Token", "x")), list(4, "T").spoiled(set("Adobe-Subject-Token", "y")))},
	{"HDR-13", "a visitor that comes and goes", Options{}, Broken, start(list(2, "T").spoiled(set("AP-Visitor-Identifier", "x")), list(4, "T"))},
	{"HDR-14", "Accept of HTML alone", Options{}, Broken, start(list(2, "T").spoiled(set("Accept", "text/html")))},
	{"HDR-14", "Accept of anything", Options{}, Kept, start(list(2, "T").spoiled(set("Accept", "text/html, */*;q=0.1")))},
	{"HDR-14", "Accept of anything, strictly read", Options{Strict: true}, Broken, start(list(2, "T").spoiled(set("Accept", "*/*")))},
	{"HDR-15", "a form as JSON", Options{}, Broken, start(call(2, api.OpSessionsCreate, "T").spoiled(set("Content-Type", "application/json")))},
	{"HDR-15", "JSON without a charset", Options{}, Kept, []step{register(0, "c").spoiled(set("Content-Type", "application/json"))}},
	{"HDR-15", "JSON without a charset, strictly read", Options{Strict: true}, Broken, []step{register(0, "c").spoiled(set("Content-Type", "application/json"))}},
	{"HDR-16", "a partner status that has ended", Options{}, Broken, start(partner(2).spoiled(set("AP-Partner-Framework-Status", status("granted", "1000"))))},
	{"HDR-17", "a mail address, tolerantly read", Options{}, Undecidable, start(call(2, api.OpAuthorize, "T").spoiled(set("AP-TempPass-Identity", base64.StdEncoding.EncodeToString([]byte("a@example.com")))))},
	{"HDR-17", "a mail address", Options{Strict: true}, Broken, start(call(2, api.OpAuthorize, "T").spoiled(set("AP-TempPass-Identity", base64.StdEncoding.EncodeToString([]byte("a@example.com")))))},

	{"ERR-01", "a repeat after the action none", Options{}, Broken, start(refused(call(2, api.OpAuthorize, "T"), 400, badError), call(4, api.OpAuthorize, "T"))},
	{"ERR-01", "something else after the action none", Options{}, Kept, start(refused(call(2, api.OpAuthorize, "T"), 400, badError), call(4, api.OpConfiguration, "T"))},
	{"ERR-01", "a repeat with the same token after application-registration", Options{}, Broken, start(refused(list(2, "T"), 401, appError), list(4, "T"))},
	{"ERR-02", "a denial asked for again at once", Options{}, Broken, start(some(2, 3, refused(call(2, api.OpAuthorize, "T"), 200, decided(deniedItem)))...)},
	{"ERR-04", "seven even repeats of a 500", Options{}, Broken, start(some(8, 2, refused(list(2, "T"), 500, retryError))...)},
	{"ERR-04", "seven repeats that slow down", Options{}, Kept, start(backoff(8)...)},
	{"ERR-04", "seven patient repeats of a 429", Options{}, Kept, start(some(8, 2, refused(list(2, "T"), 429, throttledPage))...)},
	{"ERR-04", "repeats of a 500 and of a 429 do not add up", Options{}, Kept, start(append(some(5, 2, refused(list(2, "T"), 429, throttledPage)), some(4, 12, refused(list(2, "T"), 500, retryError))...)...)},
	{"ERR-04", "seven hasty repeats of a 429", Options{}, Broken, start(some(8, 0.3, refused(list(2, "T"), 429, throttledPage))...)},
	{"ERR-04", "seven patient repeats of a 429, strictly read", Options{Strict: true}, Kept, start(some(8, 2, refused(list(2, "T"), 429, throttledPage))...)},
	{"ERR-05", "a repeat of a 400", Options{}, Broken, start(refused(call(2, api.OpAuthorize, "T"), 400, badError), call(4, api.OpAuthorize, "T"))},
	{"ERR-05", "a corrected request", Options{}, Kept, start(refused(call(2, api.OpAuthorize, "T"), 400, badError), call(4, api.OpAuthorize, "T").with(resources("other")))},
	{"ENV-03", "plain HTTP", Options{}, Broken, []step{list(2, "T").with(func(s *step) { s.scheme = "http" })}},
	{"ENV-03", "HTTPS", Options{}, Kept, []step{list(2, "T").with(func(s *step) { s.scheme = "https" })}},
}

func toQuery(r *api.HTTPRequest) {
	r.Target += "?" + string(r.Body)
	r.Body = nil
}

func poll(when float64, body string) step {
	return refused(call(when, api.OpProfilesCode, "T"), 200, body)
}

// codeShown is a session whose code is to be typed on another device.
func codeShown(when float64) step {
	return refused(call(when, api.OpSessionsCreate, "T"), 200, sessionBody("resume", "C")).with(func(s *step) { s.req.MVPD = "" })
}

func status(access, expires string) string {
	return base64.StdEncoding.EncodeToString([]byte(`{"frameworkPermissionInfo":{"accessStatus":"` + access + `"},"frameworkProviderInfo":{"id":"p","expirationDate":"` + expires + `"}}`))
}

func partner(when float64) step {
	return call(when, api.OpSSOProfiles, "T").with(func(s *step) {
		s.status = 201
		s.req.SAMLResponse, s.req.PartnerStatus = "YWJjZA==", status("granted", "9999999999999")
	})
}

// partly is a preauthorization in which a may be repeated.
func partly(when float64, list ...string) step {
	return refused(call(when, api.OpPreauthorize, "T"), 200, decided(retryItem+`,{"resource":"b","authorized":false}`)).with(resources(list...))
}

// backoff is a call that fails n times, each time after twice the wait.
func backoff(n int) (steps []step) {
	when, wait := 2.0, 1.0
	for range n {
		steps = append(steps, refused(list(when, "T"), 500, retryError))
		when, wait = when+wait, wait*2
	}
	return steps
}

func TestEachRuleIsBrokenAndKeptWhereItShould(t *testing.T) {
	red := map[string]bool{}
	for _, tt := range occasions {
		t.Run(tt.rule+" "+tt.name, func(t *testing.T) {
			check(t, heard(tt.o, tt.do...), tt.rule, tt.want)
		})
		red[tt.rule] = red[tt.rule] || tt.want == Broken
	}
	for _, r := range Rules() {
		if r.Judged() && !red[r.ID] && r.ID != "AUT-04" {
			t.Errorf("nothing breaks %s: a rule that was never seen broken is no rule", r.ID)
		}
	}
}

func TestTheTableOfRulesIsWhole(t *testing.T) {
	full := 0
	for i := range rules {
		r := &rules[i]
		if r.ID == "" || r.Title == "" || len(r.Refs) == 0 {
			t.Errorf("rule %d is not whole: %+v", i, r)
		}
		if r.Check == Full {
			full++
			if !r.Judged() {
				t.Errorf("%s is decided by traffic and has no evaluator", r.ID)
			}
		}
		if r.Check == None && r.Judged() {
			t.Errorf("%s is judged although no traffic shows it", r.ID)
		}
		if found, ok := LookupRule(r.ID); !ok || found != r {
			t.Errorf("%s is in the table twice", r.ID)
		}
	}
	if len(rules) != 100 || full != 63 {
		t.Errorf("%d rules, %d of them decided by traffic, want 100 and 63", len(rules), full)
	}
}
