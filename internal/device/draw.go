package device

import "github.com/dcrbench/dcrbench/profiles"

// occasion is what a device draws for.
type occasion uint64

const (
	toThink occasion = iota + 1
	toRepeat
	toTake
	toWatch
	toPoll
	toWait
	toBackOff
	toRetry
	toRelaunch
)

// key decides every draw of a device.
func key(seed, index uint64) uint64 { return mix(seed + golden*mix(index+1)) }

// golden is 2^64 over the golden ratio, an odd number without a pattern.
const golden = 0x9e3779b97f4a7c15

// mix spreads the bits of x over the whole word (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// random is a function of the device and of where it stands: its launch, a step
// of the session, the round and poll of that, and a number. It remembers nothing,
// so that a refusal here changes no draw there: what a viewer does is the same
// however the service answers, and two runs of one seed stay comparable.
func (d *Device) random(o occasion, step, number uint16) uint64 {
	place := uint64(d.launches)<<48 | uint64(step)<<32 | uint64(number)<<8 | uint64(o)
	return mix(d.key ^ mix(place+golden*(uint64(d.round)<<16|uint64(d.polls))))
}

// draw picks a duration from r.
func (d *Device) draw(r profiles.Range, o occasion, step, number uint16) int64 {
	if r.Max <= r.Min {
		return int64(r.Min)
	}
	return int64(r.Min) + int64(d.random(o, step, number)%(uint64(r.Max-r.Min)+1))
}

// chance is true with probability p.
func (d *Device) chance(p float64, step uint16) bool {
	return float64(d.random(toTake, step, 0)>>11)/(1<<53) < p
}
