package run

import (
	"slices"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/timers"
)

func alarms(t testing.TB) map[string]Alarm {
	t.Helper()
	precise, err := NewAlarm()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Alarm{"runtime": newRuntimeAlarm(), "precise": precise}
	t.Cleanup(func() {
		for _, a := range all {
			a.Close()
		}
	})
	return all
}

func TestARingEndsTheSleepOrTheNextOne(t *testing.T) {
	for name, a := range alarms(t) {
		a.Ring()
		a.Sleep(time.Hour)
		for range 100 {
			woken := make(chan struct{})
			go func() {
				a.Sleep(time.Hour)
				close(woken)
			}()
			a.Ring()
			select {
			case <-woken:
			case <-time.After(10 * time.Second):
				t.Fatalf("%s: still asleep", name)
			}
		}
	}
}

func TestASleepEndsByItself(t *testing.T) {
	for name, a := range alarms(t) {
		for _, d := range []time.Duration{-time.Second, 0, 1, time.Microsecond, 3 * time.Millisecond} {
			// An alarm may be early for no reason, but not for ever.
			began, sleeps := time.Now(), 0
			for time.Since(began) < d {
				a.Sleep(d - time.Since(began))
				if sleeps++; sleeps > 100 {
					t.Fatalf("%s: %d sleeps and %v of %v gone", name, sleeps, time.Since(began), d)
				}
			}
			a.Sleep(d)
		}
	}
}

// BenchmarkAlarm sleeps for half a millisecond; the overrun is how much longer it
// took at the median.
func BenchmarkAlarm(b *testing.B) {
	const d = 500 * time.Microsecond
	for name, a := range alarms(b) {
		b.Run(name, func(b *testing.B) {
			var over []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				a.Sleep(d)
				over = append(over, time.Since(began)-d)
			}
			slices.Sort(over)
			b.ReportMetric(float64(over[len(over)/2].Microseconds()), "overrun-us")
		})
	}
}

func TestALineKeepsItsOrderWhileItGrows(t *testing.T) {
	var l line
	in, out := int32(0), int32(0)
	for round := range int32(40) {
		for range 3 * round {
			l.push(timers.Timer{Device: in})
			in++
		}
		for range 2 * round {
			if next, ok := l.pop(); !ok || next.Device != out {
				t.Fatalf("popped %d, %v, want %d", next.Device, ok, out)
			}
			out++
		}
	}
	for ; out < in; out++ {
		if next, ok := l.pop(); !ok || next.Device != out {
			t.Fatalf("popped %d, %v, want %d", next.Device, ok, out)
		}
	}
	if _, ok := l.pop(); ok {
		t.Error("an empty line gives something")
	}
}
