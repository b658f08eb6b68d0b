package backend

import (
	"bytes"
	"strings"
)

// form is a decoded application/x-www-form-urlencoded body or query.
type form struct {
	pairs []pair
	// malformed is set by a broken percent-escape.
	malformed bool
	// text is the memory of the names and values.
	text []byte
}

type pair struct{ name, value []byte }

// maxPairs bounds what a hostile form costs; no operation knows more than a
// handful of parameters.
const maxPairs = 100

// parse reads body and replaces what f held. What get returned before is no
// longer valid.
func (f *form) parse(body []byte) {
	f.pairs, f.text, f.malformed = f.pairs[:0], f.text[:0], false
	for len(body) > 0 {
		var part []byte
		part, body, _ = bytes.Cut(body, []byte{'&'})
		if len(part) == 0 {
			continue
		}
		if len(f.pairs) == maxPairs {
			f.malformed = true
			return
		}
		name, value, _ := bytes.Cut(part, []byte{'='})
		f.pairs = append(f.pairs, pair{f.decode(name), f.decode(value)})
	}
}

func (f *form) decode(raw []byte) []byte {
	start := len(f.text)
	text, ok := appendUnescaped(f.text, raw, true)
	f.text = text
	if !ok {
		f.malformed = true
	}
	return text[start:len(text):len(text)]
}

// get returns the value of the first parameter called name. An empty value
// counts as none (RFC 6749 section 3.2).
func (f *form) get(name string) []byte {
	for i := range f.pairs {
		if string(f.pairs[i].name) == name {
			return f.pairs[i].value
		}
	}
	return nil
}

// repeats reports whether a parameter stands more than once, be it unknown
// (RFC 6749 section 3.2).
func (f *form) repeats() bool {
	for i := range f.pairs {
		for j := range i {
			if bytes.Equal(f.pairs[i].name, f.pairs[j].name) {
				return true
			}
		}
	}
	return false
}

// appendUnescaped adds raw to b with its percent-escapes undone, and reports
// whether all of them were whole. In forms a plus is a space.
func appendUnescaped[T string | []byte](b []byte, raw T, inForm bool) ([]byte, bool) {
	sound := true
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '+' && inForm:
			c = ' '
		case c == '%':
			if i+2 >= len(raw) || hexValue(raw[i+1]) > 15 || hexValue(raw[i+2]) > 15 {
				sound = false
				break
			}
			c = hexValue(raw[i+1])<<4 | hexValue(raw[i+2])
			i += 2
		}
		b = append(b, c)
	}
	return b, sound
}

// unescape undoes the percent-escapes of a path segment. A broken escape stays
// as it is and makes the value an unknown one.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b, _ := appendUnescaped(nil, s, false)
	return string(b)
}

func hexValue(c byte) byte {
	if 'A' <= c && c <= 'F' {
		return c - 'A' + 10
	}
	return lowerHexValue(c)
}

// absoluteURL reports whether s is an absolute URI without white space: a
// scheme, a colon, and something after it (RFC 3986 section 4.3).
func absoluteURL(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || scheme == "" || rest == "" || len(s) > maxURL {
		return false
	}
	for i := range len(scheme) {
		c := scheme[i] | 0x20
		letter := 'a' <= c && c <= 'z'
		other := '0' <= c && c <= '9' || scheme[i] == '+' || scheme[i] == '-' || scheme[i] == '.'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	for i := range len(rest) {
		if rest[i] <= ' ' || rest[i] > '~' {
			return false
		}
	}
	return rest != "//" && rest != "/"
}

// maxURL bounds the URLs that a session keeps, in bytes.
const maxURL = 2048
