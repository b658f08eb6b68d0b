package throttle

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// neverForgets is what Table must be indistinguishable from.
type neverForgets struct {
	limits  Limits
	buckets map[string]*Bucket
	latest  time.Time
}

func (n *neverForgets) bucket(key string, now time.Time) (*Bucket, time.Time) {
	n.latest = later(now, n.latest)
	b := n.buckets[key]
	if b == nil {
		b = NewBucket(n.limits)
		n.buckets[key] = b
	}
	return b, n.latest
}

func TestTableDecidesLikeATableThatNeverForgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLimits(t)
		table, want := NewTable[string](l), &neverForgets{limits: l, buckets: map[string]*Bucket{}}
		now := start
		for i := range rapid.IntRange(1, 150).Draw(t, "requests") {
			now = now.Add(drawStep(t, l) / time.Duration(rapid.IntRange(1, 6).Draw(t, "divisor")))
			at := now
			if rapid.IntRange(0, 9).Draw(t, "late") == 0 {
				at = now.Add(-drawStep(t, l))
			}
			key := strconv.Itoa(rapid.IntRange(0, 4).Draw(t, "key"))
			if i%3 == 0 {
				got := later(table.NextAdmission(key, now), now)
				bucket, _ := want.bucket(key, want.latest)
				if next := bucket.NextAdmission(now); !next.Equal(got) {
					t.Fatalf("request %d of %s: next admission %v, want %v", i, key, got, next)
				}
			}
			bucket, seen := want.bucket(key, at)
			if got, ok := table.Allow(key, at), bucket.Allow(seen); got != ok {
				t.Fatalf("request %d of %s at %v: admitted = %v, want %v", i, key, at.Sub(start), got, ok)
			}
		}
	})
}

func TestTableForgetsKeysThatAreFullAgain(t *testing.T) {
	table := NewTable[string](DocumentedLimits)
	for i := range 1000 {
		table.Allow(fmt.Sprint(i), start)
	}
	table.Allow("later", sec(11.5))
	if got := table.Len(); got != 1001 {
		t.Errorf("after one refill: %d keys, want 1001", got)
	}
	table.Allow("later", sec(23))
	if got := table.Len(); got != 1 {
		t.Errorf("after two refills: %d keys, want 1", got)
	}
	table.Allow("much later", sec(1e6))
	if got := table.Len(); got != 1 {
		t.Errorf("after days: %d keys, want 1", got)
	}
}

func TestTableKeepsABusyKeyThroughRotations(t *testing.T) {
	table := NewTable[string](DocumentedLimits)
	got := 0
	for i := range 10 * 60 * 5 {
		if table.Allow("busy", start.Add(time.Duration(i)*200*time.Millisecond)) {
			got++
		}
	}
	if want := 11 + 599; got != want {
		t.Errorf("%d admitted in ten minutes, want %d", got, want)
	}
}

func TestTableStaysSmallOverAMillionKeys(t *testing.T) {
	const keys, gap = 1_000_000, time.Millisecond
	table := NewTable[string](DocumentedLimits)
	bound := 2 * int((DocumentedLimits.Refill()+refillSlack)/gap+1)
	most := 0
	for i := range keys {
		if !table.Allow(strconv.Itoa(i), start.Add(time.Duration(i)*gap)) {
			t.Fatalf("key %d: its first request was refused", i)
		}
		most = max(most, table.Len())
	}
	if most > bound {
		t.Errorf("up to %d keys held, want at most two refill times' worth, %d", most, bound)
	}
}

func TestTableNextAdmissionChangesNothing(t *testing.T) {
	table := NewTable[string](DocumentedLimits)
	if got := table.NextAdmission("new", start); !got.Equal(start) || table.Len() != 0 {
		t.Errorf("unknown key: %v and %d keys, want now and 0", got, table.Len())
	}
	for range 11 {
		table.Allow("dry", start)
	}
	for range 3 {
		if got := table.NextAdmission("dry", sec(0.5)); !got.Equal(sec(1)) {
			t.Errorf("dry key: %v, want 1 s", got.Sub(start))
		}
	}
}

func TestTableDoesNotAllocateForKnownKeys(t *testing.T) {
	table, now := NewTable[string](DocumentedLimits), start
	table.Allow("192.0.2.1", now)
	got := testing.AllocsPerRun(1000, func() {
		now = now.Add(time.Millisecond)
		table.Allow("192.0.2.1", now)
		table.NextAdmission("192.0.2.1", now)
	})
	if got != 0 {
		t.Errorf("%g allocations, want 0", got)
	}
}

func BenchmarkTableAllow(b *testing.B) {
	for _, devices := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("%d keys", devices), func(b *testing.B) {
			keys := make([]string, devices)
			for i := range keys {
				keys[i] = fmt.Sprintf("192.0.%d.%d", i/256, i%256)
			}
			table, now, i := NewTable[string](DocumentedLimits), start, 0
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Microsecond)
				table.Allow(keys[i], now)
				if i++; i == devices {
					i = 0
				}
			}
		})
	}
}

func BenchmarkTableAllowNewKeys(b *testing.B) {
	keys := make([]string, 100_000)
	for i := range keys {
		keys[i] = fmt.Sprintf("10.%d.%d.%d", i/65536, i/256%256, i%256)
	}
	table, now, i := NewTable[string](DocumentedLimits), start, 0
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Millisecond)
		table.Allow(keys[i%len(keys)], now)
		i++
	}
}
