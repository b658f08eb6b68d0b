package check

import (
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// success rules on the whole shape of an answer that ought to be a success of
// op, and reports whether it can be read on.
func (p *probe) success(op api.Op, a *Answer) bool {
	id := spec.AnswerID(op, spec.AnswerStatus)
	d := op.Describe()
	ok := a.Status == d.Statuses[0] || op == api.OpSSOProfiles && a.Status == 200
	if !p.rule(a, id, ok, status(d.Statuses[0]), saw(a)) && (!a.succeeded() || len(a.Body) == 0) {
		p.blockAnswer(op, a, id)
		return false
	}
	if op.Members() == nil {
		return true
	}
	p.rule(a, spec.AnswerID(op, spec.AnswerMediaType), isJSON(a), "application/json", jsonMedia(a))
	body := spec.AnswerID(op, spec.AnswerBody)
	if !p.rule(a, body, a.json().Kind() == jsondoc.Object, "a JSON object", shapeOf(a)) {
		p.blockAnswer(op, a, body)
		return false
	}
	p.shape(op, a)
	return true
}

// blockAnswer rules on the parts of an answer that did not come.
func (p *probe) blockAnswer(op api.Op, a *Answer, by string) {
	what := []string{spec.AnswerOptional, spec.AnswerCombination}
	if by != spec.AnswerID(op, spec.AnswerBody) {
		what = append(what, spec.AnswerMediaType, spec.AnswerBody)
	}
	for _, w := range what {
		if _, ok := spec.Lookup(spec.AnswerID(op, w)); ok {
			p.say(a, spec.AnswerID(op, w), Blocked, "", by)
		}
	}
	for _, m := range spec.RequiredMembers(op) {
		p.say(a, spec.MemberID(op, m.Path), Blocked, "", by)
	}
}

// shape rules on members with the evaluator that also watches every load run.
func (p *probe) shape(op api.Op, a *Answer) {
	judged := a.HTTPResponse
	judged.Status = op.Describe().Statuses[0]
	x := record.Exchange{Request: &api.Request{Op: op}, Answer: &judged, JSON: a.json()}
	findings := map[string]contract.Finding{}
	optional, together := []contract.Finding(nil), []contract.Finding(nil)
	required := spec.RequiredMembers(op)
	p.evaluator.Evaluate(&x, func(f contract.Finding) {
		path, _, _ := strings.Cut(f.Detail, "=")
		switch {
		case slices.ContainsFunc(required, func(m api.Member) bool { return m.Path == path }):
			findings[path] = f
		case slices.Contains([]string{"contract.member-type", "contract.enum"}, f.Rule.ID):
			optional = append(optional, f)
		case slices.Contains([]string{"contract.combination", "contract.reason", "contract.member-conditional", "contract.member-expected", "contract.member-unexpected"}, f.Rule.ID):
			together = append(together, f)
		}
	})
	for i := range required {
		p.member(op, a, &required[i], findings)
	}
	id := spec.AnswerID(op, spec.AnswerOptional)
	if _, ok := spec.Lookup(id); ok {
		p.rule(a, id, len(optional) == 0, "the documented types and values", first(optional))
	}
	p.combinations(op, a, together)
}

func (p *probe) member(op api.Op, a *Answer, m *api.Member, findings map[string]contract.Finding) {
	id := spec.MemberID(op, m.Path)
	if f, bad := findings[m.Path]; bad {
		p.rule(a, id, false, m.Path+", "+m.Type.String(), f.Message())
		return
	}
	parent := parentOf(m.Path)
	switch {
	case parent == "" || instances(a.json(), parent) > 0:
		p.rule(a, id, true, "", "")
	default:
		for parent != "" {
			if _, bad := findings[parent]; bad {
				p.say(a, id, Blocked, "", spec.MemberID(op, parent))
				return
			}
			parent = parentOf(parent)
		}
	}
}

// dedicated are findings about members that go together which have a check of
// their own, by the end of their detail.
var dedicated = []struct{ detail, id string }{
	{" without code", "session.missing-code"},
	{"permission without token", "decision.missing-token"},
	{"decisions[].token", "decision.no-early-token"},
	{" with url", "logout.url"},
	{"logout without url", "logout.url"},
}

func (p *probe) combinations(op api.Op, a *Answer, together []contract.Finding) {
	var rest []contract.Finding
	for _, f := range together {
		own := slices.IndexFunc(dedicated, func(d struct{ detail, id string }) bool { return strings.HasSuffix(f.Detail, d.detail) })
		if own >= 0 {
			p.rule(a, dedicated[own].id, false, f.Rule.Title, f.Message())
		} else {
			rest = append(rest, f)
		}
	}
	p.dedicatedMet(op, a)
	id := spec.AnswerID(op, spec.AnswerCombination)
	if _, ok := spec.Lookup(id); !ok {
		return
	}
	if slices.ContainsFunc(rest, func(f contract.Finding) bool { return f.Rule.Level == contract.Must }) || len(rest) == 0 {
		p.rule(a, id, len(rest) == 0, "members that go together as documented", first(rest))
	} else {
		p.say(a, id, Tolerated, "members that go together as documented", first(rest))
	}
}

// dedicatedMet records that the dedicated checks of an operation had their
// occasion; an unmet ruling outranks it.
func (p *probe) dedicatedMet(op api.Op, a *Answer) {
	switch op {
	case api.OpSessionsCreate, api.OpSessionsResume:
		p.rule(a, "session.missing-code", true, "", "")
	case api.OpAuthorize:
		if permits(a) {
			p.rule(a, "decision.missing-token", true, "", "")
		}
	case api.OpPreauthorize:
		p.rule(a, "decision.no-early-token", true, "", "")
	case api.OpLogout:
		p.rule(a, "logout.url", true, "", "")
	}
}

// permits reports whether any decision of the answer permits.
func permits(a *Answer) bool {
	for d := range a.json().Get("decisions").Elements() {
		if ok, _ := d.Get("authorized").Bool(); ok {
			return true
		}
	}
	return false
}

func first(findings []contract.Finding) string {
	if len(findings) == 0 {
		return ""
	}
	return findings[0].Message()
}

// parentOf is the path of the value that holds a member: an element of the list
// or map that it stands in.
func parentOf(path string) string {
	if trimmed, ok := strings.CutSuffix(path, "[]"); ok {
		return trimmed
	}
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return ""
	}
	return path[:i]
}

// instances counts the values at a path.
func instances(n jsondoc.Node, path string) int {
	if path == "" {
		if n.Kind() == jsondoc.Absent || n.Kind() == jsondoc.Null {
			return 0
		}
		return 1
	}
	name, rest, _ := strings.Cut(path, ".")
	total := 0
	switch list, isList := strings.CutSuffix(name, "[]"); {
	case name == "*":
		for _, value := range n.Members() {
			total += instances(value, rest)
		}
	case isList:
		for element := range n.Get(list).Elements() {
			total += instances(element, rest)
		}
	default:
		total = instances(n.Get(name), rest)
	}
	return total
}
