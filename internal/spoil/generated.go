package spoil

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// generated is the fault of a check that follows from a table of the
// vocabulary, as the check itself does.
func generated(id string, now *time.Time) (what string, c Change) {
	for op := api.OpConfiguration; op < api.NumOps; op++ {
		if rest, ok := strings.CutPrefix(id, spec.AnswerID(op, "")); ok {
			if what, c := answer(op, rest, id); c != nil {
				return what, c
			}
		}
	}
	codes := api.ErrorCodes()
	for i := range codes {
		if id == spec.CodeID(codes[i].Code) {
			return errorCode(&codes[i])
		}
	}
	for _, s := range statement.Spoilings() {
		if id == spec.SpoilingID(s.Name) {
			return "a statement with this flaw is taken: " + strings.ReplaceAll(s.Name, "-", " "), accepted(s.Name, now)
		}
	}
	return "", nil
}

func answer(op api.Op, part, id string) (string, Change) {
	name := op.Describe().Name
	switch part {
	case spec.AnswerStatus:
		return name + " succeeds with 206", OnSuccess(op, func(out *api.HTTPResponse) { out.Status = 206 })
	case spec.AnswerMediaType:
		return name + " answers with text/plain", OnSuccess(op, func(out *api.HTTPResponse) { SetHeader(&out.Header, "Content-Type", "text/plain") })
	case spec.AnswerBody:
		return name + " answers inside an array", wrapped(op)
	case spec.AnswerMethod:
		return name + " answers a wrong method with 200", wrongMethodTaken(op)
	case spec.AnswerUnauthorized:
		return name + " without a token gets 403", When(func(got api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
			return got == op && out.Status == 401 && !in.Header.Has("Authorization")
		}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { out.Status = 403 })
	case spec.AnswerOptional:
		return "optional members of " + name + " have another type", retyped(op)
	case spec.AnswerCombination:
		return "members of " + name + " contradict each other", contradictory(op)
	}
	for _, m := range spec.RequiredMembers(op) {
		if id != spec.MemberID(op, m.Path) {
			continue
		}
		if attributes, ok := strings.CutSuffix(m.Path, ".attributes.*"); ok {
			return name + " has a text for an attribute", Edited(op, func(body map[string]any) {
				At(body, attributes+".attributes", func(in map[string]any, name string) {
					if all, ok := in[name].(map[string]any); ok {
						all["zip"] = "no object"
					}
				})
			})
		}
		if strings.HasSuffix(m.Path, "*") {
			return name + " has texts for the objects " + m.Path, To(op, m.Path, "no object")
		}
		return name + " lacks " + m.Path, Without(op, m.Path)
	}
	return "", nil
}

// wrongMethodTaken turns the 405 of a path into 200.
func wrongMethodTaken(op api.Op) Change {
	template := strings.Split(op.Describe().Template, "/")
	return When(func(_ api.Op, in *api.HTTPRequest, out *api.HTTPResponse) bool {
		path := strings.Split(in.Path(), "/")
		return out.Status == 405 && slices.EqualFunc(template, path, func(t, got string) bool { return strings.HasPrefix(t, "{") || t == got })
	}, func(_ *api.HTTPRequest, out *api.HTTPResponse) { out.Status = 200 })
}

// retyped gives every optional member a type that it must not have.
func retyped(op api.Op) Change {
	return Edited(op, func(body map[string]any) {
		for _, m := range op.Members() {
			if m.Required || m.Type == api.TypeAny || m.Forbidden || strings.Contains(m.Path, "error") {
				continue
			}
			var wrong any = true
			if m.Type == api.TypeBool {
				wrong = 7
			}
			At(body, m.Path, func(in map[string]any, name string) { in[name] = wrong })
		}
	})
}

// contradictory changes one of two members that go together.
func contradictory(op api.Op) Change {
	return Edited(op, func(m map[string]any) {
		if op == api.OpLogout {
			At(m, "logouts.*.actionType", func(in map[string]any, name string) { in[name] = "partner_interactive" })
		}
		At(m, "actionType", func(in map[string]any, name string) {
			in[name] = map[any]string{"direct": "interactive", "interactive": "direct"}[in[name]]
		})
		At(m, "reasonType", func(in map[string]any, name string) { in[name] = "degraded" })
		At(m, "decisions[].authorized", func(in map[string]any, _ string) {
			if in["authorized"] == true {
				in["error"] = map[string]any{"action": "none", "status": 403, "code": denialOf(op)}
			}
		})
	})
}

// denialOf is the code of a denial in the decisions of op.
func denialOf(op api.Op) string {
	if op == api.OpPreauthorize {
		return "preauthorization_denied_by_mvpd"
	}
	return "authorization_denied_by_mvpd"
}

// errorCode puts another error in the place of one: if there is one, with the
// same action and status.
func errorCode(row *api.ErrorCode) (string, Change) {
	other := stand(row)
	what := other.Code + " comes where " + row.Code + " belongs"
	swap := func(in map[string]any, name string) {
		if in[name] == row.Code {
			in[name], in["action"], in["status"] = other.Code, other.Action.String(), other.Statuses[0]
		}
	}
	return what, func(_ api.Op, _ *api.HTTPRequest, out *api.HTTPResponse) {
		if !bytes.Contains(out.Body, []byte(`"`+row.Code+`"`)) {
			return
		}
		if row.HasStatus(out.Status) && !other.HasStatus(out.Status) {
			out.Status = other.Statuses[0]
		}
		Object(out, func(m map[string]any) {
			At(m, "code", swap)
			At(m, "decisions[].error.code", swap)
		})
	}
}

// stand is the code that comes in the place of another one.
func stand(row *api.ErrorCode) *api.ErrorCode {
	codes := api.ErrorCodes()
	for i := range codes {
		c := &codes[i]
		if c.V2 && c.Code != row.Code && c.Level == row.Level && c.Action == row.Action && slices.Equal(c.Statuses, row.Statuses) {
			return c
		}
	}
	i := slices.IndexFunc(codes, func(c api.ErrorCode) bool { return c.Code == "invalid_parameter_mvpd" })
	return &codes[i]
}
