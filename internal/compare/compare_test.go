package compare

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/result"
)

// document is a run of 200 devices against a service whose answers take ms
// milliseconds, give or take a tenth.
func document(ms float64, change ...func(*result.Document)) *result.Document {
	us := func(f float64) int64 { return int64(1000 * ms * f) }
	doc := &result.Document{
		Schema: result.Schema, Kind: result.KindRun, Seed: 1,
		Target: result.Target{URL: "http://127.0.0.1:4000", Simulator: true, HTTPVersion: "1.1"},
		Fleet:  result.Fleet{Name: "living-room", Devices: 200},
	}
	doc.Verdict.Status = result.StatusPassed
	doc.Load = result.Load{Scheduled: 200, DurationS: 10, LatenessUS: result.Quantiles{P50: 500, P99: 2000, Max: 4000}}
	for _, name := range []string{"register", "token", "configuration", "sessions.create", "authenticate", "profiles.list"} {
		w := result.Distribution{Min: us(0.9), P50: us(1), P90: us(1.08), P99: us(1.1), P999: us(1.1), Max: us(1.1), Mean: us(1)}
		doc.Endpoints = append(doc.Endpoints, result.Endpoint{
			Endpoint: name, Requests: 200, Status: map[string]uint64{"200": 190, "429": 10}, Errors: map[string]uint64{}, LatencyUS: w, WireUS: w,
		})
	}
	doc.Load.Sent, doc.Load.Completed = 1200, 1200
	doc.Throttling.Responses, doc.Throttling.Ratio, doc.Throttling.Devices = 60, 0.05, 20
	perToken := 4.0
	doc.TokenReuse = result.TokenReuse{Registrations: 190, TokensIssued: 190, Calls: 760, CallsPerToken: &perToken}
	doc.Compliance.Exchanges, doc.Compliance.Evaluations = 1200, 24000
	for _, c := range change {
		c(doc)
	}
	return doc
}

func runs(name string, docs ...*result.Document) (list []Run) {
	for i, d := range docs {
		list = append(list, Run{Name: fmt.Sprintf("%s-%d", name, i+1), Doc: d})
	}
	return list
}

