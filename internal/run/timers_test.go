package run

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTimersComeOutInOrderOfTimeThenDevice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q timers
		var want []timer
		for range rapid.IntRange(0, 200).Draw(t, "operations") {
			if len(want) > 0 && rapid.Bool().Draw(t, "pop") {
				slices.SortFunc(want, func(a, b timer) int {
					if a.before(b) {
						return -1
					}
					return 1
				})
				if got := q.pop(); got != want[0] {
					t.Fatalf("pop = %v, want %v", got, want[0])
				}
				want = want[1:]
				continue
			}
			in := timer{
				at:     rapid.Int64Range(0, 50).Draw(t, "at"),
				device: int32(len(want)*1000) + rapid.Int32Range(0, 999).Draw(t, "device"),
			}
			earliest := !slices.ContainsFunc(want, func(o timer) bool { return !in.before(o) })
			if got := q.push(in); got != earliest {
				t.Fatalf("push(%v) earliest = %v, want %v", in, got, earliest)
			}
			want = append(want, in)
		}
		if top, ok := q.peek(); ok != (len(want) > 0) || ok && slices.ContainsFunc(want, func(o timer) bool { return o.before(top) }) {
			t.Fatalf("peek = %v, %v with %d waiting", top, ok, len(want))
		}
	})
}

func BenchmarkTimersPushAndPopAmong100k(b *testing.B) {
	var q timers
	for i := range 100_000 {
		q.push(timer{at: int64(i * 7919 % 100_000), device: int32(i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		t := q.pop()
		t.at += 50_000
		q.push(t)
	}
}
