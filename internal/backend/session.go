package backend

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// sessionKey finds a session: codes belong to a service provider, not to a
// client, so that a second screen can use them.
type sessionKey struct {
	provider int32
	code     code
}

// deviceKey is one device of one client.
type deviceKey struct {
	client id
	device uint64
}

// session is an authentication session.
type session struct {
	owner deviceKey
	// info is the hash of the X-Device-Info that it was created with.
	info             uint64
	domain, redirect string
	// started, and authenticated for the user agent's call, in nanoseconds since
	// 1970; authenticated is 0 before it.
	started, authenticated int64
	mvpd                   int32
	superseded, settled    bool
}

func (s *Service) sessionEnd(v *session) time.Time {
	return time.Unix(0, v.started).Add(s.cfg.SessionTTL)
}

// readParameters merges the form of a session request into v and reports
// whether it could be used. Parameters may be missing; what is there has
// to be right.
func (s *Service) readParameters(c *call, v *session, withMVPD bool) bool {
	if len(c.in.Body) > 0 && (!api.IsForm(c.in.Header.Get("Content-Type")) || len(c.in.Body) > MaxBody) {
		s.refuse(c, "invalid_parameter_redirect_url")
		return false
	}
	s.form.parse(c.in.Body)
	if redirect := s.form.get("redirectUrl"); len(redirect) > 0 {
		if v.redirect = string(redirect); !absoluteURL(v.redirect) {
			s.refuse(c, "invalid_parameter_redirect_url")
			return false
		}
	}
	if domain := s.form.get("domainName"); len(domain) > 0 {
		v.domain = string(domain[:min(len(domain), maxURL)])
	}
	if name := s.form.get("mvpd"); withMVPD && len(name) > 0 {
		n, ok := s.resolve(c, string(name))
		if !ok {
			return false
		}
		v.mvpd = n
	}
	return true
}

// missing lists the parameters that v still lacks.
func (v *session) missing(withMVPD bool) []string {
	var list []string
	if v.mvpd == noMVPD && withMVPD {
		list = append(list, "mvpd")
	}
	if v.domain == "" {
		list = append(list, "domainName")
	}
	if v.redirect == "" {
		list = append(list, "redirectUrl")
	}
	return list
}

// createSession answers POST sessions: authorize when a profile stands already,
// resume when parameters are missing, else authenticate.
func (s *Service) createSession(c *call) {
	v := s.newSession(c)
	if !s.readParameters(c, &v, true) {
		return
	}
	if v.mvpd != noMVPD {
		if p, ok := s.standing(c, v.owner, c.provider, v.mvpd); ok {
			s.goAuthorize(c, v.mvpd, p.kind.reason())
			return
		}
	}
	key := s.open(c, v)
	if missing := v.missing(true); len(missing) > 0 {
		s.goOn(c, key, &v, step{"resume", "direct", "none", missing})
		return
	}
	s.goOn(c, key, &v, step{"authenticate", "interactive", "none", nil})
}

func (s *Service) newSession(c *call) session {
	return session{
		owner:   deviceKey{c.bearer, c.device},
		info:    s.devices.numbered(c.in.Header.Get("X-Device-Info")),
		started: c.now.UnixNano(),
		mvpd:    noMVPD,
	}
}

// open stores a new session under a fresh code. The session that the device had
// before is invalid from now on.
func (s *Service) open(c *call, v session) sessionKey {
	key := sessionKey{c.provider, s.gen.code()}
	for {
		if _, taken := s.sessions.get(key); !taken {
			break
		}
		key.code = s.gen.code()
	}
	if before, ok := s.latest.get(v.owner); ok {
		if old, ok := s.sessions.get(before); ok {
			old.superseded = true
			s.sessions.update(before, old)
		}
	}
	s.sessions.put(key, v)
	s.latest.put(v.owner, key)
	return key
}

// find returns the live session behind a code, or answers the error: a code that
// never was is a bad parameter, one whose session has ended is not.
func (s *Service) find(c *call) (sessionKey, session, bool) {
	key, v, errorCode := s.seek(c)
	if errorCode != "" {
		s.refuse(c, errorCode)
		return key, v, false
	}
	return key, v, true
}

func (s *Service) seek(c *call) (sessionKey, session, string) {
	digits, ok := parseCode(c.params.Code)
	key := sessionKey{c.provider, digits}
	v, known := s.sessions.get(key)
	switch {
	case !ok || !known:
		return key, v, "invalid_parameter_code"
	case v.superseded && !s.faults.has(sessionSuperseded), !c.now.Before(s.sessionEnd(&v)) && !s.faults.has(sessionExpired):
		return key, v, "invalid_authentication_session"
	}
	return key, v, ""
}

