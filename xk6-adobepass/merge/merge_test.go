package merge

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/tally"
)

var t0 = time.Date(2026, 9, 6, 20, 0, 0, 0, time.UTC)

// part tallies a few exchanges of the devices from <= i < to, as an instance does.
func part(from, to int, seconds int) *result.Document {
	layout := tally.Layout{Profiles: []string{"a", "b"}, Start: t0, Contract: &contract.Options{}}
	s := tally.NewShard(layout)
	seq := uint64(0)
	for i := from; i < to; i++ {
		var book tally.Book
		for k, op := range []api.Op{api.OpRegister, api.OpToken, api.OpConfiguration, api.OpConfiguration} {
			seq++
			at := t0.Add(time.Duration(i%seconds) * time.Second)
			status := op.Describe().Statuses[0]
			switch {
			case k == 3 && i%3 == 0:
				status = 429
			case k == 3 && i%5 == 0:
				status = 418
			}
			request := &api.Request{Op: op}
			answer := &api.HTTPResponse{Status: status}
			var json jsondoc.Doc
			response := new(api.Response)
			api.Decode(op, answer, &json, response)
			s.Record(&record.Exchange{Seq: seq, Device: i, Profile: i % 2, Intended: at, Sent: at,
				Received: at.Add(time.Duration(i+1) * time.Millisecond), Request: request, Response: response, Answer: answer}, &book)
		}
	}
	doc := &result.Document{Schema: result.Schema, Kind: result.KindRun, Seed: 7, Started: t0, Ended: t0.Add(time.Minute),
		Fleet: result.Fleet{Name: "f", Devices: to - from, Profiles: []result.FleetProfile{
			{Name: "a", Devices: (to - from) / 2}, {Name: "b", Devices: (to - from) - (to-from)/2}}}}
	s.Fill(doc, tally.Driven{Scheduled: uint64(to - from), InFlightMax: 1, Predicted: []uint64{1, 2}})
	result.Finish(doc, result.Gate{})
	return doc
}

func merged(t *testing.T, docs ...*result.Document) *result.Document {
	t.Helper()
	m, err := Documents(docs, result.Gate{})
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Reconcile(m); err != nil {
		t.Errorf("the merged result does not add up: %v", err)
	}
	return m
}

func TestTheMergedPartsHaveTheCountsOfTheWhole(t *testing.T) {
	whole := part(0, 60, 400)
	m := merged(t, part(0, 20, 400), part(20, 40, 400), part(40, 60, 400))
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"devices", m.Fleet.Devices, whole.Fleet.Devices},
		{"sent", m.Load.Sent, whole.Load.Sent},
		{"429s", m.Throttling.Responses, whole.Throttling.Responses},
		{"429 ratio", m.Throttling.Ratio, whole.Throttling.Ratio},
		{"throttled devices", m.Throttling.Devices, whole.Throttling.Devices},
		{"registrations", m.TokenReuse.Registrations, whole.TokenReuse.Registrations},
		{"calls", m.TokenReuse.Calls, whole.TokenReuse.Calls},
		{"failures", m.Compliance.Failures, whole.Compliance.Failures},
		{"findings", len(m.Compliance.Findings), len(whole.Compliance.Findings)},
		{"endpoints", len(m.Endpoints), len(whole.Endpoints)},
		{"first endpoint", m.Endpoints[0].Endpoint, whole.Endpoints[0].Endpoint},
		{"profile requests", m.Profiles[1].Requests, whole.Profiles[1].Requests},
		{"slowest", m.Endpoints[0].LatencyUS.Max, whole.Endpoints[0].LatencyUS.Max},
		{"fastest", m.Endpoints[0].LatencyUS.Min, whole.Endpoints[0].LatencyUS.Min},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	for i, e := range m.Endpoints {
		w := whole.Endpoints[i].LatencyUS
		if e.LatencyUS.P99 < w.P99*99/100 || e.LatencyUS.P50 < w.P50*99/100 {
			t.Errorf("%s: percentiles %+v flatter, the whole has %+v", e.Endpoint, e.LatencyUS, w)
		}
		if d := e.LatencyUS.Mean - w.Mean; d < -2 || d > 2 {
			t.Errorf("%s: mean %d, want %d", e.Endpoint, e.LatencyUS.Mean, w.Mean)
		}
	}
}

