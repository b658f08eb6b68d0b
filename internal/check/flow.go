package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// login is how long a viewer is given to log in, and pollEvery the documented
// pace of the poll.
const (
	login     = 20 * time.Second
	pollEvery = 3 * time.Second
)

// configuration reads the configuration, and takes the TV provider of all later
// calls from it.
func configuration(p *probe) {
	a := p.call(api.Request{Op: api.OpConfiguration})
	p.shared.tokenTaken = a.lost() == "" && a.Status != 401
	defer func() { p.shared.noAPI = a.lost() == "" && a.Status == 404 }()
	if p.success(api.OpConfiguration, a) && p.shared.mvpd == "" {
		p.shared.mvpd = firstMVPD(a)
	}
	switch {
	case p.shared.mvpd != "":
	case p.kit.Reserved != nil:
		p.shared.mvpd = p.kit.Reserved.MVPD
	default:
		p.shared.mvpd, p.shared.guessed = "dcrbench", true
	}
}

// flow goes through the documented flow of one device: a session that is
// completed in two steps, the login, profiles, decisions, logout.
func flow(p *probe) {
	code := p.session()
	if code == "" {
		return
	}
	if p.authenticated(code) {
		p.profiles()
		p.decisions()
		p.leave(code)
	}
}

func firstMVPD(a *Answer) string {
	for m := range a.json().Get("requestor").Get("mvpds").Elements() {
		if id := m.Get("id").Text(); id != "" {
			return id
		}
	}
	return ""
}

// codeOf is the code of a session, if need be the end of its url, so that a
// missing code costs one check and not the whole flow.
func codeOf(a *Answer) string {
	if code := a.json().Get("code").Text(); code != "" {
		return code
	}
	url := a.json().Get("url").Text()
	if i := strings.LastIndexByte(url, '/'); i >= 0 && !strings.Contains(url, "/decisions/") {
		return url[i+1:]
	}
	return ""
}

// session creates a session without its parameters and completes it.
func (p *probe) session() (code string) {
	a := p.call(api.Request{Op: api.OpSessionsCreate, MVPD: p.shared.mvpd})
	if !p.success(api.OpSessionsCreate, a) {
		p.say(a, "session.resumes", Blocked, "", "v2.sessions.create.status")
		p.say(a, "session.missing-code", Blocked, "", "v2.sessions.create.status")
		return ""
	}
	root := a.json()
	p.sessionTimes(api.OpSessionsCreate, a)
	p.sessionEcho(api.OpSessionsCreate, a, "")
	asked := root.Get("missingParameters").Len() > 0
	p.rule(a, "session.resumes", asked, "missingParameters for a session without them", "no missingParameters")
	if code = codeOf(a); code == "" {
		p.rule(a, "session.missing-code", false, "a code", memberOf(root, "code"))
		return ""
	}
	a = p.call(api.Request{Op: api.OpSessionsResume, Code: code, MVPD: p.shared.mvpd, DomainName: "tv.example.com", RedirectURL: redirectURI})
	if p.success(api.OpSessionsResume, a) {
		p.sessionEcho(api.OpSessionsResume, a, root.Get("sessionId").Text())
		done := a.json().Get("missingParameters").Len() == 0
		p.rule(a, "session.resumes", done, "no more missingParameters", "missingParameters although all were given")
		p.sessionTimes(api.OpSessionsResume, a)
	}
	a = p.call(api.Request{Op: api.OpSessionsRetrieve, Code: code})
	if p.success(api.OpSessionsRetrieve, a) {
		p.sessionTimes(api.OpSessionsRetrieve, a)
	}
	return code
}

// sessionEcho rules that a session is the one that was asked for: of the service
// provider, and with the id that it had before.
func (p *probe) sessionEcho(op api.Op, a *Answer, sessionID string) {
	root := a.json()
	if got := root.Get("serviceProvider"); got.Kind() == jsondoc.String {
		p.rule(a, "session.provider", got.TextEquals(p.kit.ServiceProvider), "the serviceProvider of the request, "+safe(p.kit.ServiceProvider), "another one")
	} else {
		p.say(a, "session.provider", Blocked, "", spec.MemberID(op, "serviceProvider"))
	}
	if sessionID == "" {
		return
	}
	if got := root.Get("sessionId"); got.Kind() == jsondoc.String {
		p.rule(a, "session.same-id", got.TextEquals(sessionID), "the sessionId that the session was created with", "another one")
	} else {
		p.say(a, "session.same-id", Blocked, "", spec.MemberID(op, "sessionId"))
	}
}

