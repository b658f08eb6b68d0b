package backend

import (
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

const noProvider = -1

// maxProviders bounds the service providers of a Service that knows any.
const maxProviders = 4096

// names numbers texts, so that what refers to one is small.
type names struct {
	list  []string
	index map[string]int32
}

// number returns the number of a name, a new one if need be, and false when
// there are too many.
func (n *names) number(name string) (int32, bool) {
	if i, ok := n.index[name]; ok {
		return i, true
	}
	if len(n.list) >= maxProviders {
		return 0, false
	}
	if n.index == nil {
		n.index = map[string]int32{}
	}
	name = strings.Clone(name)
	i := int32(len(n.list))
	n.list = append(n.list, name)
	n.index[name] = i
	return i, true
}

// provider returns the number of a service provider that exists.
func (s *Service) provider(name string) (int32, bool) {
	if name == "" || name == SPUnknown || name == SPForeign {
		return 0, false
	}
	if known := s.cfg.ServiceProviders; len(known) > 0 && !slices.Contains(known, name) {
		return 0, false
	}
	return s.providers.number(name)
}

// mvpd is one TV provider.
type mvpd struct {
	id, name string
	kind     kind
	listed   bool
	// error is the code that every request about it is answered with.
	error *api.ErrorCode
}

// noMVPD is a session whose user has still to choose.
const noMVPD = -1

// mvpdTable numbers the MVPDs: the configured ones, then the reserved ones, then
// one for each enhanced error code.
type mvpdTable struct {
	list  []mvpd
	index map[string]int32
	// listing is the array of the configuration answer.
	listing []byte
}

func newMVPDTable(configured []MVPD) mvpdTable {
	t := mvpdTable{index: map[string]int32{}}
	add := func(m mvpd) {
		t.index[m.id] = int32(len(t.list))
		t.list = append(t.list, m)
	}
	for _, m := range configured {
		name := m.DisplayName
		if name == "" {
			name = m.ID
		}
		add(mvpd{id: m.ID, name: name, listed: true})
	}
	for _, r := range reservedMVPDs {
		add(mvpd{id: r.id, name: r.id, kind: r.kind})
	}
	codes := api.ErrorCodes()
	for i := range codes {
		if codes[i].V2 {
			add(mvpd{id: ErrorPrefix + codes[i].Code, kind: kindError, error: &codes[i]})
		}
	}
	return t
}

// lookup returns the number of an MVPD.
func (t *mvpdTable) lookup(id string) (int32, bool) {
	n, ok := t.index[id]
	return n, ok
}

// resolve checks an MVPD named by a request and answers with the error when it
// cannot be used: unknown, or without an active integration.
func (s *Service) resolve(c *call, name string) (int32, bool) {
	n, ok := s.mvpds.lookup(name)
	if !ok {
		s.refuse(c, "invalid_parameter_mvpd")
		return 0, false
	}
	m := &s.mvpds.list[n]
	if m.kind == kindNotIntegrated {
		s.refuse(c, "invalid_integration")
		return 0, false
	}
	if m.error != nil && m.error.Level != api.ItemLevel && !s.inDecision(c.op, m.error) {
		s.refuse(c, m.error.Code)
		return 0, false
	}
	return n, true
}

// inDecision reports whether an error travels inside the decisions of op
// always when it is an item, and when it is about temporary access.
func (s *Service) inDecision(op api.Op, row *api.ErrorCode) bool {
	if op != api.OpAuthorize && op != api.OpPreauthorize {
		return false
	}
	switch row.Level {
	case api.ItemLevel:
		return true
	case api.TopLevel:
		return false
	}
	return s.cfg.DenialsInside || strings.Contains(row.Code, "temporary_access")
}
