package pace

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ms = time.Millisecond

func mustSchedule(t testing.TB, text string, n int) Schedule {
	t.Helper()
	spec, err := ParseSpec(text)
	if err != nil {
		t.Fatal(err)
	}
	s, err := spec.Schedule(n, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchedulesAtChosenLaunches(t *testing.T) {
	tests := []struct {
		name, spec string
		i          int
		want       time.Duration
	}{
		{"a constant rate starts at once", "constant:20", 0, 0},
		{"a constant rate is even", "constant:20", 1, 50 * ms},
		{"a constant rate does not drift in a day", "constant:3", 3 * 86400, 24 * time.Hour},
		{"a ramp from zero starts at once", "ramp:0..10/20s", 0, 0},
		{"a ramp from zero has its integral", "ramp:0..10/20s", 25, 10 * time.Second},
		{"a ramp holds its last rate", "ramp:0..10/20s", 110, 21 * time.Second},
		{"a falling ramp", "ramp:10..0/20s", 75, 10 * time.Second},
		{"a level ramp is constant", "ramp:4..4/10s", 6, 1500 * ms},
		{"steps in the first", "steps:10/5s,50/10s", 49, 4900 * ms},
		{"steps at the seam", "steps:10/5s,50/10s", 50, 5 * time.Second},
		{"steps in the second", "steps:10/5s,50/10s", 51, 5020 * ms},
		{"steps hold the last rate", "steps:10/5s,50/10s", 600, 16 * time.Second},
		{"a pause is waited out", "steps:10/5s,0/5s,10/5s", 50, 10 * time.Second},
		{"a pause is waited out though 2.2 times 25 overshoots 55", "steps:2.2/25s,0/5s,1/5s", 55, 30 * time.Second},
		{"a first step without launches", "steps:0/3s,1/1s", 0, 3 * time.Second},
		{"a spike before its window", "spike:base=2,at=10s,width=2s,share=0.7", 3, 1500 * ms},
		{"a spike at the start of its window", "spike:base=2,at=10s,width=2s,share=0.7", 20, 10 * time.Second},
		{"a spike at the end of its window", "spike:base=2,at=10s,width=2s,share=0.7", 720, 12 * time.Second},
		{"a spike of everybody", "spike:base=0,at=10s,width=2s,share=1", 500, 11 * time.Second},
		{"a base that would leave too few is slowed", "spike:base=100,at=10s,width=2s,share=0.7", 150, 5 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := max(1000, tt.i+1)
			got, ok := mustSchedule(t, tt.spec, n).At(tt.i)
			if !ok || got != tt.want {
				t.Errorf("%s At(%d) = %v, %v, want %v", tt.spec, tt.i, got, ok, tt.want)
			}
		})
	}
}

func TestSchedulesEnd(t *testing.T) {
	tests := []struct {
		name, spec string
		n, want    int
	}{
		{"after n launches", "constant:20", 7, 7},
		{"with nobody to launch", "poisson:20", 0, 0},
		{"a ramp to zero ends with its integral", "ramp:10..0/20s", 1000, 100},
		{"a last step of zero ends", "steps:10/5s,0/1s", 1000, 50},
		{"a spike of everybody", "spike:base=0,at=1s,width=2s,share=1", 33, 33},
		{"a spike with base", "spike:base=0.5,at=10s,width=2s,share=0.3", 2000, 2000},
		{"a rate beyond the calendar", "constant:0.0000001", 1_000_000, 923},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, got := mustSchedule(t, tt.spec, tt.n), 0
			for {
				if _, ok := s.At(got); !ok {
					break
				}
				got++
			}
			if got != tt.want {
				t.Errorf("%s with n = %d: %d launches, want %d", tt.spec, tt.n, got, tt.want)
			}
			if _, ok := s.At(-1); ok {
				t.Error("there is a launch -1")
			}
		})
	}
}

func drawSpec(t *rapid.T) Spec {
	rate := rapid.Float64Range(0.05, 500)
	length := rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.Int64Range(int64(ms), int64(time.Minute)).Draw(t, "length"))
	})
	switch rapid.SampledFrom([]Shape{Constant, Ramp, Steps, Spike}).Draw(t, "shape") {
	case Ramp:
		s := Spec{Shape: Ramp, From: rate.Draw(t, "from"), To: rate.Draw(t, "to"), Over: length.Draw(t, "over")}
		if rapid.Bool().Draw(t, "from zero") {
			s.From = 0
		}
		return s
	case Steps:
		s := Spec{Shape: Steps}
		for range rapid.IntRange(0, 5).Draw(t, "steps") {
			s.Steps = append(s.Steps, Step{float64(rapid.IntRange(0, 100).Draw(t, "rate")), length.Draw(t, "duration")})
		}
		s.Steps = append(s.Steps, Step{rate.Draw(t, "last"), time.Second})
		return s
	case Spike:
		return Spec{
			Shape: Spike, Base: rate.Draw(t, "base"), At: length.Draw(t, "at"), Width: length.Draw(t, "width"),
			Share: rapid.Float64Range(0.01, 1).Draw(t, "share"),
		}
	default:
		return Spec{Shape: Constant, Rate: rate.Draw(t, "rate")}
	}
}

