package main

import (
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/run"
	"github.com/dcrbench/dcrbench/internal/tally"
)

func TestProgressSaysWhatARunIsDoing(t *testing.T) {
	s := run.Snapshot{
		LiveFigures: tally.LiveFigures{PerSecond: 170.4, ThrottledShare: 0.162, CallsPerToken: 6.72,
			P50: 300 * time.Microsecond, P99: 33 * time.Millisecond},
		Elapsed: 12 * time.Second, Total: 90 * time.Second, Launched: 120, Devices: 300, InFlight: 6,
	}
	if got, want := phase(s), "launching 0:12/1:30, 120/300 devices"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := strings.Join(figures(s), "  "), "170 req/s  429 16.2 %  p50 0.3 ms  p99 33 ms  6 in flight  6.7 calls/token"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.Launched, s.Errors = 300, 4
	if got, want := phase(s), "running 0:12/1:30, 300/300 devices"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if list := figures(s); list[len(list)-1] != "4 unanswered" {
		t.Errorf("%q", list)
	}
	s.Ending = true
	if got := phase(s); !strings.HasPrefix(got, "ending ") {
		t.Errorf("%q", got)
	}
}

func TestALineNeverExceedsItsWidth(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"429 16.2 %", 20, "429 16.2 %"},
		{"429 16.2 %", 10, "429 16.2 %"},
		{"429 16.2 %", 9, "429 16.2…"},
		{"━━━━", 3, "━━…"},
		{"a", 0, ""},
		{"a", -4, ""},
	} {
		if got := cut(c.line, c.width); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.line, c.width, got, c.want)
		}
	}
}
