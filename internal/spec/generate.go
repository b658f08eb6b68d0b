package spec

import (
	"fmt"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// documented are the levels of what the vendor's pages say and no RFC does.
var documented = Levels{Doc, May, May}

// generated are the rows that follow from tables of the vocabulary.
func generated() []Check {
	var rows []Check
	for _, s := range statement.Spoilings() {
		rows = append(rows, spoilingRow(s))
	}
	for op := api.OpConfiguration; op < api.NumOps; op++ {
		rows = append(rows, answerRows(op)...)
	}
	codes := api.ErrorCodes()
	for i := range codes {
		if codes[i].V2 {
			rows = append(rows, codeRow(&codes[i]))
		}
	}
	return rows
}

// SpoilingID is the id of the check that a spoilt statement is refused.
func SpoilingID(name string) string { return "ss." + name }

func spoilingRow(s statement.Spoiling) Check {
	levels := Levels{Must, Must, Must}
	if s.Tolerable {
		levels = Levels{May, May, Should}
	}
	return Check{
		ID:    SpoilingID(s.Name),
		Title: "A statement with this flaw is refused: " + strings.ReplaceAll(s.Name, "-", " ") + ".",
		Why:   "A statement is worth what its verification is worth: " + string(s.Reason) + ".",
		Refs:  []string{s.Rule}, Levels: levels, Cost: 1, Fault: SpoilingID(s.Name),
	}
}

// CodeID is the id of the check that a condition gets this enhanced error code.
func CodeID(code string) string { return "err.code." + strings.ReplaceAll(code, "_", "-") }

func codeRow(c *api.ErrorCode) Check {
	return Check{
		ID:    CodeID(c.Code),
		Title: fmt.Sprintf("The code %s comes when %s.", c.Code, c.Means),
		Why:   "Clients act on the code: its action is " + c.Action.String() + ".",
		Refs:  []string{"enhanced error codes page"}, Levels: documented, Cost: 1, Fault: CodeID(c.Code),
	}
}

// AnswerID is the id of a check about the answers of an operation of REST API
// v2; what is one of the Answer constants.
func AnswerID(op api.Op, what string) string { return "v2." + op.String() + "." + what }

// MemberID is the id of the check about one required member of a success.
func MemberID(op api.Op, path string) string { return AnswerID(op, slug(path)) }

// What AnswerID is about, beside members.
const (
	AnswerStatus       = "status"
	AnswerMediaType    = "media-type"
	AnswerBody         = "body"
	AnswerOptional     = "optional-members"
	AnswerCombination  = "combinations"
	AnswerUnauthorized = "no-token-401"
	AnswerMethod       = "method-405"
)

func answerRows(op api.Op) []Check {
	d := op.Describe()
	page := "API page of " + d.Name
	row := func(what, title, why string, cost int) Check {
		return Check{ID: AnswerID(op, what), Title: title, Why: why, Refs: []string{page}, Levels: documented, Cost: cost, Fault: AnswerID(op, what)}
	}
	rows := []Check{row(AnswerStatus, fmt.Sprintf("%s succeeds with %d.", d.Name, d.Statuses[0]), "Clients branch on the status.", 1)}
	if op == api.OpSSOProfiles {
		rows[0].Fault = "profile.partner-status"
		rows[0].Title = d.Name + " succeeds with 201, or 200 (A-29)."
	}
	if op.Members() != nil {
		rows = append(rows,
			row(AnswerMediaType, d.Name+" answers with application/json, in UTF-8.", "Clients choose their parser by the media type.", 0),
			row(AnswerBody, d.Name+" answers with one JSON object.", "Anything else cannot be read.", 0))
		rows = append(rows, memberRows(op)...)
		if hasOptional(op) {
			rows = append(rows, row(AnswerOptional, "Optional members of "+d.Name+" have their documented types and values.", "Typed clients fail on another type.", 0))
		}
	}
	if op.Combinations() != nil || op == api.OpAuthorize || op == api.OpPreauthorize {
		rows = append(rows, row(AnswerCombination, "Members of "+d.Name+" go together as documented.", "The client's next step follows from them.", 0))
	}
	if op.Protected() {
		rows = append(rows, row(AnswerUnauthorized, d.Name+" without a token gets 401.", "The client must know that a token will help.", 1))
		rows[len(rows)-1].Fault = "api.no-token"
	}
	if op == api.OpSessionsRetrieve {
		return rows // its path is that of OpSessionsResume, where any other method is refused for both
	}
	return append(rows, row(AnswerMethod, d.Name+" refuses another method with 405.", "A method that is quietly taken for another hides a broken client.", 1))
}

// RequiredMembers lists the required members of an operation's success that have
// a check of their own. Item-level errors are judged by the err group.
func RequiredMembers(op api.Op) []api.Member {
	var list []api.Member
	for _, m := range op.Members() {
		if m.Required && !strings.HasPrefix(m.Path, "decisions[].error.") {
			list = append(list, m)
		}
	}
	return list
}

func memberRows(op api.Op) []Check {
	var rows []Check
	for _, m := range RequiredMembers(op) {
		title := fmt.Sprintf("%s answers with %s, %s.", op, m.Path, article(m.Type.String()))
		if len(m.Enum) > 0 {
			title = strings.TrimSuffix(title, ".") + " of " + strings.Join(m.Enum, ", ") + "."
		}
		rows = append(rows, Check{
			ID: MemberID(op, m.Path), Title: title, Why: "The page lists the member as required; clients read it without asking.",
			Refs: []string{m.Ref}, Levels: documented, Fault: memberFault(op, m.Path),
		})
	}
	return rows
}

func article(s string) string {
	if strings.HasPrefix(s, "any") {
		return s
	}
	if strings.ContainsRune("aeio", rune(s[0])) {
		return "an " + s
	}
	return "a " + s
}

// memberFaults are the simulator's faults that strike one member of several
// operations, by the end of the member's path.
var memberFaults = []struct{ prefix, path, fault string }{
	{"configuration", "requestor.mvpds[].displayName", "configuration.display-name"},
	{"sessions.", "actionName", "session.action-name"},
	{"sso.sessions", "actionName", "session.action-name"},
	{"sessions.retrieve", "device", "session.device"},
	{"profiles.", "profiles.*.type", "profile.type"},
	{"sso.profiles", "profiles.*.type", "profile.type"},
	{"profiles.", "profiles.*.attributes.userID", "profile.user-id"},
	{"sso.profiles", "profiles.*.attributes.userID", "profile.user-id"},
	{"decisions.", "decisions[].source", "decision.missing-source"},
	{"decisions.", "decisions[].authorized", "decision.authorized-type"},
}

func memberFault(op api.Op, path string) string {
	for _, f := range memberFaults {
		if strings.HasPrefix(op.String(), f.prefix) && path == f.path {
			return f.fault
		}
	}
	return MemberID(op, path)
}

// hasOptional reports whether a success has members that may be missing and have
// a type when they are not.
func hasOptional(op api.Op) bool {
	for _, m := range op.Members() {
		if !m.Required && !m.Forbidden && m.Type != api.TypeAny {
			return true
		}
	}
	return false
}
