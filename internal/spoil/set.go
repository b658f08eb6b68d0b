package spoil

import (
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// Fault is one change by name.
type Fault struct {
	// ID is the id of the check that it turns red.
	ID string
	// What says in a line what the service then does.
	What string
}

var tables = [...][]row{registration, tokens, bearer, flows, errorRows}

// Lookup returns a fresh change for a check and says in a line what it does; now
// is read when it is called, and is the time of the request. The change is nil
// when there is none.
func Lookup(id string, now *time.Time) (what string, c Change) {
	for _, t := range tables {
		if i := slices.IndexFunc(t, func(r row) bool { return r.id == id }); i >= 0 {
			return t[i].what, t[i].fresh(now)
		}
	}
	return generated(id, now)
}

// Known reports whether there is a change for the check of that id.
func Known(id string) bool {
	if _, ok := spec.Lookup(id); !ok {
		return false
	}
	_, c := Lookup(id, new(time.Time))
	return c != nil
}

// Faults lists the changes, in the order of the catalogue.
func Faults() []Fault {
	var list []Fault
	for _, c := range spec.All() {
		if what, change := Lookup(c.ID, new(time.Time)); change != nil {
			list = append(list, Fault{c.ID, what})
		}
	}
	return list
}

// Set is the changes that are switched on. The nil Set changes nothing. It is
// not safe for concurrent use.
type Set struct {
	now     time.Time
	changes []Change
}

// New switches the changes of these checks on. It returns nil when there is none
// among them.
func New(ids []string) *Set {
	s := &Set{}
	for _, id := range ids {
		if _, c := Lookup(id, &s.now); c != nil && !slices.Contains(ids[:slices.Index(ids, id)], id) {
			s.changes = append(s.changes, c)
		}
	}
	if len(s.changes) == 0 {
		return nil
	}
	return s
}

// Apply changes the answer out that op gave to in at now.
func (s *Set) Apply(now time.Time, op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) {
	if s == nil {
		return
	}
	s.now = now
	for _, c := range s.changes {
		c(op, in, out)
	}
}
