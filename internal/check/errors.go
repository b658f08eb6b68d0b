package check

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// errorCodes provokes every enhanced error code of REST API v2 that can be
// provoked: by wrong values where any service must notice, else by the values
// that a simulator reserves.
func errorCodes(p *probe) {
	codes := api.ErrorCodes()
	for i := range codes {
		c := &codes[i]
		if !c.V2 {
			continue
		}
		p.room(4)
		p.expecting = c.Code
		a, why := p.provoke(c)
		if a == nil {
			p.know(spec.CodeID(c.Code), Absent, why)
			continue
		}
		p.provoked(a, c)
		if c.Code == "invalid_parameter_code" {
			p.provoked(p.call(api.Request{Op: api.OpProfilesCode, Code: unknownCode}), c)
		}
	}
	p.expecting = ""
}

// provoke makes the condition of a code; without an answer it says why it cannot.
func (p *probe) provoke(c *api.ErrorCode) (*Answer, string) {
	if a := p.wrongParameter(c.Code); a != nil {
		return a, ""
	}
	if a := p.wrongHeader(c.Code); a != nil {
		return a, ""
	}
	if a := p.wrongState(c.Code); a != nil {
		return a, ""
	}
	if p.kit.Reserved == nil {
		return nil, "nothing that a client sends brings it about"
	}
	mvpd := p.kit.Reserved.ErrorPrefix + c.Code
	if c.Code == "preauthorization_denied_by_mvpd" {
		return p.call(api.Request{Op: api.OpPreauthorize, MVPD: mvpd, Resources: []string{"dcrbench"}}), ""
	}
	if c.Level == api.ItemLevel {
		return p.call(api.Request{Op: api.OpAuthorize, MVPD: mvpd, Resources: []string{"dcrbench"}}), ""
	}
	return p.call(api.Request{Op: api.OpProfilesMVPD, MVPD: mvpd}), ""
}

// unknownCode is of the right form and was never issued.
const unknownCode = "ZZZZZZ9"

// wrongParameter sends one wrong value in path, form or body.
func (p *probe) wrongParameter(code string) *Answer {
	const none = "dcrbench-none"
	switch code {
	case "invalid_parameter_service_provider":
		provider := none
		if p.kit.Reserved != nil {
			provider = p.kit.Reserved.UnknownProvider
		}
		return p.call(api.Request{Op: api.OpConfiguration, ServiceProvider: provider})
	case "invalid_parameter_mvpd":
		return p.call(api.Request{Op: api.OpProfilesMVPD, MVPD: none})
	case "invalid_parameter_code":
		return p.call(api.Request{Op: api.OpSessionsRetrieve, Code: unknownCode})
	case "invalid_parameter_resources":
		return p.call(api.Request{Op: api.OpPreauthorize, MVPD: p.mvpd()})
	case "invalid_parameter_redirect_url":
		return p.call(api.Request{Op: api.OpSessionsCreate, MVPD: p.mvpd(), DomainName: "tv.example.com", RedirectURL: "no url at all"})
	case "invalid_parameter_partner":
		return p.call(api.Request{Op: api.OpSSOSessions, Partner: none, DomainName: "tv.example.com", RedirectURL: redirectURI})
	case "invalid_parameter_saml_response":
		return p.call(api.Request{Op: api.OpSSOProfiles, Partner: "Apple", SAMLResponse: "%%%", PartnerStatus: partnerStatus("granted", p.mvpd(), p.now.Add(time.Hour))})
	case "too_many_resources":
		many := make([]string, 100)
		for i := range many {
			many[i] = "dcrbench"
		}
		return p.call(api.Request{Op: api.OpPreauthorize, MVPD: p.mvpd(), Resources: many})
	}
	return nil
}

