package audit

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

const (
	// maxStray bounds the events that wait for their device to be known, and
	// strayLife how long they do.
	maxStray  = 64
	strayLife = int64(2 * time.Minute)
	// maxStrays bounds the groups of such events.
	maxStrays = 4096
)

// stray is a chain of events whose device is not known yet.
type stray struct {
	origin  uint64
	events  []*event
	clients []uint64
	bearers []uint64
	settled bool
}

func (s *stray) add(e *event) { s.events = append(s.events, e) }

// dead reports whether the chain ends in credentials that were refused: what
// its device does next begins another chain.
func (s *stray) dead() bool {
	return len(s.events) > 0 && s.events[len(s.events)-1].outcome == api.OutcomeClientRejected
}

// strays are the chains without a device, the oldest first.
type strays struct {
	order    []*stray
	byClient map[uint64]*stray
	byBearer map[uint64]*stray
	// loose are chains that nothing but their origin holds together.
	loose map[uint64]*stray
}

func newStrays() strays {
	return strays{byClient: map[uint64]*stray{}, byBearer: map[uint64]*stray{}, loose: map[uint64]*stray{}}
}

// looseAt returns the chain of an origin that belongs to no client yet.
func (t *Trail) looseAt(origin uint64) *stray {
	if s := t.loose[origin]; s != nil {
		return s
	}
	if len(t.order) >= maxStrays {
		t.settle(t.order[0], 0)
	}
	s := &stray{origin: origin}
	t.loose[origin] = s
	t.order = append(t.order, s)
	return s
}

// looseFor returns a chain for a call whose token nobody has seen being issued.
// A token response that the recording does not hold may have issued it: then
// the chain of the same origin goes on.
func (t *Trail) looseFor(e *event) *stray {
	for i := len(t.order) - 1; i >= 0; i-- {
		s := t.order[i]
		if s.origin == e.origin && len(s.events) > 0 && len(s.bearers) == 0 {
			return s
		}
	}
	return t.looseAt(e.origin)
}

// tie gives a loose chain a client.
func (t *Trail) tie(s *stray, client uint64) {
	if client != 0 {
		t.byClient[client] = s
		s.clients = append(s.clients, client)
	}
	if t.loose[s.origin] == s {
		delete(t.loose, s.origin)
	}
}

// bound settles a chain that has become too long or too old.
func (t *Trail) bound(s *stray, e *event) {
	if len(s.events) >= maxStray {
		t.settle(s, 0)
	}
	for len(t.order) > 0 && len(t.order[0].events) > 0 && e.sent-t.order[0].events[0].sent > strayLife {
		t.settle(t.order[0], 0)
	}
}

// settle gives a chain its device: the one with that identifier, else the only
// one of the same origin, else a new one.
func (t *Trail) settle(s *stray, identifier uint64) {
	if s.settled {
		return
	}
	s.settled = true
	t.drop(s)
	t.adopt(s)
	d, ok := t.identifiers.get(identifier)
	if identifier == 0 || !ok {
		d = nil
		if n, ok := t.origins.get(s.origin); identifier == 0 && ok && !n.many {
			d = n.device
		}
	}
	if d == nil {
		d = t.create(s)
	}
	if identifier != 0 && d != nil {
		t.identifiers.put(identifier, d)
	}
	for _, client := range s.clients {
		t.clients.put(client, d)
	}
	for _, bearer := range s.bearers {
		t.bearers.put(bearer, d)
	}
	for _, e := range s.events {
		t.deliver(d, e)
	}
	s.events = nil
}

// adopt puts what a dead chain of the same origin holds before the events of s.
func (t *Trail) adopt(s *stray) {
	for _, other := range t.order {
		if other.origin == s.origin && other.dead() && len(s.events) > 0 && other.events[0].sent <= s.events[0].sent {
			other.settled = true
			t.drop(other)
			s.events = append(other.events, s.events...)
			s.clients = append(other.clients, s.clients...)
			s.bearers = append(other.bearers, s.bearers...)
			return
		}
	}
}

// create makes a device; nil when there are too many.
func (t *Trail) create(s *stray) *Device {
	if len(t.devices) >= MaxDevices || len(s.events) == 0 {
		return nil
	}
	d := newDevice(&t.options, &t.codes)
	d.number, d.epoch = len(t.devices)+1, s.events[0].epoch
	t.devices = append(t.devices, d)
	return d
}

// drop takes a chain out of every index.
func (t *Trail) drop(s *stray) {
	for i := range t.order {
		if t.order[i] == s {
			t.order = append(t.order[:i], t.order[i+1:]...)
			break
		}
	}
	if t.loose[s.origin] == s {
		delete(t.loose, s.origin)
	}
	for _, client := range s.clients {
		delete(t.byClient, client)
	}
	for _, bearer := range s.bearers {
		delete(t.byBearer, bearer)
	}
}
