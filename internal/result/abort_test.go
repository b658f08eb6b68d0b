package result

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func thresholds(t *testing.T, exprs ...string) []Threshold {
	t.Helper()
	var list []Threshold
	for _, e := range exprs {
		parsed, err := ParseThreshold(e, []string{"roku"})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, parsed)
	}
	return list
}

// moment is a document with so many answers and such a share of 429s.
func moment(answers uint64, ratio float64) *Document {
	d := &Document{Load: Load{Sent: answers, Completed: answers}}
	d.Throttling.Ratio = ratio
	return d
}

func TestARunIsEndedForAThresholdMissedThreeTimesInARow(t *testing.T) {
	type look struct {
		at      time.Duration
		answers uint64
		ratio   float64
	}
	s := time.Second
	for _, c := range []struct {
		name  string
		looks []look
		ended int // at which look, from 1; 0 for never
	}{
		{"kept", []look{{5 * s, 500, 0}, {6 * s, 600, 0.009}, {7 * s, 700, 0}, {8 * s, 800, 0}}, 0},
		{"missed for good", []look{{5 * s, 500, 0.5}, {6 * s, 600, 0.5}, {7 * s, 700, 0.5}}, 3},
		{"missed too early", []look{{1 * s, 500, 0.5}, {2 * s, 600, 0.5}, {3 * s, 700, 0.5}, {4 * s, 800, 0.5}}, 0},
		{"too few answers", []look{{5 * s, 50, 0.5}, {6 * s, 70, 0.5}, {7 * s, 99, 0.5}, {8 * s, 100, 0.5}}, 0},
		{"healed in between", []look{{5 * s, 500, 0.5}, {6 * s, 600, 0.5}, {7 * s, 700, 0.005}, {8 * s, 800, 0.5}, {9 * s, 900, 0.5}}, 0},
		{"healed and missed again", []look{{5 * s, 500, 0.5}, {6 * s, 600, 0.005}, {7 * s, 700, 0.5}, {8 * s, 800, 0.5}, {9 * s, 900, 0.5}}, 5},
	} {
		w := NewWatch(thresholds(t, "throttling.ratio<1%"))
		ended := 0
		for i, l := range c.looks {
			missed, over := w.Look(moment(l.answers, l.ratio), l.at)
			if over {
				ended = i + 1
				if missed.Expr != "throttling.ratio<1%" {
					t.Errorf("%s: ended for %q", c.name, missed.Expr)
				}
				break
			}
		}
		if ended != c.ended {
			t.Errorf("%s: ended at look %d, want %d", c.name, ended, c.ended)
		}
	}
}

func TestOnlyUpperBoundsEndARun(t *testing.T) {
	for expr, empty := range map[string]bool{
		"throttling.ratio<1%": false, "throttling.ratio<=0": false,
		"load.sent>1000": true, "load.sent>=1000": true, "load.sent==7": true, "load.sent!=7": true,
	} {
		if got := NewWatch(thresholds(t, expr)).Empty(); got != empty {
			t.Errorf("%s: nothing can end the run: %v", expr, got)
		}
	}
	w := NewWatch(thresholds(t, "load.sent>1000"))
	for range 10 {
		if _, over := w.Look(moment(500, 0), time.Minute); over {
			t.Error("a figure that may still rise ended the run")
		}
	}
}

func TestAnAbortedRunHasFailedAndSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name    string
		verdict Verdict
		status  Status
		code    int
		reasons int
	}{
		{"healed while the last answers came", Verdict{StatusPassed, ExitPassed, []string{"all is well"}}, StatusFailed, ExitFailed, 1},
		{"still missed", Verdict{StatusFailed, ExitFailed, []string{"threshold throttling.ratio<1% is not met: it was 50 %", "else"}}, StatusFailed, ExitFailed, 2},
		{"interrupted as well", Verdict{StatusInterrupted, ExitInterrupted, []string{"interrupted"}}, StatusInterrupted, ExitInterrupted, 2},
	} {
		d := moment(500, 0.5)
		d.Started = time.Unix(0, 0)
		d.Ended = d.Started.Add(7 * time.Second)
		d.Verdict = c.verdict
		actual := 0.5
		Abort(d, ThresholdResult{Expr: "throttling.ratio<1%", Actual: &actual})
		if d.Verdict.Status != c.status || d.Verdict.ExitCode != c.code || len(d.Verdict.Reasons) != c.reasons {
			t.Errorf("%s: %+v", c.name, d.Verdict)
		}
		if r := d.Verdict.Reasons[0]; !strings.Contains(r, "ended early, after 7") || !strings.Contains(r, "50 %") {
			t.Errorf("%s: the first reason is %q", c.name, r)
		}
	}
}

func TestObligationsOfProfilesAreFigures(t *testing.T) {
	for expr, want := range map[string]string{
		"profiles.roku.obligations.THR-01.count<1":    "",
		"profiles.roku.obligations.THR-01.devices<=2": "",
		"profiles.roku.obligations.THR-1.count<1":     `did you mean "profiles.roku.obligations.THR-01.count"`,
		"profiles.roku.obligations.THR-01.counts<1":   `did you mean "profiles.roku.obligations.THR-01.count"`,
		"profiles.rokku.obligations.THR-01.count<1":   `did you mean "profiles.roku.obligations.THR-01.count"`,
	} {
		_, err := ParseThreshold(expr, []string{"roku"}, "THR-01", "DCR-04")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", expr, err, want)
		}
	}
}

func TestOperatorsOfOtherLanguagesAreNamed(t *testing.T) {
	for expr, want := range map[string]string{
		"throttling.ratio=1%":  "throttling.ratio==1%",
		"throttling.ratio=<1%": "throttling.ratio<=1%",
		"throttling.ratio=>1%": "throttling.ratio>=1%",
		"throttling.ratio≤1%":  "throttling.ratio<=1%",
		"throttling.ratio≠1%":  "throttling.ratio!=1%",
	} {
		if _, err := ParseThreshold(expr, nil); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("did you mean %q", want)) {
			t.Errorf("%s: %v", expr, err)
		}
	}
}
