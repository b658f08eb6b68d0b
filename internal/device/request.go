package device

import (
	"encoding/base64"
	"fmt"

	"github.com/dcrbench/dcrbench/internal/api"
)

// What Apple's partner framework would supply. The device has no such framework;
// the simulator accepts these values, and a real service answers them with its
// documented errors.
const (
	partnerName  = "Apple"
	samlResponse = "PHNhbWxwOlJlc3BvbnNlIHhtbG5zOnNhbWxwPSJ1cm46b2FzaXM6bmFtZXM6dGM6U0FNTDoyLjA6cHJvdG9jb2wiLz4="
)

// partnerStatus is the AP-Partner-Framework-Status of a viewer who has granted
// access and whose provider is mvpd, good until the year 2100.
func partnerStatus(mvpd string) string {
	status := fmt.Sprintf(`{"frameworkPermissionInfo":{"accessStatus":"granted"},"frameworkProviderInfo":{"id":%q,"expirationDate":"4102444800000"}}`, mvpd)
	return base64.StdEncoding.EncodeToString([]byte(status))
}

// fill writes the request for op as the device stands.
func (d *Device) fill(op api.Op, req *api.Request) {
	f := d.prog.fleet
	*req = api.Request{Op: op, Purpose: d.sending}
	switch op {
	case api.OpRegister:
		req.SoftwareStatement = d.prog.statement
		return
	case api.OpToken:
		req.ClientID, req.ClientSecret = d.kept.clientID(), d.kept.clientSecret()
		return
	}
	req.ServiceProvider = f.ServiceProvider
	if op.Protected() {
		req.AccessToken = d.kept.token()
	}
	switch op {
	case api.OpSessionsCreate:
		req.MVPD, req.DomainName, req.RedirectURL = d.viewer.mvpd, f.DomainName, f.RedirectURL
	case api.OpSessionsResume:
		req.Code = d.code()
		req.MVPD, req.DomainName, req.RedirectURL = d.viewer.mvpd, f.DomainName, f.RedirectURL
	case api.OpSessionsRetrieve, api.OpAuthenticate, api.OpProfilesCode:
		req.Code = d.code()
	case api.OpProfilesMVPD:
		req.MVPD = d.viewer.mvpd
	case api.OpPreauthorize:
		req.MVPD, req.Resources = d.viewer.mvpd, d.prog.browse
	case api.OpAuthorize:
		req.MVPD, req.Resources = d.viewer.mvpd, d.prog.watch[d.watching]
	case api.OpLogout:
		req.MVPD, req.RedirectURL = d.viewer.mvpd, f.RedirectURL
	case api.OpSSOSessions:
		req.Partner = partnerName
		req.DomainName, req.RedirectURL = f.DomainName, f.RedirectURL
	case api.OpSSOProfiles:
		req.Partner, req.SAMLResponse = partnerName, samlResponse
	}
	if op.TakesPartnerStatus() && (d.partner || req.Partner != "") {
		req.PartnerStatus = d.viewer.partner
	}
}
