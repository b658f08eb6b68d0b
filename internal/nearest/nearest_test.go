package nearest

import (
	"strings"
	"testing"
)

func TestNameFindsWhatWasProbablyMeant(t *testing.T) {
	known := []string{"cached", "per-call", "per-launch", "living-room", "devices"}
	for wrong, want := range map[string]string{
		"cachd": "cached", "acched": "cached", "Cached": "cached", "percall": "per-call",
		"livingroom": "living-room", "device": "devices", "devcies": "devices",
		"elephant": "", "": "", strings.Repeat("x", 200): "",
	} {
		if got := Name(wrong, known); got != want {
			t.Errorf("Name(%q) = %q, want %q", wrong, got, want)
		}
	}
}

func TestDistanceCountsEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "cab", 2}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
