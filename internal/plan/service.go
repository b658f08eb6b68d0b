package plan

import (
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// service is the rules of the simulated service without messages: what a
// device's request is answered with, given what the service remembers of the
// device. A test holds it to the real backend, answer by answer.
//
// It can be this small because a device never goes back to older credentials,
// tokens or codes than the last it was given, and shares none of them with
// another device. What devices share is the bucket of their address.
type service struct {
	Service
	flow throttle.Flow
	// sessionMemory is how long the service remembers an authentication session.
	sessionMemory time.Duration
	// complete reports that session requests lack no parameter.
	complete bool
	// denials says for each resource of the fleet how it is decided; nil permits
	// them all.
	denials map[string]kind
}

// account is what the service remembers of one device. Times are nanoseconds
// since 1970; 0 is "never". The zero account is a device that never registered.
type account struct {
	tokenIssued  int64
	tokenExpires int64

	session session
	profile viewerProfile
	// client numbers the device's registrations.
	client uint32
}

// session is the last authentication session of a device.
type session struct {
	started       int64
	authenticated int64
	owner         uint32
	settled       bool
}

// viewerProfile is the device's profile with the viewer's TV provider, from a
// login or through a partner.
type viewerProfile struct {
	ends    int64
	owner   uint32
	partner bool
}

func (p *viewerProfile) live(owner uint32, now int64) bool {
	return p.owner == owner && now < p.ends
}

// answer is what the service says, and until when what it speaks of lasts.
type answer struct {
	kind kind
	ends int64
}

func newService(c *Config) *service {
	s := &service{
		Service:  c.Service.withDefaults(),
		flow:     c.Service.Throttle.Flow(),
		complete: c.Fleet.DomainName != "" && c.Fleet.RedirectURL != "",
	}
	s.sessionMemory = 2 * s.SessionTTL
	for _, r := range c.Fleet.Resources {
		if k := decided(r); k != answerOK {
			if s.denials == nil {
				s.denials = map[string]kind{}
			}
			s.denials[r] = k
		}
	}
	return s
}

// decided is how the simulator decides about a resource, by the words in its id.
func decided(resource string) kind {
	lower := strings.ToLower(resource)
	for _, w := range [...]struct {
		word string
		kind kind
	}{
		{"parental", answerDenied}, {"hba", answerDenied}, {"retry", answerRetryItem}, {"denied", answerDenied},
		{backend.ErrorPrefix, answerDenied},
	} {
		if strings.Contains(lower, w.word) {
			return w.kind
		}
	}
	return answerOK
}

// handle answers a request that arrives at now from a device of the account,
// charged to the bucket. The order is the documented one: throttle, outage,
// authentication, parameters.
func (s *service) handle(a *account, b *throttle.Lean, req *api.Request, now int64, rng *draws) answer {
	if !s.ThrottleOff && !b.Allow(s.flow, now) {
		return answer{kind: answerThrottled}
	}
	if k := s.broken(now, rng); k != answerOK {
		return answer{kind: k}
	}
	switch req.Op {
	case api.OpRegister:
		a.client++
		a.tokenExpires = 0
		return answer{}
	case api.OpToken:
		if a.client == 0 {
			return answer{kind: answerNoClient}
		}
		a.tokenIssued, a.tokenExpires = now, now+int64(s.TokenTTL)
		return answer{}
	case api.OpAuthenticate:
		return s.authenticate(a, req, now)
	case api.OpSessionsRetrieve:
		if req.Code == "" {
			return answer{kind: answerNoCode}
		}
	}
	if now >= a.tokenExpires || a.tokenIssued < s.deployed(now) {
		return answer{kind: answerUnauthorized}
	}
	return s.protected(a, req, now)
}

// broken says whether the service fails at the moment, and how.
func (s *service) broken(now int64, rng *draws) kind {
	for i := range s.Outages {
		if o := &s.Outages[i]; now >= epoch+int64(o.From) && now < epoch+int64(o.From+o.For) {
			if o.Status == 503 {
				return answerUnavailable
			}
			return answerFailed
		}
	}
	if s.ErrorRate > 0 && float64(rng.Uint64()>>11)/(1<<53) < s.ErrorRate {
		return answerFailed
	}
	return answerOK
}

// deployed is when tokens were dropped last, as of now.
func (s *service) deployed(now int64) (last int64) {
	for _, d := range s.Deploys {
		if at := epoch + int64(d); at <= now {
			last = max(last, at)
		}
	}
	return last
}

func (s *service) protected(a *account, req *api.Request, now int64) answer {
	switch req.Op {
	case api.OpSessionsResume, api.OpProfilesCode:
		if req.Code == "" {
			return answer{kind: answerNoCode}
		}
	}
	switch req.Op {
	case api.OpSessionsCreate:
		if s.standing(a, a.client, now) != nil {
			return answer{kind: answerAuthorize}
		}
		return s.open(a, now)
	case api.OpSessionsResume:
		return s.resume(a, now)
	case api.OpSessionsRetrieve:
		if !s.found(a, now) {
			return answer{kind: answerBadSession}
		}
		return answer{ends: a.session.started + int64(s.SessionTTL)}
	case api.OpProfilesList, api.OpProfilesMVPD:
		return shown(s.standing(a, a.client, now), req.PartnerStatus != "")
	case api.OpProfilesCode:
		return s.poll(a, now)
	case api.OpAuthorize, api.OpPreauthorize:
		return s.decide(a, req, now)
	case api.OpLogout:
		s.settle(a, a.client, now)
		if a.profile.owner == a.client {
			a.profile = viewerProfile{}
		}
	case api.OpSSOSessions:
		return s.partnerSession(a, now)
	case api.OpSSOProfiles:
		a.profile = viewerProfile{owner: a.client, partner: true, ends: now + int64(s.ProfileTTL)}
		return shown(&a.profile, true)
	}
	return answer{}
}

// authenticate is the user agent's call, which starts the viewer's login.
func (s *service) authenticate(a *account, req *api.Request, now int64) answer {
	if req.Code == "" {
		return answer{kind: answerNoCode}
	}
	if !s.found(a, now) || !s.complete {
		return answer{kind: answerBadSession}
	}
	if a.session.authenticated == 0 {
		a.session.authenticated = now
	}
	return answer{}
}

// found reports whether the device's session is still alive.
func (s *service) found(a *account, now int64) bool {
	return a.session.started != 0 && now < a.session.started+int64(s.SessionTTL)
}

// open makes a new session, which ends the one before it.
func (s *service) open(a *account, now int64) answer {
	a.session = session{owner: a.client, started: now}
	return s.goOn(a, answerResume)
}

// goOn answers with the session's code.
func (s *service) goOn(a *account, incomplete kind) answer {
	ends := a.session.started + int64(s.SessionTTL)
	if !s.complete {
		return answer{incomplete, ends}
	}
	return answer{answerOK, ends}
}

func (s *service) resume(a *account, now int64) answer {
	if !s.found(a, now) {
		return answer{kind: answerBadSession}
	}
	if s.standing(a, a.session.owner, now) != nil {
		return answer{kind: answerAuthorize}
	}
	return s.goOn(a, answerRetry)
}

// settle turns a finished login of the client into a profile. Nobody watches the
// clock for the viewer, so it happens when somebody asks.
func (s *service) settle(a *account, owner uint32, now int64) {
	v := &a.session
	if v.owner != owner || v.settled || v.authenticated == 0 || now >= v.started+int64(s.sessionMemory) {
		return
	}
	done := v.authenticated + int64(s.LoginDelay)
	if now < done {
		return
	}
	v.settled = true
	a.profile = viewerProfile{owner: owner, ends: done + int64(s.ProfileTTL)}
}

// standing returns the live profile of a client, nil when it has none.
func (s *service) standing(a *account, owner uint32, now int64) *viewerProfile {
	s.settle(a, owner, now)
	if a.profile.live(owner, now) {
		return &a.profile
	}
	return nil
}

// shown answers with a profile. One that came through a partner is shown only to
// who shows the partner's permission.
func shown(p *viewerProfile, permission bool) answer {
	if p == nil || p.partner && !permission {
		return answer{kind: answerNone}
	}
	return answer{answerProfile, p.ends}
}

// poll asks for the result of the login that belongs to the code.
func (s *service) poll(a *account, now int64) answer {
	if !s.found(a, now) {
		return answer{kind: answerBadSession}
	}
	v := &a.session
	s.settle(a, v.owner, now)
	if !v.settled {
		return answer{kind: answerNone}
	}
	return shown(s.standing(a, v.owner, now), true)
}

func (s *service) decide(a *account, req *api.Request, now int64) answer {
	s.settle(a, a.client, now)
	p := &a.profile
	switch {
	case p.owner != a.client || p.ends == 0:
		return answer{kind: answerNoProfile}
	case now >= p.ends:
		return answer{kind: answerProfileOver}
	case p.partner && req.PartnerStatus == "":
		return answer{kind: answerNoPermission}
	}
	if s.denials != nil && req.Op == api.OpAuthorize {
		return answer{kind: s.denials[req.Resources[0]]}
	}
	return answer{}
}

// partnerSession is the start of a login through the partner framework, which
// knows the viewer's TV provider.
func (s *service) partnerSession(a *account, now int64) answer {
	if s.standing(a, a.client, now) != nil {
		return answer{kind: answerAuthorize}
	}
	if !s.complete {
		return s.open(a, now)
	}
	return answer{}
}