func mustCompare(t *testing.T, before, after []Run) *Diff {
	t.Helper()
	d, err := Compare(before, after, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func throttled(responses uint64) func(*result.Document) {
	return func(d *result.Document) {
		d.Throttling.Responses, d.Throttling.Ratio = responses, float64(responses)/float64(d.Load.Completed)
	}
}

func finding(id, level string) func(*result.Document) {
	return func(d *result.Document) {
		d.Compliance.Findings = append(d.Compliance.Findings, result.Finding{ID: id, Level: level, Endpoint: "token", Count: 3})
	}
}

func TestOneRunOnEachSideIsJudgedByWhatIsMoreThanChance(t *testing.T) {
	fast := func(f func(*result.Document)) *result.Document { return document(50, f) }
	same := func(*result.Document) {}
	for _, c := range []struct {
		name          string
		before, after *result.Document
		want          Status
		reason        string
	}{
		{"the same run", document(50), document(50), StatusSame, "none worse"},
		{"five percent slower is not much", document(50), document(52.5), StatusSame, "none worse"},
		{"twenty percent slower", document(50), document(60), StatusRegression, "endpoints.*.wire_us.p50 is worse: 50 ms before, 60 ms after (+20 %)"},
		{"twenty percent faster", document(60), document(50), StatusSame, "none worse"},
		{"twenty percent of very little", document(0.2), document(0.24), StatusSame, "none worse"},
		{"twice as many 429s", document(50), fast(throttled(120)), StatusRegression, "throttling.ratio is worse: 5 % before, 10 % after (+100 %)"},
		{"a few more 429s", document(50), fast(throttled(66)), StatusSame, "none worse"},
		{"fewer 429s", fast(throttled(120)), document(50), StatusSame, "none worse"},
		{"a new finding that binds", document(50), fast(finding("contract.x", "must")), StatusRegression, "new finding contract.x (must) on token: 3 times"},
		{"a new remark", document(50), fast(finding("contract.x", "note")), StatusSame, "no new finding"},
		{"a fixed finding", fast(finding("contract.x", "must")), document(50), StatusSame, "none worse"},
		{"answers that fail", document(50), fast(func(d *result.Document) {
			d.Endpoints[2].Status = map[string]uint64{"200": 150, "500": 50}
		}), StatusRegression, "endpoints.configuration.status.500 is worse: 0 before, 50 after"},
		{"calls that share their token less", document(50), fast(func(d *result.Document) {
			d.TokenReuse.TokensIssued = 380
			*d.TokenReuse.CallsPerToken = 2
		}), StatusRegression, "token_reuse.calls_per_token is worse: 4 before, 2 after (-50 %)"},
		{"another fleet", document(50), fast(func(d *result.Document) { d.Fleet.Name = "kick-off" }), StatusIncomparable, "other fleet"},
		{"other devices", document(50), fast(func(d *result.Document) { d.Fleet.Devices = 100 }), StatusIncomparable, "other number of devices"},
		{"another length", document(50), fast(func(d *result.Document) { d.Load.DurationS = 20 }), StatusIncomparable, "other length: 10.0 s"},
		{"interrupted", document(50), fast(func(d *result.Document) { d.Interrupted = true }), StatusIncomparable, "after-1 was interrupted"},
		{"slower and of another fleet", document(50), document(60, func(d *result.Document) { d.Fleet.Name = "kick-off" }), StatusIncomparable, "other fleet"},
		{"a new finding of another fleet", document(50), fast(func(d *result.Document) {
			d.Fleet.Name = "kick-off"
			finding("contract.x", "must")(d)
		}), StatusIncomparable, "other fleet"},
		{"another seed", document(50), fast(func(d *result.Document) { d.Seed = 2 }), StatusSame, "none worse"},
		{"429s of a late generator", document(50), fast(func(d *result.Document) {
			throttled(120)(d)
			d.Load.LatenessUS.P99 = 300_000
		}), StatusSame, "none worse"},
		{"everything slower of a late generator", document(50, same), document(60, func(d *result.Document) { d.Load.LatenessUS.P99 = 300_000 }),
			StatusRegression, "endpoints.*.wire_us.min is worse"},
		{"429s of devices that had credentials before", document(50, func(d *result.Document) { d.Endpoints[0].Requests = 0 }), fast(throttled(120)), StatusSame, "none worse"},
		{"a service that refuses every registration", document(50), fast(func(d *result.Document) {
			d.TokenReuse.Registrations = 0
			d.Endpoints[0].Status = map[string]uint64{"500": 200}
		}), StatusRegression, "endpoints.register.status.500 is worse"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustCompare(t, runs("before", c.before), runs("after", c.after))
			if d.Status != c.want || !strings.Contains(strings.Join(d.Reasons, "\n"), c.reason) {
				t.Errorf("got %s: %v; want %s with %q", d.Status, d.Reasons, c.want, c.reason)
			}
			if want := map[Status]int{StatusSame: 0, StatusRegression: 1, StatusIncomparable: 3}[d.Status]; d.ExitCode != want {
				t.Errorf("exit code %d, want %d", d.ExitCode, want)
			}
			if _, err := json.Marshal(d); err != nil {
				t.Errorf("the comparison has no JSON: %v", err)
			}
		})
	}
}

func TestRepeatedRunsAreTestedOverTheRuns(t *testing.T) {
	side := func(name string, ms ...float64) []Run {
		var docs []*result.Document
		for _, m := range ms {
			docs = append(docs, document(m))
		}
		return runs(name, docs...)
	}
	for _, c := range []struct {
		name          string
		before, after []Run
		want          Status
		test          string
	}{
		{"four slower ones", side("a", 50, 51, 49, 50.5), side("b", 60, 61, 59, 60.5), StatusRegression, testRepeated},
		{"four that overlap", side("a", 50, 70, 40, 60), side("b", 60, 65, 45, 75), StatusSame, testRepeated},
		{"two slower ones", side("a", 50, 51), side("b", 60, 61), StatusRegression, testSpread},
		{"two that overlap", side("a", 50, 61), side("b", 60, 70), StatusSame, testSpread},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustCompare(t, c.before, c.after)
			if d.Status != c.want {
				t.Errorf("got %s: %v; want %s", d.Status, d.Reasons, c.want)
			}
			if f := figureOf(t, d, "endpoints.*.wire_us.p50"); f.Test != c.test || f.P == nil {
				t.Errorf("tested by %q (p %v), want %q", f.Test, f.P, c.test)
			}
		})
	}
}

