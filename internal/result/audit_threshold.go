package result

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// ParseAuditThreshold reads a threshold on the figures of an audit that judges
// these rules, such as "audit.rules.THR-01.breaches<3" or "endpoints.token.status.429==0".
func ParseAuditThreshold(expr string, rules []string) (Threshold, error) {
	t, err := parseThreshold(expr)
	if err != nil {
		return Threshold{}, err
	}
	audit := &Document{Endpoints: prototype(nil, api.OpNames()).Endpoints, Audit: &Audit{}}
	for _, id := range rules {
		audit.Audit.Rules = append(audit.Audit.Rules, AuditRule{ID: id})
	}
	known := Figures(audit)
	// An audit measures no latency and has no figures of the tally.
	maps.DeleteFunc(known, func(path string, _ float64) bool {
		own := strings.HasPrefix(path, "audit.") || strings.HasPrefix(path, "endpoints.")
		return !own || strings.Contains(path, "_us.") || strings.Contains(path, ".bytes_")
	})
	if _, ok := known[t.Path]; !ok && !isOpenCount(t.Path, known) {
		return Threshold{}, fmt.Errorf("threshold %q: no figure of an audit is called %q%s", expr, t.Path, suggest(t.Path, known))
	}
	return t, nil
}

// Accept marks the broken rules that expectations accept. Of an expectation it
// reads the check, a pattern of rule ids as match understands it, and whether it
// is stale; it notes which rules it covered, and that it is stale when none of
// them is broken. Call it before FinishAudit.
func (a *Audit) Accept(expectations []Expectation, match func(pattern, id string) bool) []Expectation {
	accepted := slices.Clone(expectations)
	for i := range accepted {
		x := &accepted[i]
		x.Applied = []string{}
		for j := range a.Rules {
			r := &a.Rules[j]
			if x.Stale == "" && r.BrokenDevices > 0 && match(x.Check, r.ID) {
				r.Expected = true
				x.Applied = append(x.Applied, r.ID)
			}
		}
		if x.Stale == "" && len(x.Applied) == 0 {
			x.Stale = fmt.Sprintf("the expectation %q is unused: no such rule is broken", x.Check)
		}
	}
	return accepted
}
