package throttle

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func admitted(m Model, at time.Time, n int) int {
	count := 0
	for range n {
		if m.Allow(at) {
			count++
		}
	}
	return count
}

func TestBucketAdmitsElevenAtOnceAndThenOneASecond(t *testing.T) {
	b := NewBucket(DocumentedLimits)
	if got := admitted(b, start, 20); got != 11 {
		t.Errorf("at once: %d admitted, want 11", got)
	}
	for s := 1; s <= 5; s++ {
		if got := admitted(b, sec(float64(s)), 3); got != 1 {
			t.Errorf("after %d s: %d admitted, want 1", s, got)
		}
	}
	if got := admitted(b, sec(1000), 20); got != 11 {
		t.Errorf("after a long rest: %d admitted, want 11", got)
	}
}

func TestBucketRefusalsCostNothing(t *testing.T) {
	b := NewBucket(DocumentedLimits)
	admitted(b, start, 11)
	for i := range 999 {
		if b.Allow(start.Add(time.Duration(i) * time.Millisecond)) {
			t.Fatalf("admitted %d ms after the bucket ran dry", i)
		}
	}
	if !b.Allow(sec(1)) {
		t.Error("refused one second later: the refusals were charged")
	}
}

func TestBucketDoesNotPayTwiceWhenTimeRunsBackwards(t *testing.T) {
	b := NewBucket(DocumentedLimits)
	got := 0
	for range 50 {
		got += admitted(b, sec(5), 1) + admitted(b, start, 1)
	}
	if got != 11 {
		t.Errorf("%d admitted in 5 s lived over and over, want the 11 in hand", got)
	}
}

func TestBucketNextAdmissionTable(t *testing.T) {
	b := NewBucket(DocumentedLimits)
	if got := b.NextAdmission(start); !got.Equal(start) {
		t.Errorf("full bucket: %v, want now", got.Sub(start))
	}
	admitted(b, start, 11)
	for _, tt := range []struct{ at, want float64 }{{0, 1}, {0.25, 1}, {1, 1}, {3.5, 3.5}} {
		if got := b.NextAdmission(sec(tt.at)); !got.Equal(sec(tt.want)) {
			t.Errorf("dry bucket asked at %g s: %v, want %g s", tt.at, got.Sub(start), tt.want)
		}
	}
	b.Allow(sec(9))
	if got := b.NextAdmission(sec(2)); !got.Equal(sec(2)) {
		t.Errorf("a time gone by, with requests in hand: %v, want that time", got.Sub(start))
	}
}

func drawLimits(t *rapid.T) Limits {
	return Limits{
		Rate:  rapid.Float64Range(0.01, 200).Draw(t, "rate"),
		Burst: rapid.IntRange(0, 20).Draw(t, "burst"),
	}
}

// drawStep draws the gap to the next request: bursts, sub-second gaps, whole
// refills and the moments around them.
func drawStep(t *rapid.T, l Limits) time.Duration {
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return 0
	case 1:
		return time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(t, "gap"))
	case 2:
		return time.Duration(rapid.Float64Range(0, 3).Draw(t, "refills") * float64(l.Refill()))
	default:
		return l.Refill() + time.Duration(rapid.Int64Range(-3, 3).Draw(t, "around refill"))
	}
}

func TestBucketNextAdmissionIsRightToNanoseconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLimits(t)
		b, now := NewBucket(l), start
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			now = now.Add(drawStep(t, l))
			next := b.NextAdmission(now)
			if next.Before(now) {
				t.Fatalf("next admission %v before now %v", next, now)
			}
			if early := next.Add(-5); early.After(now) && b.Allow(early) {
				t.Fatalf("%v: admitted 5 ns before the next admission", l)
			}
			if !b.Allow(next) {
				t.Fatalf("%v: refused at the next admission", l)
			}
			now = next
		}
	})
}

func TestBucketNeverExceedsBurstPlusRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLimits(t)
		b, now := NewBucket(l), start
		var admissions []time.Time
		for range rapid.IntRange(1, 80).Draw(t, "requests") {
			now = now.Add(drawStep(t, l) / 8)
			if b.Allow(now) {
				admissions = append(admissions, now)
			}
		}
		checkWindows(t, admissions, float64(l.Burst+1), l.Rate)
	})
}

// checkWindows fails if any span between two admissions holds more than
// capacity + rate·span of them.
func checkWindows(t *rapid.T, admissions []time.Time, capacity, rate float64) {
	for i := range admissions {
		for j := i; j < len(admissions); j++ {
			span := admissions[j].Sub(admissions[i]).Seconds() + 2e-9
			if got, most := float64(j-i+1), capacity+rate*span; got > most+1e-9 {
				t.Fatalf("%g admissions in %g s, want at most %g", got, span, most)
			}
		}
	}
}

func BenchmarkBucketAllow(b *testing.B) {
	bucket, now := NewBucket(DocumentedLimits), start
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(400 * time.Millisecond)
		bucket.Allow(now)
	}
}

func BenchmarkBucketNextAdmission(b *testing.B) {
	bucket := NewBucket(DocumentedLimits)
	admitted(bucket, start, 11)
	b.ReportAllocs()
	for b.Loop() {
		bucket.NextAdmission(start)
	}
}
