package plan

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcrbench/dcrbench/internal/throttle"
)

func TestABucketDecidesAsTheDocumentedOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := throttle.Limits{
			Rate:  rapid.SampledFrom([]float64{0.001, 0.1, 0.3, 0.5, 0.99, 1, 3, 7.7, 1000}).Draw(t, "rate"),
			Burst: rapid.IntRange(0, 12).Draw(t, "burst"),
		}
		want, got, l := throttle.NewBucket(limits), bucket{}, newLimit(limits)
		now := epoch
		for range 200 {
			now += rapid.OneOf(rapid.Int64Range(0, int64(3*time.Second)), rapid.Int64Range(0, 5),
				rapid.SampledFrom([]int64{0, int64(time.Second), int64(time.Second) - 1, int64(time.Second) + 1, int64(100 * time.Millisecond), int64(time.Hour)})).Draw(t, "wait")
			if w, g := want.Allow(time.Unix(0, now)), got.allow(l, now); w != g {
				t.Fatalf("at %v with %v: %v, want %v", time.Duration(now-epoch), limits, g, w)
			}
		}
	})
}

func TestTheZeroLimitsAreTheDocumentedOnes(t *testing.T) {
	l := newLimit(throttle.Limits{})
	var b bucket
	for i, row := range throttle.Timetable() {
		if got := b.allow(l, epoch+int64(row.Offset)); got != row.Admitted {
			t.Errorf("row %d at %v: %v, want %v", i, row.Offset, got, row.Admitted)
		}
	}
}

func BenchmarkBucket(b *testing.B) {
	l, now := newLimit(throttle.Limits{}), epoch
	var k bucket
	b.ReportAllocs()
	for b.Loop() {
		now += int64(700 * time.Millisecond)
		k.allow(l, now)
	}
}
