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
