package result

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestJudge(t *testing.T) {
	unmet := Gate{Thresholds: []Threshold{{Expr: "throttling.ratio<1%", Path: "throttling.ratio", Operator: "<", Limit: 0.01}}}
	met := Gate{Thresholds: []Threshold{{Expr: "throttling.ratio<10%", Path: "throttling.ratio", Operator: "<", Limit: 0.1}}}
	late := func(d *Document) { d.Load.LatenessUS.P99 = 200_001 }
	dropped := func(d *Document) { d.Load.Dropped = 1 }
	silent := func(d *Document) {
		d.Load.Completed, d.Load.Errors = 0, 101
		d.Endpoints = []Endpoint{{Endpoint: "register", Requests: 101, Errors: map[string]uint64{"connect": 99, "dns": 2}}}
	}
	for _, tt := range []struct {
		name   string
		change func(*Document)
		gate   Gate
		status Status
		code   int
		reason string
	}{
		{"a sound run", nil, Gate{}, StatusPassed, 0, "the schedule was kept, no breach of the documented contract"},
		{"a threshold met", nil, met, StatusPassed, 0, "the threshold is met, no breach of the documented contract"},
		{"a threshold missed", nil, unmet, StatusFailed, 1, "threshold throttling.ratio<1% is not met: it was 5 %"},
		{"a service that only fails", func(d *Document) {
			d.Timeline = Timeline{Series: []Series{{Endpoint: "register", Requests: []uint64{3}, OK: []uint64{0}, Failed: []uint64{3}}}}
		}, Gate{}, StatusFailed, 1, "not one of "},
		{"a breach of the contract", func(d *Document) { d.Compliance.Failures = 2 }, Gate{}, StatusFailed, 1, "2 breaches of the documented contract"},
		{"a breach that is ignored", func(d *Document) { d.Compliance.Failures = 1 }, Gate{IgnoreCompliance: true}, StatusPassed, 0, "1 breach of the documented contract ignored"},
		{"a warning", func(d *Document) { d.Compliance.Warnings = 9 }, Gate{}, StatusPassed, 0, ""},
		{"a late generator", late, Gate{}, StatusUnreliable, 3, "missed its own schedule"},
		{"a late generator that missed a threshold says both", late, unmet, StatusUnreliable, 3, "throttling.ratio<1%"},
		{"lateness within a wider bound", late, Gate{MaxLateness: time.Second}, StatusPassed, 0, ""},
		{"lateness without a bound", late, Gate{MaxLateness: -1}, StatusPassed, 0, ""},
		{"dropped launches", dropped, Gate{MaxLateness: -1}, StatusUnreliable, 3, "dropped 1 launch"},
		{"a target that never answers", silent, unmet, StatusUnreachable, 3, "the target never answered: 101 requests failed (99 connect, 2 dns)"},
		{"nothing sent", func(d *Document) { d.Load = Load{} }, Gate{}, StatusUnreliable, 3, "nothing was sent"},
		{"everything in the warm-up", func(d *Document) { d.Load = Load{WarmUpExcluded: 4} }, Gate{}, StatusUnreliable, 3, "all 4 requests fell into the warm-up"},
		{"an interruption", func(d *Document) { d.Interrupted = true }, Gate{}, StatusInterrupted, 130, "101 requests"},
		{"an interruption wins over all", func(d *Document) { silent(d); late(d); d.Interrupted = true }, unmet, StatusInterrupted, 130, "throttling.ratio<1%"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := sample()
			if tt.change != nil {
				tt.change(doc)
			}
			got := Judge(doc, tt.gate)
			if got.Status != tt.status || got.ExitCode != tt.code || !strings.Contains(strings.Join(got.Reasons, "\n"), tt.reason) {
				t.Errorf("got %+v, want %s, %d, %q", got, tt.status, tt.code, tt.reason)
			}
			if len(got.Reasons) == 0 {
				t.Error("a verdict without a reason")
			}
			Finish(doc, tt.gate)
			if doc.Verdict.Status != tt.status || len(doc.Thresholds) != len(tt.gate.Thresholds) || doc.Notes == nil {
				t.Errorf("finished as %+v", doc.Verdict)
			}
		})
	}
}

func TestAPassedVerdictClaimsOnlyWhatWasJudged(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Document)
		want   string
	}{
		{"a run", func(*Document) {}, "the schedule was kept, no breach of the documented contract"},
		{"a run that judged no answer", func(d *Document) { d.Compliance = Compliance{} }, "the schedule was kept; no answer was judged against the documented contract"},
		{"a plan", func(d *Document) { d.Kind, d.Compliance = KindPlan, Compliance{} }, "no threshold was asked for; no answer was judged against the documented contract"},
	} {
		doc := sample()
		doc.Compliance = Compliance{Exchanges: 1, Evaluations: 1}
		c.change(doc)
		if got := Judge(doc, Gate{}).Reasons[0]; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestABrokenRunIsNotToBeTrusted(t *testing.T) {
	doc := sample()
	Finish(doc, Gate{})
	Break(doc, errors.New("disk full"))
	if v := doc.Verdict; v.Status != StatusUnreliable || v.ExitCode != ExitUntrusted || v.Reasons[0] != "the run broke off: disk full" || len(v.Reasons) < 2 {
		t.Errorf("verdict %+v, want unreliable with the cause first", v)
	}
}
