package reports

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

// shapes are the documents of the golden files, by name.
var shapes = map[string]func() (*result.Document, result.Gate){
	"clean": clean, "old-apps": oldApps, "transport-errors": transportErrors,
	"interrupted": interrupted, "unreliable": unreliable, "empty": empty,
}

func base() *result.Document {
	return &result.Document{
		Schema: result.Schema, Kind: result.KindRun,
		Tool:   result.Tool{Version: "v0.0.0", Commit: "0000000", Go: "go1.26"},
		Target: result.Target{URL: "http://127.0.0.1:18080", Simulator: true, HTTPVersion: "1.1"},
		Seed:   1, Started: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Ended: time.Date(2026, 3, 1, 12, 0, 30, 0, time.UTC),
	}
}

func latency(p50 int64) result.Distribution {
	return result.Distribution{Min: p50 / 2, P50: p50, P90: 2 * p50, P99: 5 * p50, P999: 9 * p50, Max: 11*p50 + 3, Mean: p50 + p50/8}
}

func endpoint(name, method, path string, status map[string]uint64, p50 int64) result.Endpoint {
	e := result.Endpoint{Endpoint: name, Method: method, Path: path, Status: status, LatencyUS: latency(p50), WireUS: latency(p50 - 20)}
	for _, n := range status {
		e.Requests += n
	}
	e.BytesSent, e.BytesReceived = int64(e.Requests)*400, int64(e.Requests)*900
	return e
}

func perToken(calls, tokens float64) *float64 {
	f := calls / tokens
	return &f
}

func clean() (*result.Document, result.Gate) {
	doc := base()
	doc.Fleet = result.Fleet{Name: "well-behaved", Devices: 40, Profiles: []result.FleetProfile{
		{Name: "apple-tv", Platform: "tvOS", Devices: 40, ForwardsAddress: true, DevicesPerAddress: 1},
	}}
	doc.Endpoints = []result.Endpoint{
		endpoint("register", "POST", "/o/client/register", map[string]uint64{"201": 40}, 900),
		endpoint("token", "POST", "/o/client/token", map[string]uint64{"201": 40}, 700),
		endpoint("profiles.list", "GET", "/api/v2/{serviceProvider}/profiles", map[string]uint64{"200": 1120}, 400),
	}
	doc.TokenReuse = result.TokenReuse{Registrations: 40, TokensIssued: 40, Calls: 1120, CallsPerToken: perToken(1120, 40)}
	doc.Compliance = result.Compliance{Exchanges: 1200, Evaluations: 21000}
	doc.Profiles = []result.Profile{{
		Name: "apple-tv", Platform: "tvOS", Devices: 40, ShareOfDevices: 1, Requests: 1200, Endpoints: doc.Endpoints,
		TokenReuse: doc.TokenReuse, Compliance: doc.Compliance,
	}}
	doc.Timeline = timeline(1, 30, "register", "token", "profiles.list")
	doc.Load = result.Load{
		Scheduled: 40, Sent: 1200, Completed: 1200, InFlightMax: 4, DurationS: 30, RequestsPerSecond: 40,
		LatenessUS: result.Quantiles{P50: 90, P99: 1400, Max: 2600},
	}
	t, _ := result.ParseThreshold("endpoints.token.latency_us.p99<500ms", []string{"apple-tv"})
	return doc, result.Gate{Thresholds: []result.Threshold{t}}
}

