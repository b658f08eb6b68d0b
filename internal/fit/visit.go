package fit

import (
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
)

// away is the silence after which an app has been started again.
const away = 15 * time.Minute

// visit is one session of an app, from its start to its last request.
type visit struct {
	// start and end are its first request and its last answer.
	start, end time.Time
	steps      []taken
	// login: the viewer had to sign in.
	login      bool
	registered bool
}

// taken is one step of a visit: an operation, done once or several times in a row.
type taken struct {
	op    api.Op
	think time.Duration
	// pauses are the times between two goes.
	pauses []time.Duration
}

// phase says how far into a session an operation belongs.
func phase(op api.Op) int {
	switch op {
	case api.OpConfiguration, api.OpProfilesList, api.OpProfilesMVPD:
		return 1
	case api.OpSessionsCreate, api.OpSSOSessions:
		return 2
	case api.OpProfilesCode, api.OpSSOProfiles, api.OpAuthenticate, api.OpSessionsResume, api.OpSessionsRetrieve:
		return 3
	case api.OpPreauthorize, api.OpAuthorize:
		return 4
	case api.OpLogout:
		return 5
	}
	return 0
}

// splitter cuts the acts of a device into visits.
type splitter struct {
	all []visit
	v   visit
	// ready is when the app could go on to its next step; asked is when it first
	// asked for a token or for the step since.
	ready, asked time.Time
	reached      int
	launch       int
	failed       map[uint64]bool
	last         time.Time
}

func visits(acts []audit.Act) []visit {
	s := splitter{failed: map[uint64]bool{}}
	for i := range acts {
		s.act(&acts[i])
	}
	s.close()
	return s.all
}

// begins reports whether an act is the first of another visit.
func (s *splitter) begins(a *audit.Act) bool {
	if s.v.start.IsZero() {
		return false
	}
	p := phase(a.Op)
	return a.Launch != s.launch || a.Sent.Sub(s.last) > away || a.Op == api.OpRegister && s.reached > 0 && !s.failed[a.Request] ||
		s.reached >= 3 && p > 0 && p <= 1 || s.reached == 5 && p > 0
}

func (s *splitter) act(a *audit.Act) {
	if a.Op == api.OpUnknown {
		return
	}
	repeat := s.failed[a.Request]
	if s.begins(a) {
		s.close()
	}
	if s.v.start.IsZero() {
		s.v.start, s.launch = a.Sent, a.Launch
	}
	if s.asked.IsZero() {
		s.asked = a.Sent
	}
	s.last = a.Received
	s.failed[a.Request] = failed(a)
	if phase(a.Op) == 0 {
		s.fetch(a)
		return
	}
	s.v.end = a.Received
	s.reached = max(s.reached, phase(a.Op))
	if !repeat {
		s.step(a)
	}
	if !failed(a) {
		s.ready, s.asked = a.Received, time.Time{}
	}
}

// fetch takes a registration or a token request. At the start of the app the
// session begins after it.
func (s *splitter) fetch(a *audit.Act) {
	s.v.registered = s.v.registered || a.Op == api.OpRegister
	if s.reached == 0 && !failed(a) {
		s.ready, s.asked = a.Received, time.Time{}
	}
}

func (s *splitter) step(a *audit.Act) {
	s.v.login = s.v.login || a.Op == api.OpSessionsCreate || a.Op == api.OpSSOSessions
	var think time.Duration
	if !s.ready.IsZero() {
		think = max(s.asked.Sub(s.ready), 0)
	}
	n := len(s.v.steps)
	if n > 0 && s.v.steps[n-1].op == a.Op {
		if a.Op == api.OpProfilesCode {
			return // polls are one step
		}
		if repeatable(a.Op) {
			s.v.steps[n-1].pauses = append(s.v.steps[n-1].pauses, think)
			return
		}
	}
	s.v.steps = append(s.v.steps, taken{op: a.Op, think: think})
}

func (s *splitter) close() {
	if len(s.v.steps) > 0 || s.v.registered {
		if s.v.end.IsZero() {
			s.v.end = s.last
		}
		s.all = append(s.all, s.v)
	}
	s.v, s.ready, s.asked, s.reached = visit{}, time.Time{}, time.Time{}, 0
	clear(s.failed)
}

// failed reports whether an app asks the same again after such an answer.
func failed(a *audit.Act) bool {
	return a.Status == 0 || a.Status == 401 || a.Status == 429 || a.Status >= 500
}

// repeatable are the operations that a step may do several times.
func repeatable(op api.Op) bool {
	return slices.Contains([]api.Op{api.OpConfiguration, api.OpProfilesList, api.OpProfilesMVPD, api.OpAuthorize, api.OpPreauthorize}, op)
}
