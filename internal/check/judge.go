package check

import (
	"strconv"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }

// noStore reports whether any Cache-Control line forbids storing, in any case
// (RFC 9111 section 5.2).
func noStore(h api.Header) bool { return directive(h, "Cache-Control", "no-store") }

// directive reports whether a list-valued field holds a directive.
func directive(h api.Header, field, name string) bool {
	for _, f := range h {
		if !equalFold(f.Name, field) {
			continue
		}
		for part := range strings.SplitSeq(f.Value, ",") {
			token, _, _ := strings.Cut(strings.TrimSpace(part), "=")
			if equalFold(strings.TrimSpace(token), name) {
				return true
			}
		}
	}
	return false
}

// mediaOf names a Content-Type for a message.
func mediaOf(a *Answer) string {
	media := api.MediaType(a.Header.Get("Content-Type"))
	if media == "" {
		return "no Content-Type"
	}
	return "Content-Type " + safe(media)
}

// isJSON reports whether the answer says that it is JSON, in UTF-8 if it names a
// charset.
func isJSON(a *Answer) bool {
	contentType := a.Header.Get("Content-Type")
	charset := api.Charset(contentType)
	return api.IsJSON(contentType) && (charset == "" || equalFold(charset, "utf-8"))
}

func jsonMedia(a *Answer) string {
	if charset := api.Charset(a.Header.Get("Content-Type")); charset != "" && !isJSON(a) {
		return mediaOf(a) + " in " + safe(charset)
	}
	return mediaOf(a)
}

// shapeOf names what a body is for a message.
func shapeOf(a *Answer) string {
	switch kind := a.json().Kind(); {
	case len(a.Body) == 0:
		return "an empty body"
	case kind == jsondoc.Absent:
		return "a body that is no JSON"
	default:
		return "a JSON " + kind.String()
	}
}

// memberOf names a member for a message without showing its value.
func memberOf(n jsondoc.Node, name string) string {
	kind := n.Get(name).Kind()
	if kind == jsondoc.Absent {
		return "no member " + name
	}
	return name + " is a " + kind.String()
}

// safe shows a short value made of harmless characters, and of any other only
// its length: it may be a secret.
func safe(s string) string {
	for i := range len(s) {
		c := s[i]
		word := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_-./ +=;:,*", c) >= 0
		if !word || len(s) > 60 {
			return "a value of " + strconv.Itoa(len(s)) + " bytes"
		}
	}
	return strconv.Quote(s)
}

// errorCode is the code of a DCR error, or of an enhanced error.
func errorCode(a *Answer) string {
	for _, name := range [...]string{"error", "code"} {
		// The code of a success is that of a session.
		if name == "code" && a.Status < 400 && a.json().Get("action").Kind() == jsondoc.Absent {
			continue
		}
		if text := a.json().Get(name).Text(); text != "" {
			return text
		}
	}
	return ""
}

// saw describes an error answer.
func saw(a *Answer) string {
	s := status(a.Status)
	if code := errorCode(a); code != "" {
		return s + " with " + safe(code)
	}
	if a.Status >= 400 {
		return s + " and " + shapeOf(a)
	}
	return s
}

// nearby reports whether a time in milliseconds lies within a day of the answer,
// and a tenth of one in seconds never does.
func nearby(millis int64, a *Answer) bool {
	const day = 24 * 3600 * 1000
	diff := millis - a.Received.UnixMilli()
	return diff > -day && diff < day
}

// millis reads an integer or a string of digits.
func millis(n jsondoc.Node) (int64, bool) {
	if v, ok := n.Int(); ok {
		return v, true
	}
	v, err := strconv.ParseInt(n.Text(), 10, 64)
	return v, err == nil
}

// textsOf reports whether n is an array of strings only.
func textsOf(n jsondoc.Node) bool {
	for e := range n.Elements() {
		if e.Kind() != jsondoc.String {
			return false
		}
	}
	return n.Kind() == jsondoc.Array
}

func holds(n jsondoc.Node, text string) bool {
	for e := range n.Elements() {
		if e.TextEquals(text) {
			return true
		}
	}
	return false
}

// visible reports whether s is visible ASCII (RFC 6749 appendix A.12).
func visible(s string) bool {
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7e {
			return false
		}
	}
	return s != ""
}

// describable reports whether s keeps to the characters of an error member
// (RFC 6749 section 5.2).
func describable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
