package device

import (
	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/profiles"
)

// maxResumes bounds how often a session is completed with missing parameters.
const maxResumes = 2

// enter makes the first step from index i on that applies the current one, and
// sets when it is due. Past the last step the session is complete.
func (d *Device) enter(i int, t int64) {
	steps := d.prog.profile.Session
	d.round, d.polls = 0, 0
	for ; i < len(steps); i++ {
		s := &steps[i]
		if !d.applies(s, uint16(i)) {
			continue
		}
		d.step = uint16(i)
		d.wake = t + d.draw(s.Think, toThink, d.step, 0)
		d.prepare(s, t)
		return
	}
	d.completed++
	d.endSession(t)
}

// applies reports whether the viewer's state and chance call for s.
func (d *Device) applies(s *profiles.Step, step uint16) bool {
	switch s.When {
	case profiles.WhenSignedOut:
		if d.wasSignedIn || d.found {
			return false
		}
	case profiles.WhenSignedIn:
		if !d.wasSignedIn {
			return false
		}
	}
	switch s.Op {
	case api.OpAuthenticate, api.OpProfilesCode, api.OpSessionsResume, api.OpSessionsRetrieve:
		if d.code() == "" {
			return false
		}
	}
	return s.Chance >= 1 || d.chance(s.Chance, step)
}

// prepare draws what a step needs before it is sent.
func (d *Device) prepare(s *profiles.Step, t int64) {
	switch s.Op {
	case api.OpAuthorize:
		d.watching = uint32(d.random(toWatch, d.step, 0) % uint64(len(d.prog.watch)))
	case api.OpProfilesCode:
		d.polls = 0
		l := d.loggingIn()
		l.pollUntil = t + int64(d.behaviour().PollFor)
		if l.expires > 0 {
			l.pollUntil = min(l.pollUntil, l.expires)
		}
	}
}

// advance takes in what a session operation answered and moves on.
func (d *Device) advance(op api.Op, t int64, res *api.Response) {
	switch op {
	case api.OpSessionsCreate, api.OpSessionsResume, api.OpSSOSessions:
		if d.started(t, res) {
			return
		}
	case api.OpProfilesCode:
		if d.polled(t, res) {
			return
		}
	case api.OpProfilesList, api.OpProfilesMVPD:
		if res.Profiles == 0 && d.wasSignedIn {
			d.signIn(t)
			return
		}
		d.profileEnds = unixNano(res)
		if res.Profiles > 0 && !d.signedIn {
			// A login of which the app saw no end was finished after all.
			d.signedIn, d.found = true, true
		}
	case api.OpSSOProfiles:
		d.signedIn, d.partner = res.Profiles > 0, res.Profiles > 0
		d.profileEnds = unixNano(res)
	case api.OpLogout:
		d.signedIn, d.partner = false, false
	}
	d.next(t)
}

// next repeats the current step or enters the one after it.
func (d *Device) next(t int64) {
	s := d.current()
	if int(d.round)+1 < s.Times {
		d.round++
		d.wake = t + d.draw(s.Every, toRepeat, d.step, 0)
		d.prepare(s, t)
		return
	}
	d.enter(int(d.step)+1, t)
}

// started follows the actionName of a session answer (AUT-02). It reports
// whether it has already decided what comes next.
func (d *Device) started(t int64, res *api.Response) bool {
	l := d.loggingIn()
	l.code, l.expires = res.Code, unixNano(res)
	switch res.Action {
	case api.ActionResume, api.ActionRetry:
		if l.code == "" || int(d.round) >= maxResumes {
			d.abandon(t)
			return true
		}
		d.round++
		d.detour = api.OpSessionsResume
		d.wake = t
		return true
	case api.ActionAuthorize:
		// A profile exists already: there is nothing to open and nothing to poll.
		l.code = ""
		d.signedIn = true
	}
	if d.detour != api.OpUnknown {
		d.detour, d.round = api.OpUnknown, 0
	}
	return false
}

// polled takes in the result of a poll and reports whether the device goes on
// polling or has given up (POL-03 to POL-05).
func (d *Device) polled(t int64, res *api.Response) bool {
	if res.Profiles > 0 {
		d.signedIn = true
		d.profileEnds = unixNano(res)
		d.loggingIn().code = ""
		return false
	}
	d.polls++
	due := t + d.draw(d.behaviour().PollEvery, toPoll, d.step, 0)
	if due >= d.loggingIn().pollUntil {
		d.abandon(t)
		return true
	}
	d.wake = due
	d.purpose = api.PurposePoll
	return true
}

// signIn starts the session over for a viewer whose profile is gone (AUT-08),
// once in a launch.
func (d *Device) signIn(t int64) {
	d.signedIn, d.wasSignedIn, d.found = false, false, false
	if d.reauths > 0 || d.stage != stageStep {
		d.abandon(t)
		return
	}
	d.reauths++
	d.detour = api.OpUnknown
	d.forgetTries()
	d.purpose = api.PurposeFirst
	d.enter(0, t)
}

// unixNano is the end that an answer names, 0 when it names none.
func unixNano(res *api.Response) int64 {
	if res.NotAfter.IsZero() {
		return 0
	}
	return res.NotAfter.UnixNano()
}
