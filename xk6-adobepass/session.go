package adobepass

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/device"
)

// runSession drives the device through one viewing session, as its profile says.
// It reports whether the session ended, which it does not when the device had
// nothing left to do, the fleet's time was over or the VU stopped first, and
// whether it was completed.
func (c *caller) runSession() (ended, complete bool) {
	if !c.until(time.Unix(0, c.unit.readyAt.Load())) {
		return false, false
	}
	m := c.sessionMachine()
	completed, abandoned := m.Sessions()
	for c.ctx.Err() == nil {
		step := m.Next(c.fleet.clock.now(), &c.bench.request)
		at := step.At
		if step.Kind == device.Send {
			at = c.due(at)
		}
		if step.Kind == device.Done || c.fleet.over(at) {
			c.unit.finished = true
			return false, false
		}
		if step.Kind == device.Wait {
			if !c.until(at) {
				return false, false
			}
			continue
		}
		b := c.bench
		b.request.Encode(&c.id, &b.wire)
		c.exchange(m, at, b.request.Op.Describe().Template)
		c.unit.sessionVersion = c.unit.version
		if done, gaveUp := m.Sessions(); done != completed || gaveUp != abandoned {
			// The pause before the next launch is no wait: a script may use the device.
			c.unit.launchAt = 0
			c.unit.readyAt.Store(0)
			c.unit.finished = m.Next(c.fleet.clock.now(), &b.request).Kind == device.Done
			return true, done != completed
		}
	}
	return false, false
}

// due is the intended send time: what the machine said, but for a script that came
// back to the device late by its own choice. A launch that the schedule asked for
// counts from its time.
func (c *caller) due(at time.Time) time.Time {
	if c.unit.launchAt != 0 && c.unit.launchAt <= at.UnixNano() {
		return at
	}
	return later(at, c.began)
}

// sessionMachine is the device's machine for sessions, launched and up to date.
func (c *caller) sessionMachine() *device.Device {
	u, f := c.unit, c.fleet
	now := f.clock.now()
	if u.session == nil {
		at := now
		if u.launchAt != 0 {
			at = time.Unix(0, u.launchAt)
		}
		u.session = c.newMachine(f.sessions, at)
		u.sessionVersion = u.version
		return u.session
	}
	if u.sessionVersion != u.version {
		// Errands have got the device new credentials or a new token.
		u.session.Restore(u.credentials.credentials())
		u.sessionVersion = u.version
	}
	if step := u.session.Next(now, &c.bench.request); step.Kind == device.Done {
		u.session.Relaunch(now)
		u.finished = false
	}
	return u.session
}
