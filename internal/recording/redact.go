package recording

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
)

// kinds name the secrets by the members and parameters that they stand in.
var kinds = map[string]string{
	"client_secret": "secret", "access_token": "token", "refresh_token": "token", "software_statement": "statement",
	"serializedToken": "mediatoken", "SAMLResponse": "saml", "password": "password", "client_assertion": "statement",
}

// memberKinds are kinds as a list, which is faster to go through.
var memberKinds = func() (list [][2]string) {
	for name, kind := range kinds {
		list = append(list, [2]string{name, kind})
	}
	return list
}()

// fieldKinds name the secrets by the header fields that they stand in.
var fieldKinds = map[string]string{
	"cookie": "cookie", "set-cookie": "cookie", "adobe-subject-token": "sso", "ad-service-token": "sso",
	"x-roku-reserved-roku-connect-token": "sso", "proxy-authorization": "basic",
}

// secret is a secret of one exchange, in one of its spellings.
type secret struct{ text, tag string }

// redactor replaces the secrets of one exchange after the other. The same secret
// gives the same tag under the same key.
type redactor struct {
	tags  *record.Redactor
	found []secret
}

func newRedactor(key []byte) *redactor { return &redactor{tags: record.NewRedactor(key)} }

// Redact returns a function that replaces the secrets of an exchange in place,
// with its response and its JSON, which lives in the given memory.
func Redact(key []byte) func(*record.Exchange, *jsondoc.Doc) {
	return newRedactor(key).redact
}

func (r *redactor) redact(x *record.Exchange, doc *jsondoc.Doc) {
	r.found = r.found[:0]
	r.fields(x.Wire.Header)
	r.fields(x.Answer.Header)
	r.parameters(x.Wire.Query())
	r.body(x.Wire.Header, x.Wire.Body)
	r.members(doc.Root(), 0)
	r.learn("secret", x.Response.ClientSecret)
	r.learn("token", x.Response.AccessToken)
	if len(r.found) == 0 {
		return
	}
	slices.SortFunc(r.found, func(a, b secret) int { return len(b.text) - len(a.text) })
	x.Wire.Target = r.text(x.Wire.Target)
	r.header(x.Wire.Header)
	r.header(x.Answer.Header)
	x.Wire.Body = r.bytes(x.Wire.Body)
	if answer := r.bytes(x.Answer.Body); !bytes.Equal(answer, x.Answer.Body) {
		x.Answer.Body = answer
		if doc.Root().Kind() != jsondoc.Absent && doc.Parse(answer) != nil {
			doc.Reset()
		}
		x.JSON = doc.Root()
	}
	x.Response.ClientSecret, x.Response.AccessToken = r.text(x.Response.ClientSecret), r.text(x.Response.AccessToken)
}

func (r *redactor) learn(kind, value string) {
	if value == "" {
		return
	}
	tag := r.tags.Tag(kind, value)
	if url.PathEscape(value) == value && url.QueryEscape(value) == value {
		r.found = append(r.found, secret{value, tag})
		return
	}
	for i, spelling := range [...]string{value, url.QueryEscape(value), url.PathEscape(value)} {
		if i > 0 && spelling == value {
			continue
		}
		r.found = append(r.found, secret{spelling, tag})
	}
}

// fields finds secrets in header fields. Those that are secret as a whole are
// replaced at once: a short value may not be searched for elsewhere.
func (r *redactor) fields(h api.Header) {
	for i := range h {
		name := strings.ToLower(h[i].Name)
		if name == "authorization" {
			h[i].Value = r.authorization(h[i].Value)
			continue
		}
		if kind, ok := fieldKinds[name]; ok && h[i].Value != "" {
			r.learn(kind, h[i].Value)
			h[i].Value = r.tags.Tag(kind, h[i].Value)
		}
	}
}

