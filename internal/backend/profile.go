package backend

import "time"

// profileKind is the type of a profile.
type profileKind uint8

const (
	profileRegular profileKind = iota
	profileDegraded
	profileTemporary
	profilePartner
)

// name is the profile's type as it travels.
func (k profileKind) name() string {
	return [...]string{"regular", "degraded", "temporary", "appleSSO"}[k]
}

// reason is the reasonType of a session that such a profile makes unnecessary.
func (k profileKind) reason() string {
	return [...]string{"authenticated", "degraded", "temporary", "authenticatedSSO"}[k]
}

// profileKey is whose profile it is: change the client, the device, the service
// provider or the MVPD, and it is another one.
type profileKey struct {
	owner          deviceKey
	provider, mvpd int32
}

type profile struct {
	notBefore, notAfter int64 // nanoseconds since 1970
	kind                profileKind
}

func (p *profile) live(now time.Time) bool { return now.UnixNano() < p.notAfter }

// settle turns a finished login into a profile. Nobody watches the clock for the
// user, so it happens when somebody asks; the profile begins when the login was
// done.
func (s *Service) settle(c *call, key sessionKey, v *session) {
	if v.settled || v.superseded || v.authenticated == 0 || s.mvpds.list[v.mvpd].kind == kindNeverLogsIn {
		return
	}
	done := time.Unix(0, v.authenticated).Add(s.cfg.LoginDelay)
	if c.now.Before(done) {
		return
	}
	v.settled = true
	s.sessions.update(key, *v)
	s.profiles.put(profileKey{v.owner, key.provider, v.mvpd}, s.newProfile(done, s.cfg.ProfileTTL, profileRegular))
}

func (s *Service) newProfile(from time.Time, life time.Duration, kind profileKind) profile {
	return profile{notBefore: from.UnixNano(), notAfter: from.Add(life).UnixNano(), kind: kind}
}

// stored returns the profile that a device has with an MVPD, be it over.
func (s *Service) stored(c *call, owner deviceKey, provider, mvpd int32) (profile, bool) {
	if key, ok := s.latest.get(owner); ok {
		if v, ok := s.sessions.get(key); ok {
			s.settle(c, key, &v)
		}
	}
	p, ok := s.profiles.get(profileKey{owner, provider, mvpd})
	return p, ok
}

// standing returns the profile with which a device may go straight to decisions.
func (s *Service) standing(c *call, owner deviceKey, provider, mvpd int32) (profile, bool) {
	switch kind := s.mvpds.list[mvpd].kind; {
	case kind == kindAuthNAll:
		return s.newProfile(c.now, s.cfg.ProfileTTL, profileDegraded), true
	case kind.temporary():
		return s.newProfile(c.now, s.cfg.TempPassTTL, profileTemporary), true
	}
	p, ok := s.stored(c, owner, provider, mvpd)
	return p, ok && p.live(c.now)
}

// temporary returns the profile of a temporary access, which begins at its first
// use, or the error code.
func (s *Service) temporary(c *call, mvpd int32) (profile, string) {
	switch s.mvpds.list[mvpd].kind {
	case kindTempPassBroken:
		return profile{}, "invalid_configuration_temporary_access"
	case kindTempPassOver:
		return profile{}, "temporary_access_duration_limit_exceeded"
	case kindTempPassUsedUp:
		return profile{}, "temporary_access_resources_limit_exceeded"
	case kindTempPassPromo:
		if c.op.TakesTempPassIdentity() && !soundBase64(c.in.Header.Get("AP-TempPass-Identity")) {
			return profile{}, "invalid_header_identity_for_temporary_access"
		}
	}
	key := profileKey{deviceKey{c.bearer, c.device}, c.provider, mvpd}
	p, ok := s.profiles.get(key)
	if !ok {
		p = s.newProfile(c.now, s.cfg.TempPassTTL, profileTemporary)
		s.profiles.put(key, p)
	}
	if !p.live(c.now) {
		return p, "temporary_access_duration_limit_exceeded"
	}
	return p, ""
}

