package contract

import (
	"bytes"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// below judges what is documented below n, which has its own type.
func (e *Evaluator) below(n jsondoc.Node, s *shape, missing rule) {
	for _, f := range s.fields {
		e.value(n.Get(f.name), f, missing)
	}
	if s.each == nil {
		return
	}
	if n.Kind() == jsondoc.Array {
		for element := range n.Elements() {
			e.value(element, s.each, missing)
		}
		return
	}
	for _, value := range n.Members() {
		e.value(value, s.each, missing)
	}
}

// value judges n, which may be absent, and what is below it. What the documents
// call optional may also be null.
func (e *Evaluator) value(n jsondoc.Node, s *shape, missing rule) {
	m := s.member
	if m == nil {
		e.below(n, s, missing)
		return
	}
	got := n.Kind()
	switch {
	case got == jsondoc.Absent || got == jsondoc.Null && !m.Required:
		if e.applies(m.Required) && got == jsondoc.Absent {
			e.find(missing, s.path, "", "")
		}
		return
	case m.Forbidden:
		e.judged++
		e.find(ruleUnexpected, s.path, "", "")
		return
	}
	e.judged++
	if !e.fits(n, m.Type) {
		wrong := ruleType
		if missing == ruleErrorMember {
			wrong = ruleErrorMember
		}
		e.find(wrong, s.path, m.Type.String(), got.String())
		return
	}
	if s.enum != nil && missing != ruleErrorMember {
		e.enum(n, s)
	}
	e.below(n, s, missing)
}

// fits reports whether n has the documented type. Times travel as numbers here
// and as strings of digits there; read tolerantly, either will do.
func (e *Evaluator) fits(n jsondoc.Node, t api.MemberType) bool {
	switch t {
	case api.TypeString, api.TypeReference:
		return n.Kind() == jsondoc.String
	case api.TypeInteger:
		return isInteger(n)
	case api.TypeMillis:
		return isInteger(n) || !e.strict && isDigits(n)
	case api.TypeMillisText:
		return isDigits(n) || !e.strict && isInteger(n)
	case api.TypeBool:
		return n.Kind() == jsondoc.Bool
	case api.TypeURL:
		return e.isAbsolute(n)
	case api.TypeObject, api.TypeMap:
		return n.Kind() == jsondoc.Object
	case api.TypeArray:
		return n.Kind() == jsondoc.Array
	case api.TypeStrings:
		return isStrings(n)
	}
	return true
}

func isInteger(n jsondoc.Node) bool {
	_, ok := n.Int()
	return ok
}

// isDigits reports whether n is a string of digits and of nothing else.
func isDigits(n jsondoc.Node) bool {
	raw := n.Raw()
	if n.Kind() != jsondoc.String || len(raw) < 3 {
		return false
	}
	for _, c := range raw[1 : len(raw)-1] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func (e *Evaluator) isAbsolute(n jsondoc.Node) bool {
	e.scratch = n.AppendText(e.scratch[:0])
	return hasScheme(string(e.scratch[:min(len(e.scratch), len("https://")+1)]))
}

func isStrings(n jsondoc.Node) bool {
	for element := range n.Elements() {
		if element.Kind() != jsondoc.String {
			return false
		}
	}
	return n.Kind() == jsondoc.Array
}

func (e *Evaluator) enum(n jsondoc.Node, s *shape) {
	e.judged++
	for _, value := range s.member.Enum {
		if n.TextEquals(value) {
			return
		}
	}
	if s.member.FoldCase {
		e.scratch = n.AppendText(e.scratch[:0])
		for _, value := range s.enum {
			if bytes.EqualFold(e.scratch, value) {
				return
			}
		}
	}
	e.find(ruleEnum, s.path+"="+Quotable(n.Text()), "", "")
}