// authorization replaces the secret of an Authorization field and keeps its
// form. A client's name in front of its password is none.
func (r *redactor) authorization(value string) string {
	scheme, rest, ok := strings.Cut(value, " ")
	token := strings.TrimSpace(rest)
	switch {
	case !ok:
		r.learn("token", value)
		return r.tags.Tag("token", value)
	case strings.EqualFold(scheme, "basic"):
		user := ""
		if plain, err := base64.StdEncoding.DecodeString(token); err == nil {
			var password string
			user, password, _ = strings.Cut(string(plain), ":")
			r.learn("secret", password)
		}
		r.learn("basic", token)
		return scheme + " " + base64.StdEncoding.EncodeToString([]byte(user+":"+r.tags.Tag("basic", token)))
	}
	r.learn("token", token)
	return scheme + rest[:len(rest)-len(strings.TrimLeft(rest, " "))] + " " + r.tags.Tag("token", token)
}

// parameters finds secrets in a form or query.
func (r *redactor) parameters(text string) {
	for pair := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(pair, "=")
		kind, ok := kinds[name]
		if !ok {
			continue
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			r.learn(kind, plain)
		} else {
			r.learn(kind, value)
		}
		if value != "" {
			r.found = append(r.found, secret{value, r.found[len(r.found)-1].tag})
		}
	}
}

func (r *redactor) body(h api.Header, body []byte) {
	if len(body) == 0 {
		return
	}
	var doc jsondoc.Doc
	if (body[0] == '{' || body[0] == '[') && doc.Parse(body) == nil {
		r.members(doc.Root(), 0)
		return
	}
	r.parameters(string(body))
}

// members finds secrets in a JSON document.
func (r *redactor) members(n jsondoc.Node, depth int) {
	if depth > jsondoc.MaxDepth {
		return
	}
	for name, value := range n.Members() {
		if kind := kindOf(name); kind != "" && value.Kind() == jsondoc.String {
			r.learn(kind, value.Text())
			if raw := value.Raw(); bytes.IndexByte(raw, '\\') >= 0 {
				r.found = append(r.found, secret{string(raw[1 : len(raw)-1]), r.tags.Tag(kind, value.Text())})
			}
			continue
		}
		r.members(value, depth+1)
	}
	for element := range n.Elements() {
		r.members(element, depth+1)
	}
}

// kindOf is the kind of secret that stands in a member; "" for none.
func kindOf(name jsondoc.Node) string {
	for i := range memberKinds {
		member, kind := memberKinds[i][0], memberKinds[i][1]
		if len(name.Raw()) >= len(member)+2 && name.TextEquals(member) {
			return kind
		}
	}
	return ""
}

func (r *redactor) header(h api.Header) {
	for i := range h {
		h[i].Value = r.text(h[i].Value)
	}
}

// shortest is the length below which a value is searched for only where it stands
// whole, in quotes or behind an equals sign: replacing it everywhere would spoil
// the text around it.
const shortest = 6

func (r *redactor) text(s string) string {
	for i := range r.found {
		s = r.found[i].replace(s)
	}
	return s
}

// replace replaces the secret in a text.
func (f *secret) replace(s string) string {
	switch {
	case s == f.text:
		return f.tag
	case len(f.text) > len(s):
	case len(f.text) >= shortest:
		return strings.ReplaceAll(s, f.text, f.tag)
	default:
		s = strings.ReplaceAll(s, `"`+f.text+`"`, `"`+f.tag+`"`)
		s = strings.ReplaceAll(s, "="+f.text+"&", "="+f.tag+"&")
		if rest, ok := strings.CutSuffix(s, "="+f.text); ok {
			s = rest + "=" + f.tag
		}
	}
	return s
}

func (r *redactor) bytes(b []byte) []byte {
	for i := range r.found {
		f := &r.found[i]
		if len(f.text) <= len(b) && bytes.Contains(b, []byte(f.text)) {
			b = []byte(f.replace(string(b)))
		}
	}
	return b
}
