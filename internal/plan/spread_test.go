package plan

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestASpreadKnowsItsQuantilesWhateverTheOrderOfMerging(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 1<<36), 1, 300).Draw(t, "values")
		var parts [3]spread
		for i, v := range values {
			parts[i%3].add(v)
		}
		var a, b spread
		for i := range parts {
			a.merge(&parts[i])
			b.merge(&parts[2-i])
		}
		slices.Sort(values)
		if a.least != values[0] || a.top != values[len(values)-1] || a.n != uint64(len(values)) {
			t.Fatalf("least %d, top %d of %d", a.least, a.top, a.n)
		}
		for _, q := range []float64{0, 0.5, 0.9, 0.99, 1} {
			got := a.quantile(q)
			if got != b.quantile(q) || a.mean() != b.mean() {
				t.Fatalf("the order of merging matters at %v", q)
			}
			want := values[min(int(q*float64(len(values))), len(values)-1)]
			if math.Abs(float64(got-want)) > float64(want)/64+1 {
				t.Fatalf("quantile %v = %d, want %d", q, got, want)
			}
		}
	})
}

func TestASpreadOfOneNumberNeedsNoSteps(t *testing.T) {
	var s spread
	s.count(50_000, 1_000_000)
	if s.quantile(0.99) != 50_000 || s.mean() != 50_000 || s.steps != nil {
		t.Errorf("p99 %d, mean %v, %d steps", s.quantile(0.99), s.mean(), len(s.steps))
	}
	var empty spread
	if empty.quantile(0.5) != 0 || empty.mean() != 0 {
		t.Error("an empty spread is not zero")
	}
}
