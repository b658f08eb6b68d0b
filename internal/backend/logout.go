package backend

// logout answers GET logout/{mvpd} and ends the profile. What the user agent has
// to do depends on where the profile came from.
func (s *Service) logout(c *call) {
	mvpd, ok := s.resolve(c, c.params.MVPD)
	if !ok {
		return
	}
	s.query.parse([]byte(c.in.Query()))
	redirect := s.query.get("redirectUrl")
	if len(redirect) > 0 && !absoluteURL(string(redirect)) {
		s.refuse(c, "invalid_parameter_redirect_url")
		return
	}
	owner := deviceKey{c.bearer, c.device}
	p, ok := s.standing(c, owner, c.provider, mvpd)
	if p.kind != profileTemporary && !s.faults.has(logoutKeepsProfile) {
		s.profiles.delete(profileKey{owner, c.provider, mvpd})
	}
	action, kind := "logout", "interactive"
	switch {
	case !ok:
		action, kind = "invalid", "none"
	case p.kind == profilePartner:
		action, kind = "partner_logout", "partner_interactive"
	case p.kind != profileRegular || s.mvpds.list[mvpd].kind == kindNoLogout:
		action, kind = "complete", "none"
	}
	s.json(c, 200)
	b := append(c.out.Body, `{"logouts":{`...)
	b = appendString(b, s.mvpds.list[mvpd].id)
	b = append(b, `:{`...)
	b = appendMember(b, "actionName", action)
	b = append(b, ',')
	b = appendMember(b, "actionType", kind)
	b = append(b, ',')
	b = appendMember(b, "mvpd", s.mvpds.list[mvpd].id)
	if action == "logout" || s.faults.has(logoutURL) {
		b = append(b, `,"url":"/adobe-services/logout/`...)
		b = appendSegment(b, s.mvpds.list[mvpd].id)
		b = append(b, '"')
	}
	c.out.Body = append(b, `}}}`...)
}
