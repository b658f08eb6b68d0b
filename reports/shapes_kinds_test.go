package reports

import (
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

// kinds are the documents of the golden files that are no runs, by name; they are
// finished already.
var kinds = map[string]func() *result.Document{
	"check": checked, "plan": plannedDay, "audit": audited,
}

// documents are all documents of the golden files, finished.
func documents() map[string]*result.Document {
	all := map[string]*result.Document{}
	for name, build := range shapes {
		doc, gate := build()
		result.Finish(doc, gate)
		all[name] = doc
	}
	for name, build := range kinds {
		all[name] = build()
	}
	return all
}

// timeline is a made-up traffic of some endpoints over some steps.
func timeline(interval float64, steps int, endpoints ...string) result.Timeline {
	t := result.Timeline{IntervalS: interval}
	for e, name := range endpoints {
		s := result.Series{Endpoint: name}
		for i := range steps {
			ok := uint64((i*7+e*3)%11 + 5)
			throttled := uint64(0)
			if i > steps/2 && e > 0 {
				throttled = uint64(i % 4)
			}
			failed := uint64(0)
			if i%13 == 12 {
				failed = 1
			}
			s.OK, s.Throttled, s.Failed = append(s.OK, ok), append(s.Throttled, throttled), append(s.Failed, failed)
			s.Requests = append(s.Requests, ok+throttled+failed)
			s.P99US = append(s.P99US, int64(900+200*e+50*(i%9)))
			// A plan, with its long steps, has no other percentiles.
			if interval < 60 {
				s.P50US, s.P90US = append(s.P50US, int64(400+50*e)), append(s.P90US, int64(600+100*e+20*(i%9)))
			}
		}
		t.Series = append(t.Series, s)
	}
	return t
}

// checked is a check with every verdict, an accepted failure and a stale
// expectation; one message tries to break out of every format.
func checked() *result.Document {
	doc := base()
	doc.Kind, doc.Fleet, doc.Seed = result.KindCheck, result.Fleet{}, 0
	doc.Target = result.Target{URL: "https://sp.example.test", TLS: true, HTTPVersion: "2"}
	doc.Load = result.Load{Sent: 412, Completed: 411, Errors: 1}
	doc.Notes = []string{"Throttle: a bucket refilled evenly, 1 request a second, burst 10, key: the address in X-Forwarded-For"}
	doc.Verdict = result.Verdict{Status: result.StatusFailed, ExitCode: 1, Reasons: []string{"nonconformant", "2 binding requirements failed", `the expectation "tok.*" is unused`, "1 binding requirement could not be checked"}}
	add := func(id, group, title, level, verdict, message string, expected bool, exchanges ...uint64) {
		doc.Checks = append(doc.Checks, result.Check{
			ID: id, Group: group, Title: title, Level: level, Verdict: verdict, Message: message, Expected: expected, Exchanges: exchanges,
			Refs: []string{"RFC 7591 section 3.2.1", "client credentials API page"},
		})
	}
	add("reg.status-201", "reg", "A registration succeeds with 201.", "DOC", "FAIL", "Expected status 201; came: status 200.", false, 1, 2, 3)
	add("reg.media-type", "reg", "Credentials come as JSON.", "MUST", "FAIL", `Expected JSON; came: <script>alert(1)</script> | & "q" *b* [l](http://x.test) `+"`c` \x00\x1b", false, 4)
	add("reg.no-store", "reg", "Credentials are not stored by caches.", "MUST", "FAIL", "Expected Cache-Control: no-store; came: no Cache-Control.", true, 1)
	add("reg.client-id", "reg", "The answer has a client_id.", "MUST", "PASS", "", false, 1)
	add("reg.tls-only", "reg", "Registration is offered over TLS only.", "MUST", "SKIP", "The target is on this machine: nothing is in between.", false)
	add("tok.no-store", "tok", "A token is not stored by caches.", "SHOULD", "WARN", "Expected Cache-Control: no-store; came: no Cache-Control.", false, 51)
	add("tok.expires-in", "tok", "expires_in is a number of seconds.", "DOC", "BLOCKED", "reg.status-201 failed before it.", false)
	add("tok.expired", "tok", "An expired token is refused.", "DOC", "INCONCLUSIVE", "The token lives longer than --patience.", false)
	add("tok.reuse", "tok", "A second request gets another token.", "MAY", "INFO", "A second request gets another token.", false, 52)
	add("thr.model", "thr", "The throttle is a bucket.", "MAY", "ERROR", "the probe gave up: no answer", false)
	for i := range 30 {
		add(fmt.Sprintf("v2.member-%02d", i), "v2", "The member is there.", "DOC", "PASS", "", false, uint64(100+i))
	}
	doc.Release = &result.Release{
		Build: "living-room 5.2.0 (1234)", RuleSet: "adobe-doc", CatalogueVersion: "0123456789ab", CatalogueChecks: 60,
		NotSelected: []result.NotSelected{{Group: "tok", Checks: 3, Why: "could annoy a server; --allow-intrusive checks it"}},
		Expectations: []result.Expectation{
			{Check: "reg.no-store", Verdict: "FAIL", Reason: "the gateway strips it; ticket 77", Link: "https://tracker.example.test/77", Expires: "2026-06-30", Applied: []string{"reg.no-store"}},
			{Check: "tok.*", Verdict: "FAIL", Reason: "was open in spring", Expires: "2026-06-30", Stale: `the expectation "tok.*" is unused`},
		},
		Evidence: []result.Evidence{{File: "evidence.ndjson", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Bytes: 120345}},
	}
	return doc
}

func plannedDay() *result.Document {
	doc, gate := oldApps()
	doc.Kind, doc.Plan = result.KindPlan, planned().Plan
	doc.Compliance = result.Compliance{}
	for i := range doc.Profiles {
		doc.Profiles[i].Compliance = result.Compliance{}
	}
	doc.Target = result.Target{URL: "virtual time", Simulator: true}
	doc.Load.Launch = "diurnal"
	doc.Timeline = timeline(900, 96, "register", "token", "profiles.list", "decisions.authorize")
	doc.Plan.Refresh = result.PlanRefresh{Requests: 3000, OverS: 60, PeakPerSecond: 31, PeakAtS: 7200, PeakAt: "02:00:00", MeanPerSecond: 1.5, PeakToMean: 20.6, TrafficPeakToMean: 3.2}
	gate.Thresholds = gate.Thresholds[:1]
	result.Finish(doc, gate)
	return doc
}

func audited() *result.Document {
	doc := base()
	doc.Kind, doc.Target, doc.Fleet = result.KindAudit, result.Target{}, result.Fleet{Devices: 1}
	at := func(s int) time.Time { return doc.Started.Add(time.Duration(s) * time.Second) }
	doc.Load = result.Load{Sent: 18, Completed: 18, DurationS: 30}
	doc.Endpoints = []result.Endpoint{
		{Endpoint: "register", Method: "POST", Path: "/o/client/register", Requests: 2, Status: map[string]uint64{"201": 2}},
		{Endpoint: "token", Method: "POST", Path: "/o/client/token", Requests: 16, Status: map[string]uint64{"201": 15, "429": 1}},
	}
	doc.Audit = &result.Audit{
		ToleranceMS: 250, DeviceCount: 1, NotJudged: []string{"DCR-09", "SEC-01"},
		Sources: []result.AuditSource{{Name: "session.har", Creator: "Browser", Entries: 40, Exchanges: 18, FirstExchange: 1, Foreign: 22, Bytes: 91234}},
		Rules: []result.AuditRule{
			{ID: "DCR-03", Level: "mandatory", Check: "full", Title: "Keep the client credentials.", Verdict: "broken", BrokenDevices: 1, Breaches: 12, Occasions: 13, Cost: "a registration each time", Refs: []string{"client credentials page"}},
			{ID: "POL-03", Level: "recommended", Check: "full", Title: "Poll no faster than told.", Verdict: "broken", BrokenDevices: 1, Breaches: 1, Occasions: 4, Refs: []string{"polling page"}},
			{ID: "ERR-04", Level: "mandatory", Check: "partial", Title: "Show the error.", Verdict: "broken", BrokenDevices: 1, Breaches: 1, Occasions: 1},
			{ID: "THR-02", Level: "mandatory", Check: "full", Title: "Wait longer each time.", Verdict: "undecidable", UndecidableDevices: 1},
			{ID: "DCR-07", Level: "mandatory", Check: "full", Title: "Renew the token in time.", Verdict: "not-observed", NotObservedDevices: 1},
			{ID: "DCR-04", Level: "mandatory", Check: "full", Title: "Reuse the access token.", Verdict: "kept", KeptDevices: 1, Occasions: 9},
		},
		Devices: []result.AuditDevice{{Number: 1, Name: "device-info:1f2e3d4c", Requests: 18, First: at(1), Last: at(29), Breaches: 14, Verdicts: map[string]string{"DCR-03": "broken", "DCR-04": "kept"}, Timeline: []result.AuditAct{
			{At: at(1), What: result.ActRegistration, Endpoint: "register", Status: 201, Exchange: 1},
			{At: at(2), What: result.ActToken, Endpoint: "token", Status: 201, Exchange: 2},
			{At: at(2), What: result.ActBreach, Endpoint: "register", Rule: "DCR-03", Exchange: 2},
			{At: at(3), What: result.ActThrottled, Endpoint: "profiles.list", Status: 429, Exchange: 3},
			{At: at(29), What: result.ActCall, Endpoint: "profiles.list", Exchange: 18},
		}}},
	}
	for i := range 12 {
		doc.Audit.Breaches = append(doc.Audit.Breaches, result.AuditBreach{
			Rule: "DCR-03", Device: 1, Exchanges: []uint64{1, uint64(2 + i)}, Times: []time.Time{at(1), at(2 + i)},
			Did: "registered again with live credentials", Should: "keeps its credentials", Costs: "a registration each time",
		})
	}
	result.FinishAudit(doc)
	return doc
}
