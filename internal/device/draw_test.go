package device

import (
	"math"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/profiles"
)

func TestDrawsAreEvenAndIndependent(t *testing.T) {
	const n = 200_000
	span := profiles.Range{Min: time.Second, Max: 3 * time.Second}
	var sum, square, cross, last float64
	hits := 0
	for i := range uint64(n) {
		d := Device{key: key(7, i/100), launches: uint16(i / 10 % 10)}
		x := float64(d.draw(span, toThink, uint16(i%10), 0)) / float64(time.Second)
		if x < 1 || x > 3 {
			t.Fatalf("draw %g is outside of %v", x, span)
		}
		sum += x - 2
		square += (x - 2) * (x - 2)
		cross += (x - 2) * (last - 2)
		last = x
		if d.chance(0.25, uint16(i%10)) {
			hits++
		}
	}
	if mean, variance, together := sum/n, square/n, cross/n; math.Abs(mean) > 0.01 || math.Abs(variance-1.0/3) > 0.01 || math.Abs(together) > 0.01 {
		t.Errorf("mean %.4f off the middle, variance %.4f, covariance of neighbours %.4f", mean, variance, together)
	}
	if share := float64(hits) / n; math.Abs(share-0.25) > 0.01 {
		t.Errorf("a chance of 0.25 came in %.4f of the cases", share)
	}
}

func TestADrawKnowsWhereItIsMadeAndNothingElse(t *testing.T) {
	d := Device{key: key(1, 2), launches: 1}
	first := d.random(toThink, 3, 0)
	d.throttles, d.retries, d.wake = 9, 4, 77
	if d.random(toThink, 3, 0) != first {
		t.Error("a refusal changes what the viewer does")
	}
	seen := map[uint64]bool{first: true}
	for _, other := range []func(*Device) uint64{
		func(d *Device) uint64 { return d.random(toThink, 4, 0) },
		func(d *Device) uint64 { return d.random(toThink, 3, 1) },
		func(d *Device) uint64 { return d.random(toWait, 3, 0) },
		func(d *Device) uint64 { d.launches++; return d.random(toThink, 3, 0) },
		func(d *Device) uint64 { d.round++; return d.random(toThink, 3, 0) },
		func(d *Device) uint64 { d.polls++; return d.random(toThink, 3, 0) },
		func(d *Device) uint64 { d.key = key(1, 3); return d.random(toThink, 3, 0) },
		func(d *Device) uint64 { d.key = key(2, 2); return d.random(toThink, 3, 0) },
	} {
		copied := d
		if r := other(&copied); seen[r] {
			t.Error("two places share a draw")
		} else {
			seen[r] = true
		}
	}
}
