package contract

import (
	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// combinations judges what goes with the actionName of a session or logout.
func (e *Evaluator) combinations(op api.Op, root jsondoc.Node) {
	switch op {
	case api.OpLogout:
		for _, logout := range root.Get("logouts").Members() {
			e.combination(op, logout)
		}
	case api.OpAuthorize, api.OpPreauthorize:
		for decision := range root.Get("decisions").Elements() {
			e.decision(op, decision)
		}
	default:
		e.combination(op, root)
	}
}

// combination judges the members of n by its actionName. One that no page pairs
// with anything is unconstrained.
func (e *Evaluator) combination(op api.Op, n jsondoc.Node) {
	name := n.Get("actionName")
	all := op.Combinations()
	for i := range all {
		if name.TextEquals(all[i].ActionName) {
			e.together(n, &all[i])
			return
		}
	}
}

func (e *Evaluator) together(n jsondoc.Node, c *api.Combination) {
	actionType := n.Get("actionType")
	if e.applies(c.ActionType != "" && actionType.Kind() == jsondoc.String) && !actionType.TextEquals(c.ActionType) {
		e.find(ruleCombination, c.ActionName, c.ActionType, "")
	}
	reason := n.Get("reasonType")
	if e.applies(c.ReasonTypes != nil && reason.Kind() == jsondoc.String) && !isOneOf(reason, c.ReasonTypes) {
		e.find(ruleReason, c.ActionName, "", "")
	}
	for _, member := range c.Has {
		e.judged++
		if isAbsent(n.Get(member)) {
			e.find(needed(member), c.ActionName+" without "+member, "", "")
		}
	}
	for _, member := range c.Lacks {
		e.judged++
		if !isAbsent(n.Get(member)) {
			e.find(ruleUnexpected, c.ActionName+" with "+member, "", "")
		}
	}
}

// needed tells the members without which a client cannot do what the actionName
// says from those that merely inform.
func needed(member string) rule {
	switch member {
	case "url", "code", "authenticationRequest":
		return ruleConditional
	}
	return ruleExpected
}

// decision judges what goes with a permission and with a denial. Every sample of
// a permission to play has its media token.
func (e *Evaluator) decision(op api.Op, n jsondoc.Node) {
	authorized, ok := n.Get("authorized").Bool()
	if !ok {
		return
	}
	failure := n.Get("error")
	if e.applies(authorized && op == api.OpAuthorize) && isAbsent(n.Get("token")) {
		e.find(ruleExpected, "permission without token", "", "")
	}
	if e.applies(authorized) && !isAbsent(failure) {
		e.find(ruleUnexpected, "permission with error", "", "")
	}
	if e.applies(!authorized && e.strict) && isAbsent(failure) {
		e.find(ruleExpected, "denial without error", "", "")
	}
	if failure.Kind() == jsondoc.Object {
		e.enhanced(failure, itemErrorShape, api.ItemLevel)
	}
}

func isAbsent(n jsondoc.Node) bool { return n.Kind() == jsondoc.Absent || n.Kind() == jsondoc.Null }

func isOneOf(n jsondoc.Node, values []string) bool {
	for _, value := range values {
		if n.TextEquals(value) {
			return true
		}
	}
	return false
}