func figureOf(t *testing.T, d *Diff, name string) Figure {
	t.Helper()
	i := slices.IndexFunc(d.Figures, func(f Figure) bool { return f.Figure == name })
	if i < 0 {
		t.Fatalf("no figure %q", name)
	}
	return d.Figures[i]
}

func TestEveryFigureOfAResultIsCompared(t *testing.T) {
	d := mustCompare(t, runs("a", document(50)), runs("b", document(50)))
	for name := range result.Figures(document(50)) {
		if strings.HasSuffix(name, "first_at_s") {
			continue // there was none on either side
		}
		figureOf(t, d, name)
	}
}

func TestAPlainFigureOfRepeatedRunsIsChangedAndNeverARegression(t *testing.T) {
	var before, after []*result.Document
	for i := range uint64(5) {
		before = append(before, document(50, func(d *result.Document) { d.Endpoints[0].BytesSent = int64(1000 + i) }))
		after = append(after, document(50, func(d *result.Document) { d.Endpoints[0].BytesSent = int64(2000 + i) }))
	}
	d := mustCompare(t, runs("a", before...), runs("b", after...))
	f := figureOf(t, d, "endpoints.register.bytes_sent")
	if f.Verdict != Changed || f.Judged || d.Status != StatusSame {
		t.Errorf("got %+v and %s", f, d.Status)
	}
}

func TestResultsOfDifferentKindsHaveNothingToCompare(t *testing.T) {
	_, err := Compare(runs("a", document(50)), runs("b", document(50, func(d *result.Document) { d.Kind = result.KindPlan })), Options{})
	if err == nil || !strings.Contains(err.Error(), `a-1 is a result of the kind "run" and b-1 of the kind "plan"`) {
		t.Errorf("got %v", err)
	}
	if _, err := Compare(nil, runs("b", document(50)), Options{}); err == nil {
		t.Error("an empty side was compared")
	}
}

func TestWhatOnlyOneSideHasIsNamed(t *testing.T) {
	before := document(50, func(d *result.Document) {
		d.Profiles = []result.Profile{{Name: "roku"}, {Name: "xbox"}}
		d.Thresholds = []result.ThresholdResult{{Expr: "throttling.ratio<1", Met: true}, {Expr: "load.errors<1", Met: true}}
	})
	after := document(50, func(d *result.Document) {
		d.Profiles = []result.Profile{{Name: "roku"}, {Name: "tizen"}}
		d.Endpoints = d.Endpoints[:5]
		d.Thresholds = []result.ThresholdResult{{Expr: "throttling.ratio<1"}, {Expr: "load.errors<1", Met: true}}
	})
	d := mustCompare(t, runs("a", before), runs("b", after))
	if got := fmt.Sprint(d.Profiles, d.Endpoints, d.Thresholds); got != "{[tizen] [xbox]} {[] [profiles.list]} [{throttling.ratio<1 true false}]" {
		t.Errorf("got %s", got)
	}
}
