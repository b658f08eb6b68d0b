package throttle

import (
	"slices"
	"testing"
	"time"
)

// The two probes of throttling.yaml that tell the readings apart, each with the
// number admitted out of each volley.
func TestProbesTellBucketFromOneTimePool(t *testing.T) {
	type volley struct {
		at time.Duration
		n  int
	}
	refill := []volley{{0, 12}, {5 * time.Second, 8}}
	skipped := []volley{{0, 12}, {2 * time.Second, 1}, {2500 * time.Millisecond, 1}, {3 * time.Second, 1}}
	tests := []struct {
		name    string
		model   Model
		volleys []volley
		want    []int
	}{
		{"a bucket regains its burst while idle", NewBucket(DocumentedLimits), refill, []int{11, 5}},
		{"a pool is gone for good", NewOneTimePool(DocumentedLimits), refill, []int{11, 1}},
		{"whole seconds refill as well", NewIntegerRefill(DocumentedLimits), refill, []int{11, 5}},
		{"a bucket saves up a skipped second", NewBucket(DocumentedLimits), skipped, []int{11, 1, 1, 1}},
		{"a window does not", NewOneTimePool(DocumentedLimits), skipped, []int{11, 1, 0, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []int
			for _, v := range tt.volleys {
				count := 0
				for i := range v.n {
					if tt.model.Allow(start.Add(v.at + time.Duration(i)*10*time.Millisecond)) {
						count++
					}
				}
				got = append(got, count)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("admitted %v, want %v", got, tt.want)
			}
		})
	}
}

func TestIntegerRefillWaitsForTheWholeSecond(t *testing.T) {
	m := NewIntegerRefill(Limits{Rate: 1, Burst: 1})
	admitted(m, start, 2)
	if m.Allow(sec(0.999)) {
		t.Error("admitted before the second was over")
	}
	if got := admitted(m, sec(1), 5); got != 1 {
		t.Errorf("%d admitted at 1 s, want 1", got)
	}
	if got := admitted(m, sec(100), 5); got != 2 {
		t.Errorf("%d admitted after a rest, want the capacity 2", got)
	}
}

func TestAlternatesUseThePeriodOfTheirRate(t *testing.T) {
	half := Limits{Rate: 0.5, Burst: 0}
	for name, m := range map[string]Model{"pool": NewOneTimePool(half), "integer": NewIntegerRefill(half)} {
		got := []bool{m.Allow(start), m.Allow(sec(1)), m.Allow(sec(2)), m.Allow(sec(3.9)), m.Allow(sec(4))}
		if want := []bool{true, false, true, false, true}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestAlternatesIgnoreTimesBeforeTheLatestPeriod(t *testing.T) {
	for name, m := range map[string]Model{
		"pool":    NewOneTimePool(Limits{Rate: 1, Burst: 0}),
		"integer": NewIntegerRefill(Limits{Rate: 1, Burst: 0}),
	} {
		m.Allow(start)
		m.Allow(sec(5))
		if m.Allow(sec(2)) {
			t.Errorf("%s: admitted a request from a period that is over", name)
		}
	}
}

func TestPenaltyHoldsFromTheFirstRefusalAndIsNotProlonged(t *testing.T) {
	m := NewPenalty(NewBucket(Limits{Rate: 10, Burst: 0}), time.Second)
	got := []bool{m.Allow(start), m.Allow(sec(0.05)), m.Allow(sec(0.5)), m.Allow(sec(1.04)), m.Allow(sec(1.05))}
	if want := []bool{true, false, false, false, true}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
