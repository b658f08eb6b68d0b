package audit

import "github.com/dcrbench/dcrbench/internal/api"

// maxCodes bounds the authentication sessions that are remembered.
const maxCodes = 16384

// codes are what the devices of a recording share: authentication sessions, for
// a second screen continues by its code what another device began, and
// the room for evidence.
type codes struct {
	sessions recent[uint64, *session]
	// evidence counts the breaches that all devices keep.
	evidence int
	// keepActs: the devices keep their acts, of which there are so many.
	keepActs bool
	acts     int
}

// maxKept bounds the breaches that all devices of a recording keep.
const maxKept = 50_000

func newCodes() codes { return codes{sessions: newRecent[uint64, *session](maxCodes)} }

// session is one authentication session.
type session struct {
	// creator asked for it, second is another device that used its code.
	creator, second *Device
	created         sight
	answered        int64
	notAfter        int64
	whole           bool
	action          api.Action
	// opened is the browser's call, polled the first poll.
	opened, polled sight
	// checked: a second screen has looked at the session before.
	checked bool
	// finished, dead and superseded are the ends of a session.
	finished, dead, superseded sight
	// stopped: what followed the end was judged.
	stopped bool
}

// use returns the session of a code that the device uses.
func (c *codes) use(code uint64, d *Device) *session {
	s, ok := c.sessions.get(code)
	if !ok {
		return nil
	}
	if s.creator != d {
		s.second = d
	}
	return s
}

// ended reports whether the session was over at a time, for whatever reason but
// success.
func (s *session) ended(now, eps int64) bool {
	return s.dead.seq != 0 || s.notAfter != 0 && now > s.notAfter+eps
}

// secondScreen reports whether the code was made to be typed elsewhere.
func (s *session) secondScreen() bool {
	return s.second != nil || s.action == api.ActionResume || s.action == api.ActionRetry
}
