package wire

import (
	"strconv"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/dcrbench/dcrbench/internal/api"
)

// appendHead2 appends the head of a request as a header block, and reports
// whether it can travel at all. Every field is a literal that no table keeps (RFC
// 7541 section 6.2.2): the fields of one request are those of one device and the
// next request is another device's, so that a table would be filled and emptied
// for nothing. Names are in lower case (RFC 9113 section 8.2).
func (t *target) appendHead2(b []byte, in *api.HTTPRequest) ([]byte, bool) {
	if !validToken(in.Method) || !validTarget(in.Target) {
		return b, false
	}
	host := t.host
	for i := range in.Header {
		f := &in.Header[i]
		if !validToken(f.Name) || !validValue(f.Value) {
			return b, false
		}
		if len(f.Name) == len("Host") && strings.EqualFold(f.Name, "Host") {
			host = f.Value
		}
	}
	b = appendMethod(b, in.Method)
	if t.scheme == "https" {
		b = append(b, indexed|schemeHTTPS)
	} else {
		b = append(b, indexed|schemeHTTP)
	}
	b = appendString(append(b, nameAuthority), host)
	b = append(b, namePath)
	b = appendInt(b, 0, 7, len(t.prefix)+len(in.Target))
	b = append(append(b, t.prefix...), in.Target...)
	for i := range in.Header {
		if f := &in.Header[i]; !ofConnection(f.Name) {
			b = appendLiteral(b, f.Name, f.Value)
		}
	}
	if len(in.Body) > 0 || expectsBody(in.Method) {
		var digits [20]byte
		n := strconv.AppendInt(digits[:0], int64(len(in.Body)), 10)
		b = appendInt(append(b, literalName), 0, 7, len("content-length"))
		b = append(b, "content-length"...)
		b = append(appendInt(b, 0, 7, len(n)), n...)
	}
	return b, true
}

// The parts of a header block (RFC 7541 section 6) that are written here, and the
// entries of the static table (appendix A).
const (
	indexed       = 0x80
	literalName   = 0x00
	neverIndexed  = 0x10 // for intermediaries too: section 7.1.3
	nameAuthority = 1
	methodGET     = 2
	methodPOST    = 3
	namePath      = 4
	schemeHTTP    = 6
	schemeHTTPS   = 7
)

func appendMethod(b []byte, method string) []byte {
	switch method {
	case "GET":
		return append(b, indexed|methodGET)
	case "POST":
		return append(b, indexed|methodPOST)
	}
	return appendString(append(b, methodGET), method)
}