// listProfiles answers GET profiles: every live profile of the device, those of
// the partner only to who shows the partner's permission.
func (s *Service) listProfiles(c *call) {
	owner := deviceKey{c.bearer, c.device}
	status := s.partnerStatus(c)
	s.json(c, 200)
	b := append(c.out.Body, `{"profiles":{`...)
	first := true
	for n := range s.mvpds.list {
		if s.mvpds.list[n].kind.temporary() {
			continue
		}
		p, ok := s.stored(c, owner, c.provider, int32(n))
		if !ok || !p.live(c.now) || p.kind == profilePartner && s.partnerError(c, status, int32(n)) != "" {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = s.appendProfile(b, owner, int32(n), p)
	}
	c.out.Body = append(b, `}}`...)
}

// profileForMVPD answers GET profiles/{mvpd}.
func (s *Service) profileForMVPD(c *call) {
	mvpd, ok := s.resolve(c, c.params.MVPD)
	if !ok {
		return
	}
	owner := deviceKey{c.bearer, c.device}
	if s.mvpds.list[mvpd].kind.temporary() {
		p, errorCode := s.temporary(c, mvpd)
		if errorCode != "" {
			s.refuse(c, errorCode)
			return
		}
		s.oneProfile(c, 200, owner, mvpd, p, true)
		return
	}
	p, ok := s.standing(c, owner, c.provider, mvpd)
	if ok && p.kind == profilePartner {
		status := s.partnerStatus(c)
		errorCode := s.partnerError(c, status, mvpd)
		if status.present && errorCode != "" {
			s.refuse(c, errorCode)
			return
		}
		ok = errorCode == ""
	}
	s.oneProfile(c, 200, owner, mvpd, p, ok)
}

// profileForCode answers GET profiles/code/{code}, the poll: an empty map while
// the user is busy, the profile from then on until the session ends.
func (s *Service) profileForCode(c *call) {
	key, v, ok := s.find(c)
	if !ok {
		return
	}
	s.settle(c, key, &v)
	if !v.settled {
		s.oneProfile(c, 200, v.owner, v.mvpd, profile{}, false)
		return
	}
	p, ok := s.stored(c, v.owner, c.provider, v.mvpd)
	s.oneProfile(c, 200, v.owner, v.mvpd, p, ok && p.live(c.now))
}

// oneProfile answers with a map of one profile, or none.
func (s *Service) oneProfile(c *call, status int, owner deviceKey, mvpd int32, p profile, present bool) {
	s.json(c, status)
	b := append(c.out.Body, `{"profiles":{`...)
	if present {
		b = s.appendProfile(b, owner, mvpd, p)
	}
	c.out.Body = append(b, `}}`...)
}

func (s *Service) appendProfile(b []byte, owner deviceKey, mvpd int32, p profile) []byte {
	name := s.mvpds.list[mvpd].id
	issuer := name
	switch p.kind {
	case profileDegraded, profileTemporary:
		issuer = "Adobe"
	case profilePartner:
		issuer = Partner
	}
	kind := p.kind.name()
	if s.faults.has(profileType) {
		kind = "usual"
	}
	b = appendString(b, name)
	b = append(b, `:{`...)
	b = appendMillis(b, "notBefore", time.Unix(0, p.notBefore), false)
	b = append(b, ',')
	b = appendMillis(b, "notAfter", time.Unix(0, p.notAfter), s.faults.has(profileNotAfterType))
	b = append(b, ',')
	b = appendMember(b, "issuer", issuer)
	b = append(b, ',')
	b = appendMember(b, "type", kind)
	b = append(b, `,"attributes":{`...)
	if !s.faults.has(profileUserID) {
		b = append(b, `"userID":{"value":"`...)
		b = appendUUID(b, s.gen.derived(forUser, owner.client))
		b = append(b, `","state":"plain"},`...)
	}
	return append(b, `"zip":{"value":"10001","state":"plain"}}}`...)
}
