package audit

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// viewer is what is known of the viewer's login.
type viewer struct {
	// profileMVPD and profileUntil are of the last profile; 0 for none.
	profileMVPD  uint64
	profileUntil int64
	profile      sight
	// returning: there was a profile when the app started.
	returning bool
	// looked counts the profile calls in which nothing new could be seen, not the
	// repeats of one that failed.
	looked uint32
	// reauth is the call whose answer asked for a new login.
	reauth       sight
	reauthTarget uint64
	// told is the action of the last session answer, tellAt that answer.
	told   api.Action
	tellAt sight
	// saml is the partner response that was exchanged.
	saml   uint64
	samlAt sight
	// v2 and older are the last calls of either API.
	v2, older sight
}

func (v *viewer) forget() { v.looked = 0 }

// comeBack notes the start of an app.
func (v *viewer) comeBack() { v.returning = v.profileUntil != 0 }

func (v *viewer) signedOut() {
	v.profileMVPD, v.profileUntil, v.returning, v.looked = 0, 0, false, 0
}

func (d *Device) live(now int64) bool { return d.profileUntil > now }

func (d *Device) sendViewer(e *event) {
	d.sendAPI(e)
	d.sendReauth(e)
	switch e.op {
	case api.OpSessionsCreate, api.OpSSOSessions:
		d.sendSession(e)
	case api.OpSessionsResume, api.OpSessionsRetrieve:
		d.sendCode(e)
	case api.OpAuthenticate:
		d.sendAuthenticate(e)
	case api.OpProfilesList, api.OpProfilesMVPD:
		d.sendProfiles(e)
	case api.OpSSOProfiles:
		d.sendPartner(e)
	case api.OpAuthorize, api.OpPreauthorize:
		d.looked = 0
		if d.told == api.ActionAuthorize {
			d.kept(aut02)
			d.told = api.ActionNone
		}
	}
}

// sendAPI judges the mix of two APIs under one client.
func (d *Device) sendAPI(e *event) {
	switch {
	case e.legacy:
		d.older = seen(e)
		if d.v2.seq != 0 {
			d.broken(aut11, "called an older API with the token of REST API v2", d.v2, seen(e))
		}
	case e.op.Protected():
		if d.v2.seq == 0 && d.older.seq != 0 {
			d.broken(aut11, "called REST API v2 with the token of an older API", d.older, seen(e))
		}
		d.v2 = seen(e)
		d.kept(aut11)
	}
}

// sendReauth judges what follows when the service asks for a new login.
func (d *Device) sendReauth(e *event) {
	if d.reauth.seq == 0 {
		return
	}
	switch {
	case e.target == d.reauthTarget:
		d.broken(aut08, "repeated a call that had asked for a new login", d.reauth, seen(e))
		d.reauth = sight{}
	case e.op == api.OpSessionsCreate || e.op == api.OpSSOSessions:
		d.kept(aut08)
		d.reauth = sight{}
	}
}

func (d *Device) sendSession(e *event) {
	switch {
	case d.live(e.sent) && (e.mvpd == 0 || e.mvpd == d.profileMVPD):
		d.broken(aut03, "began a login although the profile was good for another "+span(d.profileUntil-e.sent), d.profile, seen(e))
	case d.profile.seq != 0 || d.profileLooked():
		d.kept(aut03)
	}
	if d.told == api.ActionAuthorize {
		d.broken(aut02, "began another login where the answer was to ask for decisions", d.tellAt, seen(e))
	}
	d.told, d.looked = api.ActionNone, 0
}

func (d *Device) profileLooked() bool { return d.scores[aut09].kept > 0 }

// sendCode judges a session that is continued by its code.
func (d *Device) sendCode(e *event) {
	s := d.codes.use(e.code, d)
	if s == nil || e.op != api.OpSessionsResume || s.action != api.ActionResume && s.action != api.ActionRetry {
		return
	}
	d.kept(aut02)
	if s.creator == d && !s.whole {
		d.broken(aut01, "gave provider, domain and return address in two calls", s.created, seen(e))
	}
}

