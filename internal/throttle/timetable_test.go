package throttle

import (
	"testing"
	"time"
)

var start = time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)

func sec(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }

func TestTimetablesHaveThePublishedTotals(t *testing.T) {
	for _, tt := range []struct {
		name           string
		rows           []Row
		total, refused int
	}{
		{"current", Timetable(), 17, 3},
		{"burst 3", TimetableBurst3(), 9, 3},
	} {
		refused, last := 0, time.Duration(-1)
		for _, row := range tt.rows {
			if row.Offset <= last {
				t.Errorf("%s: %v does not come after %v", tt.name, row.Offset, last)
			}
			last = row.Offset
			if !row.Admitted {
				refused++
			}
		}
		if len(tt.rows) != tt.total || refused != tt.refused {
			t.Errorf("%s: %d rows, %d refused, want %d and %d", tt.name, len(tt.rows), refused, tt.total, tt.refused)
		}
	}
}

// The analysis of throttling.yaml, model by model: which reproduce the published
// tables, and at which row the others part from them.
func TestTimetableTellsTheModelsApart(t *testing.T) {
	current, former := Timetable(), TimetableBurst3()
	burst := func(n int) Limits { return Limits{Rate: 1, Burst: n} }
	tests := []struct {
		name   string
		model  Model
		rows   []Row
		differ []time.Duration
	}{
		{"capacity 11 reproduces the table", NewBucket(DocumentedLimits), current, nil},
		{"capacity 10 refuses at 2.2 s", NewBucket(burst(9)), current, []time.Duration{22 * tenth}},
		{"capacity 12 admits at 2.4 s", NewBucket(burst(11)), current, []time.Duration{24 * tenth}},
		{"capacity 4 reproduces the former table", NewBucket(burst(3)), former, nil},
		{"capacity 3 refuses too early for the former table", NewBucket(burst(2)), former, []time.Duration{9 * tenth}},
		{"capacity 5 admits too much for the former table", NewBucket(burst(4)), former, []time.Duration{14 * tenth}},
		{"window and one-time pool reproduces the table", NewOneTimePool(DocumentedLimits), current, nil},
		{"window and one-time pool reproduces the former table", NewOneTimePool(burst(3)), former, nil},
		{"whole-second refill reproduces the table", NewIntegerRefill(DocumentedLimits), current, nil},
		{"whole-second refill reproduces the former table", NewIntegerRefill(burst(3)), former, nil},
		{"a second's penalty refuses at 3.1 s", NewPenalty(NewBucket(DocumentedLimits), time.Second), current, []time.Duration{31 * tenth}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Replay(tt.model, start, tt.rows)
			if len(got) != len(tt.differ) {
				t.Fatalf("differs at %v, want %v", got, tt.differ)
			}
			for i := range got {
				if got[i].Offset != tt.differ[i] {
					t.Errorf("differs at %v, want %v", got[i].Offset, tt.differ[i])
				}
			}
		})
	}
}

func TestTimetableAcceptsRatesNearOneOnly(t *testing.T) {
	for _, tt := range []struct {
		rate float64
		fits bool
	}{{0.96, false}, {0.97, true}, {1, true}, {1.07, true}, {1.08, false}} {
		got := Replay(NewBucket(Limits{Rate: tt.rate, Burst: 10}), start, Timetable())
		if (len(got) == 0) != tt.fits {
			t.Errorf("rate %g: differs at %v, want fits = %v", tt.rate, got, tt.fits)
		}
	}
}

func TestTableReplaysTheTimetableForEveryKey(t *testing.T) {
	table := NewTable[string](DocumentedLimits)
	for _, row := range Timetable() {
		for _, key := range []string{"192.0.2.1", "192.0.2.2", "2001:db8::1"} {
			if got := table.Allow(key, start.Add(row.Offset)); got != row.Admitted {
				t.Errorf("%s at %v: admitted = %v, want %v", key, row.Offset, got, row.Admitted)
			}
		}
	}
}

func TestTimetableIsACopy(t *testing.T) {
	Timetable()[0].Admitted = false
	TimetableBurst3()[0].Admitted = false
	if !Timetable()[0].Admitted || !TimetableBurst3()[0].Admitted {
		t.Error("changing the returned rows changed the published ones")
	}
}
