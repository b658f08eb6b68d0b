package check

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// partnerStatus is a value of AP-Partner-Framework-Status.
func partnerStatus(access, provider string, expires time.Time) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil,
		`{"frameworkPermissionInfo":{"accessStatus":%q},"frameworkProviderInfo":{"id":%q,"expirationDate":"%d"}}`,
		access, provider, expires.UnixMilli()))
}

// partner goes through partner single sign-on, with and without permission.
func partner(p *probe) {
	granted := partnerStatus("granted", p.mvpd(), p.now.Add(time.Hour))
	request := api.Request{Op: api.OpSSOSessions, Partner: "Apple", DomainName: "tv.example.com", RedirectURL: redirectURI, PartnerStatus: granted}
	a := p.call(request)
	if p.success(api.OpSSOSessions, a) {
		p.partnerAction(a, "partner.request", "partner_profile")
	} else {
		p.say(a, "partner.request", Blocked, "", "v2.sso.sessions.status")
	}
	request.PartnerStatus = partnerStatus("denied", "", p.now)
	a = p.call(request)
	if a.succeeded() {
		p.shape(api.OpSSOSessions, a)
		p.partnerAction(a, "partner.fallback", "authenticate")
	} else {
		p.rule(a, "partner.fallback", false, "the ordinary login", saw(a))
	}
	a = p.call(api.Request{
		Op: api.OpSSOProfiles, Partner: "Apple", PartnerStatus: granted,
		SAMLResponse: base64.StdEncoding.EncodeToString([]byte("<samlp:Response/>")),
	})
	if p.kit.Reserved == nil && a.refused() {
		// Only the partner's own answer makes a profile at a real service.
		for _, id := range answerIDs(api.OpSSOProfiles) {
			p.say(a, id, Unprovable, "", "it needs an answer that the partner has signed")
		}
		return
	}
	if p.success(api.OpSSOProfiles, a) {
		p.profileTimes(a)
	}
}

func (p *probe) partnerAction(a *Answer, id, want string) {
	action := a.json().Get("actionName")
	if !known(action, api.OpSSOSessions) {
		p.say(a, id, Blocked, "", "v2.sso.sessions.action-name")
		return
	}
	p.rule(a, id, action.TextEquals(want), "actionName "+want, seen(a.json(), "actionName"))
}
