package compare

import (
	"strings"
	"testing"

	"github.com/dcrbench/dcrbench/internal/result"
)

func checked(verdicts ...string) *result.Document {
	doc := &result.Document{Schema: result.Schema, Kind: result.KindCheck}
	for i, v := range verdicts {
		if v != "" {
			doc.Checks = append(doc.Checks, result.Check{ID: string(rune('A' + i)), Group: "g", Level: "must", Verdict: v})
		}
	}
	return doc
}

func TestACheckThatNoLongerPassesOrNoLongerRunsIsARegression(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          string
	}{
		{"PASS", "PASS", ""},
		{"PASS", "FAIL", "check A was PASS and is FAIL"},
		{"PASS", "WARN", "check A was PASS and is WARN"},
		{"WARN", "FAIL", "check A was WARN and is FAIL"},
		{"PASS", "INFO", ""},
		{"FAIL", "PASS", ""},
		{"PASS", "SKIP", "check A stopped running: it was PASS and is SKIP"},
		{"PASS", "", "check A stopped running: it was PASS and is absent"},
		{"FAIL", "BLOCKED", "check A stopped running: it was FAIL and is BLOCKED"},
		{"PASS", "INCONCLUSIVE", "check A stopped running: it was PASS and is INCONCLUSIVE"},
		{"PASS", "ERROR", "check A stopped running: it was PASS and is ERROR"},
		{"SKIP", "PASS", ""},
		{"SKIP", "SKIP", ""},
		{"SKIP", "", ""},
		{"", "FAIL", "check A was absent and is FAIL"},
		{"", "PASS", ""},
	} {
		t.Run(c.before+"-"+c.after, func(t *testing.T) {
			d := mustCompare(t, runs("a", checked(c.before, "PASS")), runs("b", checked(c.after, "PASS")))
			if c.want == "" {
				if d.Status != StatusSame {
					t.Errorf("got %s: %v", d.Status, d.Reasons)
				}
				return
			}
			if d.Status != StatusRegression || strings.Join(d.Reasons, "; ") != c.want {
				t.Errorf("got %s: %v; want %q", d.Status, d.Reasons, c.want)
			}
		})
	}
}

func TestACheckThatAnyRunDidNotMakeHasStopped(t *testing.T) {
	d := mustCompare(t, runs("a", checked("PASS"), checked("PASS")), runs("b", checked("PASS"), checked("SKIP")))
	if len(d.Checks.Stopped) != 1 || d.Status != StatusRegression {
		t.Errorf("got %+v", d.Checks)
	}
}

func TestTheRulesOfAnAuditAreChecks(t *testing.T) {
	audit := func(verdict string) *result.Document {
		return &result.Document{Schema: result.Schema, Kind: result.KindAudit, Audit: &result.Audit{
			Rules: []result.AuditRule{{ID: "DCR-03", Level: "mandatory", Verdict: verdict}},
		}}
	}
	for _, c := range []struct {
		before, after string
		want          Status
	}{
		{"kept", "kept", StatusSame},
		{"kept", "broken", StatusRegression},
		{"broken", "kept", StatusSame},
		{"kept", "not-observed", StatusRegression},
		{"not-observed", "kept", StatusSame},
	} {
		if d := mustCompare(t, runs("a", audit(c.before)), runs("b", audit(c.after))); d.Status != c.want {
			t.Errorf("%s to %s: got %s, want %s", c.before, c.after, d.Status, c.want)
		}
	}
}
