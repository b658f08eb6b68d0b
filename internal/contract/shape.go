package contract

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// shape is a member table of package api as a tree: one value and what is
// documented below it.
type shape struct {
	// member is nil at the root and where no table describes the value itself.
	member *api.Member
	// name is the member's name in its parent; path its place from the root.
	name, path string
	fields     []*shape
	// each describes every element of an array or every value of a map.
	each *shape
	// enum holds member.Enum as bytes, for comparing without memory.
	enum [][]byte
}

// compile builds the tree of a member table.
func compile(members []api.Member) *shape {
	root := &shape{}
	for i := range members {
		m := &members[i]
		at := root
		for segment := range strings.SplitSeq(m.Path, ".") {
			name, isArray := strings.CutSuffix(segment, "[]")
			at = at.child(name)
			if isArray {
				at = at.element("[]")
			}
		}
		at.member = m
		for _, value := range m.Enum {
			at.enum = append(at.enum, []byte(value))
		}
	}
	return root
}

// child returns the shape of the named member, "*" being every one.
func (s *shape) child(name string) *shape {
	if name == "*" {
		return s.element(".*")
	}
	for _, f := range s.fields {
		if f.name == name {
			return f
		}
	}
	path := name
	if s.path != "" {
		path = s.path + "." + name
	}
	f := &shape{name: name, path: path}
	s.fields = append(s.fields, f)
	return f
}

func (s *shape) element(suffix string) *shape {
	if s.each == nil {
		s.each = &shape{path: s.path + suffix}
	}
	return s.each
}

var (
	successShapes  = compileSuccess()
	enhancedShape  = compile(api.EnhancedErrorMembers())
	itemErrorShape = compileItemError()
)

// itemError is where a decision carries its enhanced error. It is judged as an
// error and not as a part of the success around it.
const itemError = "decisions[].error"

func compileSuccess() (shapes [api.NumOps]*shape) {
	for op := range api.NumOps {
		if op.Members() == nil {
			continue
		}
		var own []api.Member
		for _, m := range op.Members() {
			if !strings.HasPrefix(m.Path, itemError+".") {
				own = append(own, m)
			}
		}
		shapes[op] = compile(own)
	}
	return shapes
}

func compileItemError() *shape {
	s := compile(api.EnhancedErrorMembers())
	for _, f := range s.fields {
		f.path = itemError + "." + f.path
	}
	return s
}
