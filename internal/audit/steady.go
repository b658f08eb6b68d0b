package audit

import (
	"slices"

	"github.com/dcrbench/dcrbench/internal/api"
)

// steady is what does not change from request to request.
type steady struct {
	identifier   uint64
	identified   sight
	identifiers  [8]uint64
	identifierAt int
	// shared: an earlier identifier came back, so that several devices use the
	// same credentials.
	shared bool
	// sso are the single sign-on tokens that the device has used.
	sso           uint8
	ssoAt         sight
	visitor, bare sight
	// partner: the profile came by way of the partner framework.
	partner sight
}

func (d *Device) sendSteady(e *event) {
	d.sendIdentifier(e)
	if slices.Contains(tokenOps, e.op) {
		if missing := d.sso &^ e.extras; missing != 0 {
			d.broken(hdr12, "left out a single sign-on token that it had sent before", d.ssoAt, seen(e))
		} else if d.sso != 0 {
			d.kept(hdr12)
		}
		if sent := e.extras & (extraSubject | extraRoku | extraService); sent != 0 {
			d.sso |= sent
			d.ssoAt = seen(e)
		}
	}
	d.sendVisitor(e)
	d.sendPartnerStatus(e)
}

// sendIdentifier judges whether the device keeps its name. The events of a
// device share a client, so that another name is a change, or another device
// with the same credentials.
func (d *Device) sendIdentifier(e *event) {
	if e.identifier == 0 || e.identifier == d.identifier {
		if e.identifier != 0 {
			d.kept(dcr11)
			if !d.shared {
				d.kept(hdr04)
			}
		}
		return
	}
	before := d.identified
	known := slices.Contains(d.identifiers[:], e.identifier)
	first := d.identifier == 0
	d.identifier, d.identified = e.identifier, seen(e)
	if !known {
		d.identifiers[d.identifierAt] = e.identifier
		d.identifierAt = (d.identifierAt + 1) % len(d.identifiers)
	}
	if first {
		return
	}
	d.broken(dcr11, "used the same credentials under another device identifier", before, seen(e))
	switch {
	case known:
		d.shared = true
		d.scores[hdr04] = score{unsure: 1}
		d.breaches = slices.DeleteFunc(d.breaches, func(b Breach) bool { return b.Rule == &rules[hdr04] })
	case !d.shared:
		d.broken(hdr04, "changed its device identifier", before, seen(e))
	}
}

// sendVisitor judges a visitor identifier: on all calls that list it, or none.
func (d *Device) sendVisitor(e *event) {
	if e.target == 0 || !slices.Contains(visitorOps, e.op) {
		return
	}
	if e.extras&extraVisitor == 0 {
		if d.visitor.seq != 0 {
			d.broken(hdr13, "left out the visitor identifier that it had sent before", d.visitor, seen(e))
		}
		d.bare = seen(e)
		return
	}
	if d.bare.seq != 0 && d.visitor.seq == 0 {
		d.broken(hdr13, "sent the visitor identifier only later", d.bare, seen(e))
	} else {
		d.kept(hdr13)
	}
	d.visitor = seen(e)
}

// sendPartnerStatus judges the calls that concern a partner's profile.
func (d *Device) sendPartnerStatus(e *event) {
	switch e.op {
	case api.OpSessionsCreate, api.OpLogout, api.OpRegister:
		d.partner = sight{}
	case api.OpSSOProfiles:
		d.partner = seen(e)
	case api.OpProfilesMVPD, api.OpAuthorize, api.OpPreauthorize:
		if d.partner.seq != 0 && d.profileUntil != 0 && e.platform != 0 {
			d.judge(hdr11, keptIf(e.extras&extraPartner != 0), "left out AP-Partner-Framework-Status on a call about a partner's profile", d.partner, seen(e))
		}
	}
}
