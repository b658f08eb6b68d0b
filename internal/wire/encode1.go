package wire

import (
	"strconv"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// appendRequest appends in as it travels on HTTP/1.1 (RFC 9112 section 3), and
// reports whether it can travel at all. The fields keep their order and their
// names' case. Host and Content-Length are the transport's; a Host among the
// fields replaces the target's.
func (t *target) appendRequest(b []byte, in *api.HTTPRequest) (msg []byte, closing, ok bool) {
	if !validToken(in.Method) || !validTarget(in.Target) {
		return b, false, false
	}
	b = append(b, in.Method...)
	b = append(b, ' ')
	if t.Proxy != nil && t.tls == nil {
		b = append(b, t.scheme...)
		b = append(b, "://"...)
		b = append(b, t.host...)
	}
	b = append(b, t.prefix...)
	b = append(b, in.Target...)
	b = append(b, " HTTP/1.1\r\n"...)
	if !in.Header.Has("Host") {
		b = appendField(b, "Host", t.host)
	}
	if t.Proxy != nil && t.tls == nil && t.Proxy.User != nil {
		b = appendField(b, "Proxy-Authorization", proxyAuth(t.Proxy))
	}
	for i := range in.Header {
		f := &in.Header[i]
		if !validToken(f.Name) || !validValue(f.Value) {
			return b, false, false
		}
		if isFraming(f.Name) {
			continue
		}
		if len(f.Name) == len("Connection") && strings.EqualFold(f.Name, "Connection") && strings.EqualFold(f.Value, "close") {
			closing = true
		}
		b = appendField(b, f.Name, f.Value)
	}
	if len(in.Body) > 0 || expectsBody(in.Method) {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(in.Body)), 10)
		b = append(b, "\r\n"...)
	}
	b = append(b, "\r\n"...)
	return append(b, in.Body...), closing, true
}

func appendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// isFraming reports whether the field delimits the body, which the transport
// does itself.
func isFraming(name string) bool {
	switch len(name) {
	case len("Content-Length"):
		return strings.EqualFold(name, "Content-Length")
	case len("Transfer-Encoding"):
		return strings.EqualFold(name, "Transfer-Encoding")
	}
	return false
}

// expectsBody reports whether a request of this method says that it has no body
// (RFC 9110 section 8.6).
func expectsBody(method string) bool {
	return method == "POST" || method == "PUT" || method == "PATCH"
}

// tokenByte marks the bytes of a token (RFC 9110 section 5.6.2).
var tokenByte = func() (t [256]bool) {
	for c := '0'; c <= '9'; c++ {
		t[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = true, true
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		t[c] = true
	}
	return t
}()

func validToken(s string) bool {
	for i := range len(s) {
		if !tokenByte[s[i]] {
			return false
		}
	}
	return s != ""
}

// validValue reports whether s has no control byte but the tab (RFC 9110
// section 5.5).
func validValue(s string) bool {
	// Eight bytes at once: the values of one request have some hundred.
	for len(s) >= 8 {
		v := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if mayBeControl(v) && !validBytes(s[:8]) {
			return false
		}
		s = s[8:]
	}
	return validBytes(s)
}

// mayBeControl reports whether one of the eight bytes of v may be a control:
// always when one is, and for nothing else below 128.
func mayBeControl(v uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	del := v ^ 0x7f*ones
	return ((v-0x20*ones)&^v|(del-ones)&^del)&tops != 0
}

func validBytes(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// validTarget reports whether s is in origin form without a blank or control.
func validTarget(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == 0x7f {
			return false
		}
	}
	return strings.HasPrefix(s, "/")
}
