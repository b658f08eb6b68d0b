package result

import (
	"strings"
	"testing"
)

func TestAnAuditIsJudgedByItsMandatoryRules(t *testing.T) {
	rule := func(level, check string, broken int) AuditRule {
		return AuditRule{Level: level, Check: check, BrokenDevices: broken}
	}
	for _, tt := range []struct {
		name   string
		audit  Audit
		code   int
		says   string
		change func(*Document)
	}{
		{"nothing broken", Audit{Rules: []AuditRule{rule("mandatory", "full", 0)}}, ExitPassed, "no mandatory rule broken", nil},
		{"a mandatory rule", Audit{Rules: []AuditRule{rule("mandatory", "full", 2), rule("mandatory", "full", 1)}}, ExitFailed, "2 mandatory rules broken", nil},
		{"a recommended rule", Audit{Rules: []AuditRule{rule("recommended", "full", 1)}}, ExitPassed, "1 recommended rule broken", nil},
		{"a hint", Audit{Rules: []AuditRule{rule("mandatory", "partial", 1)}}, ExitPassed, "1 hint that a rule is broken", nil},
		{"a file that breaks off", Audit{Sources: []AuditSource{{Name: "a.har", Truncated: true}}}, ExitPassed, "a.har ends before its end", nil},
		{"entries that cannot be read", Audit{Sources: []AuditSource{{Name: "a.har", Entries: 9, Malformed: 1, Oversized: 1, Zoneless: 3}}}, ExitPassed, "2 of 9 entries", nil},
		{"exchanges of nobody", Audit{Unattributed: 4, Overflow: 5}, ExitPassed, "4 exchanges belong to no device", nil},
		{"an interruption", Audit{}, ExitInterrupted, "no mandatory rule broken", func(d *Document) { d.Interrupted = true }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := &Document{Kind: KindAudit, Audit: &tt.audit}
			if tt.change != nil {
				tt.change(doc)
			}
			FinishAudit(doc)
			text := strings.Join(append(doc.Verdict.Reasons, doc.Notes...), "\n")
			if doc.Verdict.ExitCode != tt.code || !strings.Contains(text, tt.says) {
				t.Errorf("exit code %d, %q, want %d and %q", doc.Verdict.ExitCode, text, tt.code, tt.says)
			}
		})
	}
}

func TestExpectedBreachesPassAndStaleExpectationsFail(t *testing.T) {
	equal := func(pattern, id string) bool { return pattern == id }
	for _, tt := range []struct {
		name string
		rows []Expectation
		code int
		says string
	}{
		{"nothing expected", nil, ExitFailed, "1 mandatory rule broken"},
		{"what is broken", []Expectation{{Check: "THR-01"}}, ExitPassed, "no mandatory rule broken"},
		{"what is kept", []Expectation{{Check: "THR-01"}, {Check: "DCR-02"}}, ExitFailed, `the expectation "DCR-02" is unused`},
		{"what has expired", []Expectation{{Check: "THR-01", Stale: "expired"}}, ExitFailed, "expired"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := &Document{Kind: KindAudit, Audit: &Audit{Rules: []AuditRule{
				{ID: "THR-01", Level: "mandatory", Check: "full", BrokenDevices: 1, Breaches: 4}, {ID: "DCR-02", Level: "mandatory", Check: "full"},
			}}}
			doc.Release = &Release{Expectations: doc.Audit.Accept(tt.rows, equal)}
			FinishAudit(doc)
			if text := strings.Join(doc.Verdict.Reasons, "\n"); doc.Verdict.ExitCode != tt.code || !strings.Contains(text, tt.says) {
				t.Errorf("exit code %d, %q, want %d and %q", doc.Verdict.ExitCode, text, tt.code, tt.says)
			}
		})
	}
}

func TestThresholdsCountBreachesOfARule(t *testing.T) {
	rules := []string{"THR-01", "DCR-02"}
	for expr, code := range map[string]int{"audit.rules.THR-01.breaches<5": ExitPassed, "audit.rules.THR-01.breaches<4": ExitFailed, "endpoints.token.status.429==0": ExitPassed} {
		limit, err := ParseAuditThreshold(expr, rules)
		if err != nil {
			t.Fatal(err)
		}
		doc := &Document{Kind: KindAudit, Audit: &Audit{Rules: []AuditRule{{ID: "THR-01", Level: "recommended", Check: "full", BrokenDevices: 1, Breaches: 4}}}}
		if FinishAudit(doc, limit); doc.Verdict.ExitCode != code {
			t.Errorf("%s: exit code %d, %q, want %d", expr, doc.Verdict.ExitCode, doc.Verdict.Reasons, code)
		}
	}
	for _, expr := range []string{"audit.rules.none.breaches<5", "throttling.ratio<1%", "breaches"} {
		if _, err := ParseAuditThreshold(expr, rules); err == nil {
			t.Errorf("%s was taken", expr)
		}
	}
}