// sessionTimes rules on the unit and the type of a session's times.
func (p *probe) sessionTimes(op api.Op, a *Answer) {
	for _, name := range [...]string{"notBefore", "notAfter"} {
		n := a.json().Get(name)
		if n.Kind() == jsondoc.Absent {
			continue
		}
		at, ok := millis(n)
		if !ok {
			p.say(a, "session.life", Blocked, "", memberCheck(op, name))
			continue
		}
		p.rule(a, "session.life", nearby(at, a), name+" in milliseconds, near the present", name+" is "+timeSeen(at, ok, a))
		p.rule(a, "session.notafter-type", n.Kind() == jsondoc.String, name+" as a string of digits", memberOf(a.json(), name))
	}
	p.inOrder(a, "session.life", a.json())
}

// memberCheck is the check that rules on the type of a member.
func memberCheck(op api.Op, name string) string {
	if id := spec.MemberID(op, name); listed(id) {
		return id
	}
	return spec.AnswerID(op, spec.AnswerOptional)
}

func listed(id string) bool { _, ok := spec.Lookup(id); return ok }

// inOrder rules that something does not end before it begins.
func (p *probe) inOrder(a *Answer, id string, n jsondoc.Node) {
	from, ok1 := millis(n.Get("notBefore"))
	until, ok2 := millis(n.Get("notAfter"))
	if ok1 && ok2 {
		p.rule(a, id, from < until, "notBefore ahead of notAfter", "an end that is not after the beginning")
	}
}

func timeSeen(at int64, ok bool, a *Answer) string {
	switch {
	case !ok:
		return "no number"
	case at < 1e11 && nearby(at*1000, a):
		return "in seconds"
	}
	return "more than a day away"
}

// authenticated polls, opens the login page, and waits for the profile.
func (p *probe) authenticated(code string) bool {
	a := p.call(api.Request{Op: api.OpProfilesCode, Code: code})
	pending := a.lost() != "" || a.Status == 200
	if a.lost() == "" && a.Status == 200 {
		empty := a.json().Get("profiles").Len() == 0
		p.rule(a, "session.pending", empty, "an empty map of profiles before the login", "a profile")
	} else {
		p.rule(a, "session.pending", false, "status 200 with an empty map of profiles", saw(a))
	}
	a = p.call(api.Request{Op: api.OpAuthenticate, Code: code})
	p.success(api.OpAuthenticate, a)
	if a.lost() == "" && a.Status >= 300 && a.Status < 400 {
		p.rule(a, "authenticate.location", absolute(a.Header.Get("Location")), "an absolute Location", "another Location")
	}
	end := p.now.Add(login)
	for {
		p.wait(pollEvery)
		a = p.call(api.Request{Op: api.OpProfilesCode, Code: code})
		if a.json().Get("profiles").Len() > 0 || a.lost() != "" {
			break
		}
		if a.Status != 200 && pending || !p.now.Before(end) {
			p.success(api.OpProfilesCode, a)
			p.noLogin(a)
			return false
		}
	}
	p.rule(a, "session.login", true, "", "")
	if !p.success(api.OpProfilesCode, a) {
		return false
	}
	p.profileTimes(a)
	return true
}

// noLogin tells a login that nobody made from one that came to nothing: only a
// simulator logs in by itself.
func (p *probe) noLogin(a *Answer) {
	if p.kit.Reserved != nil {
		p.rule(a, "session.login", false, "a profile within "+login.String(), "none")
		return
	}
	p.say(a, "session.login", Unprovable, "", "nobody logged in at the login page within "+login.String())
}

func absolute(location string) bool {
	l := strings.ToLower(location)
	return strings.HasPrefix(l, "https://") || strings.HasPrefix(l, "http://")
}

// profiles reads the profile in every way, and as another device in vain.
func (p *probe) profiles() {
	a := p.call(api.Request{Op: api.OpProfilesList})
	if p.success(api.OpProfilesList, a) {
		p.profileTimes(a)
	}
	a = p.call(api.Request{Op: api.OpProfilesMVPD, MVPD: p.shared.mvpd})
	if p.success(api.OpProfilesMVPD, a) {
		p.profileTimes(a)
	}
	a = p.call(api.Request{Op: api.OpSessionsCreate, MVPD: p.shared.mvpd, DomainName: "tv.example.com", RedirectURL: redirectURI})
	if p.success(api.OpSessionsCreate, a) {
		action := a.json().Get("actionName")
		if known(action, api.OpSessionsCreate) {
			p.rule(a, "session.authorized", action.TextEquals("authorize"), "actionName authorize", seen(a.json(), "actionName"))
		} else {
			p.say(a, "session.authorized", Blocked, "", "v2.sessions.create.action-name")
		}
	}
	device, spent := p.device, p.spent
	p.fresh()
	a = p.call(api.Request{Op: api.OpProfilesMVPD, MVPD: p.shared.mvpd})
	if a.lost() != "" || a.Status == 200 {
		p.rule(a, "profile.bound", a.json().Get("profiles").Len() == 0, "no profile for another device", "the profile of another device")
	} else {
		p.rule(a, "profile.bound", a.refused(), "no profile for another device", saw(a))
	}
	p.device, p.spent = device, spent
}

