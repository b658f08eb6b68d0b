package search

import "testing"

// ratio is evidence on a share with a limit of 1 %.
func bounded(hits, of float64) []Evidence {
	return []Evidence{{Met: hits <= 0.01*of, Share: true, Hits: hits, Of: of, Limit: 0.01, Below: true}}
}

// play shows a trial a step second by second and returns what it decided when.
func play(t *Trial, rate float64, hits func(second int) float64, flying func(second int) int) (Decision, float64, int) {
	sum := 0.0
	for second := 1; ; second++ {
		for k := range 10 {
			t.Flying(float64(second-1)+float64(k)/10, flying(second))
		}
		sum += hits(second)
		if second < 2 {
			continue
		}
		d, c := t.Look(float64(second), false, bounded(sum, rate*float64(second)))
		if d != Undecided {
			return d, c, second
		}
	}
}

func TestATrialDecidesWhenItIsPlain(t *testing.T) {
	calm := func(int) int { return 3 }
	for _, tt := range []struct {
		name    string
		rate    float64
		lenient bool
		hits    func(int) float64
		flying  func(int) int
		want    Decision
		from    int
		until   int
		sure    float64
	}{
		{"nothing refused at a high rate", 700, false, func(int) float64 { return 0 }, calm, Holds, 5, 6, 0.99},
		{"nothing refused at a low rate takes its time", 30, false, func(int) float64 { return 0 }, calm, Holds, 20, 30, 0.85},
		{"far below the knee a first impression is enough", 30, true, func(int) float64 { return 0 }, calm, Holds, 5, 5, 0.6},
		{"a third refused ends at once", 700, false, func(int) float64 { return 230 }, calm, Fails, 2, 3, 0.999},
		{"twice what is allowed is soon plain", 700, false, func(int) float64 { return 14 }, calm, Fails, 3, 8, 0.98},
		{"a little too much takes its time", 700, false, func(int) float64 { return 7.5 }, calm, Fails, 20, 30, 0.5},
		{"a burst hides the refusals at first", 720, false, func(s int) float64 {
			if s < 4 {
				return 0
			}
			return 20
		}, calm, Fails, 4, 15, 0.98},
		{"requests that pile up fail though none is refused", 700, false, func(int) float64 { return 0 }, func(s int) int { return 10 * s }, Fails, 30, 30, 0.9},
		{"a stall that goes away again is none", 700, false, func(int) float64 { return 0 }, func(s int) int {
			if s >= 4 && s < 6 {
				return 100
			}
			return 2
		}, Holds, 6, 12, 0.99},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, c, at := play(NewTrial(5, 30, tt.lenient, 1024), tt.rate, tt.hits, tt.flying)
			if d != tt.want || at < tt.from || at > tt.until || c < tt.sure || c > 1 {
				t.Errorf("decision %d after %d s with confidence %.3f, want %d within %d to %d s with %.2f", d, at, c, tt.want, tt.from, tt.until, tt.sure)
			}
		})
	}
}

func TestRefusalsThatComeLateCountMoreThanTheMean(t *testing.T) {
	trial := NewTrial(30, 30, false, 1024)
	d, _, at := play(trial, 700, func(s int) float64 {
		if s <= 26 {
			return 0
		}
		return 45
	}, func(int) int { return 1 })
	if d != Fails || at != 30 {
		t.Errorf("decision %d after %d s: 1.7 %% of the later half was refused", d, at)
	}
}

func TestAFigureWithoutAnErrorIsJudgedByItsConsistency(t *testing.T) {
	trial := NewTrial(5, 10, false, 10)
	for second := 2; second < 20; second++ {
		d, c := trial.Look(float64(second), false, []Evidence{{Met: true}})
		if d == Undecided {
			continue
		}
		if d != Holds || c < 0.8 || c > 0.95 {
			t.Errorf("decision %d after %d s with %.2f", d, second, c)
		}
		return
	}
	t.Error("no decision")
}

func TestTheBoundOnRequestsUnderWayIsSeen(t *testing.T) {
	trial := NewTrial(5, 10, false, 10)
	if trial.Flying(-1, 9) || !trial.Flying(-1, 10) {
		t.Error("10 of 10 under way is behind, 9 is not")
	}
}

func TestWhatTheGeneratorDidTooLateDoesNotCount(t *testing.T) {
	for _, tt := range []struct {
		name  string
		late  func(second int) bool
		hits  func(second int) float64
		want  Decision
		until int
	}{
		{"refusals in and after late seconds", func(s int) bool { return s%5 == 0 }, func(s int) float64 {
			if s > 4 && s%5 < 2 {
				return 100
			}
			return 0
		}, Holds, 10},
		{"refusals in the other seconds too", func(s int) bool { return s%5 == 0 }, func(int) float64 { return 100 }, Fails, 8},
		{"nothing but late seconds", func(int) bool { return true }, func(int) float64 { return 100 }, Late, 30},
		{"one second in ten that counts", func(s int) bool { return s%10 > 1 }, func(int) float64 { return 0 }, Late, 30},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trial, sum := NewTrial(5, 30, false, 1024), 0.0
			for second := 1; second <= 60; second++ {
				sum += tt.hits(second)
				if second < 2 {
					continue
				}
				d, c := trial.Look(float64(second), tt.late(second), bounded(sum, 700*float64(second)))
				if d == Undecided {
					continue
				}
				if d != tt.want || second > tt.until || c < 0.9 {
					t.Errorf("decision %d after %d s with %.2f, want %d", d, second, c, tt.want)
				}
				return
			}
			t.Error("no decision")
		})
	}
}

func TestARiseWhileTheGeneratorWasLateIsNoBacklog(t *testing.T) {
	trial := NewTrial(5, 5, false, 1024)
	for second := 1; second <= 9; second++ {
		late := second == 6
		for k := range 10 {
			n := 3
			if late {
				n = 400
			}
			trial.Flying(float64(second-1)+float64(k)/10, n)
		}
		trial.Look(float64(second), late, bounded(0, 700*float64(second)))
	}
	if trial.Behind() {
		t.Error("behind")
	}
}

func TestSecondsThatDifferMuchAreNoSureFailure(t *testing.T) {
	hits := []float64{0, 0, 0, 60, 0, 0, 0, 0}
	trial, sum := NewTrial(5, 30, false, 1024), 0.0
	for i, h := range hits {
		sum += h
		if d, _ := trial.Look(float64(i+1), false, bounded(sum, 700*float64(i+1))); d == Fails {
			t.Fatalf("failed after %d s by one second", i+1)
		}
	}
	if list := trial.Broken(); len(list) != 1 || list[0] != 0 {
		t.Errorf("broken %v: %.0f of 5600 is more than 1 %%", list, sum)
	}
}
