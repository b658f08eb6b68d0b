package plan

import (
	"fmt"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/profiles"
)

func defaultFleet(t testing.TB) *profiles.Fleet {
	t.Helper()
	f, err := profiles.Builtin().Fleet(profiles.DefaultFleet)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func BenchmarkADayOfTheDefaultFleet(b *testing.B) {
	for _, devices := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(devices), func(b *testing.B) {
			b.ReportAllocs()
			fleet := defaultFleet(b)
			requests := 0
			for b.Loop() {
				p, err := New(Config{
					Fleet: fleet, Devices: devices, Seed: 1, Horizon: 24 * time.Hour, LaunchesPerDay: DefaultLaunchesPerDay,
					ResponseTime: ResponseTime{Min: 50 * time.Millisecond, Max: 50 * time.Millisecond},
				})
				if err != nil {
					b.Fatal(err)
				}
				p.Run(b.Context())
				for i := range p.total.cells {
					for _, n := range p.total.cells[i].statuses {
						requests += int(n)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(requests), "ns/request")
			b.ReportMetric(float64(requests)/float64(b.N)/float64(devices), "requests/device")
		})
	}
}