// resumeSession answers POST sessions/{code}.
func (s *Service) resumeSession(c *call) {
	key, v, ok := s.find(c)
	if !ok || !s.readParameters(c, &v, true) {
		return
	}
	s.sessions.update(key, v)
	if v.mvpd != noMVPD {
		if p, ok := s.standing(c, v.owner, c.provider, v.mvpd); ok {
			s.goAuthorize(c, v.mvpd, p.kind.reason())
			return
		}
	}
	if missing := v.missing(true); len(missing) > 0 {
		s.goOn(c, key, &v, step{"retry", "direct", "none", missing})
		return
	}
	s.goOn(c, key, &v, step{"authenticate", "interactive", "none", nil})
}

// retrieveSession answers GET sessions/{code}.
func (s *Service) retrieveSession(c *call) {
	_, v, ok := s.find(c)
	if !ok {
		return
	}
	s.json(c, 200)
	b := append(c.out.Body, `{"existingParameters":{`...)
	if v.mvpd != noMVPD {
		b = appendMember(b, "mvpd", s.mvpds.list[v.mvpd].id)
		b = append(b, ',')
	}
	if v.domain != "" {
		b = appendMember(b, "domainName", v.domain)
		b = append(b, ',')
	}
	if v.redirect != "" {
		b = appendMember(b, "redirectUrl", v.redirect)
		b = append(b, ',')
	}
	b = appendMember(b, "serviceProvider", c.params.ServiceProvider)
	b = append(b, '}')
	if missing := v.missing(true); len(missing) > 0 {
		b = append(b, `,"missingParameters":`...)
		b = appendStrings(b, missing)
	}
	if !s.faults.has(sessionDevice) {
		b = append(b, `,"device":`...)
		b = append(b, s.devices.kind(v.info).object...)
	}
	b = s.appendLife(b, &v)
	c.out.Body = append(b, '}')
}

// step is what a session answer tells the client to do next.
type step struct {
	action, kind, reason string
	missing              []string
}

// goOn answers with a session that has a code.
func (s *Service) goOn(c *call, key sessionKey, v *session, next step) {
	s.json(c, 200)
	b := append(c.out.Body, '{')
	b = s.appendAction(b, next)
	if len(next.missing) > 0 {
		b = append(b, `,"missingParameters":`...)
		b = appendStrings(b, next.missing)
	}
	b = append(b, `,"url":"`...)
	if next.action == "authenticate" {
		b = append(b, "/api/v2/authenticate/"...)
		b = appendSegment(b, c.params.ServiceProvider)
		b = append(b, '/')
	} else {
		b = append(b, "/api/v2/"...)
		b = appendSegment(b, c.params.ServiceProvider)
		b = append(b, "/sessions/"...)
	}
	b = key.code.append(b)
	if !s.faults.has(sessionMissingCode) {
		b = append(b, `","code":"`...)
		b = key.code.append(b)
	}
	b = append(b, `",`...)
	b = s.appendSessionID(b, id{0: byte(key.code), 1: byte(key.code >> 8), 2: byte(key.code >> 16), 3: byte(key.code >> 24), 4: byte(key.code >> 32), 5: byte(key.provider)})
	if v.mvpd != noMVPD {
		b = append(b, ',')
		b = appendMember(b, "mvpd", s.mvpds.list[v.mvpd].id)
	}
	b = append(b, ',')
	b = appendMember(b, "serviceProvider", c.params.ServiceProvider)
	b = s.appendLife(b, v)
	c.out.Body = append(b, '}')
}

// goAuthorize answers that decisions can be asked for at once.
func (s *Service) goAuthorize(c *call, mvpd int32, reason string) {
	s.json(c, 200)
	b := append(c.out.Body, '{')
	b = s.appendAction(b, step{"authorize", "direct", reason, nil})
	b = append(b, `,"url":"/api/v2/`...)
	b = appendSegment(b, c.params.ServiceProvider)
	b = append(b, "/decisions/authorize/"...)
	b = appendSegment(b, s.mvpds.list[mvpd].id)
	b = append(b, `",`...)
	b = s.appendSessionID(b, s.gen.next())
	b = append(b, ',')
	b = appendMember(b, "mvpd", s.mvpds.list[mvpd].id)
	b = append(b, ',')
	b = appendMember(b, "serviceProvider", c.params.ServiceProvider)
	c.out.Body = append(b, '}')
}

func (s *Service) appendAction(b []byte, next step) []byte {
	if s.faults.has(sessionActionName) {
		next.action = "login"
	}
	b = appendMember(b, "actionName", next.action)
	b = append(b, ',')
	b = appendMember(b, "actionType", next.kind)
	b = append(b, ',')
	return appendMember(b, "reasonType", next.reason)
}

func (s *Service) appendSessionID(b []byte, from id) []byte {
	b = append(b, `"sessionId":"`...)
	b = appendUUID(b, s.gen.derived(forSession, from))
	return append(b, '"')
}

func (s *Service) appendLife(b []byte, v *session) []byte {
	text := !s.faults.has(sessionNotAfterType)
	b = append(b, ',')
	b = appendMillis(b, "notBefore", time.Unix(0, v.started), true)
	b = append(b, ',')
	return appendMillis(b, "notAfter", s.sessionEnd(v), text)
}
