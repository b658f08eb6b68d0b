package archtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever wants to contribute finds every room of the inner rings, in its ring.
func TestContributorsAreToldOfEveryRoom(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[int]string{}
	for line := range strings.Lines(string(text)) {
		for ring := range 3 {
			if strings.HasPrefix(line, fmt.Sprintf("| %d |", ring)) {
				rows[ring] = line
			}
		}
	}
	for _, r := range Rooms {
		short := strings.TrimPrefix(r.Path, "internal/")
		if r.Ring < 3 && !strings.Contains(rows[r.Ring], "`"+r.Path+"`") && !strings.Contains(rows[r.Ring], "`"+short+"`") {
			t.Errorf("CONTRIBUTING.md does not list %s in ring %d", r.Path, r.Ring)
		}
	}
}
