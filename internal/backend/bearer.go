package backend

import (
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/dcrbench/dcrbench/internal/api"
)

const (
	codeForeignToken = "invalid_access_token_service_provider"
	codeBadToken     = "invalid_access_token_client_application"
)

// challenges of RFC 6750 section 3. A request that carried no credentials is
// told no error.
const (
	challenge        = `Bearer realm="dcrbench"`
	challengeInvalid = `Bearer realm="dcrbench", error="invalid_token"`
)

// authorized checks the access token and answers 401 when it is no good: a
// missing, garbled, expired or revoked one alike, and one whose statement
// has no scope for REST API v2.
func (s *Service) authorized(c *call) bool {
	text, present := s.bearerText(c)
	if !present {
		s.unauthorized(c, codeBadToken, challenge)
		if s.faults.has(apiNoToken) {
			c.out.Status = 403
		}
		return false
	}
	held, ok := s.lookupToken(text)
	if !ok && s.faults.has(apiBadToken) {
		s.unauthorized(c, codeBadToken, challengeInvalid)
		c.out.Status = 403
		return false
	}
	if ok && !s.faults.has(apiExpired) {
		ok = c.now.UnixNano() < held.expires
	}
	if ok {
		app := &s.software.list[s.clients[held.client].software]
		ok = !app.revoked && (app.v2 || s.faults.has(apiScope))
	}
	if !ok {
		s.unauthorized(c, codeBadToken, challengeInvalid)
		return false
	}
	c.bearer = held.client
	return true
}

// lookupToken returns what is behind the text of a token.
func (s *Service) lookupToken(text string) (token, bool) {
	key, genuine := s.gen.parseToken(text)
	if !genuine {
		return token{}, false
	}
	return s.tokens.get(key)
}

// bearerText returns the access token of a request, and whether credentials
// were presented at all. A doubled or garbled field, or a second transport
// beside it, makes a text that is no token (RFC 6750 section 2).
func (s *Service) bearerText(c *call) (text string, present bool) {
	inQuery := strings.Contains(c.in.Query(), "access_token=")
	if s.faults.has(apiQueryToken) && inQuery {
		s.query.parse([]byte(c.in.Query()))
		return string(s.query.get("access_token")), true
	}
	fields, value := 0, ""
	for i := range c.in.Header {
		if strings.EqualFold(c.in.Header[i].Name, "Authorization") {
			fields++
			value = c.in.Header[i].Value
		}
	}
	switch {
	case fields == 0 && !inQuery:
		return "", false
	case fields != 1 || inQuery:
		return "", true
	}
	scheme, text, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "Bearer") || s.faults.has(apiHeader) && scheme != "Bearer" {
		return "", true
	}
	return strings.Trim(text, " "), true
}

// unauthorized answers 401 in the configured form.
func (s *Service) unauthorized(c *call, errorCode, challenge string) {
	if !s.faults.has(api401Challenge) {
		c.out.Header = append(c.out.Header, api.Field{Name: "WWW-Authenticate", Value: challenge})
	}
	switch s.cfg.Unauthorized {
	case UnauthorizedEmpty:
		c.out.Status = 401
	case UnauthorizedOAuth:
		s.json(c, 401)
		c.out.Body = append(c.out.Body, `{"error":"access_denied"}`...)
	default:
		s.refuse(c, errorCode)
	}
}

// located checks the service provider of the path.
func (s *Service) located(c *call) bool {
	provider := c.params.ServiceProvider
	if provider == SPForeign {
		if s.faults.has(apiForeign) {
			c.provider, _ = s.providers.number(provider)
			return true
		}
		s.unauthorized(c, codeForeignToken, challengeInvalid)
		return false
	}
	number, ok := s.provider(provider)
	if !ok {
		s.refuse(c, "invalid_parameter_service_provider")
		return false
	}
	c.provider = number
	return true
}

// identified checks the two device headers: AP-Device-Identifier where the API
// page requires it, X-Device-Info only when configured so.
func (s *Service) identified(c *call) bool {
	device := c.in.Header.Get("AP-Device-Identifier")
	switch {
	case c.op.Describe().DeviceHeaders && !api.ValidDeviceIdentifier(device) && !s.faults.has(apiDeviceIdentifier):
		s.refuse(c, "invalid_header_device_identifier")
		return false
	case s.cfg.StrictDeviceInfo && c.op.WantsDeviceInfo() && !soundDeviceInfo(c.in.Header.Get("X-Device-Info")):
		s.refuse(c, "invalid_header_device_info")
		return false
	}
	c.device = xxhash.Sum64String(device)
	return true
}

// soundDeviceInfo reports whether an X-Device-Info header decodes and holds what
// its page requires, read tolerantly.
func soundDeviceInfo(header string) bool {
	info, err := api.ParseDeviceInfo(header)
	return err == nil && len(info.Validate(false)) == 0
}
