package pace

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPoissonGapsAreExponential(t *testing.T) {
	const n, rate = 200_000, 20.0
	for _, seed := range []uint64{0, 1, 42} {
		s := newPoisson(n, rate, seed)
		var sum, squares, last float64
		for i := range n {
			at, ok := s.At(i)
			if !ok {
				t.Fatalf("no launch %d", i)
			}
			gap := at.Seconds() - last
			last = at.Seconds()
			sum += gap
			squares += gap * gap
		}
		mean := sum / n
		variance := squares/n - mean*mean
		if math.Abs(mean*rate-1) > 0.01 {
			t.Errorf("seed %d: mean gap %g s, want %g within 1 %%", seed, mean, 1/rate)
		}
		if math.Abs(variance*rate*rate-1) > 0.03 {
			t.Errorf("seed %d: variance of gaps %g, want %g within 3 %%", seed, variance, 1/(rate*rate))
		}
	}
}

func TestPoissonCountsPerSecondHaveEqualMeanAndVariance(t *testing.T) {
	const seconds, rate = 5000, 20.0
	s := newPoisson(seconds*rate*2, rate, 7)
	counts := make([]float64, seconds)
	for i := 0; ; i++ {
		at, ok := s.At(i)
		if !ok || at >= seconds*time.Second {
			break
		}
		counts[at/time.Second]++
	}
	var sum, squares float64
	for _, c := range counts {
		sum += c
		squares += c * c
	}
	mean := sum / seconds
	variance := squares/seconds - mean*mean
	if math.Abs(mean-rate) > 0.3 || math.Abs(variance-rate) > 1.5 {
		t.Errorf("mean %g and variance %g a second, want both near %g", mean, variance, rate)
	}
}

func TestPoissonIsDecidedByItsSeed(t *testing.T) {
	want := []time.Duration{23603800, 109450579, 210317233}
	s := newPoisson(len(want), 20, 1)
	for i := range want {
		if got, _ := s.At(i); got != want[i] {
			t.Errorf("seed 1, launch %d at %d, want %d", i, got, want[i])
		}
	}
	a, _ := newPoisson(10, 20, 1).At(0)
	b, _ := newPoisson(10, 20, 2).At(0)
	if a == b {
		t.Errorf("seeds 1 and 2 both start at %v", a)
	}
}

func TestPoissonAnswersAlikeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 50
		seed := rapid.Uint64().Draw(t, "seed")
		var want []time.Duration
		inOrder := newPoisson(n, 3, seed)
		for i := range n {
			at, _ := inOrder.At(i)
			if i > 0 && at < want[i-1] {
				t.Fatalf("launch %d at %v, before %v", i, at, want[i-1])
			}
			want = append(want, at)
		}
		s := newPoisson(n, 3, seed)
		for range 30 {
			i := rapid.IntRange(-2, n+2).Draw(t, "i")
			at, ok := s.At(i)
			if exists := i >= 0 && i < n; ok != exists || ok && at != want[i] {
				t.Fatalf("At(%d) = %v, %v, want it as in order", i, at, ok)
			}
		}
	})
}
