package plan

import (
	"math"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/pace"
)

func TestTheCurveOfADayHoldsTheWholeDayAndPeaksInTheEvening(t *testing.T) {
	c := newCurve(0, day)
	if m := c.mass(); math.Abs(m-1) > 1e-9 {
		t.Errorf("mass of a day = %v, want 1", m)
	}
	evening := c.share(23*time.Hour) - c.share(19*time.Hour)
	night := c.share(6*time.Hour) - c.share(2*time.Hour)
	if evening < 0.35 || evening > 0.5 || night > 0.05 {
		t.Errorf("share from 19 to 23 is %v, from 2 to 6 %v", evening, night)
	}
	for u := 0.0; u < 1; u += 0.0007 {
		if got := c.share(c.at(u)); math.Abs(got-u) > 1e-6 {
			t.Fatalf("share(at(%v)) = %v", u, got)
		}
	}
}

func TestACurveOverPartOfADayHasThatPartOfItsStarts(t *testing.T) {
	whole := newCurve(0, day)
	part := newCurve(20*time.Hour, 90*time.Minute)
	want := whole.share(21*time.Hour+30*time.Minute) - whole.share(20*time.Hour)
	if got := part.mass(); math.Abs(got-want) > 1e-4 {
		t.Errorf("mass from 20:00 to 21:30 = %v, want %v", got, want)
	}
	if last := part.at(math.Nextafter(1, 0)); last >= 90*time.Minute {
		t.Errorf("the last start is at %v, outside the horizon", last)
	}
	if two := newCurve(12*time.Hour, 2*day).mass(); math.Abs(two-2) > 1e-9 {
		t.Errorf("mass of two days = %v", two)
	}
}

func TestDevicesStartTheirAppsAsOftenAsAskedAndInOrder(t *testing.T) {
	for _, perDay := range []float64{1, 2.5, 6} {
		l, err := newLauncher(&Config{Fleet: defaultFleet(t), Devices: 2000, Horizon: day, LaunchesPerDay: perDay})
		if err != nil {
			t.Fatal(err)
		}
		total, evening := 0, 0
		for i := range 2000 {
			rng := newDraws(1, i)
			s, at, ok := l.begin(i, &rng)
			last := time.Duration(-1)
			for ; ok; at, ok = l.next(&s, at, &rng) {
				if at <= last || at >= day {
					t.Fatalf("start at %v after one at %v", at, last)
				}
				if at >= 18*time.Hour && at < 23*time.Hour {
					evening++
				}
				last = at
				total++
			}
		}
		if got := float64(total) / 2000; math.Abs(got-perDay) > 0.05 {
			t.Errorf("%v starts a day, want %v", got, perDay)
		}
		share := float64(evening) / float64(total)
		if want := l.curve.share(23*time.Hour) - l.curve.share(18*time.Hour); math.Abs(share-want) > 0.03 {
			t.Errorf("%v of the starts in the evening, want %v", share, want)
		}
	}
}

func TestAScheduleSaysWhenAppsStartFirst(t *testing.T) {
	for _, spec := range []pace.Spec{{Shape: pace.Constant, Rate: 10}, {Shape: pace.Poisson, Rate: 10}} {
		l, err := newLauncher(&Config{Fleet: defaultFleet(t), Devices: 500, Seed: 4, Horizon: 30 * time.Second, Launch: &spec})
		if err != nil {
			t.Fatal(err)
		}
		want, err := spec.Schedule(500, 4)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 500 {
			offset, ok := want.At(i)
			ok = ok && offset < 30*time.Second
			own := newDraws(1, i)
			_, at, launched := l.begin(i, &own)
			if launched != ok || ok && at != offset {
				t.Fatalf("%s: device %d starts at %v (%v), want %v (%v)", spec, i, at, launched, offset, ok)
			}
		}
	}
}
