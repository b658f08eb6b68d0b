package probe

import (
	"slices"
	"testing"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// red lists the checks that fail or warn.
func red(r check.Report) []string {
	var ids []string
	for i := range r.Results {
		if v := r.Results[i].Verdict; v == check.Fail || v == check.Warn {
			ids = append(ids, r.Results[i].Check.ID)
		}
	}
	return ids
}

// TestEveryFaultTurnsItsCheckRedAndNoOther is the kill matrix of the simulator's
// own faults.
func TestEveryFaultTurnsItsCheckRedAndNoOther(t *testing.T) {
	for _, f := range backend.Faults() {
		t.Run(f.ID, func(t *testing.T) {
			_, report, _ := checked(t, backend.Config{Faults: []string{f.ID}}, spec.Selection{}, nil, nil)
			own := 0
			for _, id := range red(report) {
				c, _ := spec.Lookup(id)
				if c.Fault == f.ID {
					own++
				} else if !slices.Contains(besides[f.ID], id) {
					t.Errorf("%s is red as well", id)
				}
			}
			for _, r := range report.Results {
				if r.Verdict == check.Inconclusive || r.Verdict == check.Error {
					t.Errorf("%s is %s: %s", r.Check.ID, r.Verdict, r.Message)
				}
			}
			if own == 0 {
				t.Errorf("%s: no check of its own is red", f.Description)
			}
		})
	}
}

func TestEveryFaultOfTheCatalogueExists(t *testing.T) {
	for _, c := range spec.All() {
		known := c.Fault == spec.FaultProxy || c.Fault == spec.FaultNone ||
			slices.ContainsFunc(backend.AllFaults(), func(f backend.Fault) bool { return f.ID == c.Fault })
		if !known {
			t.Errorf("%s: fault %q does not exist", c.ID, c.Fault)
		}
	}
}
