package search

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// run lets a search play against a target that bears a known rate, and wrong
// verdicts at some steps.
func run(o Options, bears func(rate float64, confirming bool) (bool, float64)) (*Search, int) {
	return judged(o, func(rate float64, confirming bool) (Decision, float64) {
		holds, confidence := bears(rate, confirming)
		if holds {
			return Holds, confidence
		}
		return Fails, confidence
	})
}

// judged is as run, with decisions.
func judged(o Options, decide func(rate float64, confirming bool) (Decision, float64)) (*Search, int) {
	s := New(o)
	steps := 0
	for {
		rate, more := s.Next()
		if !more {
			return s, steps
		}
		steps++
		s.Observe(decide(rate, s.Confirming()))
	}
}

func TestASearchFindsTheKneeWithinItsPrecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Options{From: rapid.Float64Range(0.1, 100).Draw(t, "from")}
		o.To = o.From * rapid.Float64Range(1.01, 1000).Draw(t, "times")
		o.Precision = rapid.SampledFrom([]float64{0, 0.01, 0.02, 0.1}).Draw(t, "precision")
		knee := rapid.Float64Range(o.From/2, o.To*2).Draw(t, "knee")
		s, steps := run(o, func(rate float64, _ bool) (bool, float64) {
			if rate < o.From || rate > o.To {
				t.Fatalf("rate %g is outside of %g..%g", rate, o.From, o.To)
			}
			return rate <= knee, 0.99
		})
		r := s.Result()
		if o.Precision == 0 {
			o.Precision = DefaultPrecision
		}
		switch {
		case steps > MaxSteps || !r.Closed:
			t.Fatalf("%d steps, %+v", steps, r)
		case knee < o.From:
			if r.Held != 0 || r.Failed != o.From {
				t.Fatalf("knee %g below %g: %+v", knee, o.From, r)
			}
		case knee >= o.To:
			if r.Held != o.To || r.Failed != 0 {
				t.Fatalf("knee %g above %g: %+v", knee, o.To, r)
			}
		case r.Held > knee || r.Failed <= knee || r.Failed-r.Held > math.Max(o.Precision, 0.0011)*r.Failed:
			t.Fatalf("knee %g: %+v", knee, r)
		}
	})
}

func TestARateThatHeldForAShortTimeOnlyIsNotFound(t *testing.T) {
	// The target has a reserve: for a short time it bears 760, for a long one 700.
	s, _ := run(Options{From: 10, To: 5000}, func(rate float64, confirming bool) (bool, float64) {
		if confirming {
			return rate <= 700, 0.99
		}
		return rate <= 760, 0.99
	})
	if r := s.Result(); r.Held > 700 || r.Held < 680 || !r.Closed {
		t.Errorf("%+v, want a little under 700", r)
	}
}

func TestAFailureThatWasNotSureIsTriedAgain(t *testing.T) {
	doubted := map[float64]int{}
	s, _ := run(Options{From: 100, To: 1000}, func(rate float64, _ bool) (bool, float64) {
		doubted[rate]++
		if rate > 390 && doubted[rate] == 1 && rate < 700 {
			return false, 0.5
		}
		return rate <= 700, 0.99
	})
	if r := s.Result(); r.Held > 700 || r.Held < 680 {
		t.Errorf("%+v, want a little under 700", r)
	}
}

func TestTheConfidenceIsThatOfTheLessSureVerdictAtTheKnee(t *testing.T) {
	s, _ := run(Options{From: 1, To: 100}, func(rate float64, _ bool) (bool, float64) {
		if rate <= 50 {
			return true, 0.97
		}
		return false, 0.98
	})
	if r := s.Result(); r.Confidence != 0.97 {
		t.Errorf("confidence %g, want 0.97", r.Confidence)
	}
	if r := New(Options{From: 1, To: 2}).Result(); r.Confidence != 0 || r.HeldStep != -1 || r.FailedStep != -1 || r.Closed {
		t.Errorf("before any step: %+v", r)
	}
}