func oldApps() (*result.Document, result.Gate) {
	doc := base()
	first := 2.31
	doc.Fleet = result.Fleet{Name: "living-room", Devices: 300, Profiles: []result.FleetProfile{
		{Name: "apple-tv", Platform: "tvOS", Devices: 180, ForwardsAddress: true, DevicesPerAddress: 1},
		{Name: "second-screen", Platform: "Chrome", Devices: 91, ForwardsAddress: true, DevicesPerAddress: 3},
		{Name: "roku-v4", Platform: "Roku", Devices: 29, ForwardsAddress: true, DevicesPerAddress: 1},
	}}
	register := endpoint("register", "POST", "/o/client/register", map[string]uint64{"201": 358, "429": 121}, 900)
	token := endpoint("token", "POST", "/o/client/token", map[string]uint64{"201": 561, "429": 242, "400": 3}, 700)
	profiles := endpoint("profiles.list", "GET", "/api/v2/{serviceProvider}/profiles", map[string]uint64{"200": 9122, "429": 1377, "401": 12, "404": 1, "503": 2}, 400)
	profiles.Errors = map[string]uint64{"timeout": 4, "reset": 1}
	profiles.Requests += 5
	authorize := endpoint("decisions.authorize", "POST", "/api/v2/{serviceProvider}/decisions/authorize/{mvpd}", map[string]uint64{"200": 3011, "403": 14}, 1900)
	doc.Endpoints = []result.Endpoint{register, token, profiles, authorize}
	doc.Throttling = result.Throttling{
		Responses: 1740, Ratio: 1740.0 / 14824, Devices: 47, FirstAtS: &first, Predicted: 1731, SelfInflicted: 1290, RetriedEarly: 1402,
		RecoveryMS: result.Quantiles{P50: 1004, P99: 4210, Max: 9730}, RetryAfter: result.RetryAfter{Absent: 1740},
	}
	doc.TokenReuse = result.TokenReuse{
		Registrations: 358, ReRegistrations: 58, ReRegistrationsUnjustified: 58, TokensIssued: 561, Calls: 13544,
		CallsPerToken: perToken(13544, 561), RedundantTokenRequests: 503, Refreshes: result.Refreshes{Expired: 2, After401: 9}, ExpiredTokenUses: 12,
	}
	doc.Compliance = result.Compliance{
		Exchanges: 14824, Evaluations: 240112, Failures: 14, Warnings: 3, Findings: []result.Finding{
			{ID: "contract.error-action", Level: "must", Endpoint: "decisions.authorize", Detail: "authenticated_profile_missing", Count: 14, Refs: []string{"A-39"},
				Message: "the enhanced error code comes with another action than listed: authenticated_profile_missing (want authentication, got none)", SampleExchange: 812,
				Profiles: map[string]uint64{"apple-tv": 14}},
			{ID: "contract.status", Level: "should", Endpoint: "profiles.list", Detail: "503", Count: 2, Refs: []string{"A-50"},
				Message: "the HTTP status is not documented for this operation: 503", SampleExchange: 9001, Profiles: map[string]uint64{"apple-tv": 2}},
			{ID: "contract.status", Level: "should", Endpoint: "profiles.list", Detail: "404", Count: 1, Refs: []string{"A-50"},
				Message: "the HTTP status is not documented for this operation: 404", SampleExchange: 77, Profiles: map[string]uint64{"roku-v4": 1}},
		},
	}
	doc.Profiles = []result.Profile{
		{Name: "apple-tv", Platform: "tvOS", Devices: 180, ShareOfDevices: 0.6, Requests: 8721,
			TokenReuse: result.TokenReuse{Registrations: 180, TokensIssued: 181, Calls: 8360, CallsPerToken: perToken(8360, 181), Refreshes: result.Refreshes{Expired: 1}}},
		{Name: "second-screen", Platform: "Chrome", Devices: 91, ShareOfDevices: 91.0 / 300, Requests: 3102,
			Throttling: result.Throttling{Responses: 383, Devices: 18, Predicted: 380},
			TokenReuse: result.TokenReuse{Registrations: 91, TokensIssued: 92, Calls: 2919, CallsPerToken: perToken(2919, 92), Refreshes: result.Refreshes{Expired: 1}}},
		{Name: "roku-v4", Platform: "Roku", Devices: 29, ShareOfDevices: 29.0 / 300, Requests: 3006,
			Throttling: result.Throttling{Responses: 1357, Devices: 29, Predicted: 1351, SelfInflicted: 1290, RetriedEarly: 1402},
			TokenReuse: result.TokenReuse{Registrations: 87, ReRegistrations: 58, ReRegistrationsUnjustified: 58, TokensIssued: 288, Calls: 2265,
				CallsPerToken: perToken(2265, 288), RedundantTokenRequests: 503, ExpiredTokenUses: 12}},
	}
	doc.Timeline = timeline(1, 30, "register", "token", "profiles.list", "decisions.authorize")
	doc.Load = result.Load{
		Launch: "constant:30", Scheduled: 300, Sent: 14829, Completed: 14824, Errors: 5, InFlightMax: 61, DurationS: 30.02, RequestsPerSecond: 494,
		LatenessUS: result.Quantiles{P50: 110, P99: 14100, Max: 22600},
	}
	doc.Profiles[2].Obligations = []result.Obligation{
		{Rule: "DCR-04", Level: "mandatory", Verdict: "broken", Devices: 29, Count: 503, Occasions: 700, Check: "full", Title: "Reuse the access token.", Cost: "503 token requests"},
		{Rule: "POL-03", Level: "recommended", Verdict: "broken", Devices: 2, Count: 3, Occasions: 9, Check: "full", Title: "Poll no faster than told."},
		{Rule: "ERR-04", Level: "mandatory", Verdict: "broken", Devices: 1, Count: 1, Occasions: 1, Check: "partial", Title: "Show the error."},
		{Rule: "DCR-02", Level: "mandatory", Verdict: "kept", Devices: 29, Occasions: 29, Check: "full", Title: "Register once."},
	}
	doc.Release = &result.Release{Build: "roku 4.2", RuleSet: "adobe-doc", CatalogueVersion: "0123456789ab", CatalogueChecks: 60}
	names := []string{"apple-tv", "second-screen", "roku-v4"}
	var gate result.Gate
	for _, e := range []string{"throttling.ratio<1%", "endpoints.profiles.list.latency_us.p99<50ms", "profiles.roku-v4.token_reuse.calls_per_token>20", "endpoints.logout.latency_us.p99<1s"} {
		t, err := result.ParseThreshold(e, names)
		if err != nil {
			panic(err)
		}
		gate.Thresholds = append(gate.Thresholds, t)
	}
	return doc, gate
}

