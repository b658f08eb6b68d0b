package reports

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// SQLite, which reads CSV its own way, finds the same sums in a timeline.
func TestSQLiteReadsTheTimeline(t *testing.T) {
	sqlite, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("sqlite3 is not installed")
	}
	var requests, rows uint64
	doc := documents()["plan"]
	for _, s := range doc.Timeline.Series {
		requests += sum(s.Requests)
		rows += uint64(len(s.Requests))
	}
	out, err := exec.Command(sqlite, ":memory:", ".import --csv "+filepath.Join("testdata", "plan.csv")+" t",
		"select count(*), sum(requests), sum(ok)+sum(throttled)+sum(failed) from t").CombinedOutput()
	if want := fmt.Sprintf("%d|%d|%d", rows, requests, requests); err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("got %s, %v, want %s", out, err, want)
	}
}
