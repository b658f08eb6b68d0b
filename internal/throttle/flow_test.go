package throttle

import (
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"
)

func TestALeanBucketDecidesAsTheLimiterOfTheRatePackage(t *testing.T) {
	begin := int64(1_767_225_600) * int64(time.Second)
	rapid.Check(t, func(t *rapid.T) {
		limits := Limits{
			Rate:  rapid.SampledFrom([]float64{0.001, 0.1, 0.3, 0.5, 0.99, 1, 3, 7.7, 1000}).Draw(t, "rate"),
			Burst: rapid.IntRange(0, 12).Draw(t, "burst"),
		}
		want, got, f := rate.NewLimiter(rate.Limit(limits.Rate), limits.Burst+1), Lean{}, limits.Flow()
		now := begin
		for range 200 {
			now += rapid.OneOf(rapid.Int64Range(0, int64(3*time.Second)), rapid.Int64Range(0, 5),
				rapid.SampledFrom([]int64{0, int64(time.Second), int64(time.Second) - 1, int64(time.Second) + 1, int64(100 * time.Millisecond), int64(time.Hour)})).Draw(t, "wait")
			at := time.Unix(0, now)
			if w, g := want.AllowN(at, 1), got.Allow(f, now); w != g {
				t.Fatalf("at %v with %v: %v, want %v", time.Duration(now-begin), limits, g, w)
			}
			wait := int64(max(0, (1-want.TokensAt(at))/limits.Rate*float64(time.Second)))
			if g := got.Wait(f, now); g != wait {
				t.Fatalf("at %v with %v: Wait = %d, want %d", time.Duration(now-begin), limits, g, wait)
			}
		}
	})
}

func TestALeanBucketAdmitsWhenItSaysThatItWillHoweverLongThatIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := Limits{Rate: rapid.Float64Range(7e-8, 1e-6).Draw(t, "rate"), Burst: rapid.IntRange(0, 1).Draw(t, "burst")}
		f, now := limits.Flow(), int64(1_767_225_600)*int64(time.Second)
		var b Lean
		for range 40 {
			now += rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "wait")
			now = b.next(f, now)
			if !b.Allow(f, now) {
				t.Fatalf("%v: refused when it was to admit", limits)
			}
		}
	})
}

func TestAnUntouchedLeanBucketFollowsTheDocumentedTimetable(t *testing.T) {
	begin := int64(1_767_225_600) * int64(time.Second)
	f := Limits{}.Flow()
	var b Lean
	for i, row := range Timetable() {
		if got := b.Allow(f, begin+int64(row.Offset)); got != row.Admitted {
			t.Errorf("row %d at %v: %v, want %v", i, row.Offset, got, row.Admitted)
		}
	}
}

func BenchmarkLean(b *testing.B) {
	f, now := Limits{}.Flow(), int64(1_767_225_600)*int64(time.Second)
	var k Lean
	b.ReportAllocs()
	for b.Loop() {
		now += int64(700 * time.Millisecond)
		k.Allow(f, now)
	}
}
