package backend

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/dcrbench/dcrbench/internal/api"
)

// helpURL is where enhanced errors send people. The text of the vendor's page
// says that it may vary and must not be derived.
const helpURL = "https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/features-standard/error-reporting/enhanced-error-codes"

const codeInternal = "internal_server_error"

// json starts an answer with a JSON body.
func (s *Service) json(c *call, status int) {
	c.out.Status = status
	c.out.Header = append(c.out.Header, api.Field{Name: "Content-Type", Value: s.cfg.MediaType})
}

// contentType replaces the media type of an answer.
func contentType(c *call, value string) {
	for i := range c.out.Header {
		if c.out.Header[i].Name == "Content-Type" {
			c.out.Header[i].Value = value
		}
	}
}

// noStore forbids caches to keep credentials (RFC 6749 section 5.1).
func (s *Service) noStore(c *call, keep, pragma bool) {
	if keep {
		c.out.Header = append(c.out.Header, api.Field{Name: "Cache-Control", Value: "no-store"})
	}
	if pragma {
		c.out.Header = append(c.out.Header, api.Field{Name: "Pragma", Value: "no-cache"})
	}
}

// dcrError answers an error of the DCR endpoints: {"error": code} under 400.
func (s *Service) dcrError(c *call, errorCode string) {
	c.out.Status = 400
	if s.faults.has(tokErrStatus) && c.op == api.OpToken {
		c.out.Status = 403
	}
	s.dcrBody(c, errorCode)
}

func (s *Service) dcrBody(c *call, errorCode string) {
	c.out.Header = append(c.out.Header, api.Field{Name: "Content-Type", Value: s.cfg.MediaType})
	member := "error"
	switch {
	case c.op == api.OpRegister && s.faults.has(regErrShape):
		member = "message"
	case c.op == api.OpToken && s.faults.has(tokErrCharset):
		errorCode = "\u201c" + errorCode + "\u201d"
	}
	b := append(c.out.Body, '{')
	b = appendMember(b, member, errorCode)
	c.out.Body = append(b, '}')
}

// refuse answers a top-level enhanced error: the body is the object, and the
// HTTP status is its own (enhanced error codes page).
func (s *Service) refuse(c *call, errorCode string) {
	row, ok := api.LookupError(errorCode)
	if !ok {
		row, _ = api.LookupError(codeInternal)
	}
	c.out.Status = row.Statuses[0]
	mediaType := s.cfg.MediaType
	if s.faults.has(errMediaType) {
		mediaType = "text/html"
	}
	c.out.Header = append(c.out.Header, api.Field{Name: "Content-Type", Value: mediaType})
	c.out.Body = s.appendError(c.out.Body, row)
}

// appendError adds an enhanced error object.
func (s *Service) appendError(b []byte, row *api.ErrorCode) []byte {
	action, status, name, help := row.Action.String(), row.Statuses[0], row.Code, helpURL
	switch {
	case s.faults.has(errUnknownCode):
		name = "unexpected_condition"
	case s.faults.has(errWrongAction):
		action = "authorization"
	case s.faults.has(errBodyStatus):
		status = 418
	case s.faults.has(errHelpURL):
		help = "/help"
	}
	b = append(b, '{')
	b = appendMember(b, "action", action)
	b = append(b, `,"status":`...)
	if s.faults.has(errStatusType) {
		b = appendString(b, strconv.Itoa(status))
	} else {
		b = strconv.AppendInt(b, int64(status), 10)
	}
	if !s.faults.has(errNoCode) {
		b = append(b, ',')
		b = appendMember(b, "code", name)
	}
	b = append(b, ',')
	b = appendMember(b, "message", row.Means)
	b = append(b, ',')
	b = appendMember(b, "helpUrl", help)
	b = append(b, `,"trace":"`...)
	b = appendUUID(b, s.gen.next())
	return append(b, `"}`...)
}

// page answers the user agent's own call with a short HTML page.
func (s *Service) page(c *call, status int) {
	c.out.Status = status
	c.out.Header = append(c.out.Header, api.Field{Name: "Content-Type", Value: "text/html;charset=UTF-8"})
	c.out.Body = append(c.out.Body, "<!doctype html>\n<title>"...)
	c.out.Body = strconv.AppendInt(c.out.Body, int64(status), 10)
	c.out.Body = append(c.out.Body, "</title>\n<p>This sign-in cannot go on. Ask your device for a new code.</p>\n"...)
}

// appendMember adds "name":"value".
func appendMember(b []byte, name, value string) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":`...)
	return appendString(b, value)
}

// appendMillis adds "name":milliseconds, as a number or, as session answers have
// it, as a string of digits.
func appendMillis(b []byte, name string, at time.Time, text bool) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":`...)
	if !text {
		return strconv.AppendInt(b, at.UnixMilli(), 10)
	}
	b = append(b, '"')
	b = strconv.AppendInt(b, at.UnixMilli(), 10)
	return append(b, '"')
}

const hexDigits = "0123456789abcdef"

// appendString adds s as a JSON string (RFC 8259 section 7). What is not UTF-8
// becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		}
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}

// appendStrings adds a JSON array of strings.
func appendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, ']')
}

// appendSegment adds s as one segment of a path, escaped (RFC 3986 section 3.3).
func appendSegment(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			b = append(b, c)
		default:
			b = append(b, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		}
	}
	return b
}
