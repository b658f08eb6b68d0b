package timers

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func order(a, b Timer) int {
	if a.Before(b) {
		return -1
	}
	return 1
}

func TestTimersComeOutInOrderOfTimeThenDevice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q Queue
		var want []Timer
		for n := range rapid.IntRange(0, 200).Draw(t, "operations") {
			in := Timer{
				At:     rapid.Int64Range(0, 50).Draw(t, "at"),
				Device: int32(n*1000) + rapid.Int32Range(0, 999).Draw(t, "device"),
			}
			slices.SortFunc(want, order)
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				if len(want) == 0 {
					continue
				}
				if got := q.Pop(); got != want[0] {
					t.Fatalf("Pop = %v, want %v", got, want[0])
				}
				want = want[1:]
			case 1:
				want = append(want, in)
				slices.SortFunc(want, order)
				if got := q.Swap(in); got != want[0] {
					t.Fatalf("Swap(%v) = %v, want %v", in, got, want[0])
				}
				want = want[1:]
			default:
				earliest := len(want) == 0 || in.Before(want[0])
				if got := q.Push(in); got != earliest {
					t.Fatalf("Push(%v) earliest = %v, want %v", in, got, earliest)
				}
				want = append(want, in)
			}
		}
		if q.Len() != len(want) || len(q.All()) != len(want) {
			t.Fatalf("Len = %d, All has %d, want %d", q.Len(), len(q.All()), len(want))
		}
		if top, ok := q.Peek(); ok != (len(want) > 0) || ok && slices.ContainsFunc(want, func(o Timer) bool { return o.Before(top) }) {
			t.Fatalf("Peek = %v, %v with %d waiting", top, ok, len(want))
		}
	})
}

func TestAResetQueueIsEmpty(t *testing.T) {
	var q Queue
	q.Push(Timer{At: 1})
	q.Reset()
	if _, ok := q.Peek(); ok || q.Len() != 0 {
		t.Error("a reset queue still holds a timer")
	}
}

func BenchmarkQueuePushAndPopAmong100k(b *testing.B) {
	var q Queue
	for i := range 100_000 {
		q.Push(Timer{At: int64(i * 7919 % 100_000), Device: int32(i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		t := q.Pop()
		t.At += 50_000
		q.Push(t)
	}
}