func appendLiteral(b []byte, name, value string) []byte {
	kind := byte(literalName)
	if len(name) == len("Authorization") && strings.EqualFold(name, "Authorization") {
		kind = neverIndexed
	}
	b = appendInt(append(b, kind), 0, 7, len(name))
	at := len(b)
	b = append(b, name...)
	for i := at; i < len(b); i++ {
		if c := b[i]; 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return appendString(b, value)
}

// appendString appends s without Huffman coding, which would cost both ends more
// than the bytes it saves.
func appendString(b []byte, s string) []byte {
	return append(appendInt(b, 0, 7, len(s)), s...)
}

// appendInt appends n in the low bits of a byte and as many more as it takes (RFC
// 7541 section 5.1).
func appendInt(b []byte, first byte, bits, n int) []byte {
	most := 1<<bits - 1
	if n < most {
		return append(b, first|byte(n))
	}
	b = append(b, first|byte(most))
	for n -= most; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// ofConnection reports whether a field is about the connection, which HTTP/2 says
// in other ways (RFC 9113 section 8.2.2), is the transport's or stands elsewhere.
func ofConnection(name string) bool {
	switch len(name) {
	case len("Host"):
		return strings.EqualFold(name, "Host")
	case len("Upgrade"):
		return strings.EqualFold(name, "Upgrade")
	case len("Connection"):
		return strings.EqualFold(name, "Connection") || strings.EqualFold(name, "Keep-Alive")
	case len("Proxy-Connection"):
		return strings.EqualFold(name, "Proxy-Connection")
	}
	return isFraming(name)
}

// fields2 gathers the fields of a header block.
type fields2 struct {
	header  api.Header
	status  int
	size    int64
	trailer bool // of which only the size counts
	bad     bool
}

// take takes one field (RFC 9113 sections 8.1, 8.2.1 and 8.3.2).
func (f *fields2) take(h hpack.HeaderField) {
	f.size += int64(len(h.Name) + len(h.Value))
	switch {
	case f.size > MaxHead:
	case h.Name == ":status" && !f.trailer && f.status == 0 && len(f.header) == 0 && len(h.Value) == 3:
		n, err := strconv.ParseUint(h.Value, 10, 16)
		f.status = int(n)
		f.bad = f.bad || err != nil || n < 100
	case !validToken(h.Name) || strings.ToLower(h.Name) != h.Name || !validValue(h.Value):
		f.bad = true
	case f.trailer:
		f.bad = f.bad || !allowedInTrailer(h.Name)
	default:
		f.header = append(f.header, api.Field{Name: h.Name, Value: h.Value})
	}
}

// length returns the announced length of the body, -1 for none, and whether the
// announcement makes sense.
func (f *fields2) length() (int64, bool) {
	length := int64(-1)
	for _, h := range f.header {
		if h.Name != "content-length" {
			continue
		}
		n, err := strconv.ParseUint(h.Value, 10, 63)
		if err != nil || length >= 0 && length != int64(n) {
			return 0, false
		}
		length = int64(n)
	}
	return length, true
}

// takeHead takes a whole header block of s, which may have ended. A second one
// after the answer's is a trailer.
func (c *conn2) takeHead(s *stream2, block []byte, last bool) error {
	if s == nil {
		return nil
	}
	if s.answered {
		return c.takeTrailer(s, block, last)
	}
	if len(block) > MaxHead {
		c.reset(s, http2.ErrCodeCancel, errHeadTooLarge)
		return nil
	}
	known, sum := c.known.find(block)
	if known != nil {
		s.size += known.size
		s.out.Header = append(s.out.Header[:0], known.fields...)
		s.out.Status, s.length = known.status, int64(known.length)
	} else if again, err := c.decode(s, block, sum, last); again || err != nil {
		return err
	}
	s.answered = true
	s.last = c.in.at
	switch {
	case s.length > int64(c.t.MaxBody) && !s.bodiless():
		c.reset(s, http2.ErrCodeCancel, errBodyTooLarge)
	case last:
		c.finish(s)
	}
	return nil
}

// decode reads a head and reports whether there is another one to come: this one
// was interim or has ended its stream.
func (c *conn2) decode(s *stream2, block []byte, sum uint64, last bool) (bool, error) {
	c.fields = fields2{header: s.out.Header[:0]}
	err := c.unpack(block)
	f := &c.fields
	s.out.Header = f.header
	if err != nil {
		return true, err
	}
	length, ok := f.length()
	s.size += f.size
	switch {
	case s.size > MaxHead:
		c.reset(s, http2.ErrCodeCancel, errHeadTooLarge)
		return true, nil
	case f.bad || !ok || f.status == 0 || f.status == 101 || f.status < 200 && last:
		c.reset(s, http2.ErrCodeProtocol, errHead)
		return true, nil
	case f.status < 200:
		if s.interim++; s.interim > maxInterim {
			c.reset(s, http2.ErrCodeProtocol, errHead)
		}
		return true, nil
	}
	s.out.Status, s.length = f.status, length
	c.known.learn(sum, block, f.header, f.status, int(length), f.size)
	return false, nil
}

// unpack reads a header block into c.fields.
func (c *conn2) unpack(block []byte) error {
	_, err := c.hpack.Write(block)
	if err == nil {
		err = c.hpack.Close()
	}
	if err != nil {
		return http2.ConnectionError(http2.ErrCodeCompression)
	}
	return nil
}