func transportErrors() (*result.Document, result.Gate) {
	doc := base()
	doc.Target = result.Target{URL: "https://sp.example.test", TLS: true}
	doc.Fleet = result.Fleet{Name: "well-behaved", Devices: 12, Profiles: []result.FleetProfile{
		{Name: "apple-tv", Platform: "tvOS", Devices: 12, ForwardsAddress: true, DevicesPerAddress: 1},
	}}
	doc.Endpoints = []result.Endpoint{{
		Endpoint: "register", Method: "POST", Path: "/o/client/register", Requests: 31, Errors: map[string]uint64{"connect": 30, "tls": 1},
	}}
	doc.Profiles = []result.Profile{{Name: "apple-tv", Platform: "tvOS", Devices: 12, ShareOfDevices: 1, Requests: 31, Endpoints: doc.Endpoints}}
	doc.Load = result.Load{Scheduled: 12, Sent: 31, Errors: 31, InFlightMax: 2, DurationS: 5, RequestsPerSecond: 6.2, LatenessUS: result.Quantiles{P50: 80, P99: 900, Max: 900}}
	return doc, result.Gate{}
}

func interrupted() (*result.Document, result.Gate) {
	doc, _ := clean()
	doc.Interrupted = true
	doc.Load.WarmUpExcluded = 80
	return doc, result.Gate{}
}

func unreliable() (*result.Document, result.Gate) {
	doc, gate := clean()
	doc.Load.LatenessUS = result.Quantiles{P50: 41000, P99: 812000, Max: 1900000}
	doc.Load.Dropped = 7
	return doc, gate
}

func empty() (*result.Document, result.Gate) { return base(), result.Gate{} }
