package device

import "time"

// Relaunch starts the app of a device that is done once more, at the given
// time: what the profile persists is still there, the rest is gone. It is for
// drivers that decide themselves when an app is started, as a plan of a whole
// day does, where a profile's own relaunches follow the end of a session. A
// device that is not done is left alone; Relaunch then reports false.
func (d *Device) Relaunch(at time.Time) bool {
	if d.stage != stageDone || d.launches == maxLaunches {
		return false
	}
	d.stage = stageLaunch
	d.wake = at.UnixNano()
	return true
}

// maxLaunches bounds the launches of one device, which counts them in 16 bits.
const maxLaunches = 1<<16 - 1

// Launches returns how many times the device has started its app.
func (d *Device) Launches() int { return int(d.launches) }
