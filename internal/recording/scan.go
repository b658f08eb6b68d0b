package recording

import (
	"errors"
	"io"
)

// errEnd is the end of the input inside a value.
var errEnd = errors.New("the file ends before its end")

// scanner walks over JSON without building anything, and copies one value at a
// time where it is told to.
type scanner struct {
	r     io.Reader
	chunk []byte
	at, n int
	read  int64
	err   error
}

const chunkSize = 256 << 10

func newScanner(r io.Reader) *scanner { return &scanner{r: r, chunk: make([]byte, chunkSize)} }

// fill reads on; it reports false at the end or an error.
func (s *scanner) fill() bool {
	for empty := 0; s.err == nil && empty < 100; empty++ {
		n, err := s.r.Read(s.chunk)
		s.read += int64(n)
		s.at, s.n, s.err = 0, n, err
		if n > 0 {
			return true
		}
	}
	s.at, s.n = 0, 0
	return false
}

// fault is the error of the reader, or errEnd.
func (s *scanner) fault() error {
	if s.err != nil && s.err != io.EOF {
		return s.err
	}
	return errEnd
}

// ended reports whether the input is over, after a peek that found 0: a byte 0
// is none of JSON, and no end either.
func (s *scanner) ended() bool { return s.at >= s.n }

// peek skips white space and returns the next byte without taking it; 0 at the
// end.
func (s *scanner) peek() byte {
	for {
		for ; s.at < s.n; s.at++ {
			switch c := s.chunk[s.at]; c {
			case ' ', '\t', '\r', '\n':
			default:
				return c
			}
		}
		if !s.fill() {
			return 0
		}
	}
}

// value passes over one value and appends it to dst, up to most bytes. It
// reports whether all of it fitted.
func (s *scanner) value(dst []byte, most int) (out []byte, whole bool, err error) {
	first := s.peek()
	switch first {
	case 0:
		if !s.ended() {
			return dst, true, errSyntax
		}
		return dst, true, s.fault()
	case '{', '[', '"':
		return s.compound(dst, most)
	}
	return s.bare(dst, most)
}

// bare passes over a number or a word.
func (s *scanner) bare(dst []byte, most int) ([]byte, bool, error) {
	length := 0
	for {
		from := s.at
		for ; s.at < s.n; s.at++ {
			switch s.chunk[s.at] {
			case ',', '}', ']', ' ', '\t', '\r', '\n', ':', '"', '{', '[':
				if length += s.at - from; length == 0 {
					return dst, true, errSyntax
				}
				return keep(dst, s.chunk[from:s.at], most), len(dst)+s.at-from <= most, nil
			}
		}
		length += s.n - from
		dst = keep(dst, s.chunk[from:s.n], most)
		if !s.fill() {
			return dst, true, s.fault()
		}
	}
}

var errSyntax = errors.New("the file is no JSON")

// compound passes over a string, an array or an object.
func (s *scanner) compound(dst []byte, most int) ([]byte, bool, error) {
	depth, inside, escaped, size := 0, false, false, 0
	for {
		from := s.at
		for s.at < s.n {
			c := s.chunk[s.at]
			s.at++
			switch {
			case escaped:
				escaped = false
			case inside:
				switch c {
				case '\\':
					escaped = true
				case '"':
					inside = false
				}
			case c == '"':
				inside = true
			case c == '{' || c == '[':
				depth++
			case c == '}' || c == ']':
				depth--
			}
			if depth == 0 && !inside && !escaped {
				size += s.at - from
				return keep(dst, s.chunk[from:s.at], most), size <= most, nil
			}
		}
		size += s.n - from
		dst = keep(dst, s.chunk[from:s.n], most)
		if !s.fill() {
			return dst, true, s.fault()
		}
	}
}

func keep(dst, piece []byte, most int) []byte {
	if room := most - len(dst); len(piece) > room {
		piece = piece[:max(room, 0)]
	}
	return append(dst, piece...)
}

// take takes the byte that peek returns when it is c.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}
