package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

func TestASearchNamesItsVariableAndBounds(t *testing.T) {
	variable, o, err := parseSearch("launch_rate:10..5000")
	if err != nil || variable != "launch_rate" || o.From != 10 || o.To != 5000 {
		t.Errorf("%q %+v %v", variable, o, err)
	}
	for text, want := range map[string]string{
		"":                       "want VARIABLE:FROM..TO",
		"launch_rate":            "want VARIABLE:FROM..TO",
		"launch_rate:10":         "want VARIABLE:FROM..TO",
		"devices:10..500":        `"devices" cannot be varied; what can is launch_rate`,
		"launch_rate:ten..500":   `"ten" is not a number`,
		"launch_rate:10..":       `"" is not a number`,
		"launch_rate:500..10":    "end above its begin",
		"launch_rate:0..10":      "begin above 0",
		"launch_rate:NaN..10":    "begin above 0",
		"launch_rate:1..1000000": "out of reach",
	} {
		if _, _, err := parseSearch(text); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "try: launch_rate:10..5000") {
			t.Errorf("%q: %v, want %q and an example", text, err, want)
		}
	}
}

func TestALaunchPatternIsReadFromAPlan(t *testing.T) {
	second := &result.Timeline{IntervalS: 1, Series: []result.Series{{Requests: []uint64{4000, 0, 1980, 0, 20}}, {Requests: []uint64{0, 2000, 0, 0, 0}}}}
	if got := pattern(second, 8000); got.perLaunch != 4 || got.settle != 3*time.Second {
		t.Errorf("%+v, want 4 requests within 3 s", got)
	}
	if got := pattern(&result.Timeline{IntervalS: 1}, 8000); got.settle != maxSettle {
		t.Errorf("%+v, want the longest settling for what never comes", got)
	}
}

// quickFleet has sessions of three requests, so that a step settles in a second.
const quickFleet = `profiles:
  - name: quick
    extends: roku
    title: Three requests
    behaviour:
      relaunch: {times: 0}
    session:
      - {do: configuration}
fleet:
  name: quick
  title: Three requests each
  devices: 10
  duration: 10s
  launch: {shape: constant, rate: 10}
  network: {kind: own}
  members:
    - {profile: quick, weight: 1}
`

func searchProcess(ctx context.Context, t *testing.T, args ...string) *process {
	t.Helper()
	p := newProcess(ctx, t, append([]string{"run", "quick.yaml", "--max-lateness", unhurried, "--out", "out", "--format", "json"}, args...)...)
	if err := os.WriteFile(p.folder+"/quick.yaml", []byte(quickFleet), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestASearchReportsItsSteps(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, limit string
		args        []string
		code        int
		found       bool
	}{
		{"everything holds", result.LimitRange, []string{"--search", "launch_rate:4..8", "--duration", "1s"}, exitOK, true},
		{"nothing holds", result.LimitThresholds, []string{"--search", "launch_rate:4..8", "--duration", "1s", "--threshold", "endpoints.token.latency_us.p99<1us"}, exitGate, false},
		{"the target fails", result.LimitTarget, []string{"--search", "launch_rate:4..8", "--duration", "1s", "--error-rate", "0.5"}, exitGate, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			p := searchProcess(ctx, t, tt.args...)
			p.start(t)
			o := p.end(t)
			doc, _ := soundDocument(t, []byte(o.stdout)), o.saved(t)
			s := doc.Search
			if o.code != tt.code || s == nil {
				t.Fatalf("exit code %d, want %d; stderr: %s", o.code, tt.code, o.stderr)
			}
			if (s.Found != nil) != tt.found || s.LimitedBy != tt.limit || len(s.Steps) == 0 || s.RequestsPerLaunch != 3 {
				t.Errorf("%+v", s)
			}
			for _, step := range s.Steps {
				if step.Requests == 0 || step.Confidence <= 0 || step.Confidence > 1 || len(step.Thresholds) == 0 || (step.Verdict == result.StepFails) != (len(step.Reasons) > 0) {
					t.Errorf("step %+v", step)
				}
			}
		})
	}
}

func TestAnInterruptedSearchReportsTheStepsDone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := searchProcess(ctx, t, "--search", "launch_rate:10..5000", "--duration", "1s")
	p.start(t)
	<-time.After(4 * time.Second)
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	o := p.end(t)
	doc := soundDocument(t, []byte(o.stdout))
	if o.code != exitInterrupted || !doc.Interrupted || len(doc.Search.Steps) == 0 || doc.Search.LimitedBy != "" {
		t.Errorf("exit code %d, search %+v; stderr: %s", o.code, doc.Search, o.stderr)
	}
}

func TestASearchRefusesFlagsThatItDecidesItself(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := searchProcess(ctx, t, "--search", "launch_rate:1..2", "--launch-rate", "3", "--warm-up", "1s")
	p.start(t)
	o := p.end(t)
	if o.code != exitUsage || !strings.Contains(o.stderr, "--launch-rate and --search") || !strings.Contains(o.stderr, "--warm-up and --search") {
		t.Errorf("exit code %d; stderr: %s", o.code, o.stderr)
	}
}