func (d *Device) sendAuthenticate(e *event) {
	s, ok := d.codes.sessions.get(e.code)
	if !ok {
		return
	}
	if s.opened.seq == 0 {
		s.opened = seen(e)
	}
	if s.action == api.ActionAuthenticate {
		d.kept(aut02)
	} else {
		d.broken(aut02, "opened the login page although the session lacked parameters", s.created, seen(e))
	}
	switch {
	case s.second != nil:
		d.judge(aut04, keptIf(s.checked), "opened the login page before the code was checked", s.created, seen(e))
	case s.secondScreen():
		d.unsure(aut04)
	case s.polled.seq != 0:
		d.broken(pol01, "polled before the login page was opened", s.polled, seen(e))
	}
}

// sendProfiles judges which profiles are asked for, and how often.
func (d *Device) sendProfiles(e *event) {
	switch {
	case e.op == api.OpProfilesList && d.returning:
		d.broken(aut09, "asked for all profiles at a return, where the provider is known", d.profile, seen(e))
	case e.op == api.OpProfilesMVPD && d.profile.seq == 0:
		d.unsure(aut09)
	default:
		d.kept(aut09)
	}
	if !d.live(e.sent) {
		return
	}
	// An app asks once at each start, which nothing else may show.
	clear(d.permits)
	if d.looked >= 2 {
		d.broken(aut07, "asked again for a profile that it knew", d.profile, seen(e))
		return
	}
	d.kept(aut07)
}

func (d *Device) sendPartner(e *event) {
	if e.saml == 0 {
		return
	}
	d.judge(aut10, keptIf(e.saml != d.saml), "exchanged a partner response a second time", d.samlAt, seen(e))
}

func (d *Device) answerViewer(e *event) {
	if strings.HasPrefix(e.errCode, "authenticated_profile_") || e.outcome == api.OutcomeReauthenticate {
		d.reauth, d.reauthTarget = seen(e), e.target
		d.signedOut()
		return
	}
	switch e.op {
	case api.OpRegister:
		if e.registered() {
			d.signedOut()
		}
	case api.OpSessionsCreate, api.OpSSOSessions:
		d.answerSession(e)
	case api.OpSessionsResume, api.OpSessionsRetrieve:
		d.answerCode(e)
	case api.OpProfilesList, api.OpProfilesMVPD, api.OpProfilesCode, api.OpSSOProfiles:
		d.answerProfiles(e)
	case api.OpLogout:
		if e.ok() {
			d.signedOut()
		}
	}
}

func (d *Device) answerSession(e *event) {
	if !e.ok() {
		return
	}
	if e.op == api.OpSessionsCreate && e.whole {
		d.kept(aut01)
	}
	d.told, d.tellAt = e.action, seen(e)
	if d.session != nil {
		d.session.superseded = seen(e)
		d.former, d.session = d.session, nil
	}
	if e.newCode == 0 {
		return
	}
	s := &session{
		creator: d, created: seen(e), answered: e.received, notAfter: e.notAfter, whole: e.whole, action: e.action,
	}
	d.session = s
	d.codes.sessions.put(e.newCode, s)
}

func (d *Device) answerCode(e *event) {
	s, ok := d.codes.sessions.get(e.code)
	if !ok || !e.ok() {
		return
	}
	s.checked = true
	if e.op == api.OpSessionsResume && e.action != api.ActionNone {
		s.action = e.action
	}
}

func (d *Device) answerProfiles(e *event) {
	if e.ok() && e.op != api.OpProfilesCode && d.live(e.sent) {
		d.looked++
	}
	if e.op == api.OpSSOProfiles && e.ok() {
		d.saml, d.samlAt = e.saml, seen(e)
	}
	switch {
	case e.profiles > 0:
		d.profileMVPD, d.profileUntil, d.profile = e.mvpd, e.notAfter, seen(e)
	case e.ok() && e.op != api.OpProfilesCode:
		d.signedOut()
	}
}