// known reports whether an actionName is one that the operation's page lists.
func known(action jsondoc.Node, op api.Op) bool {
	for _, m := range op.Members() {
		if m.Path == "actionName" {
			return m.Permits(action.Text())
		}
	}
	return false
}

func (p *probe) profileTimes(a *Answer) {
	for _, profile := range a.json().Get("profiles").Members() {
		for _, name := range [...]string{"notBefore", "notAfter"} {
			n := profile.Get(name)
			if n.Kind() == jsondoc.Absent {
				continue
			}
			at, ok := millis(n)
			// A profile may live for months; seconds for milliseconds is decades.
			const year = 366 * 24 * 3600 * 1000
			diff := at - a.Received.UnixMilli()
			p.rule(a, "profile.life", ok && diff > -year && diff < 10*year, name+" in milliseconds, near the present", name+" is "+timeSeen(at, ok, a))
			_, integer := n.Int()
			p.rule(a, "profile.notafter-type", integer, name+" as an integer", memberOf(profile, name))
		}
		p.inOrder(a, "profile.life", profile)
	}
}

// decisions asks for two preauthorizations and one authorization.
func (p *probe) decisions() {
	resources := []string{"dcrbench-one", "dcrbench-two"}
	a := p.call(api.Request{Op: api.OpPreauthorize, MVPD: p.shared.mvpd, Resources: resources})
	if p.success(api.OpPreauthorize, a) {
		p.decided(api.OpPreauthorize, a, resources)
	}
	a = p.call(api.Request{Op: api.OpAuthorize, MVPD: p.shared.mvpd, Resources: resources[:1]})
	if p.success(api.OpAuthorize, a) {
		p.decided(api.OpAuthorize, a, resources[:1])
		p.mediaToken(a)
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprintf("dcrbench-%d", i)
	}
	a = p.call(api.Request{Op: api.OpPreauthorize, MVPD: p.shared.mvpd, Resources: many})
	inside := a.json().Get("decisions").Len() > 0 && !permits(a)
	if p.rule(a, "decision.too-many", a.refused() || inside, "a refusal of 100 resources", saw(a)) {
		row, _ := api.LookupError("too_many_resources")
		p.provoked(a, row)
	}
}

func (p *probe) decided(op api.Op, a *Answer, resources []string) {
	list := a.json().Get("decisions")
	for d := range list.Elements() {
		for _, name := range [...]string{"resource", "serviceProvider", "mvpd"} {
			if d.Get(name).Kind() != jsondoc.String {
				p.say(a, "decision.asked", Blocked, "", spec.MemberID(op, "decisions[]."+name))
				return
			}
		}
		p.denialExplained(a, d)
	}
	ok := list.Len() == len(resources)
	for _, want := range resources {
		found := false
		for d := range list.Elements() {
			found = found || d.Get("resource").TextEquals(want) && d.Get("serviceProvider").TextEquals(p.kit.ServiceProvider) && d.Get("mvpd").TextEquals(p.shared.mvpd)
		}
		ok = ok && found
	}
	p.rule(a, "decision.asked", ok, "one decision for each resource, with its name, the service provider and the TV provider of the request",
		fmt.Sprintf("%d decisions, of which one at least is about something else", list.Len()))
	for d := range list.Elements() {
		if e := d.Get("error"); e.Kind() == jsondoc.Object {
			p.enhanced(a, e, api.ItemLevel)
		}
	}
}

// denialExplained rules that a denial carries its error.
func (p *probe) denialExplained(a *Answer, d jsondoc.Node) {
	if permitted, isBool := d.Get("authorized").Bool(); isBool && !permitted {
		p.rule(a, "decision.denial-error", d.Get("error").Kind() == jsondoc.Object, "an error with every denial", memberOf(d, "error"))
	}
}