func TestPartsWithTimelinesOfDifferentStepsMerge(t *testing.T) {
	m := merged(t, part(0, 20, 5), part(20, 600, 500))
	var n uint64
	for _, s := range m.Timeline.Series {
		for _, r := range s.Requests {
			n += r
		}
	}
	if n != m.Load.Sent || m.Timeline.IntervalS <= 1 {
		t.Errorf("the timeline has %d of %d requests in steps of %g s", n, m.Load.Sent, m.Timeline.IntervalS)
	}
}

func TestMergingLeavesThePartsAlone(t *testing.T) {
	a, b := part(0, 20, 400), part(20, 40, 400)
	var before, after bytes.Buffer
	if err := result.Encode(&before, a); err != nil {
		t.Fatal(err)
	}
	merged(t, a, b)
	if err := result.Encode(&after, a); err != nil {
		t.Fatal(err)
	}
	if before.String() != after.String() {
		t.Error("the first part was changed")
	}
}

func TestOnlyPartsOfOneTestMerge(t *testing.T) {
	for what, spoil := range map[string]func(*result.Document){
		"another seed":   func(d *result.Document) { d.Seed++ },
		"another fleet":  func(d *result.Document) { d.Fleet.Name = "g" },
		"another kind":   func(d *result.Document) { d.Kind = result.KindPlan },
		"another target": func(d *result.Document) { d.Target.URL = "http://127.0.0.1:1" },
	} {
		a, b := part(0, 2, 4), part(2, 4, 4)
		spoil(b)
		if _, err := Documents([]*result.Document{a, b}, result.Gate{}); err == nil {
			t.Errorf("%s was merged", what)
		}
	}
	if _, err := Documents(nil, result.Gate{}); err == nil {
		t.Error("nothing was merged")
	}
}

func TestAFailedInstanceFailsTheWhole(t *testing.T) {
	a, b := part(1, 2, 4), part(2, 3, 4)
	for _, d := range []*result.Document{a, b} {
		d.Verdict = result.Verdict{Status: result.StatusPassed}
	}
	b.Verdict = result.Verdict{Status: result.StatusFailed, ExitCode: 1, Reasons: []string{"a k6 threshold"}}
	m, err := Documents([]*result.Document{a, b}, result.Gate{IgnoreCompliance: true})
	if err != nil || m.Verdict.ExitCode == 0 || fmt.Sprint(m.Verdict.Reasons) == "[]" {
		t.Errorf("%+v, %v", m.Verdict, err)
	}
}

func TestObligationsOfThePartsAddUp(t *testing.T) {
	a, b := part(0, 20, 400), part(20, 40, 400)
	row := func(rule, verdict string, devices int, count, occasions uint64, cost string) result.Obligation {
		return result.Obligation{Rule: rule, Verdict: verdict, Devices: devices, Count: count, Occasions: occasions, Cost: cost}
	}
	a.Profiles[0].JudgedDevices, b.Profiles[0].JudgedDevices = 10, 8
	a.Profiles[0].Obligations = []result.Obligation{
		row("DCR-04", "broken", 2, 3, 9, "c"), row("DCR-07", "undecidable", 4, 0, 0, ""),
		row("DCR-05", "not-observed", 10, 0, 0, ""), row("DCR-02", "kept", 7, 0, 7, ""), row("DCR-03", "kept", 7, 0, 7, "")}
	b.Profiles[0].Obligations = []result.Obligation{
		row("DCR-02", "broken", 1, 1, 4, "d"), row("DCR-04", "broken", 5, 6, 6, "c"), row("DCR-07", "kept", 8, 0, 8, ""),
		row("DCR-03", "not-observed", 8, 0, 0, ""), row("DCR-05", "not-observed", 8, 0, 0, "")}
	want := []result.Obligation{
		row("DCR-04", "broken", 7, 9, 15, "c"), row("DCR-02", "broken", 1, 1, 11, "d"), row("DCR-07", "undecidable", 4, 0, 8, ""),
		row("DCR-05", "not-observed", 18, 0, 0, ""), row("DCR-03", "kept", 7, 0, 7, "")}
	for _, m := range []*result.Document{merged(t, a, b), merged(t, b, a)} {
		if p := m.Profiles[0]; p.JudgedDevices != 18 || !slices.Equal(p.Obligations, want) {
			t.Errorf("%d devices\n got %+v\nwant %+v", p.JudgedDevices, p.Obligations, want)
		}
		if p := m.Profiles[1]; p.JudgedDevices != 0 || len(p.Obligations) != 0 {
			t.Errorf("nobody was judged, got %+v", p.Obligations)
		}
	}
}
