package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Redactor replaces secrets by their kind and eight hex digits of a keyed hash,
// so that uniqueness, reuse and echo can be told from the redacted text. The
// same secret gives the same digits under the same key, and nothing else.
//
// It finds secrets by where they stand: members and parameters of known names,
// Authorization, cookies, and anything of the form of a JWS. What it has found
// once it replaces wherever it stands. It belongs to one goroutine at a time.
type Redactor struct {
	key     []byte
	secrets map[string]string
	// ordered holds the secrets, the longest first, so that one that contains
	// another is replaced whole.
	ordered []string
}

// NewRedactor returns a Redactor with a key of its own run.
func NewRedactor(key []byte) *Redactor {
	return &Redactor{key: slices.Clone(key), secrets: map[string]string{}}
}

// Tag is what stands for a secret: its kind, a colon and eight hex digits.
func (r *Redactor) Tag(kind, secret string) string {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(secret))
	return kind + ":" + hex.EncodeToString(mac.Sum(nil)[:4])
}

// shortest is the length below which a value is no secret: replacing it would
// spoil the text around it.
const shortest = 8

// Learn makes a value a secret of a kind, in every spelling of it.
func (r *Redactor) Learn(kind, secret string) {
	if len(secret) < shortest || r.secrets[secret] != "" || isTag(secret) {
		return
	}
	tag := r.Tag(kind, secret)
	for _, spelling := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
		if r.secrets[spelling] == "" {
			r.secrets[spelling] = tag
			r.ordered = append(r.ordered, spelling)
		}
	}
	slices.SortFunc(r.ordered, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
}

var tagForm = regexp.MustCompile(`^[a-z]+:[0-9a-f]{8}$`)

func isTag(s string) bool { return tagForm.MatchString(s) }

// kinds name the secrets by the names that they stand under.
var kinds = map[string]string{
	"client_secret": "secret", "access_token": "token", "refresh_token": "token", "software_statement": "statement",
	"serializedToken": "mediatoken", "SAMLResponse": "saml", "password": "password", "client_assertion": "statement",
}

const names = `client_secret|access_token|refresh_token|software_statement|serializedToken|SAMLResponse|password|client_assertion`

var (
	member    = regexp.MustCompile(`"(` + names + `)"\s*:\s*"((?:[^"\\]|\\.)*)"?`)
	parameter = regexp.MustCompile(`(?:^|[?&])(` + names + `)=([^&\s"]*)`)
	jws       = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*=*`)
)

// learnFrom finds the secrets of a text.
func (r *Redactor) learnFrom(text string) {
	for _, m := range member.FindAllStringSubmatch(text, -1) {
		r.Learn(kinds[m[1]], m[2])
	}
	for _, m := range parameter.FindAllStringSubmatch(text, -1) {
		r.Learn(kinds[m[1]], m[2])
		if plain, err := url.QueryUnescape(m[2]); err == nil {
			r.Learn(kinds[m[1]], plain)
		}
	}
	for _, m := range jws.FindAllString(text, -1) {
		r.Learn("jws", m)
	}
}

// Study finds the secrets of an exchange. Study all exchanges before the first
// one is redacted: a secret may be echoed before it is seen in its place.
func (r *Redactor) Study(x *Exchange) {
	for _, message := range []struct {
		header api.Header
		body   []byte
	}{{x.Wire.Header, x.Wire.Body}, {x.Answer.Header, x.Answer.Body}} {
		for _, f := range message.header {
			r.studyField(f)
		}
		r.learnFrom(string(message.body))
	}
	r.learnFrom(x.Wire.Target)
}

func (r *Redactor) studyField(f api.Field) {
	switch strings.ToLower(f.Name) {
	case "authorization", "proxy-authorization":
		scheme, value, ok := strings.Cut(f.Value, " ")
		kind := "token"
		if strings.EqualFold(scheme, "basic") {
			kind = "basic"
		}
		if !ok {
			value = scheme
		}
		r.Learn(kind, strings.TrimSpace(value))
	case "cookie", "set-cookie":
		_, value, _ := strings.Cut(f.Value, "=")
		value, _, _ = strings.Cut(value, ";")
		r.Learn("cookie", strings.TrimSpace(value))
	default:
		r.learnFrom(f.Value)
	}
}

// Text replaces every secret in a text.
func (r *Redactor) Text(s string) string {
	r.learnFrom(s)
	for _, secret := range r.ordered {
		if len(secret) <= len(s) && strings.Contains(s, secret) {
			s = strings.ReplaceAll(s, secret, r.secrets[secret])
		}
	}
	return s
}
