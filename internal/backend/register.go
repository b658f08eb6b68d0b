package backend

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// client is a registered client application. Its secret is derived, not stored.
type client struct {
	software int32
	// subject is the device of the ledger that registered it.
	subject int32
}

// software is one application, as its statement names it.
type software struct {
	name    string
	scopes  []string
	v2      bool
	revoked bool
}

// softwareTable numbers the applications, so that a client need not hold one.
type softwareTable struct {
	list  []software
	index map[string]int32
}

// number returns the number of the software behind claims. Applications that
// differ in their scopes are two.
func (t *softwareTable) number(c statement.Claims, granted []string) int32 {
	scopes := c.Scopes
	if len(scopes) == 0 {
		scopes = granted
	}
	name := c.Software()
	key := name + "\x00" + strings.Join(scopes, "\x00")
	if n, ok := t.index[key]; ok {
		return n
	}
	if t.index == nil {
		t.index = map[string]int32{}
	}
	n := int32(len(t.list))
	t.list = append(t.list, software{name: name, scopes: slices.Clone(scopes), v2: slices.Contains(scopes, ScopeV2)})
	t.index[key] = n
	return n
}

// revoke marks every application of that name, also one that is still to come.
func (t *softwareTable) revoke(name string) {
	known := false
	for i := range t.list {
		if t.list[i].name == name {
			t.list[i].revoked, known = true, true
		}
	}
	if !known {
		t.list = append(t.list, software{name: name, revoked: true})
	}
}

func (t *softwareTable) isRevoked(name string) bool {
	return slices.ContainsFunc(t.list, func(s software) bool { return s.revoked && s.name == name })
}

// registration is the part of a registration request that counts.
type registration struct {
	statement, redirectURI string
}

// register answers POST /o/client/register (client credentials API page). Every
// call makes a new client, and all earlier ones stay valid.
func (s *Service) register(c *call) {
	r, errorCode := s.readRegistration(c)
	if errorCode == "" && s.cfg.StrictDeviceInfo && !soundDeviceInfo(c.in.Header.Get("X-Device-Info")) {
		errorCode = "invalid_request"
	}
	var claims statement.Claims
	if errorCode == "" {
		claims, errorCode = s.checkStatement(c, r.statement)
	}
	if errorCode == "" && r.redirectURI != "" && !redirectable(r.redirectURI, claims.RedirectURIs) {
		errorCode = "invalid_redirect_uri"
	}
	if errorCode != "" {
		s.dcrError(c, errorCode)
		return
	}
	s.credentials(c, claims, r.redirectURI)
}

// readRegistration takes a JSON object in a JSON media type. Unknown
// members are ignored (RFC 7591 section 2), repeated ones are not.
func (s *Service) readRegistration(c *call) (registration, string) {
	const malformed = "invalid_request"
	mediaType := c.in.Header.Get("Content-Type")
	if s.faults.has(regFormRejected) && api.IsForm(mediaType) {
		s.form.parse(c.in.Body)
		return registration{statement: string(s.form.get("software_statement"))}, ""
	}
	if !api.IsJSON(mediaType) || len(c.in.Body) > MaxBody || s.doc.Parse(c.in.Body) != nil {
		return registration{}, malformed
	}
	root := s.doc.Root()
	token, uri := root.Get("software_statement"), root.Get("redirect_uri")
	if root.Kind() != jsondoc.Object || s.doc.HasDuplicateKeys() || token.Kind() != jsondoc.String || token.TextEquals("") {
		return registration{}, malformed
	}
	if k := uri.Kind(); k != jsondoc.Absent && k != jsondoc.String {
		return registration{}, malformed
	}
	if s.faults.has(regUnknownIgnored) && root.Len() > 2 {
		return registration{}, malformed
	}
	return registration{token.Text(), uri.Text()}, ""
}

// maxStatements bounds the statements whose verdict is remembered.
const maxStatements = 64

// checkStatement returns the claims of a good statement, or the error code.
// Verifying a signature costs more than all the rest of a registration, and a
// fleet registers with one statement, so good ones without an end are
// remembered.
func (s *Service) checkStatement(c *call, token string) (statement.Claims, string) {
	claims, ok := s.statements[token]
	if !ok {
		var err error
		if claims, err = s.verifier.Verify(token, c.now); err != nil {
			return claims, s.statementError(err)
		}
		if len(s.statements) < maxStatements && claims.Expiry.IsZero() {
			s.statements[token] = claims
		}
	}
	if s.software.isRevoked(claims.Software()) {
		return claims, s.statementError(statement.ErrUnapproved)
	}
	return claims, ""
}

func (s *Service) statementError(err error) string {
	switch {
	case errors.Is(err, statement.ErrUnapproved):
		return "unapproved_software_statement"
	case s.faults.has(regErrCodes):
		return "invalid_request"
	}
	return "invalid_software_statement"
}

// redirectable reports whether uri is absolute, has no fragment (RFC 6749
// section 3.1.2; A-09), and is one of the statement's if it names any.
func redirectable(uri string, allowed []string) bool {
	if !absoluteURL(uri) || strings.Contains(uri, "#") {
		return false
	}
	return len(allowed) == 0 || slices.Contains(allowed, uri)
}

// credentials registers a client and answers 201.
func (s *Service) credentials(c *call, claims statement.Claims, redirectURI string) {
	client := client{software: s.software.number(claims, s.cfg.Scopes), subject: s.deviceOf(c)}
	key := s.gen.next().asUUID()
	if s.faults.has(regClientIDFresh) {
		key = s.gen.derived(forSession, id{}).asUUID()
	}
	s.clients[key] = client
	status := 201
	if s.faults.has(regStatus201) {
		status = 200
	}
	s.json(c, status)
	if s.faults.has(regMediaType) {
		contentType(c, "text/plain")
	}
	s.noStore(c, !s.faults.has(regNoStore), true)
	c.out.Body = s.appendCredentials(c.out.Body, c, key, redirectURI)
}

func (s *Service) appendCredentials(b []byte, c *call, key id, redirectURI string) []byte {
	registered := &s.software.list[s.clients[key].software]
	b = append(b, '{')
	if !s.faults.has(regClientID) {
		b = append(b, `"client_id":"`...)
		b = appendUUID(b, key)
		b = append(b, `",`...)
	}
	b = append(b, `"client_secret":"`...)
	b = appendUUID(b, s.secret(key))
	b = append(b, `","client_id_issued_at":`...)
	b = s.appendIssuedAt(b, c)
	b = append(b, `,"redirect_uris":`...)
	switch {
	case s.faults.has(regMemberTypes):
		b = appendString(b, redirectURI)
	case redirectURI == "":
		b = append(b, "[]"...)
	default:
		b = appendStrings(b, []string{redirectURI})
	}
	b = append(b, `,"grant_types":["client_credentials"],"scopes":`...)
	b = appendStrings(b, registered.scopes)
	return append(b, '}')
}

func (s *Service) appendIssuedAt(b []byte, c *call) []byte {
	at := c.now.Unix()
	if s.cfg.IssuedAtMillis {
		at = c.now.UnixMilli()
	}
	if s.faults.has(regIssuedAt) {
		return appendString(b, strconv.FormatInt(at, 10))
	}
	return strconv.AppendInt(b, at, 10)
}

// secret is the client secret that belongs to a client id.
func (s *Service) secret(key id) id {
	if s.faults.has(regSecretUnique) {
		key = id{}
	}
	return s.gen.derived(forSecret, key)
}
