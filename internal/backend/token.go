package backend

import (
	"crypto/subtle"
	"strconv"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// token is an access token in force; its key is in its text.
type token struct {
	client  id
	expires int64 // nanoseconds since 1970
}

// token answers POST /o/client/token (access token API page).
func (s *Service) token(c *call) {
	f, errorCode := s.readTokenRequest(c)
	if errorCode == "" && s.cfg.StrictDeviceInfo && !soundDeviceInfo(c.in.Header.Get("X-Device-Info")) {
		errorCode = "invalid_request"
	}
	var key id
	if errorCode == "" {
		key, errorCode = s.checkGrant(f)
	}
	if errorCode != "" {
		s.dcrError(c, errorCode)
		return
	}
	c.bearer = key
	s.issue(c, key)
}

// readTokenRequest finds the parameters: in the body, and elsewhere only by
// configuration. Client authentication in two places is refused, as is a
// repeated parameter (RFC 6749 sections 2.3 and 3.2).
func (s *Service) readTokenRequest(c *call) (*form, string) {
	const malformed = "invalid_request"
	s.query.parse([]byte(c.in.Query()))
	inQuery := len(s.query.get("client_id")) > 0 || len(s.query.get("client_secret")) > 0
	queryWorks := s.cfg.QueryCredentials || s.faults.has(tokCredsNotInURI)
	if c.in.Method == "GET" {
		return &s.query, ""
	}
	if queryWorks && inQuery && len(c.in.Body) == 0 {
		return &s.query, s.soundForm(&s.query)
	}
	mediaType := c.in.Header.Get("Content-Type")
	if len(c.in.Body) > MaxBody {
		return nil, malformed
	}
	if s.faults.has(tokFormOnly) && api.IsJSON(mediaType) {
		s.readTokenJSON(c.in.Body)
		return &s.form, ""
	}
	if !api.IsForm(mediaType) {
		return nil, malformed
	}
	s.form.parse(c.in.Body)
	inBody := len(s.form.get("client_id")) > 0 || len(s.form.get("client_secret")) > 0
	if inBody && (inQuery || isBasic(c.in.Header.Get("Authorization")) && !s.faults.has(tokOneMethod)) {
		return nil, malformed
	}
	return &s.form, s.soundForm(&s.form)
}

func (s *Service) soundForm(f *form) string {
	if f.malformed || f.repeats() && !s.faults.has(tokRepeatParam) || len(f.pairs) > 3 && s.faults.has(tokUnknownParam) {
		return "invalid_request"
	}
	return ""
}

// readTokenJSON takes the parameters from a JSON object, which the fault
// tok.form-only allows.
func (s *Service) readTokenJSON(body []byte) {
	s.form.parse(nil)
	if s.doc.Parse(body) != nil {
		return
	}
	for name, value := range s.doc.Root().Members() {
		s.form.pairs = append(s.form.pairs, pair{[]byte(name.Text()), []byte(value.Text())})
	}
}

func isBasic(authorization string) bool {
	scheme, _, _ := strings.Cut(authorization, " ")
	return strings.EqualFold(scheme, "Basic")
}

// checkGrant returns the client that may have a token, or the error code.
func (s *Service) checkGrant(f *form) (id, string) {
	grant, clientID, secret := f.get("grant_type"), f.get("client_id"), f.get("client_secret")
	switch {
	case len(grant) == 0 || len(clientID) == 0 || len(secret) == 0:
		return id{}, "invalid_request"
	case string(grant) != "client_credentials":
		if s.faults.has(tokErrGrant) {
			return id{}, "invalid_request"
		}
		return id{}, "unsupported_grant_type"
	}
	key, ok := parseUUID(clientID)
	registered, known := s.clients[key]
	if !ok || !known {
		if s.faults.has(tokErrUniform) {
			return id{}, "unauthorized_client"
		}
		return id{}, s.invalidClient()
	}
	var want [36]byte
	if subtle.ConstantTimeCompare(appendUUID(want[:0], s.secret(key)), secret) != 1 {
		return id{}, s.invalidClient()
	}
	switch app := &s.software.list[registered.software]; {
	case app.revoked:
		return id{}, s.invalidClient()
	case app.name == SoftwareNoGrant:
		return id{}, "unauthorized_client"
	}
	return key, ""
}

func (s *Service) invalidClient() string {
	if s.faults.has(tokErrClient) {
		return "invalid_request"
	}
	return "invalid_client"
}

// issue answers 201 with a new token. Earlier tokens of the client stay valid
// until their own end.
func (s *Service) issue(c *call, key id) {
	t := s.gen.next()
	life := s.cfg.TokenTTL
	if s.faults.has(tokExpiryHonest) {
		life /= 2
	}
	s.tokens.put(t, token{client: key, expires: c.now.Add(life).UnixNano()})
	status := 201
	if s.faults.has(tokStatus) {
		status = 202
	}
	s.json(c, status)
	if s.faults.has(tokMediaType) {
		contentType(c, "text/plain")
	}
	s.noStore(c, !s.faults.has(tokNoStore), !s.faults.has(tokPragma))
	c.out.Body = s.appendGrant(c.out.Body, c.now, t)
}

// appendGrant adds the token answer; created_at is in milliseconds beside an
// expires_in in seconds.
func (s *Service) appendGrant(b []byte, now time.Time, t id) []byte {
	b = append(b, `{"id":"`...)
	b = appendUUID(b, s.gen.derived(forSession, t))
	b = append(b, '"')
	if !s.faults.has(tokAccessToken) {
		b = append(b, `,"access_token":"`...)
		b = s.gen.appendToken(b, t)
		b = append(b, '"')
	}
	if s.faults.has(tokCreatedAt) {
		b = append(b, `,"created_at":`...)
		b = strconv.AppendInt(b, now.Unix(), 10)
	} else {
		b = append(b, ',')
		b = appendMillis(b, "created_at", now, false)
	}
	b = append(b, `,"expires_in":`...)
	seconds := strconv.FormatInt(int64(s.cfg.TokenTTL/time.Second), 10)
	if s.faults.has(tokExpiresIn) {
		b = appendString(b, seconds)
	} else {
		b = append(b, seconds...)
	}
	if s.faults.has(tokNoRefresh) {
		b = append(b, `,"refresh_token":"not-to-be-used"`...)
	}
	kind := "bearer"
	if s.faults.has(tokTokenType) {
		kind = "mac"
	}
	b = append(b, ',')
	b = appendMember(b, "token_type", kind)
	return append(b, '}')
}
