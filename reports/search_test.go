package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/result"
)

// searched is a document of a search.
func searched() *result.Document {
	doc, gate := clean()
	found, failed := 235.0, 240.0
	met := []result.ThresholdResult{{Expr: "throttling.ratio<1%", Limit: 0.01, Met: true}}
	doc.Search = &result.Search{
		Variable: "launch_rate", Unit: "launches/s", From: 10, To: 5000, Found: &found, Failed: &failed, Confidence: 0.97,
		RequestsPerSecond: 705, RequestsPerLaunch: 3, SettleS: 1, LimitedBy: result.LimitThresholds,
		Steps: []result.SearchStep{
			{Rate: 235, Verdict: result.StepHolds, Confidence: 0.97, Reasons: []string{}, MeasuredS: 30, Requests: 21150, RequestsPerSecond: 705, P99US: 3200, InFlightMax: 7, Thresholds: met},
			{Rate: 320, Verdict: result.StepFails, Confidence: 0.9999, Reasons: []string{"throttling.ratio<1% is not met: it was 27 %"}, MeasuredS: 3, Stopped: true, Requests: 2880, RequestsPerSecond: 960, ThrottledRatio: 0.27, Thresholds: met},
			{Rate: 240, Verdict: result.StepFails, Confidence: 0.99, Reasons: []string{"the target fell behind: requests piled up"}, MeasuredS: 5, Requests: 3600, RequestsPerSecond: 720, Thresholds: met},
		},
	}
	result.Finish(doc, gate)
	return doc
}

func TestASearchIsShownInTheOrderOfItsRates(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		var b bytes.Buffer
		if err := Text(&b, searched(), Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if !strings.Contains(strings.Join(strings.Fields(text), " "), "and not at 240 (720 requests/s), with a confidence of 97 %") {
			t.Errorf("width %d: no knee in\n%s", width, text)
		}
		for _, want := range []string{"PASSED", "launch_rate", "235", "Capacity: launch_rate in launches/s, 3.0 requests each"} {
			if !strings.Contains(text, want) {
				t.Errorf("width %d: no %q in\n%s", width, want, text)
			}
		}
		table := text[strings.Index(text, "Capacity:"):]
		if a, b, c := strings.Index(table, "\n         235 "), strings.Index(table, "\n         240 "), strings.Index(table, "\n         320 "); width > 60 && !(0 < a && a < b && b < c) {
			t.Errorf("width %d: rows at %d, %d, %d in\n%s", width, a, b, c, table)
		}
		for _, line := range strings.Split(table[:strings.Index(table, "Endpoints")], "\n") {
			if len([]rune(line)) > width {
				t.Errorf("width %d: %q is wider", width, line)
			}
		}
	}
}

func TestADocumentOfASearchIsAsTheSchemaSays(t *testing.T) {
	s := schema(t)
	if err := s.Validate(instance(t, searched())); err != nil {
		t.Error(err)
	}
	doc := searched()
	doc.Search.Found, doc.Search.Failed, doc.Search.Steps = nil, nil, []result.SearchStep{}
	if err := s.Validate(instance(t, doc)); err != nil {
		t.Error(err)
	}
	doc.Search.LimitedBy = "weather"
	if s.Validate(instance(t, doc)) == nil {
		t.Error("a limit that is none is valid")
	}
}

func TestASearchIsInThePageAndTheSummary(t *testing.T) {
	for _, format := range []string{"html", "markdown"} {
		var b bytes.Buffer
		if err := Write(&b, searched(), format, Options{}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Search for the capacity", "705.0", "A launch is 3.0 requests", "requests piled up"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %q", format, want)
			}
		}
	}
}
