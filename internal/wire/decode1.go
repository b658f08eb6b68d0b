package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/valyala/fasthttp"

	"github.com/dcrbench/dcrbench/internal/api"
)

var (
	errNotHTTP      = errors.New("answer is not HTTP")
	errHead         = errors.New("head of the answer is malformed")
	errHeadTooLarge = errors.New("head of the answer is too large")
	errBody         = errors.New("body of the answer is malformed")
)

// maxInterim bounds the interim answers before the real one.
const maxInterim = 16

// read reads one answer, without the interim ones before it, and reports whether
// the connection outlives it. The framing is the parser's; the fields are taken
// from the head as it came, in order and unchanged.
func (x *exchange) read(headOnly bool, maxBody int, out *api.HTTPResponse, tm *Timing) (bool, error) {
	if _, err := x.br.Peek(1); err != nil {
		return false, err
	}
	tm.FirstByte = x.in.at
	h := &x.resp.Header
	for n := 0; ; n++ {
		raw, err := peekHead(x.br)
		if err != nil {
			return false, err
		}
		known, sum := x.heads.find(raw)
		if known != nil && !headOnly {
			return true, x.readKnown(known, maxBody, out)
		}
		fields := fieldLines(raw)
		if out.Header, err = x.head.append(out.Header[:0], fields); err != nil {
			return false, err
		}
		if err = h.Read(x.br); err != nil {
			return false, errHead
		}
		if status := h.StatusCode(); status >= 200 {
			out.Status = status
			if length := h.ContentLength(); length >= 0 && status != fasthttp.StatusNoContent && status != fasthttp.StatusNotModified && !h.ConnectionClose() {
				x.heads.learn(sum, raw, out.Header, status, length, 0)
			}
			break
		} else if status < 100 || status == fasthttp.StatusSwitchingProtocols || n == maxInterim {
			return false, errHead
		}
	}
	if headOnly || out.Status == fasthttp.StatusNoContent || out.Status == fasthttp.StatusNotModified {
		return !h.ConnectionClose(), nil
	}
	return !h.ConnectionClose(), x.readBody(maxBody, out)
}

// readKnown reads what follows a head that is known.
func (x *exchange) readKnown(k *knownHead, maxBody int, out *api.HTTPResponse) error {
	out.Status = k.status
	out.Header = append(out.Header[:0], k.fields...)
	if k.length > maxBody {
		return fasthttp.ErrBodyTooLarge
	}
	if _, err := x.br.Discard(len(k.raw)); err != nil {
		return err
	}
	out.Body = slices.Grow(out.Body[:0], k.length)[:k.length]
	if _, err := io.ReadFull(x.br, out.Body); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	return nil
}

// readBody reads the body into out's memory.
func (x *exchange) readBody(maxBody int, out *api.HTTPResponse) error {
	own := x.resp.SwapBody(out.Body[:0])
	err := x.resp.ReadBody(x.br, maxBody)
	if err == nil && x.resp.Header.ContentLength() == -1 {
		if err = x.resp.Header.ReadTrailer(x.br); err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
	}
	out.Body = x.resp.SwapBody(own)
	switch {
	case err == nil || isLost(err) || isTimeout(err) || errors.Is(err, fasthttp.ErrBodyTooLarge):
		return err
	case x.in.err != nil:
		return x.in.err
	case isSmallBuffer(err):
		return errHeadTooLarge // of the trailer
	}
	return errBody
}

func isSmallBuffer(err error) bool {
	var small *fasthttp.ErrSmallBuffer
	return errors.As(err, &small)
}

// peekHead waits for a whole head and returns it, blank line included, without
// consuming it.
func peekHead(br *bufio.Reader) ([]byte, error) {
	for {
		b, _ := br.Peek(br.Buffered())
		if !looksLikeHTTP(b) {
			return nil, errNotHTTP
		}
		if n := headEnd(b); n > 0 {
			return b[:n], nil
		}
		if len(b) == br.Size() {
			return nil, errHeadTooLarge
		}
		if _, err := br.Peek(len(b) + 1); err != nil {
			return nil, err
		}
	}
}

// headEnd returns the length of the head at the start of b, 0 when it is not
// complete. A bare line feed ends a line too (RFC 9112 section 2.2).
func headEnd(b []byte) int {
	for at := 0; ; {
		n := bytes.IndexByte(b[at:], '\n')
		if n < 0 {
			return 0
		}
		at += n + 1
		rest := b[at:]
		switch {
		case len(rest) > 0 && rest[0] == '\n':
			return at + 1
		case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
			return at + 2
		}
	}
}

// fieldLines returns the head without its status line and its blank line.
func fieldLines(head []byte) []byte {
	n := bytes.IndexByte(head, '\n')
	return head[n+1:]
}

// headCache remembers the fields of the previous answer: servers repeat
// themselves, and a field that is the same needs no new string.
type headCache struct {
	last []api.Field
}

// maxCached bounds the remembered fields.
const maxCached = 64

// append appends the fields in lines to dst. A folded line belongs to the value
// before it (RFC 9112 section 5.2).
func (c *headCache) append(dst api.Header, lines []byte) (api.Header, error) {
	for len(lines) > 0 {
		line, rest, _ := bytes.Cut(lines, newline)
		lines = rest
		line = bytes.TrimSuffix(line, carriage)
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if len(dst) == 0 {
				return dst, errHead
			}
			f := &dst[len(dst)-1]
			f.Value += " " + string(bytes.Trim(line, " \t"))
			continue
		}
		name, value, ok := bytes.Cut(line, colon)
		if !ok || len(name) == 0 {
			return dst, errHead
		}
		dst = append(dst, c.field(len(dst), name, bytes.Trim(value, " \t")))
	}
	return dst, nil
}

var (
	newline  = []byte("\n")
	carriage = []byte("\r")
	colon    = []byte(":")
)

// field returns the i-th field, with the strings of the previous answer where
// they are equal.
func (c *headCache) field(i int, name, value []byte) api.Field {
	if i >= maxCached {
		return api.Field{Name: string(name), Value: string(value)}
	}
	if i == len(c.last) {
		c.last = append(c.last, api.Field{})
	}
	f := &c.last[i]
	if f.Name != string(name) {
		f.Name = string(name)
	}
	if f.Value != string(value) {
		f.Value = string(value)
	}
	return *f
}
