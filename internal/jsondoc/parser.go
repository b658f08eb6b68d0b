package jsondoc

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// parser walks the source once. A step that fails leaves at on the offending
// byte, says in want what belonged there, and returns false.
type parser struct {
	src   []byte
	nodes []node
	at    int
	depth int
	want  string
	limit bool
}

func (p *parser) fail(want string) bool {
	p.want = want
	return false
}

func (p *parser) exceed(want string) bool {
	p.want, p.limit = want, true
	return false
}

func (p *parser) document() bool {
	if len(p.src) > MaxBytes {
		p.at = MaxBytes
		return p.exceed("at most 1 GiB")
	}
	p.space()
	if !p.value() {
		return false
	}
	p.space()
	if p.at < len(p.src) {
		return p.fail("the end of the document")
	}
	return true
}

func (p *parser) space() {
	for p.at < len(p.src) {
		switch p.src[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// peek returns the byte at the cursor, or 0, which starts nothing in JSON.
func (p *parser) peek() byte {
	if p.at < len(p.src) {
		return p.src[p.at]
	}
	return 0
}

// open appends a node that starts at the cursor; close completes it.
func (p *parser) open(kind Kind) (int32, bool) {
	if len(p.nodes) >= MaxNodes {
		return 0, p.exceed("at most 20000 nodes")
	}
	p.nodes = append(p.nodes, node{kind: kind, start: int32(p.at)})
	return int32(len(p.nodes) - 1), true
}

func (p *parser) close(index, count int32) bool {
	n := &p.nodes[index]
	n.end, n.next, n.count = int32(p.at), int32(len(p.nodes)), count
	return true
}

func (p *parser) value() bool {
	switch c := p.peek(); c {
	case '{':
		return p.object()
	case '[':
		return p.array()
	case '"':
		return p.string()
	case 't':
		return p.literal("true", Bool)
	case 'f':
		return p.literal("false", Bool)
	case 'n':
		return p.literal("null", Null)
	default:
		if c == '-' || isDigit(c) {
			return p.number()
		}
		return p.fail("a value")
	}
}

func (p *parser) object() bool {
	index, ok := p.enter(Object)
	if !ok {
		return false
	}
	count := int32(0)
	for p.peek() != '}' || count > 0 {
		if p.peek() != '"' {
			return p.fail("a member name in quotes")
		}
		if !p.string() {
			return false
		}
		p.space()
		if p.peek() != ':' {
			return p.fail("a colon")
		}
		p.at++
		p.space()
		if !p.value() {
			return false
		}
		count++
		if more, ok := p.separator('}', "a comma or a closing brace"); !ok {
			return false
		} else if !more {
			break
		}
	}
	return p.leave(index, count)
}

func (p *parser) array() bool {
	index, ok := p.enter(Array)
	if !ok {
		return false
	}
	count := int32(0)
	for p.peek() != ']' || count > 0 {
		if !p.value() {
			return false
		}
		count++
		if more, ok := p.separator(']', "a comma or a closing bracket"); !ok {
			return false
		} else if !more {
			break
		}
	}
	return p.leave(index, count)
}

// enter opens a container and moves past its bracket and white space.
func (p *parser) enter(kind Kind) (int32, bool) {
	if p.depth == MaxDepth {
		return 0, p.exceed("at most 64 nested arrays and objects")
	}
	index, ok := p.open(kind)
	if !ok {
		return 0, false
	}
	p.depth++
	p.at++
	p.space()
	return index, true
}

// leave moves past the closing bracket, on which the cursor stands.
func (p *parser) leave(index, count int32) bool {
	p.depth--
	p.at++
	return p.close(index, count)
}

// separator reads what follows an item: a comma, after which another must
// come, or the closing bracket, which is left for leave.
func (p *parser) separator(end byte, want string) (more, ok bool) {
	p.space()
	switch p.peek() {
	case ',':
		p.at++
		p.space()
		return true, true
	case end:
		return false, true
	}
	return false, p.fail(want)
}

func (p *parser) literal(text string, kind Kind) bool {
	index, ok := p.open(kind)
	if !ok {
		return false
	}
	for i := range len(text) {
		if p.peek() != text[i] {
			return p.fail("true, false or null")
		}
		p.at++
	}
	return p.close(index, 0)
}

// number follows RFC 8259 section 6: no leading zeros, no bare point.
func (p *parser) number() bool {
	index, ok := p.open(Number)
	if !ok {
		return false
	}
	if p.peek() == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else if !p.digits() {
		return false
	}
	if p.peek() == '.' {
		p.at++
		if !p.digits() {
			return false
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		if !p.digits() {
			return false
		}
	}
	return p.close(index, 0)
}

func (p *parser) digits() bool {
	if !isDigit(p.peek()) {
		return p.fail("a digit")
	}
	for isDigit(p.peek()) {
		p.at++
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (p *parser) string() bool {
	index, ok := p.open(String)
	if !ok {
		return false
	}
	p.at++
	for {
		p.plain()
		if p.at == len(p.src) {
			return p.fail("a closing quote")
		}
		switch c := p.src[p.at]; {
		case c == '"':
			p.at++
			return p.close(index, 0)
		case c == '\\':
			p.nodes[index].escaped = true
			if !p.escape() {
				return false
			}
		case c < ' ':
			return p.fail("an escape instead of a control character")
		case c < utf8.RuneSelf:
			p.at++
		default:
			r, size := utf8.DecodeRune(p.src[p.at:])
			if r == utf8.RuneError && size == 1 {
				return p.fail("valid UTF-8")
			}
			p.at += size
		}
	}
}

// plain skips printable ASCII other than the quote and the backslash, eight bytes
// at a time: tokens are long and have nothing else. It may stop short of the end
// of the source.
func (p *parser) plain() {
	for len(p.src)-p.at >= 8 {
		if special := Special(binary.LittleEndian.Uint64(p.src[p.at:])); special != 0 {
			p.at += bits.TrailingZeros64(special) / 8
			return
		}
		p.at += 8
	}
}

// Special marks, by the top bit of each, those of eight bytes that do not stand
// for themselves in a JSON string as printable ASCII does: quotes, backslashes,
// controls and whatever is not ASCII. The lowest byte marked is one of them; above
// it others may be marked as well, for a special byte borrows from the next.
func Special(w uint64) uint64 {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	quote, backslash := w^'"'*ones, w^'\\'*ones
	return ((quote - ones) | (backslash - ones) | (w - ' '*ones) | w) & highs
}

// escape reads one escape sequence. A lone surrogate is accepted, as RFC 8259
// section 8.2 allows, and reads as U+FFFD.
func (p *parser) escape() bool {
	p.at++
	switch p.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		p.at++
		return true
	case 'u':
		p.at++
		for range 4 {
			if _, ok := hexDigit(p.peek()); !ok {
				return p.fail("four hexadecimal digits")
			}
			p.at++
		}
		return true
	}
	return p.fail("a known escape")
}
