package audit

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

const (
	// shortestPoll is the least time between two polls (REST API v2 checklist).
	shortestPoll = int64(3 * time.Second)
	// promptly is within how long a device that shows a code begins to poll: a
	// few intervals.
	promptly = int64(15 * time.Second)
)

// polling is what is known of a device's polls.
type polling struct {
	// session is the device's latest, former the one before.
	session, former *session
	pollCode        uint64
	poll            sight
	// answered: the last poll was answered, so that the next one is a poll and
	// no repeat.
	answeredPoll bool
	// astray counts profile calls that look for a pending login.
	astray uint32
}

func (d *Device) sendPoll(e *event) {
	d.sendStop(e)
	switch e.op {
	case api.OpProfilesCode:
		d.sendProfilesCode(e)
	case api.OpProfilesList, api.OpProfilesMVPD:
		d.sendAstray(e)
	}
}

// sendStop notes that a device whose polls were to end does something else.
func (d *Device) sendStop(e *event) {
	s := d.session
	if s == nil || s.stopped || e.op == api.OpProfilesCode {
		return
	}
	switch {
	case s.finished.seq != 0:
		s.stopped = true
		d.kept(pol04)
	case s.polled.seq != 0 && s.ended(e.sent, d.eps()):
		s.stopped = true
		d.kept(pol05)
	}
}

func (d *Device) eps() int64 { return int64(d.options.eps()) }

func (d *Device) sendProfilesCode(e *event) {
	d.kept(pol07)
	if e.code == d.pollCode && d.answeredPoll {
		if gap := e.sent - d.poll.at; gap >= shortestPoll-d.eps() {
			d.kept(pol03)
		} else {
			d.broken(pol03, "polled "+span(gap)+" after the last poll", d.poll, seen(e))
		}
	}
	d.pollCode, d.poll, d.answeredPoll = e.code, seen(e), false
	s, ok := d.codes.sessions.get(e.code)
	if !ok {
		return
	}
	d.pollEnd(e, s)
	if s.creator != d || s.polled.seq != 0 {
		return
	}
	s.polled = seen(e)
	if s.secondScreen() {
		d.judge(pol02, keptIf(e.sent-s.answered <= promptly), "began to poll "+span(e.sent-s.answered)+" after the code was there", s.created, seen(e))
		return
	}
	if s.opened.seq != 0 {
		d.kept(pol01)
		return
	}
	d.unsure(pol01)
}

// pollEnd judges a poll of a session that may be over.
func (d *Device) pollEnd(e *event, s *session) {
	switch {
	case s.finished.seq != 0:
		d.broken(pol04, "went on polling after the profile was there", s.finished, seen(e))
	case s.ended(e.sent, d.eps()):
		d.broken(pol05, "went on polling after the code had ended", s.end(), seen(e))
	case s.superseded.seq != 0 && s.creator == d:
		d.broken(pol06, "polled an older code after a newer one was there", s.superseded, seen(e))
	case s == d.session && d.former != nil:
		d.kept(pol06)
	}
}

func (s *session) end() sight {
	if s.dead.seq != 0 {
		return s.dead
	}
	return s.created
}

// sendAstray judges profile calls while a login is pending: one or two are an
// app that looks for older profiles, more are polls without the code.
func (d *Device) sendAstray(e *event) {
	s := d.session
	if s == nil || s.finished.seq != 0 || s.superseded.seq != 0 || s.ended(e.sent, d.eps()) || d.live(e.sent) {
		d.astray = 0
		return
	}
	if d.astray >= 2 {
		d.broken(pol07, "polled for the login with "+e.op.String()+" instead of the code", s.created, seen(e))
	}
}

// comeBack notes the start of an app, which looks for profiles without polling.
func (p *polling) comeBack() { p.astray = 0 }

func (d *Device) answerPoll(e *event) {
	if e.ok() && (e.op == api.OpProfilesList || e.op == api.OpProfilesMVPD) && d.session != nil {
		d.astray++
	}
	if e.op != api.OpProfilesCode {
		return
	}
	if e.code == d.pollCode {
		d.answeredPoll = e.ok()
	}
	s, ok := d.codes.sessions.get(e.code)
	switch {
	case !ok:
	case e.profiles > 0:
		s.finished = seen(e)
	case e.errCode == "invalid_authentication_session" || e.errCode == "invalid_parameter_code":
		s.dead = seen(e)
	}
}
