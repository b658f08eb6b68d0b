package audit

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/profiles"
)

// crowd has two profiles in turn, the second of them a server.
func crowd(devices int) Crowd {
	return Crowd{
		Devices: devices, Profile: func(i int) int { return i % 2 },
		Counts: []int{(devices + 1) / 2, devices / 2}, Servers: []bool{false, true},
	}
}

func TestASampleIsSpreadOverEachProfile(t *testing.T) {
	for _, tt := range []struct{ devices, perProfile, want int }{
		{2, 20, 2}, {40, 20, 40}, {1000, 20, 40}, {1001, 10, 20}, {7, 0, 0},
	} {
		s := NewSample(Options{}, crowd(tt.devices), tt.perProfile)
		judged, last := 0, 0
		for i := range tt.devices {
			if s.Judges(i) {
				judged++
				last = i
			}
		}
		if judged != tt.want {
			t.Errorf("%d of %d devices are judged, want %d", judged, tt.devices, tt.want)
		}
		if judged > 0 && last < tt.devices*8/10 {
			t.Errorf("of %d devices none after number %d is judged", tt.devices, last)
		}
	}
}

// observed plays a profile as device 0 of a crowd.
func observed(t testing.TB, s *Sample, name string) {
	t.Helper()
	p, err := profiles.Builtin().Profile(name)
	if err != nil {
		t.Fatal(err)
	}
	launches := 1
	play(t, p, 7, backend.Config{}, func(x *record.Exchange) {
		x.Launch = launches
		s.Observe(x)
	}, func(time.Time) { launches++ })
}

func TestASampleJudgesAsTheAuditDoes(t *testing.T) {
	s := NewSample(Options{}, crowd(4), 20)
	observed(t, s, "roku-v4")
	list := make([]result.Profile, 2)
	s.Fill(list)
	p, _ := profiles.Builtin().Profile("roku-v4")
	want := judged(t, p, 7, backend.Config{}, Options{})
	if list[0].JudgedDevices != 1 || list[1].JudgedDevices != 0 || len(list[1].Obligations) > 0 {
		t.Errorf("%d and %d devices were judged, want 1 and none", list[0].JudgedDevices, list[1].JudgedDevices)
	}
	if kept := len(s.members[0].device.Breaches()); kept > 0 || len(want.Breaches()) == 0 {
		t.Errorf("a device of a sample keeps %d breaches, one of an audit %d; want none and some", kept, len(want.Breaches()))
	}
	for _, o := range list[0].Obligations {
		n := -1
		for i := range rules {
			if rules[i].ID == o.Rule {
				n = i
			}
		}
		if score := want.scores[n]; o.Count != uint64(score.broken) || o.Occasions != uint64(score.broken+score.kept) || (o.Verdict == "broken") != (o.Cost != "") {
			t.Errorf("got %+v, want %+v", o, score)
		}
	}
}

func TestAnAppInstalledAnewOwesNothingToTheOldOne(t *testing.T) {
	broken := func(anew bool) (devices int, count uint64) {
		s := NewSample(Options{}, crowd(4), 20)
		observed(t, s, "roku")
		if anew {
			s.Reinstall(0)
			s.Reinstall(3) // nothing is known of it
		}
		observed(t, s, "roku")
		list := make([]result.Profile, 2)
		s.Fill(list)
		for _, o := range list[0].Obligations {
			if o.Rule == "DCR-02" {
				count = o.Count
			}
		}
		return list[0].JudgedDevices, count
	}
	if devices, count := broken(false); devices != 1 || count == 0 {
		t.Errorf("%d devices, %d breaches: a second registration is one", devices, count)
	}
	if devices, count := broken(true); devices != 1 || count != 0 {
		t.Errorf("%d devices, %d breaches by an app that was new", devices, count)
	}
}

func TestASampleOverlooksTheWarmUp(t *testing.T) {
	s := NewSample(Options{}, crowd(4), 20)
	s.Count(t0.Add(time.Hour))
	observed(t, s, "roku-v4")
	list := make([]result.Profile, 2)
	if s.Fill(list); list[0].JudgedDevices != 0 {
		t.Error("a device is judged by its warm-up")
	}
	var none *Sample
	none.Count(t0)
	none.Fill(list)
	if none.Judges(3) {
		t.Error("a sample of nobody judges somebody")
	}
}

func BenchmarkJudgingAnExchange(b *testing.B) {
	p, err := profiles.Builtin().Profile("roku")
	if err != nil {
		b.Fatal(err)
	}
	o := &Options{}
	exchanges, spent := 0, time.Duration(0)
	for b.Loop() {
		d := NewDevice(o)
		play(b, p, 7, backend.Config{}, func(x *record.Exchange) {
			exchanges++
			begun := time.Now()
			d.Observe(x, Setting{})
			spent += time.Since(begun)
		}, d.Restart)
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64(exchanges), "ns/exchange")
}
