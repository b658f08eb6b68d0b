package backend

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// decide answers the two decision operations. A denial by the MVPD, a rule or a
// TempPass is a decision and travels inside the 200.
func (s *Service) decide(c *call) {
	mvpd, ok := s.resolve(c, c.params.MVPD)
	if !ok {
		return
	}
	resources, ok := s.readResources(c)
	if !ok {
		s.refuse(c, "invalid_parameter_resources")
		return
	}
	most := s.cfg.MaxPreauthorize
	if c.op == api.OpAuthorize {
		most = s.cfg.MaxAuthorize
	}
	if len(resources) > most && !s.faults.has(decisionMaximum) {
		s.denyAll(c, mvpd, resources, "too_many_resources")
		return
	}
	errorCode, inside := s.obstacle(c, mvpd)
	switch {
	case errorCode == "":
		s.decisions(c, mvpd, resources, "")
	case inside:
		s.decisions(c, mvpd, resources, errorCode)
	default:
		s.denyAll(c, mvpd, resources, errorCode)
	}
}

// denyAll answers a denial for which the documents leave the level open.
func (s *Service) denyAll(c *call, mvpd int32, resources []string, errorCode string) {
	if s.cfg.DenialsInside && strings.Contains("too_many_resources authenticated_profile_missing authenticated_profile_expired authenticated_profile_invalidated", errorCode) {
		s.decisions(c, mvpd, resources, errorCode)
		return
	}
	s.refuse(c, errorCode)
}

// readResources reads {"resources":[...]}: at least one, all of them texts.
func (s *Service) readResources(c *call) ([]string, bool) {
	if !api.IsJSON(c.in.Header.Get("Content-Type")) || len(c.in.Body) > MaxBody || s.doc.Parse(c.in.Body) != nil {
		return nil, false
	}
	list := s.doc.Root().Get("resources")
	resources := make([]string, 0, min(list.Len(), 16))
	for n := range list.Elements() {
		if n.Kind() != jsondoc.String || n.TextEquals("") {
			return nil, false
		}
		resources = append(resources, n.Text())
	}
	return resources, len(resources) > 0
}

// obstacle is what stands before all decisions: the code that denies them, and
// whether it does so inside each of them.
func (s *Service) obstacle(c *call, mvpd int32) (errorCode string, inside bool) {
	m := &s.mvpds.list[mvpd]
	switch {
	case m.error != nil:
		return m.error.Code, true
	case m.kind.temporary():
		_, errorCode = s.temporary(c, mvpd)
		return errorCode, true
	case m.kind == kindAuthNAll:
		return "", false
	case m.kind == kindInvalidated:
		return "authenticated_profile_invalidated", false
	}
	p, ok := s.stored(c, deviceKey{c.bearer, c.device}, c.provider, mvpd)
	switch {
	case !ok:
		return "authenticated_profile_missing", false
	case !p.live(c.now):
		return "authenticated_profile_expired", false
	case p.kind == profilePartner:
		return s.partnerError(c, s.partnerStatus(c), mvpd), false
	case m.kind == kindAuthZNone:
		return "authorization_denied_by_degradation_rule", true
	}
	return "", false
}

// decisions answers one decision per resource; errorCode denies all of them.
func (s *Service) decisions(c *call, mvpd int32, resources []string, errorCode string) {
	s.json(c, 200)
	b := append(c.out.Body, `{"decisions":[`...)
	for i, resource := range resources {
		if i > 0 {
			b = append(b, ',')
		}
		denial := errorCode
		if denial == "" {
			denial = s.denial(c.op, &s.mvpds.list[mvpd], resource)
		}
		b = s.appendDecision(b, c, mvpd, resource, denial)
	}
	c.out.Body = append(b, `]}`...)
}

