package backend

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
)

// id is the 128 bits behind a client id, a token or a session.
type id [16]byte

// generator makes everything that must not be guessed. Ids are drawn; secrets
// and the long tail of a token are derived from an id and the generator's own
// key, so that they need not be stored to be compared.
type generator struct {
	stream *rand.ChaCha8
	key    [16]byte
	// scratch is the stream of derive.
	scratch rand.ChaCha8
}

// purpose keeps values that are derived from the same id apart.
type purpose byte

const (
	forSecret purpose = iota + 1
	forToken
	forSession
	forMedia
	forUser
)

func newGenerator(seed [32]byte) generator {
	g := generator{stream: rand.NewChaCha8(seed)}
	_, _ = g.stream.Read(g.key[:]) // never fails
	return g
}

// next draws an id.
func (g *generator) next() id {
	var v id
	binary.LittleEndian.PutUint64(v[:8], g.stream.Uint64())
	binary.LittleEndian.PutUint64(v[8:], g.stream.Uint64())
	return v
}

// derive fills dst with bytes that follow from id and purpose and tell nothing
// about either without the key.
func (g *generator) derive(p purpose, from id, dst []byte) {
	var seed [32]byte
	copy(seed[:16], g.key[:])
	seed[0] ^= byte(p)
	copy(seed[16:], from[:])
	g.scratch.Seed(seed)
	_, _ = g.scratch.Read(dst) // never fails
}

// derived is derive for one more id.
func (g *generator) derived(p purpose, from id) id {
	var v id
	g.derive(p, from, v[:])
	return v
}

// appendUUID adds the 36 characters of a version 4 UUID (RFC 9562 section 5.4).
// Six of the 128 bits give way to version and variant.
func appendUUID(b []byte, v id) []byte {
	v = v.asUUID()
	for i, part := range [5][]byte{v[:4], v[4:6], v[6:8], v[8:10], v[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}

func (v id) asUUID() id {
	v[6] = v[6]&0x0f | 0x40
	v[8] = v[8]&0x3f | 0x80
	return v
}

// parseUUID reads what appendUUID wrote, and false for anything else, upper
// case included: ids compare as text.
func parseUUID(s []byte) (id, bool) {
	var v id
	if len(s) != 36 {
		return v, false
	}
	at := 0
	for i := 0; i < len(s); {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return v, false
			}
			i++
			continue
		}
		hi, lo := lowerHexValue(s[i]), lowerHexValue(s[i+1])
		if hi > 15 || lo > 15 {
			return v, false
		}
		v[at] = hi<<4 | lo
		at++
		i += 2
	}
	return v, v == v.asUUID()
}

func lowerHexValue(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}

const (
	tokenTail = 182
	// tokenLength is the length of an access token in characters.
	tokenLength = (len(id{}) + tokenTail) / 3 * 4
)

// appendToken adds the text of the access token with the given id: opaque
// base64url, the id and a tail that only the generator can make.
func (g *generator) appendToken(b []byte, v id) []byte {
	var raw [len(id{}) + tokenTail]byte
	copy(raw[:], v[:])
	g.derive(forToken, v, raw[len(v):])
	return base64.RawURLEncoding.AppendEncode(b, raw[:])
}

// parseToken returns the id of an access token that this generator made.
func (g *generator) parseToken(s string) (id, bool) {
	var head [24]byte
	var raw [18]byte
	if len(s) != tokenLength {
		return id{}, false
	}
	copy(head[:], s)
	if _, err := base64.RawURLEncoding.Decode(raw[:], head[:]); err != nil {
		return id{}, false
	}
	v := id(raw[:len(id{})])
	var text [tokenLength]byte
	return v, string(g.appendToken(text[:0], v)) == s
}

// codeAlphabet and codeLength give authentication codes the look of the
// vendor's samples.
const (
	codeAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	codeLength   = 7
)

// code is an authentication code, its characters as digits to the base 36,
// counted from 1 so that no code is 0.
type code uint64

const codes = 36 * 36 * 36 * 36 * 36 * 36 * 36

func (g *generator) code() code { return code(g.stream.Uint64()%codes) + 1 }

func (c code) append(b []byte) []byte {
	var text [codeLength]byte
	c--
	for i := range text {
		text[codeLength-1-i] = codeAlphabet[c%36]
		c /= 36
	}
	return append(b, text[:]...)
}

func parseCode(s string) (code, bool) {
	if len(s) != codeLength {
		return 0, false
	}
	var c code
	for i := range len(s) {
		digit := uint64(36)
		switch ch := s[i]; {
		case '0' <= ch && ch <= '9':
			digit = uint64(ch - '0')
		case 'A' <= ch && ch <= 'Z':
			digit = uint64(ch-'A') + 10
		default:
			return 0, false
		}
		c = c*36 + code(digit)
	}
	return c + 1, true
}
