package audit

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// sender is what the header fields that stay the same from request to request of
// a device say of it.
type sender struct {
	forwarded, peer, identifier, platform, agent string

	throttleKey, origin                     uint64
	identifierHash, platformHash, agentHash uint64
	browser                                 bool
	// decoded: the identifier can be read; sound: and it is not empty; digest: it
	// has the form of a SHA-256.
	decoded, sound, digest bool
}

// same reports whether two requests say the same of their sender.
func (s *sender) same(o *sender) bool {
	return s.forwarded == o.forwarded && s.peer == o.peer && s.identifier == o.identifier && s.platform == o.platform && s.agent == o.agent
}

// sender reads those fields, or remembers what it read when they are those of one
// of the last two senders: an app and its browser take turns.
func (r *reader) sender(h api.Header, peer string) *sender {
	last := &r.last
	now := sender{
		forwarded: h.Get("X-Forwarded-For"), peer: peer,
		identifier: h.Get("AP-Device-Identifier"), platform: h.Get("X-Device-Info"), agent: h.Get("User-Agent"),
	}
	if last.origin != 0 && now.same(last) {
		return last
	}
	r.last, r.before = r.before, r.last
	if last.origin != 0 && now.same(last) {
		return last
	}
	*last = sender{
		// What is read from may be the caller's memory.
		forwarded: strings.Clone(now.forwarded), peer: strings.Clone(peer), identifier: strings.Clone(now.identifier),
		platform: strings.Clone(now.platform), agent: strings.Clone(now.agent),
		throttleKey:    throttleKey(now.forwarded, peer),
		identifierHash: hash(now.identifier), platformHash: hash(now.platform), agentHash: hash(now.agent),
		browser: strings.HasPrefix(now.agent, "Mozilla/"),
	}
	last.origin = more(more(max(last.throttleKey, 1), now.platform), now.agent)
	if id, err := api.ParseDeviceIdentifier(now.identifier); err == nil {
		last.decoded, last.sound, last.digest = true, id != "", isDigest(id)
	}
	return last
}
