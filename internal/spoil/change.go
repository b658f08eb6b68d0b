package spoil

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Change alters the answer to one request. Some remember what they saw before;
// none is safe for concurrent use.
type Change func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse)

// OK reports a success.
func OK(out *api.HTTPResponse) bool { return out.Status >= 200 && out.Status < 300 }

// Object edits a body that is a JSON object, and no other.
func Object(out *api.HTTPResponse, edit func(m map[string]any)) {
	d := json.NewDecoder(bytes.NewReader(out.Body))
	d.UseNumber()
	var m map[string]any
	if d.Decode(&m) != nil {
		return
	}
	edit(m)
	if b, err := json.Marshal(m); err == nil {
		out.Body = append(out.Body[:0], b...)
	}
}

// At calls f for every object that holds the last name of a member's path, as
// api.Member has them.
func At(v any, path string, f func(m map[string]any, name string)) {
	name, rest, more := strings.Cut(path, ".")
	list, isList := strings.CutSuffix(name, "[]")
	m, _ := v.(map[string]any)
	switch {
	case m == nil:
	case name == "*" && !more:
		for key := range m {
			f(m, key)
		}
	case name == "*":
		for key := range m {
			At(m[key], rest, f)
		}
	case isList && more:
		l, _ := m[list].([]any)
		for i := range l {
			At(l[i], rest, f)
		}
	case isList:
		if l, _ := m[list].([]any); l != nil {
			for i := range l {
				l[i] = "no object"
			}
		}
	case more:
		At(m[name], rest, f)
	case m[name] != nil:
		f(m, name)
	}
}

// SetHeader replaces a header field; an empty value removes it.
func SetHeader(h *api.Header, name, value string) {
	*h = slices.DeleteFunc(*h, func(f api.Field) bool { return strings.EqualFold(f.Name, name) })
	if value != "" {
		*h = append(*h, api.Field{Name: name, Value: value})
	}
}

// Replace makes an answer of JSON with that status and body.
func Replace(out *api.HTTPResponse, status int, body string) {
	out.Status = status
	out.Body = append(out.Body[:0], body...)
	SetHeader(&out.Header, "Content-Type", "application/json")
}

// OnSuccess changes the successes of one operation.
func OnSuccess(op api.Op, f func(out *api.HTTPResponse)) Change {
	return func(got api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if got == op && (OK(out) || op == api.OpAuthenticate && out.Status == 302) {
			f(out)
		}
	}
}

// OnError changes the refusals of one operation, but not those of the throttle.
func OnError(op api.Op, f func(out *api.HTTPResponse)) Change {
	return func(got api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if got == op && out.Status >= 400 && out.Status != 429 {
			f(out)
		}
	}
}

// Edited changes the members of an operation's successes.
func Edited(op api.Op, f func(m map[string]any)) Change {
	return OnSuccess(op, func(out *api.HTTPResponse) { Object(out, f) })
}

// Without leaves a member out.
func Without(op api.Op, path string) Change {
	return Edited(op, func(m map[string]any) { At(m, path, func(in map[string]any, name string) { delete(in, name) }) })
}

// To gives a member that is there a value.
func To(op api.Op, path string, value any) Change {
	return Edited(op, func(m map[string]any) { At(m, path, func(in map[string]any, name string) { in[name] = value }) })
}

// When changes the answers to the requests that fit.
func When(fits func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool, f func(in *api.HTTPRequest, out *api.HTTPResponse)) Change {
	return func(op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
		if fits(op, in, out) {
			f(in, out)
		}
	}
}

func renamed(op api.Op, from, code string) Change {
	return OnError(op, func(out *api.HTTPResponse) {
		out.Body = bytes.ReplaceAll(out.Body, []byte(`"`+from+`"`), []byte(`"`+code+`"`))
	})
}

func bodyHas(text string) func(api.Op, *api.HTTPRequest, *api.HTTPResponse) bool {
	return func(_ api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
		return out.Status != 429 && bytes.Contains(in.Body, []byte(text))
	}
}

// wrapped puts the object of a success into an array.
func wrapped(op api.Op) Change {
	return OnSuccess(op, func(out *api.HTTPResponse) { out.Body = append(append([]byte("["), out.Body...), ']') })
}

const goodToken = `{"id":"i","access_token":"0123456789abcdefghijk","created_at":1,"expires_in":3600,"token_type":"bearer"}`
const goodClient = `{"client_id":"other-client","client_secret":"other-secret","client_id_issued_at":1,"redirect_uris":[],"grant_types":["client_credentials"],"scopes":["api:client:v2"]}`