func TestAStepAtWhichTheGeneratorWasLateIsNoFailure(t *testing.T) {
	for _, tt := range []struct {
		name                string
		knee                float64
		late                func(rate float64, try int) bool
		held, failed, reach [2]float64
		closed              bool
	}{
		{"now and then, and the knee is found", 700, func(_ float64, try int) bool { return try%3 != 2 },
			[2]float64{680, 700}, [2]float64{700, 715}, [2]float64{0, 0}, true},
		{"always above a rate below the knee", 700, func(rate float64, _ int) bool { return rate > 500 },
			[2]float64{485, 500}, [2]float64{0, 0}, [2]float64{500, 511}, false},
		{"always above a rate above the knee", 700, func(rate float64, _ int) bool { return rate > 1000 },
			[2]float64{680, 700}, [2]float64{700, 715}, [2]float64{1000, 1281}, true},
		{"always near the knee", 700, func(rate float64, _ int) bool { return rate > 690 && rate < 780 },
			[2]float64{670, 690}, [2]float64{780, 1000}, [2]float64{690, 704}, false},
		{"always", 700, func(float64, int) bool { return true },
			[2]float64{0, 0}, [2]float64{0, 0}, [2]float64{10, 10}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tries := map[float64]int{}
			s, steps := judged(Options{From: 10, To: 5000}, func(rate float64, _ bool) (Decision, float64) {
				tries[rate]++
				switch {
				case tt.late(rate, tries[rate]-1):
					return Late, 1
				case rate <= tt.knee:
					return Holds, 0.99
				}
				return Fails, 0.99
			})
			r := s.Result()
			for _, figure := range []struct {
				name string
				got  float64
				want [2]float64
			}{{"held", r.Held, tt.held}, {"failed", r.Failed, tt.failed}, {"reach", r.Reach, tt.reach}} {
				if figure.got < figure.want[0] || figure.got > figure.want[1] {
					t.Errorf("%s %g, want %v", figure.name, figure.got, figure.want)
				}
			}
			if r.Closed != tt.closed || steps > MaxSteps {
				t.Errorf("%d steps, %+v", steps, r)
			}
		})
	}
}

func TestAFailureByAccidentIsUndone(t *testing.T) {
	failed := false
	s, _ := run(Options{From: 10, To: 5000}, func(rate float64, confirming bool) (bool, float64) {
		if rate == 640 && !confirming && !failed {
			failed = true
			return false, 0.99
		}
		return rate <= 700, 0.99
	})
	if r := s.Result(); !failed || r.Held > 700 || r.Held < 680 {
		t.Errorf("%+v, want a little under 700", r)
	}
}

func TestNextStaysUntilAStepIsObserved(t *testing.T) {
	s := New(Options{From: 10, To: 100})
	a, _ := s.Next()
	b, more := s.Next()
	if a != 10 || b != 10 || !more || s.Closing() || s.Confirming() {
		t.Errorf("%g, then %g", a, b)
	}
}

func TestASearchEndsWhateverItsVerdicts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, steps := judged(Options{From: 1, To: 1e5, Precision: 0.001}, func(float64, bool) (Decision, float64) {
			return rapid.SampledFrom([]Decision{Holds, Fails, Late}).Draw(t, "decision"), rapid.Float64Range(0, 1).Draw(t, "confidence")
		})
		if steps > MaxSteps {
			t.Fatalf("%d steps", steps)
		}
	})
}

func TestOptionsThatCannotBeSearchedAreRefused(t *testing.T) {
	for _, o := range []Options{
		{}, {From: 0, To: 1}, {From: -1, To: 1}, {From: 2, To: 1}, {From: 1, To: 1}, {From: math.NaN(), To: 1},
		{From: 1, To: math.Inf(1)}, {From: math.Inf(1), To: 1}, {From: 1, To: math.NaN()}, {From: 1, To: 2, Precision: 1}, {From: 1, To: 2, Precision: -1},
	} {
		if o.Validate() == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	if err := (Options{From: 10, To: 5000}).Validate(); err != nil {
		t.Error(err)
	}
}
