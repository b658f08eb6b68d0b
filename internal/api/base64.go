package api

import (
	"encoding/base64"
	"strings"
)

// urlSafeToStandard maps the URL-safe base64 alphabet to the standard one.
var urlSafeToStandard = strings.NewReplacer("-", "+", "_", "/")

// StrictBase64 reports whether s is base64 as the header pages are read
// strictly: standard alphabet, padded, without white space.
func StrictBase64(s string) bool {
	if strings.ContainsAny(s, "\r\n") {
		// The decoder skips line breaks.
		return false
	}
	_, err := base64.StdEncoding.Strict().DecodeString(s)
	return err == nil && s != ""
}

// decodeBase64 decodes either alphabet, padded or not (A-37, tolerant).
func decodeBase64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "-_") {
		s = urlSafeToStandard.Replace(s)
	}
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
}

// unescapePercent undoes percent-encoding and leaves broken escapes as they
// are. Legacy pages ask for it on X-Device-Info.
func unescapePercent(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := fromHex(s[i+1]), fromHex(s[i+2])
			if hi < 16 && lo < 16 {
				b = append(b, hi<<4|lo)
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// fromHex returns the value of a hex digit, and 16 for anything else.
func fromHex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}