// wrongHeader sends one wrong header.
func (p *probe) wrongHeader(code string) *Answer {
	profile := func(access, provider string, expires time.Time) *Answer {
		return p.call(api.Request{Op: api.OpSSOProfiles, Partner: "Apple", SAMLResponse: "PHg+", PartnerStatus: partnerStatus(access, provider, expires)})
	}
	later := p.now.Add(time.Hour)
	switch code {
	case "invalid_header_device_identifier":
		return p.send(api.OpProfilesList, without(p.encode(api.Request{Op: api.OpProfilesList}), "AP-Device-Identifier"))
	case "invalid_header_pfs_permission_access_not_present":
		return profile("", p.mvpd(), later)
	case "invalid_header_pfs_permission_access_not_determined":
		return profile("notDetermined", p.mvpd(), later)
	case "invalid_header_pfs_permission_access_not_granted":
		return profile("denied", p.mvpd(), later)
	case "invalid_header_pfs_provider_id_not_determined":
		return profile("granted", "dcrbench-none", later)
	case "invalid_header_pfs_provider_info_expired":
		return profile("granted", p.mvpd(), p.now.Add(-time.Hour))
	case "invalid_header_pfs_provider_id_mismatch":
		if p.kit.Reserved != nil {
			return profile("granted", p.kit.Reserved.ProviderMismatch, later)
		}
	case "invalid_access_token_client_application":
		return p.ask("Bearer dcrbench-unknown-token")
	}
	return nil
}

// wrongState asks for something that the state of the device forbids.
func (p *probe) wrongState(code string) *Answer {
	r := p.kit.Reserved
	switch code {
	case "authenticated_profile_missing":
		return p.call(api.Request{Op: api.OpAuthorize, MVPD: p.mvpd(), Resources: []string{"dcrbench"}})
	case "invalid_authentication_session":
		create := api.Request{Op: api.OpSessionsCreate, MVPD: p.mvpd(), DomainName: "tv.example.com", RedirectURL: redirectURI}
		old := codeOf(p.call(create))
		p.call(create)
		return p.call(api.Request{Op: api.OpSessionsRetrieve, Code: old})
	}
	if r == nil {
		return nil
	}
	switch code {
	case "invalid_access_token_service_provider":
		return p.call(api.Request{Op: api.OpConfiguration, ServiceProvider: r.ForeignProvider})
	case "invalid_integration":
		return p.call(api.Request{Op: api.OpProfilesMVPD, MVPD: r.NotIntegrated})
	case "authenticated_profile_invalidated":
		return p.call(api.Request{Op: api.OpAuthorize, MVPD: r.Invalid, Resources: []string{"dcrbench"}})
	}
	return nil
}

// provoked rules on the answer to a condition that has a code.
func (p *probe) provoked(a *Answer, c *api.ErrorCode) {
	id := spec.CodeID(c.Code)
	n := a.json()
	for d := range n.Get("decisions").Elements() {
		p.denialExplained(a, d)
		if permitted, isBool := d.Get("authorized").Bool(); isBool && !permitted && d.Get("error").Kind() == jsondoc.Absent {
			p.say(a, id, Blocked, "", "decision.denial-error")
			return
		}
		n = d.Get("error")
		if n.Kind() == jsondoc.Object {
			p.enhanced(a, n, api.ItemLevel)
		}
		break
	}
	code := n.Get("code")
	got := code.Text()
	if code.Kind() == jsondoc.String {
		_, listed := api.LookupError(got)
		p.rule(a, "err.unknown-code", listed, "a code of the published list, "+c.Code+" here", safe(got))
		if !listed && a.lost() == "" {
			p.say(a, id, Blocked, "", "err.unknown-code")
			return
		}
	}
	switch by := twin(c.Code); {
	case c.Code == "too_many_resources" && got == "authenticated_profile_missing":
		p.say(a, id, Unprovable, "", "the service looks for a profile first, and this device has none")
	case by != "" && a.succeeded() && got == "":
		p.say(a, id, Blocked, "", by)
	case got == c.Code || a.lost() != "":
		p.rule(a, id, got == c.Code, c.Code, saw(a))
	case a.Status == 401 && c.HasStatus(401) && got == "":
		p.say(a, id, Noted, c.Code, saw(a)+": the body of a 401 is optional (A-16)")
	case a.Status >= 400 && got == "" && n.Kind() == jsondoc.Object && c.HasStatus(a.Status), got == "" && n.Kind() == jsondoc.Object && a.Status == 200 && n.Get("action").Kind() != jsondoc.Absent:
		p.say(a, id, Blocked, "", "err.missing-code")
	default:
		p.rule(a, id, false, c.Code, saw(a))
	}
}

// twin is the check that asks whether the condition of a code is refused at all.
func twin(code string) string {
	switch code {
	case "invalid_access_token_service_provider":
		return "api.foreign"
	case "invalid_access_token_client_application":
		return "api.bad-token"
	case "invalid_header_device_identifier":
		return "api.device-identifier"
	case "invalid_authentication_session":
		return "session.superseded"
	case "too_many_resources":
		return "decision.too-many"
	}
	return ""
}
