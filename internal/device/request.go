package device

import "github.com/dcrbench/dcrbench/internal/api"

// Values that Apple's partner framework would supply. The device has no such
// framework; the simulator accepts these, and a real service answers them with
// its documented errors.
const (
	partnerName   = "Apple"
	partnerStatus = "eyJmcmFtZXdvcmtQZXJtaXNzaW9uSW5mbyI6eyJhY2Nlc3NTdGF0dXMiOiJncmFudGVkIn0sImZyYW1ld29ya1Byb3ZpZGVySW5mbyI6eyJpZCI6IkNhYmxldmlzaW9uIiwiZXhwaXJhdGlvbkRhdGUiOiI0MTAyNDQ0ODAwMDAwIn19"
	samlResponse  = "PHNhbWxwOlJlc3BvbnNlIHhtbG5zOnNhbWxwPSJ1cm46b2FzaXM6bmFtZXM6dGM6U0FNTDoyLjA6cHJvdG9jb2wiLz4="
)

// fill writes the request for op as the device stands.
func (d *Device) fill(op api.Op, req *api.Request) {
	f := d.prog.fleet
	*req = api.Request{Op: op, Purpose: d.sending}
	switch op {
	case api.OpRegister:
		req.SoftwareStatement = d.prog.statement
		return
	case api.OpToken:
		req.ClientID, req.ClientSecret = d.clientID, d.clientSecret
		return
	}
	req.ServiceProvider = f.ServiceProvider
	if op.Protected() {
		req.AccessToken = d.token
	}
	switch op {
	case api.OpSessionsCreate:
		req.MVPD, req.DomainName, req.RedirectURL = d.mvpd, f.DomainName, f.RedirectURL
	case api.OpSessionsResume:
		req.Code = d.code
		req.MVPD, req.DomainName, req.RedirectURL = d.mvpd, f.DomainName, f.RedirectURL
	case api.OpSessionsRetrieve, api.OpAuthenticate, api.OpProfilesCode:
		req.Code = d.code
	case api.OpProfilesMVPD:
		req.MVPD = d.mvpd
	case api.OpPreauthorize:
		req.MVPD, req.Resources = d.mvpd, d.prog.browse
	case api.OpAuthorize:
		req.MVPD, req.Resources = d.mvpd, d.resources
	case api.OpLogout:
		req.MVPD, req.RedirectURL = d.mvpd, f.RedirectURL
	case api.OpSSOSessions:
		req.Partner, req.PartnerStatus = partnerName, partnerStatus
		req.DomainName, req.RedirectURL = f.DomainName, f.RedirectURL
	case api.OpSSOProfiles:
		req.Partner, req.PartnerStatus, req.SAMLResponse = partnerName, partnerStatus, samlResponse
	}
}
