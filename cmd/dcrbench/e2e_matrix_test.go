package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// matrix reads which rules each profile breaks in virtual time, as internal/audit
// has it in its golden file.
func matrix(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "audit", "testdata", "matrix.txt"))
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		name, list, _ := strings.Cut(line, ":")
		rules[name] = strings.Fields(list)
	}
	return rules
}

// With real sockets and a real clock a profile breaks no rule that it does not
// break in virtual time as well, and those that every start of its app breaks are
// found. How often is the machine's business.
func TestRealRunsBreakTheRulesOfTheMatrix(t *testing.T) {
	t.Parallel()
	want := matrix(t)
	for fleet, core := range map[string]map[string][]string{
		"old-apps":     {"roku-v4": {"DCR-04", "DCR-05"}, "tizen-v4": {"DCR-04", "DCR-05"}},
		"well-behaved": {},
	} {
		t.Run(fleet, func(t *testing.T) {
			t.Parallel()
			o := dcrbench(t, "run", fleet, "--devices", "40", "--judge", "40", "--launch-rate", "10", "--duration", "12s", "--seed", "5", "--max-lateness", unhurried, "--format", "json")
			doc := soundDocument(t, []byte(o.stdout))
			for _, p := range doc.Profiles {
				var broken []string
				for _, ob := range p.Obligations {
					if ob.Verdict != "broken" {
						continue
					}
					broken = append(broken, ob.Rule)
					if rules, ok := want[p.Name]; !ok || !slices.Contains(rules, ob.Rule) {
						t.Errorf("%s breaks %s %d times, which it does not in virtual time", p.Name, ob.Rule, ob.Count)
					}
				}
				for _, rule := range core[p.Name] {
					if !slices.Contains(broken, rule) {
						t.Errorf("%s broke %v, want %s among them", p.Name, broken, rule)
					}
				}
				delete(core, p.Name)
			}
			if len(core) > 0 {
				t.Errorf("no devices of %v among the %d profiles", core, len(doc.Profiles))
			}
		})
	}
}
