package wire

import (
	"bytes"
	"hash/maphash"
	"slices"
	"sync/atomic"

	"github.com/dcrbench/dcrbench/internal/api"
)

// heads remembers answer heads that a server has sent more than once, byte by
// byte, with what the parser made of them: a server under load repeats itself,
// date included, thousands of times a second. It holds plain heads only: a final
// status, on a connection that stays open, and on HTTP/1.1 a body of stated
// length. It is safe for concurrent use.
type heads struct {
	seed maphash.Seed
	// once holds a part of the hash of a head that was seen once.
	once  [headSlots]atomic.Uint32
	known [headSlots]atomic.Pointer[knownHead]
}

const (
	headSlots = 256
	// maxKnownHead bounds the heads that are remembered, in bytes.
	maxKnownHead = 2 << 10
)

type knownHead struct {
	raw    []byte
	fields api.Header
	status int
	length int   // of the body; negative when it is not stated
	size   int64 // of the fields, where the raw head does not tell
}

func newHeads() *heads { return &heads{seed: maphash.MakeSeed()} }

// find returns what is known of a head, or nil, and its hash.
func (h *heads) find(raw []byte) (*knownHead, uint64) {
	if h == nil || len(raw) > maxKnownHead {
		return nil, 0
	}
	sum := maphash.Bytes(h.seed, raw)
	k := h.known[sum%headSlots].Load()
	if k == nil || !bytes.Equal(k.raw, raw) {
		k = nil
	}
	return k, sum
}

// learn remembers a head that comes for the second time, by the hash that find
// gave. The fields are copied, their strings are not.
func (h *heads) learn(sum uint64, raw []byte, fields api.Header, status, length int, size int64) {
	if h == nil || len(raw) > maxKnownHead || maphash.Bytes(h.seed, raw) != sum {
		return
	}
	slot, rest := sum%headSlots, uint32(sum>>32)|1
	if h.once[slot].Swap(rest) != rest {
		return
	}
	h.known[slot].Store(&knownHead{
		raw: bytes.Clone(raw), fields: slices.Clone(fields), status: status, length: length, size: size,
	})
}
