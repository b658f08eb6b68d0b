package wire

import (
	"github.com/valyala/fasthttp"
	"golang.org/x/net/http2"
)

// takeTrailer takes the header block after an answer's, which has to end its
// stream (RFC 9113 section 8.1). As on HTTP/1.1 nobody reads the fields, but the
// answer fails with one that must not be there.
func (c *conn2) takeTrailer(s *stream2, block []byte, last bool) error {
	if len(block) > MaxHead {
		c.reset(s, http2.ErrCodeCancel, errHeadTooLarge)
		return nil
	}
	c.fields = fields2{trailer: true}
	if err := c.unpack(block); err != nil {
		return err
	}
	s.size += c.fields.size
	s.last = c.in.at
	switch {
	case c.fields.size > MaxHead:
		c.reset(s, http2.ErrCodeCancel, errHeadTooLarge)
	case c.fields.bad || !last:
		c.reset(s, http2.ErrCodeProtocol, errBody)
	default:
		c.finish(s)
	}
	return nil
}

// allowedInTrailer reports whether a field may stand in a trailer (RFC 9110
// section 6.5.1), by the list of the parser of HTTP/1.1.
func allowedInTrailer(name string) bool {
	var h fasthttp.ResponseHeader
	return h.SetTrailer(name) == nil
}
