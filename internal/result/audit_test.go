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
