package run

import "runtime/debug"

// manyDevices is the size of a fleet from which on its memory is mostly that of
// its devices, which live as long as the run.
const manyDevices = 100_000

// thriftyPercent is how much garbage a run of many devices may make, as a share of
// what lives, before it is collected. What a request leaves behind is small
// beside a hundred megabytes of devices, so that collections stay seconds apart.
const thriftyPercent = 5

// thrift has garbage collected early in a run of many devices, unless somebody
// has chosen otherwise by GOGC. The returned function takes that back.
func thrift(devices int) (restore func()) {
	if devices < manyDevices {
		return func() {}
	}
	before := debug.SetGCPercent(thriftyPercent)
	if before != 100 {
		debug.SetGCPercent(before)
		return func() {}
	}
	return func() { debug.SetGCPercent(before) }
}

// manyHands is the size of a crew from which on its stacks are most of the memory:
// a service that stalls makes it grow. The collector allows for garbage in
// proportion to the stacks too, so that a small part is plenty then.
const (
	manyHands     = 1024
	frugalPercent = 25
)

// save has garbage collected earlier once the crew has grown large, unless the run
// or somebody else has chosen otherwise. The runner's lock is held.
func (c *crew) save() {
	if c.size != manyHands || c.percent != 0 {
		return
	}
	if before := debug.SetGCPercent(frugalPercent); before == 100 {
		c.percent = before
	} else {
		debug.SetGCPercent(before)
	}
}

// spend takes back what save changed, after the run.
func (c *crew) spend() {
	if c.percent != 0 {
		debug.SetGCPercent(c.percent)
	}
}
