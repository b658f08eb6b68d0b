package api

import "strings"

// MediaType returns the type/subtype of a Content-Type value, without its
// parameters and in the case in which it came. It does not allocate.
func MediaType(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	return trimOWS(media)
}

// IsMedia reports whether a Content-Type value names the media type want,
// whatever its parameters. Media types compare case-insensitively (RFC 9110
// section 8.3.1).
func IsMedia(contentType, want string) bool {
	media := MediaType(contentType)
	return media == want || strings.EqualFold(media, want)
}

// IsJSON reports whether a Content-Type value names application/json.
func IsJSON(contentType string) bool { return IsMedia(contentType, "application/json") }

// IsHTML reports whether a Content-Type value names text/html.
func IsHTML(contentType string) bool { return IsMedia(contentType, "text/html") }

// IsForm reports whether a Content-Type value names
// application/x-www-form-urlencoded.
func IsForm(contentType string) bool { return IsMedia(contentType, mediaForm) }

// IsUTF8 reports whether a Content-Type value carries charset=utf-8, in any
// case and quoted or not, which is the strict reading of A-01.
func IsUTF8(contentType string) bool { return strings.EqualFold(Charset(contentType), "utf-8") }

// Charset returns the charset parameter of a Content-Type value in the case in
// which it came, or "" when there is none.
func Charset(contentType string) string {
	charset, _ := MediaParam(contentType, "charset")
	return charset
}

// MediaParam returns the first parameter called name of a Content-Type value,
// unquoted, and whether it is present. Names compare case-insensitively
// (RFC 9110 section 5.6.6). It allocates only for a quoted value with escapes.
func MediaParam(contentType, name string) (string, bool) {
	_, rest, _ := strings.Cut(contentType, ";")
	for rest != "" {
		var param string
		param, rest = cutParam(rest)
		key, value, ok := strings.Cut(param, "=")
		if ok && strings.EqualFold(trimOWS(key), name) {
			return unquote(trimOWS(value)), true
		}
	}
	return "", false
}

// cutParam cuts list at its first semicolon outside a quoted string.
func cutParam(list string) (param, rest string) {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ';' && !quoted:
			return list[:i], list[i+1:]
		}
	}
	return list, ""
}

// unquote strips the quotes and escapes of a quoted-string; anything else,
// such as an unterminated one, comes back as it is.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b = append(b, s[i])
	}
	return string(b)
}

// trimOWS trims optional white space (RFC 9110 section 5.6.3).
func trimOWS(s string) string { return strings.Trim(s, " \t") }
