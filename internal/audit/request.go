package audit

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// field is one parameter of a form or query, as it travelled and decoded.
type field struct {
	name, raw, value string
	// sound reports whether the raw value could be decoded.
	sound bool
}

// parseFields splits a form or query in the memory of list. It keeps order and
// repetitions.
func parseFields(list []field, text string) []field {
	list = list[:0]
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		name, raw, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		f := field{name: name, raw: raw, value: raw}
		if plain, err := url.QueryUnescape(raw); err == nil {
			f.value, f.sound = plain, true
		}
		list = append(list, f)
	}
	return list
}

func valueOf(list []field, name string) string {
	for i := range list {
		if list[i].name == name {
			return list[i].value
		}
	}
	return ""
}

func has(list []field, name string) bool {
	for i := range list {
		if list[i].name == name {
			return true
		}
	}
	return false
}

// repeated reports whether a name occurs twice.
func repeated(list []field) bool {
	for i := range list {
		if has(list[:i], list[i].name) {
			return true
		}
	}
	return false
}

// wire is a request as the rules on form see it.
type wire struct {
	op     api.Op
	params api.PathParams
	method string
	header api.Header
	query  []field
	form   []field
	// body is a JSON body; its root is absent when the body is none.
	body jsondoc.Node
	doc  *jsondoc.Doc
	// hidden reports that the recording holds no body where one was sent.
	hidden bool
}

// read takes a request apart. The doc is the caller's memory for its body.
func (w *wire) read(r *api.HTTPRequest, doc *jsondoc.Doc) {
	op, params, _ := api.Match(r.Method, r.Path())
	*w = wire{op: op, params: params, method: r.Method, header: r.Header, query: parseFields(w.query, r.Query()), form: w.form[:0], doc: doc}
	doc.Reset()
	switch {
	case len(r.Body) == 0:
		w.hidden = r.Method == "POST"
	case api.IsJSON(r.Header.Get("Content-Type")) || r.Body[0] == '{':
		if doc.Parse(r.Body) == nil {
			w.body = doc.Root()
		}
	default:
		w.form = parseFields(w.form, string(r.Body))
	}
}

// reset forgets the request and keeps the memory for its fields.
func (w *wire) reset() {
	clear(w.query)
	clear(w.form)
	*w = wire{query: w.query[:0], form: w.form[:0]}
}

// parameter returns a parameter from wherever a client may have put it.
func (w *wire) parameter(name string) string {
	if v := valueOf(w.form, name); v != "" {
		return v
	}
	if v := w.body.Get(name).Text(); v != "" {
		return v
	}
	return valueOf(w.query, name)
}

// basicUser returns the user name of HTTP Basic authentication.
func (w *wire) basicUser() string {
	scheme, value, _ := strings.Cut(w.header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "basic") {
		return ""
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
	if err != nil {
		// A redacted pair is as good as a name.
		return value
	}
	user, _, _ := strings.Cut(string(plain), ":")
	if name, err := url.QueryUnescape(user); err == nil {
		return name
	}
	return user
}

// bearer returns the token of the request, from wherever the client put it.
func (w *wire) bearer() string {
	value := w.header.Get("Authorization")
	scheme, token, ok := strings.Cut(value, " ")
	switch {
	case ok && strings.EqualFold(scheme, "bearer"):
		return strings.TrimSpace(token)
	case value != "":
		return value
	}
	return valueOf(w.query, "access_token")
}

func unescapeSegment(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
