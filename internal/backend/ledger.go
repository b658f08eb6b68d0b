package backend

import (
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/dcrbench/dcrbench/internal/api"
)

// LedgerEndpoint is how often one operation was answered with which status.
type LedgerEndpoint struct {
	// Endpoint is the operation's name, or "other" for a path that is none.
	Endpoint string `json:"endpoint"`
	// Status counts by HTTP status.
	Status map[string]int64 `json:"status"`
}

// Ledger is what a Service has answered since its start or the last reset.
type Ledger struct {
	// Endpoints lists the operations that were called, in report order, and what
	// was no operation last.
	Endpoints []LedgerEndpoint `json:"endpoints"`
	// Devices counts the devices that were seen.
	Devices int `json:"devices"`
}

// LedgerDevice is one device's share of the ledger. A device is what registered
// from one address with one X-Device-Info, and whatever came with the tokens and
// codes that followed from that; what follows from nothing is attributed by
// address and X-Device-Info alone. Devices behind one address that describe
// themselves alike are one.
type LedgerDevice struct {
	// Device is the address and a hash of the X-Device-Info.
	Device string `json:"device"`
	// Endpoints is as in Ledger.
	Endpoints []LedgerEndpoint `json:"endpoints"`
	// RegistrationsAfterToken counts the successful registrations that came after
	// the device had asked for a token.
	RegistrationsAfterToken int `json:"registrations_after_token"`
}

const noDevice = -1

// subject is a device of the ledger. It stays when the ledger is reset, since
// clients refer to it, and is then as if never seen.
type subject struct {
	key     subjectKey
	counts  []count
	asked   bool
	relapse int32
}

type subjectKey struct {
	address string
	info    uint64
}

// count is compact, for there are millions of devices.
type count struct {
	n      uint32
	status uint16
	op     api.Op
}

type ledger struct {
	total    [api.NumOps]map[int]int64
	subjects []subject
	index    map[subjectKey]int32
}

func newLedger() ledger { return ledger{index: map[subjectKey]int32{}} }

// count notes an answer.
func (l *ledger) count(device int32, op api.Op, status int, known bool) {
	if !known {
		op = api.OpUnknown
	}
	if l.total[op] == nil {
		l.total[op] = map[int]int64{}
	}
	l.total[op][status]++
	s := &l.subjects[device]
	s.add(op, status)
	switch {
	case op == api.OpToken:
		s.asked = true
	case op == api.OpRegister && status == 201 && s.asked:
		s.relapse++
	}
}

func (s *subject) add(op api.Op, status int) {
	for i := range s.counts {
		if c := &s.counts[i]; c.op == op && int(c.status) == status {
			c.n++
			return
		}
	}
	s.counts = append(s.counts, count{1, uint16(status), op})
}

// device returns the number of the device with that address and header.
func (l *ledger) device(address, info string) int32 {
	key := subjectKey{address, xxhash.Sum64String(info)}
	if n, ok := l.index[key]; ok {
		return n
	}
	key.address = strings.Clone(address)
	n := int32(len(l.subjects))
	l.subjects = append(l.subjects, subject{key: key})
	l.index[key] = n
	return n
}

// deviceOf attributes a request by its address and X-Device-Info.
func (s *Service) deviceOf(c *call) int32 {
	return s.ledger.device(c.address, c.in.Header.Get("X-Device-Info"))
}

// subjectOf attributes a request that has been answered: by its token or its
// code if they lead to a client, also when the throttle refused it unread.
func (s *Service) subjectOf(c *call) int32 {
	if c.subject != noDevice {
		return c.subject
	}
	switch {
	case c.bearer != id{}:
		return s.clients[c.bearer].subject
	case c.op == api.OpAuthenticate:
		if v, ok := s.session(c); ok {
			return s.clients[v.owner.client].subject
		}
	case c.op.Protected():
		if text, ok := s.bearerText(c); ok {
			if t, ok := s.lookupToken(text); ok {
				return s.clients[t.client].subject
			}
		}
	}
	return s.deviceOf(c)
}

// session finds the session of an authenticate call that was not served.
func (s *Service) session(c *call) (session, bool) {
	_, params, _ := api.Match(c.in.Method, c.in.Path())
	digits, ok := parseCode(params.Code)
	provider, known := s.providers.index[unescape(params.ServiceProvider)]
	if !ok || !known {
		return session{}, false
	}
	return s.sessions.get(sessionKey{provider, digits})
}

// Ledger returns the counts over all devices.
func (s *Service) Ledger() Ledger {
	out := Ledger{Endpoints: []LedgerEndpoint{}}
	for i := range api.NumOps {
		op := (api.OpRegister + i) % api.NumOps // what is no operation comes last
		if len(s.ledger.total[op]) == 0 {
			continue
		}
		e := LedgerEndpoint{Endpoint: endpointName(op), Status: map[string]int64{}}
		for status, n := range s.ledger.total[op] {
			e.Status[strconv.Itoa(status)] = n
		}
		out.Endpoints = append(out.Endpoints, e)
	}
	for i := range s.ledger.subjects {
		if len(s.ledger.subjects[i].counts) > 0 {
			out.Devices++
		}
	}
	return out
}

func endpointName(op api.Op) string {
	if op == api.OpUnknown {
		return "other"
	}
	return op.String()
}

// LedgerByDevice returns the counts of each device, in the order in which they
// were first seen.
func (s *Service) LedgerByDevice() []LedgerDevice {
	out := []LedgerDevice{}
	for i := range s.ledger.subjects {
		subject := &s.ledger.subjects[i]
		if len(subject.counts) == 0 {
			continue
		}
		out = append(out, LedgerDevice{
			Device:                  subject.key.String(),
			Endpoints:               subject.endpoints(),
			RegistrationsAfterToken: int(subject.relapse),
		})
	}
	return out
}

// String is the address and eight hex digits of the hash.
func (k subjectKey) String() string {
	var hash [8]byte
	for i := range hash {
		hash[i] = hexDigits[k.info>>(60-4*i)&15]
	}
	return k.address + "#" + string(hash[:])
}

func (s *subject) endpoints() []LedgerEndpoint {
	var list []LedgerEndpoint
	for i := range api.NumOps {
		op := (api.OpRegister + i) % api.NumOps
		var status map[string]int64
		for _, c := range s.counts {
			if c.op != op {
				continue
			}
			if status == nil {
				status = map[string]int64{}
			}
			status[strconv.Itoa(int(c.status))] = int64(c.n)
		}
		if status != nil {
			list = append(list, LedgerEndpoint{Endpoint: endpointName(op), Status: status})
		}
	}
	return list
}

// ResetLedger forgets all counts, and that devices had asked for tokens.
func (s *Service) ResetLedger() {
	clear(s.ledger.total[:])
	for i := range s.ledger.subjects {
		subject := &s.ledger.subjects[i]
		subject.counts, subject.asked, subject.relapse = nil, false, 0
	}
}
