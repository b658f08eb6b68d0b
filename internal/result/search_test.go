package result

import (
	"strings"
	"testing"
)

func TestASearchIsJudgedByWhatItFound(t *testing.T) {
	low, high := 230.0, 240.0
	steps := []SearchStep{
		{Rate: 230, Verdict: StepHolds, Reasons: []string{}},
		{Rate: 240, Verdict: StepFails, Reasons: []string{"throttling.ratio<1% is not met: it was 2 %"}},
	}
	for _, tt := range []struct {
		name   string
		search Search
		change func(*Document)
		status Status
		code   int
		want   string
	}{
		{"a knee", Search{Found: &low, Failed: &high, LimitedBy: LimitThresholds, Confidence: 0.97, RequestsPerSecond: 690, RequestsPerLaunch: 3, Steps: steps}, nil, StatusPassed, ExitPassed, "everything held up to launch_rate of 230 launches/s (690 requests/s) and not at 240 (720 requests/s), with a confidence of 97 %\nat 240: throttling.ratio<1% is not met: it was 2 %"},
		{"no end", Search{Found: &high, LimitedBy: LimitRange, Steps: steps}, nil, StatusPassed, ExitPassed, "the highest that was tried"},
		{"no rate at all", Search{Failed: &high, LimitedBy: LimitTarget, Steps: steps}, nil, StatusFailed, ExitFailed, "not everything held at launch_rate of 240 launches/s, the lowest that was tried\nat 240: "},
		{"a generator that gives in first", Search{Found: &low, Late: &high, LimitedBy: LimitGenerator, Steps: steps}, nil, StatusUnreliable, ExitUntrusted, "the generator missed its own schedule at 240 launches/s in every try, before the target gave in: everything held up to launch_rate of 230"},
		{"an interruption", Search{Found: &low, Steps: steps}, func(d *Document) { d.Interrupted = true }, StatusInterrupted, ExitInterrupted, "interrupted in its step 2: everything held up to"},
		{"an interruption before anything is known", Search{}, func(d *Document) { d.Interrupted = true }, StatusInterrupted, ExitInterrupted, "nothing is known"},
		{"a target that never answers", Search{Failed: &high, LimitedBy: LimitTarget}, func(d *Document) { d.Load.Completed = 0 }, StatusUnreachable, ExitUntrusted, "never answered"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := sample()
			doc.Search = &tt.search
			doc.Search.Variable, doc.Search.Unit = "launch_rate", "launches/s"
			if tt.change != nil {
				tt.change(doc)
			}
			v := Judge(doc, Gate{})
			if v.Status != tt.status || v.ExitCode != tt.code || !strings.Contains(strings.Join(v.Reasons, "\n"), tt.want) {
				t.Errorf("%+v, want %s with %q", v, tt.status, tt.want)
			}
		})
	}
}

func TestTheFailureRatioCountsWhatTheServiceOwes(t *testing.T) {
	doc := sample()
	doc.Endpoints[1].Status = map[string]uint64{"201": 10, "500": 2, "503": 3}
	Finish(doc, Gate{})
	if got, want := doc.Load.FailureRatio, 6.0/101; got != want {
		t.Errorf("failure ratio %g, want %g: five 5xx and one reset of 101", got, want)
	}
	r, err := ParseThreshold("load.failure_ratio<5%", nil)
	if err != nil {
		t.Fatal(err)
	}
	if e := EvaluateThresholds(doc, []Threshold{r})[0]; e.Met || e.Was() != "5.941 %" {
		t.Errorf("%+v, %s", e, e.Was())
	}
}