// integral is the number of launches due by time u, in closed form and without
// the inversion under test.
func integral(s Spec, n int, u float64) float64 {
	switch s.Shape {
	case Constant:
		return s.Rate * u
	case Ramp:
		d := s.Over.Seconds()
		in := min(u, d)
		return s.From*in + (s.To-s.From)*in*in/(2*d) + s.To*max(0, u-d)
	case Steps:
		total := 0.0
		for i, step := range s.Steps {
			d := step.Duration.Seconds()
			if i == len(s.Steps)-1 {
				d = math.Inf(1)
			}
			total += step.Rate * max(0, min(u, d))
			u -= d
		}
		return total
	default:
		at, width := s.At.Seconds(), s.Width.Seconds()
		inside := math.Round(s.Share * float64(n))
		before := min(s.Base*at, float64(n)-inside)
		rest, decay := float64(n)-inside-before, 5*width
		excess := max(0, min(rest/decay, inside/width)-s.Base)
		after := max(0, u-at-width)
		return before*min(1, u/at) + inside*max(0, min(1, (u-at)/width)) +
			s.Base*after + excess*decay*(1-math.Exp(-after/decay))
	}
}

func TestDeterministicShapesFollowTheirIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := drawSpec(t)
		n := rapid.IntRange(1, 800).Draw(t, "n")
		s, err := spec.Schedule(n, 0)
		if err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		offsets := collect(t, s, n)
		due := func(u time.Duration) float64 { return min(float64(n), integral(spec, n, u.Seconds())) }
		end := offsets[n-1] + time.Second
		for range 20 {
			from := time.Duration(rapid.Int64Range(0, int64(end)).Draw(t, "from"))
			to := time.Duration(rapid.Int64Range(int64(from), int64(end)).Draw(t, "to"))
			got, want := float64(between(offsets, from, to)), due(to)-due(from)
			if math.Abs(got-want) > 1+1e-4 {
				t.Fatalf("%s, n = %d: %g launches in [%v, %v), want %g within 1", spec, n, got, from, to, want)
			}
		}
		// Every single launch lies where the integral has reached its number.
		for i, at := range offsets {
			slack := 1e-6 + 2e-9*(due(at+ms)-due(max(0, at-ms)))/0.002
			if got := due(at); math.Abs(got-float64(i)) > slack {
				t.Fatalf("%s, n = %d: launch %d at %v where %g are due", spec, n, i, at, got)
			}
		}
	})
}

func collect(t *rapid.T, s Schedule, n int) []time.Duration {
	var offsets []time.Duration
	last := time.Duration(0)
	for i := range n {
		at, ok := s.At(i)
		if !ok {
			t.Fatalf("no launch %d of %d", i, n)
		}
		if at < last {
			t.Fatalf("launch %d at %v, before %v", i, at, last)
		}
		last = at
		offsets = append(offsets, at)
	}
	if _, ok := s.At(n); ok {
		t.Fatalf("there is a launch %d of %d", n, n)
	}
	return offsets
}

// between counts the offsets in [from, to).
func between(offsets []time.Duration, from, to time.Duration) int {
	count := 0
	for _, o := range offsets {
		if o >= from && o < to {
			count++
		}
	}
	return count
}

func TestSpikePutsItsShareIntoTheWindow(t *testing.T) {
	for _, n := range []int{1, 7, 100, 2000} {
		for _, base := range []float64{0.5, 20, 5000} {
			spec := Spec{Shape: Spike, Base: base, At: 10 * time.Second, Width: 2 * time.Second, Share: 0.7}
			s, err := spec.Schedule(n, 0)
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			for i := range n {
				if at, _ := s.At(i); at >= spec.At && at < spec.At+spec.Width {
					got++
				}
			}
			if want := math.Round(0.7 * float64(n)); math.Abs(float64(got)-want) > 1 {
				t.Errorf("n = %d, base %g: %d in the window, want %g", n, base, got, want)
			}
		}
	}
}

func TestSpikeDecaysAfterItsWindow(t *testing.T) {
	s := mustSchedule(t, "spike:base=2,at=10s,width=2s,share=0.7,decay=10s", 2000)
	var offsets []time.Duration
	for i := range 2000 {
		at, _ := s.At(i)
		offsets = append(offsets, at)
	}
	last := 1400 / 2
	for from := 12 * time.Second; from < 40*time.Second; from += 4 * time.Second {
		got := between(offsets, from, from+time.Second)
		if got > last {
			t.Errorf("%d launches in the second at %v, after %d", got, from, last)
		}
		last = got
	}
	if first := between(offsets, 12*time.Second, 13*time.Second); first < 50 || first > 60 {
		t.Errorf("%d launches in the second after the window, want about 580/10s", first)
	}
}

func BenchmarkAt(b *testing.B) {
	for _, text := range []string{forms[Constant], forms[Ramp], forms[Steps], forms[Poisson], forms[Spike]} {
		b.Run(fmt.Sprint(text), func(b *testing.B) {
			s, i := mustSchedule(b, text, math.MaxInt), 0
			b.ReportAllocs()
			for b.Loop() {
				s.At(i)
				i++
			}
		})
	}
}
