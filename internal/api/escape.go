package api

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

const (
	upperHex = "0123456789ABCDEF"
	lowerHex = "0123456789abcdef"
)

// unreserved reports whether c travels unescaped in every part of a URL
// (RFC 3986 section 2.3).
func unreserved(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return c == '-' || c == '.' || c == '_' || c == '~'
}

// appendEscaped adds s as one path segment or query value: whatever is not
// unreserved is percent-encoded.
func appendEscaped(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if unreserved(c) {
			b = append(b, c)
			continue
		}
		b = append(b, '%', upperHex[c>>4], upperHex[c&15])
	}
	return b
}

// appendFormValue adds s as a value of application/x-www-form-urlencoded, where
// a space is a plus.
func appendFormValue(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case unreserved(c):
			b = append(b, c)
		case c == ' ':
			b = append(b, '+')
		default:
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

// appendJSONString adds s as a JSON string (RFC 8259 section 7). Bytes that are
// no UTF-8 become the replacement character.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		if n := plainRun(s[i:]); n > 0 {
			b = append(b, s[i:i+n]...)
			i += n
			continue
		}
		if c := s[i]; c < utf8.RuneSelf {
			b = appendJSONByte(b, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		b = utf8.AppendRune(b, r)
		i += size
	}
	return append(b, '"')
}

// plainRun returns how many bytes at the start of s stand for themselves in a
// JSON string.
func plainRun(s string) int {
	i := 0
	// Eight bytes at once: a software statement has a thousand.
	for ; len(s)-i >= 8; i += 8 {
		if special := jsondoc.Special(binary.LittleEndian.Uint64([]byte(s[i : i+8]))); special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	for i < len(s) && plainJSON[s[i]] {
		i++
	}
	return i
}

// plainJSON marks those bytes.
var plainJSON = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

func appendJSONByte(b []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, '\\', 'n')
	case c == '\r':
		return append(b, '\\', 'r')
	case c == '\t':
		return append(b, '\\', 't')
	case c < ' ':
		return append(b, '\\', 'u', '0', '0', lowerHex[c>>4], lowerHex[c&15])
	}
	return append(b, c)
}
