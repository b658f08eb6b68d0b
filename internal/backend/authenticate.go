package backend

import "github.com/dcrbench/dcrbench/internal/api"

// authenticate answers the user agent's call: 302 to the login page of the MVPD,
// where the user signs in for as long as the configuration says. A session that
// still lacks parameters leads nowhere.
func (s *Service) authenticate(c *call) {
	number, ok := s.provider(c.params.ServiceProvider)
	if !ok {
		s.page(c, 400)
		return
	}
	c.provider = number
	key, v, errorCode := s.seek(c)
	if errorCode != "" || len(v.missing(false)) > 0 {
		s.page(c, 400)
		return
	}
	c.subject = s.clients[v.owner.client].subject
	if v.mvpd == noMVPD {
		// The partner flow names no MVPD: the user picks one here.
		v.mvpd = 0
	}
	if v.authenticated == 0 {
		v.authenticated = c.now.UnixNano()
	}
	s.sessions.update(key, v)
	c.out.Status = 302
	c.out.Header = append(c.out.Header, api.Field{Name: "Location", Value: s.loginURL(&v)})
}

func (s *Service) loginURL(v *session) string {
	var b []byte
	if s.faults.has(authenticateLocation) {
		b = append(b, "/login"...)
	} else {
		b = append(b, s.cfg.LoginURL...)
	}
	b = append(b, "?mvpd="...)
	return string(appendSegment(b, s.mvpds.list[v.mvpd].id))
}