// denials are the words in resource ids that make an MVPD deny them. A word
// counts in any case.
var denials = []struct{ word, code string }{
	{"parental", "authorization_denied_by_parental_controls"},
	{"hba", "authorization_denied_by_hba_policies"},
	{"retry", "network_received_error"},
	{"denied", "authorization_denied_by_mvpd"},
}

// denial is the code with which the MVPD denies a resource; "" permits. It
// depends on the two alone.
func (s *Service) denial(op api.Op, m *mvpd, resource string) string {
	if named, ok := strings.CutPrefix(resource, ErrorPrefix); ok {
		if row, ok := api.LookupError(named); ok && row.V2 && row.Level != api.TopLevel {
			return row.Code
		}
	}
	if m.kind == kindAuthNAll || m.kind == kindAuthZAll {
		return ""
	}
	lower := strings.ToLower(resource)
	for _, d := range denials {
		if strings.Contains(lower, d.word) {
			return forOperation(op, d.code)
		}
	}
	if s.cfg.DenyRatio > 0 {
		if h := xxhash.Sum64String(m.id + "\x00" + resource); float64(h>>11)/(1<<53) < s.cfg.DenyRatio {
			return forOperation(op, "authorization_denied_by_mvpd")
		}
	}
	return ""
}

func forOperation(op api.Op, errorCode string) string {
	if op == api.OpPreauthorize && errorCode == "authorization_denied_by_mvpd" {
		return "preauthorization_denied_by_mvpd"
	}
	return errorCode
}

// source says who decided.
func (m *mvpd) source() string {
	switch {
	case m.kind == kindAuthNAll || m.kind == kindAuthZAll || m.kind == kindAuthZNone:
		return "degradation"
	case m.kind.temporary():
		return "temppass"
	case m.kind == kindDummy:
		return "dummy"
	}
	return "mvpd"
}

func (s *Service) appendDecision(b []byte, c *call, mvpd int32, resource, denial string) []byte {
	m := &s.mvpds.list[mvpd]
	b = append(b, '{')
	b = appendMember(b, "resource", resource)
	b = append(b, ',')
	b = appendMember(b, "serviceProvider", c.params.ServiceProvider)
	b = append(b, ',')
	b = appendMember(b, "mvpd", m.id)
	if !s.faults.has(decisionMissingSource) {
		b = append(b, ',')
		b = appendMember(b, "source", m.source())
	}
	b = append(b, `,"authorized":`...)
	quote := s.faults.has(decisionAuthorizedType)
	switch {
	case denial == "" && quote:
		b = append(b, `"true"`...)
	case denial == "":
		b = append(b, `true`...)
	case quote:
		b = append(b, `"false"`...)
	default:
		b = append(b, `false`...)
	}
	if denial != "" {
		row, _ := api.LookupError(denial)
		b = append(b, `,"error":`...)
		b = s.appendError(b, row)
		return append(b, '}')
	}
	if (c.op == api.OpAuthorize && !s.faults.has(decisionToken)) || (c.op == api.OpPreauthorize && s.faults.has(decisionTokenEarly)) {
		b = s.appendMediaToken(b, c.now)
	}
	return append(b, '}')
}

const mediaTokenBytes = 192

// appendMediaToken adds the life of a permission and its media token, opaque
// base64.
func (s *Service) appendMediaToken(b []byte, now time.Time) []byte {
	var raw [mediaTokenBytes]byte
	s.gen.derive(forMedia, s.gen.next(), raw[:])
	b = append(b, ',')
	b = appendMillis(b, "notBefore", now, false)
	b = append(b, ',')
	b = appendMillis(b, "notAfter", now.Add(s.cfg.ProfileTTL), false)
	b = append(b, `,"token":{`...)
	b = appendMillis(b, "notBefore", now, false)
	b = append(b, ',')
	b = appendMillis(b, "notAfter", now.Add(s.cfg.MediaTokenTTL), false)
	b = append(b, `,"serializedToken":"`...)
	b = base64.StdEncoding.AppendEncode(b, raw[:])
	return append(b, `"}`...)
}
