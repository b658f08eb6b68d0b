package backend

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// partnerStatus is a decoded AP-Partner-Framework-Status header.
type partnerStatus struct {
	present          bool
	access, provider string
	// expires is expirationDate; zero when it is missing or no number.
	expires time.Time
}

// partnerStatus reads the header, tolerant of what base64 it is in. One
// that cannot be read says nothing.
func (s *Service) partnerStatus(c *call) partnerStatus {
	header := c.in.Header.Get("AP-Partner-Framework-Status")
	if header == "" {
		return partnerStatus{}
	}
	status := partnerStatus{present: true}
	raw, ok := decodeBase64(header)
	if !ok || s.doc.Parse(raw) != nil {
		return status
	}
	root := s.doc.Root()
	provider := root.Get("frameworkProviderInfo")
	status.access = root.Get("frameworkPermissionInfo").Get("accessStatus").Text()
	status.provider = provider.Get("id").Text()
	date := provider.Get("expirationDate")
	millis, numeric := date.Int()
	if date.Kind() == jsondoc.String {
		var err error
		millis, err = strconv.ParseInt(date.Text(), 10, 64)
		numeric = err == nil
	}
	if numeric {
		status.expires = time.UnixMilli(millis)
	}
	return status
}

// partnerError is the code with which a partner status is refused; "" accepts
// it. mvpd is the one that the request is about, or noMVPD.
func (s *Service) partnerError(c *call, status partnerStatus, mvpd int32) string {
	const prefix = "invalid_header_pfs_"
	switch status.access {
	case "":
		return prefix + "permission_access_not_present"
	case "notDetermined":
		return prefix + "permission_access_not_determined"
	case "granted":
	default:
		return prefix + "permission_access_not_granted"
	}
	number, known := s.mvpds.lookup(status.provider)
	switch {
	case status.provider == ProviderMismatch, known && mvpd != noMVPD && number != mvpd:
		return prefix + "provider_id_mismatch"
	case !known:
		return prefix + "provider_id_not_determined"
	case !c.now.Before(status.expires):
		return prefix + "provider_info_expired"
	}
	return ""
}

// partnerSession answers POST sessions/sso/{partner}: a request to the partner
// where its permission and the MVPD allow, else the ordinary way.
func (s *Service) partnerSession(c *call) {
	v := s.newSession(c)
	if !s.knownPartner(c) || !s.readParameters(c, &v, false) {
		return
	}
	status := s.partnerStatus(c)
	trusted := s.partnerError(c, status, noMVPD) == ""
	if number, ok := s.mvpds.lookup(status.provider); ok {
		if trusted {
			if _, ok := s.resolve(c, status.provider); !ok {
				return
			}
			if p, ok := s.standing(c, v.owner, c.provider, number); ok && p.kind != profileTemporary {
				s.goAuthorize(c, number, p.kind.reason())
				return
			}
		}
		v.mvpd = number
	}
	missing := v.missing(false)
	switch able := trusted && s.mvpds.list[v.mvpd].kind != kindNoPartner; {
	case len(missing) > 0:
		s.goOn(c, s.open(c, v), &v, step{"resume", "direct", "missing_parameters_fallback", missing})
	case able:
		s.goPartner(c, v.mvpd)
	case trusted:
		s.goOn(c, s.open(c, v), &v, step{"authenticate", "interactive", "configuration_fallback", nil})
	default:
		s.goOn(c, s.open(c, v), &v, step{"authenticate", "interactive", "pfs_fallback", nil})
	}
}

func (s *Service) knownPartner(c *call) bool {
	if c.params.Partner != Partner {
		s.refuse(c, "invalid_parameter_partner")
		return false
	}
	return true
}

// samlRequest is the request that the partner framework is asked to carry.
var samlRequest = base64.StdEncoding.EncodeToString([]byte(
	`<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0"/>`))

// goPartner answers that the partner framework knows the user. There is no code.
func (s *Service) goPartner(c *call, mvpd int32) {
	s.json(c, 200)
	b := append(c.out.Body, '{')
	b = s.appendAction(b, step{"partner_profile", "direct", "none", nil})
	b = append(b, `,"url":"/api/v2/`...)
	b = appendSegment(b, c.params.ServiceProvider)
	b = append(b, "/profiles/sso/"+Partner+`",`...)
	b = s.appendSessionID(b, s.gen.next())
	b = append(b, ',')
	b = appendMember(b, "mvpd", s.mvpds.list[mvpd].id)
	b = append(b, ',')
	b = appendMember(b, "serviceProvider", c.params.ServiceProvider)
	b = append(b, `,"authenticationRequest":{"type":"saml",`...)
	b = appendMember(b, "request", samlRequest)
	c.out.Body = append(b, `,"attributesNames":["userID"]}}`...)
}

// partnerProfile answers POST profiles/sso/{partner} with 201.
func (s *Service) partnerProfile(c *call) {
	if !s.knownPartner(c) {
		return
	}
	status := s.partnerStatus(c)
	if errorCode := s.partnerError(c, status, noMVPD); errorCode != "" {
		s.refuse(c, errorCode)
		return
	}
	mvpd, ok := s.resolve(c, status.provider)
	if !ok {
		return
	}
	s.form.parse(c.in.Body[:min(len(c.in.Body), MaxBody)])
	if len(c.in.Body) > MaxBody || !soundBase64(string(s.form.get("SAMLResponse"))) {
		s.refuse(c, "invalid_parameter_saml_response")
		return
	}
	owner := deviceKey{c.bearer, c.device}
	p := s.newProfile(c.now, s.cfg.ProfileTTL, profilePartner)
	if s.mvpds.list[mvpd].kind == kindAuthNAll {
		p.kind = profileDegraded
	} else {
		s.profiles.put(profileKey{owner, c.provider, mvpd}, p)
	}
	status201 := 201
	if s.faults.has(profilePartnerStatus) {
		status201 = 202
	}
	s.oneProfile(c, status201, owner, mvpd, p, true)
}

func soundBase64(s string) bool {
	_, ok := decodeBase64(s)
	return ok && s != ""
}

var standardAlphabet = strings.NewReplacer("-", "+", "_", "/")

// decodeBase64 takes either alphabet, padded or not.
func decodeBase64(s string) ([]byte, bool) {
	raw, err := base64.RawStdEncoding.DecodeString(standardAlphabet.Replace(strings.TrimRight(s, "=")))
	return raw, err == nil
}
