package jsondoc

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends the text of raw, which the parser has accepted as
// the inside of a string.
func appendUnescaped(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		r, size := unescape(raw[i:])
		dst = utf8.AppendRune(dst, r)
		raw = raw[i+size:]
	}
}

// equalUnescaped compares the text of raw with want without building it.
func equalUnescaped(raw []byte, want string) bool {
	for len(raw) > 0 {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return string(raw) == want
		}
		if len(want) < i || string(raw[:i]) != want[:i] {
			return false
		}
		r, size := unescape(raw[i:])
		var buf [utf8.UTFMax]byte
		text := utf8.AppendRune(buf[:0], r)
		raw, want = raw[i+size:], want[i:]
		if len(want) < len(text) || want[:len(text)] != string(text) {
			return false
		}
		want = want[len(text):]
	}
	return want == ""
}

// unescape decodes the escape at the start of raw: two escaped surrogates that
// fit together are one character, a lone one is U+FFFD (RFC 8259 section 8.2).
func unescape(raw []byte) (r rune, size int) {
	switch c := raw[1]; c {
	case 'u':
		r = codeUnit(raw[2:6])
		if !utf16.IsSurrogate(r) {
			return r, 6
		}
		if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
			if pair := utf16.DecodeRune(r, codeUnit(raw[8:12])); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return utf8.RuneError, 6
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	default:
		return rune(c), 2
	}
}

func codeUnit(digits []byte) rune {
	r := rune(0)
	for _, c := range digits {
		v, _ := hexDigit(c)
		r = r<<4 | rune(v)
	}
	return r
}

func hexDigit(c byte) (value byte, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
