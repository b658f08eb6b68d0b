package plan

import "math/rand/v2"

// draws is a generator of random numbers in eight bytes (SplitMix64), which is
// enough for the few that a plan draws for a device.
type draws uint64

var _ rand.Source = (*draws)(nil)

// newDraws returns the draws of a device, which have nothing to do with those
// that the device itself makes.
func newDraws(seed uint64, device int) draws {
	d := draws(seed ^ drawStream)
	return d ^ draws(scatter(uint64(device)+1))
}

// Uint64 implements rand.Source.
func (d *draws) Uint64() uint64 {
	*d += 0x9e3779b97f4a7c15
	return scatter(uint64(*d))
}

func scatter(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