func (p *probe) mediaToken(a *Answer) {
	for d := range a.json().Get("decisions").Elements() {
		token := d.Get("token")
		if token.Kind() != jsondoc.Object {
			continue
		}
		from, ok1 := millis(token.Get("notBefore"))
		until, ok2 := millis(token.Get("notAfter"))
		life := time.Duration(until-from) * time.Millisecond
		fits := ok1 && ok2 && nearby(from, a) && nearby(until, a) && life > 0 && life <= 24*time.Hour
		p.rule(a, "decision.token-life", fits, "a life from now on, of minutes, in milliseconds", "other times")
		return
	}
	p.say(a, "decision.token-life", Blocked, "", "decision.missing-token")
}

// leave logs out and looks for the profile again.
func (p *probe) leave(code string) {
	a := p.call(api.Request{Op: api.OpLogout, MVPD: p.shared.mvpd, RedirectURL: redirectURI})
	if !p.success(api.OpLogout, a) {
		p.say(a, "logout.removes-profile", Blocked, "", "v2.logout.status")
		return
	}
	a = p.call(api.Request{Op: api.OpProfilesMVPD, MVPD: p.shared.mvpd})
	gone := a.refused() || a.succeeded() && a.json().Get("profiles").Len() == 0
	p.rule(a, "logout.removes-profile", gone, "no profile after the logout", "a profile")
	// With nothing left to log out of, another actionName is due.
	a = p.call(api.Request{Op: api.OpLogout, MVPD: p.shared.mvpd, RedirectURL: redirectURI})
	p.success(api.OpLogout, a)
	p.once(code)
}

// once tries to log in with a code again whose login is over: nobody has signed
// in since the logout, so that no profile may come of it.
func (p *probe) once(code string) {
	if r := p.book.Get("logout.removes-profile"); r != nil && r.Kind == Unmet {
		p.know("session.once", Blocked, "logout.removes-profile")
		return
	}
	p.call(api.Request{Op: api.OpAuthenticate, Code: code})
	a := p.call(api.Request{Op: api.OpProfilesCode, Code: code})
	none := a.refused() || a.succeeded() && a.json().Get("profiles").Len() == 0
	p.rule(a, "session.once", none, "no profile from a code whose login is over", "a profile, without anybody signing in")
}

// sessionEnds rules on codes that have been replaced or have run out.
func sessionEnds(p *probe) {
	create := func() *Answer {
		return p.call(api.Request{Op: api.OpSessionsCreate, MVPD: p.mvpd(), DomainName: "tv.example.com", RedirectURL: redirectURI})
	}
	first := create()
	old := codeOf(first)
	if p.success(api.OpSessionsCreate, first) {
		p.sessionEcho(api.OpSessionsCreate, first, "")
	}
	a := create()
	code := codeOf(a)
	if a.blame != "" {
		p.say(a, "session.superseded", Blocked, "", a.blame)
		p.say(a, "session.expired", Blocked, "", a.blame)
		return
	}
	if old == "" || code == "" || old == code {
		p.say(a, "session.superseded", Unclear, "", "two sessions with codes could not be created")
		p.say(a, "session.expired", Unclear, "", "two sessions with codes could not be created")
		return
	}
	b := p.call(api.Request{Op: api.OpSessionsRetrieve, Code: old})
	p.rule(b, "session.superseded", b.refused(), "a refusal of the older code", saw(b))
	b = p.call(api.Request{Op: api.OpProfilesCode, Code: old})
	p.rule(b, "session.superseded", b.refused(), "a refusal to poll with the older code", saw(b))
	b = p.call(api.Request{Op: api.OpAuthenticate, Code: old})
	p.rule(b, "session.superseded", b.refused(), "a refusal to log in with the older code", saw(b))
	end, ok := millis(a.json().Get("notAfter"))
	span := time.Duration(end-a.Received.UnixMilli())*time.Millisecond + 2*time.Second
	switch {
	case !ok || !nearby(end, a):
		p.say(a, "session.expired", Blocked, "", "session.life")
	case span > p.kit.Patience:
		p.know("session.expired", Absent, "a session lives "+span.Round(time.Second).String()+"; the suite waits for at most "+p.kit.Patience.String())
	default:
		p.wait(span)
		b = p.call(api.Request{Op: api.OpSessionsRetrieve, Code: code})
		p.rule(b, "session.expired", b.refused(), "a refusal two seconds after the end", saw(b))
	}
}

// mvpd is the TV provider of all calls.
func (p *probe) mvpd() string {
	if p.shared.mvpd != "" {
		return p.shared.mvpd
	}
	return "dcrbench"
}
