package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

// runPlan runs the command and returns what it wrote and its error.
func runPlan(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	cmd := newPlan()
	var out, progress bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&progress)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.SetArgs(args)
	err = cmd.Execute()
	if strings.Contains(progress.String(), "━") {
		t.Error("a progress bar was drawn, though nobody is there to see it")
	}
	return out.String(), err
}

func TestPlanReportsInTextAndLeavesAResult(t *testing.T) {
	dir := t.TempDir()
	text, err := runPlan(t, "--devices", "300", "--outage", "20:05+3m", "--deploy", "20:30",
		"--what-if", "token_ttl=1h", "--what-if", "profile.roku-v4.weight=0", "--out", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"PASSED", "When the service is busiest", "429 by cause", "Outages and deploys", "What a device costs in a day", "token_ttl=1h", "What was assumed"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	doc := planResult(t, filepath.Join(dir, "result.json"))
	if doc.Kind != result.KindPlan || doc.Plan == nil || doc.Plan.WhatIf == nil || len(doc.Plan.WhatIf.Changes) != 2 || len(doc.Plan.Events) != 2 {
		t.Errorf("the result is not that of a plan: %+v", doc.Plan)
	}
	if err := result.Reconcile(doc); err != nil {
		t.Error(err)
	}
}

func planResult(t *testing.T, path string) *result.Document {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := result.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestPlanWithoutStartsPerDayPlaysTheFleetAsARunDoes(t *testing.T) {
	dir := t.TempDir()
	text, err := runPlan(t, "kick-off", "--devices", "200", "--horizon", "1m", "--per-day", "0", "--latency", "1ms", "--format", "json", "--out", dir)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := result.Decode(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Load.Scheduled != 200 || doc.Plan.HorizonS != 60 || doc.Plan.AppStarts <= 200 {
		t.Errorf("%d launches, %d starts in %v s: want every device, and its relaunches", doc.Load.Scheduled, doc.Plan.AppStarts, doc.Plan.HorizonS)
	}
}

func TestPlanRefusesWhatCannotBePlanned(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--devices 0", "devices"},
		{"--horizon 0s", "horizon"},
		{"--begin noon", "--begin"},
		{"--latency slow", "--latency"},
		{"--throttle 1", "--throttle"},
		{"--token-ttl 1ms", "--token-ttl"},
		{"--outage 20:05", "--outage"},
		{"--deploy never", "--deploy"},
		{"--what-if weight", "KEY=VALUE"},
		{"--what-if colour=red", "colour"},
		{"--launch zigzag", "--launch"},
		{"--launch-rate 5 --launch diurnal", "exclude"},
		{"--format xml", "--format"},
		{"--threshold nothing<1", "nothing"},
		{"no-such-fleet", "no-such-fleet"},
		{"living-room --fleet kick-off", "twice"},
	} {
		_, err := runPlan(t, append(strings.Fields(c.args), "--out", t.TempDir())...)
		if err == nil || !strings.Contains(err.Error(), c.want) || exitCode(err) != exitUsage {
			t.Errorf("%s: %v (exit %d), want usage and %q", c.args, err, exitCode(err), c.want)
		}
	}
}

func TestAThresholdOfAPlanThatIsNotMetFails(t *testing.T) {
	_, err := runPlan(t, "--devices", "200", "--threshold", "throttling.ratio<0.0001", "--out", t.TempDir())
	if exitCode(err) != exitGate {
		t.Errorf("exit %d, want %d", exitCode(err), exitGate)
	}
}

func TestThePlansScheduleIsTheRuns(t *testing.T) {
	o := &planOptions{fleet: "living-room", horizon: 30 * time.Second, begin: "00:00", latency: "1ms", throttle: "on", tokenTTL: time.Hour, format: "text"}
	c, err := o.prepare(newPlan())
	if err != nil {
		t.Fatal(err)
	}
	want := c.Fleet.Launch.Fit(c.Devices, c.Horizon)
	if c.Launch == nil || c.Launch.String() != want.String() {
		t.Errorf("schedule %v, want %v", c.Launch, want)
	}
}
