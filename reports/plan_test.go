package reports

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dcrbench/dcrbench/internal/result"
)

func planned() *result.Document {
	half := 0.5
	return &result.Document{Plan: &result.Plan{
		HorizonS: 86400, BeginsAt: "00:00:00", DevicesPlayed: 1000, PlayedUntilS: 86400,
		Assumptions: []string{"Every device begins without credentials."}, Notes: []string{"The busiest moment is at 20:31:05."},
		Peaks:      []result.PlanPeak{{Endpoint: "all", PerSecond: 321.4, OverS: 1, At: "20:31:05", MeanPerSecond: 100}, {Endpoint: "token", OverS: 10, At: "00:00:00"}},
		Throttling: result.PlanThrottling{Own: 12000, Shared: 34, OwnDevices: 56, SharedDevices: 7, WaitedMS: result.Quantiles{P50: 1500, P99: 9000, Max: 61000}},
		Events:     []result.PlanEvent{{Name: "outage", From: "20:05:00", ForS: 180, PeakPerSecond: 500}, {Name: "deploy", From: "21:00:00"}},
		Costs:      []result.PlanCost{{Profile: "roku", Devices: 900, RequestsPerDeviceDay: 40, TimesWellBehaved: 1}, {Profile: "roku-v4", Devices: 100, RequestsPerDeviceDay: 183, TimesWellBehaved: 4.81}},
		WhatIf: &result.PlanComparison{Changes: []string{"token_ttl=1h"}, Figures: []result.PlanDifference{
			{Figure: "load.sent", Unit: "requests", Baseline: 2000, Variant: 1000, Difference: -1000, Ratio: &half}, {Figure: "throttling.responses", Unit: "429s"},
		}},
	}}
}

func TestPlanShowsEverySectionWithinTheWidth(t *testing.T) {
	for _, width := range []int{0, MinWidth, 80, 120} {
		var b bytes.Buffer
		if err := Plan(&b, planned(), Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"The plan of 24 h from 00:00:00 on", "20:31:05", "321.4", "12,000", "1m1s at", "outage", "deploy", "roku-v4", "4.81", "token_ttl=1h", "-50.0 %", "without credentials"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("width %d: %q is missing in\n%s", width, want, b.String())
			}
		}
		most := width
		if width == 0 {
			most = DefaultWidth
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > most {
				t.Errorf("width %d: a line of %d: %s", width, n, line)
			}
		}
	}
}

func TestPlanIsSilentAboutWhatIsNoPlan(t *testing.T) {
	var b bytes.Buffer
	if err := Plan(&b, &result.Document{}, Options{}); err != nil || b.Len() > 0 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
	if err := Plan(&b, &result.Document{Plan: &result.Plan{HorizonS: 600}}, Options{}); err != nil || !strings.Contains(b.String(), "there are none") {
		t.Errorf("an empty plan: %v\n%s", err, b.String())
	}
}
