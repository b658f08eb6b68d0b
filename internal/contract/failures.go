package contract

import (
	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// failure judges the body of a documented 4xx or 5xx.
func (e *Evaluator) failure(x *exchange) {
	if x.op.DCRErrors() != nil {
		e.dcrError(x)
		return
	}
	// REST API v2 answers may carry an error object, and need not.
	if len(x.body) == 0 {
		return
	}
	html := x.op == api.OpAuthenticate && api.IsHTML(x.contentType)
	if html || !e.json(x) {
		return
	}
	code, legacy := x.root.Get("code"), x.root.Get("error")
	e.judged++
	switch {
	case isAbsent(code) && legacy.Kind() == jsondoc.String && !e.strict && (x.status == 401 || x.status == 403):
		// The form that protected APIs had before, still met here.
	case isAbsent(code) && !isAbsent(legacy):
		e.find(ruleErrorForm, "error", "an enhanced error", "a DCR error")
	default:
		e.enhanced(x.root, enhancedShape, api.TopLevel)
	}
}

func (e *Evaluator) dcrError(x *exchange) {
	if !e.json(x) {
		return
	}
	code := x.root.Get("error")
	e.judged++
	if code.Kind() != jsondoc.String {
		got := code.Kind().String()
		if !isAbsent(x.root.Get("code")) {
			got = "an enhanced error"
		}
		e.find(ruleErrorForm, "error", "a DCR error code", got)
		return
	}
	e.judged++
	for _, listed := range x.op.DCRErrors() {
		if code.TextEquals(listed.Code) {
			return
		}
	}
	e.find(ruleDCRCode, quotableCode(code.Text()), "", "")
}

// enhanced judges an enhanced error object at its level.
func (e *Evaluator) enhanced(n jsondoc.Node, s *shape, level api.ErrorLevel) {
	e.below(n, s, ruleErrorMember)
	code, action := n.Get("code"), n.Get("action")
	if code.Kind() != jsondoc.String {
		return
	}
	e.scratch = code.AppendText(e.scratch[:0])
	e.judged++
	row, known := e.lookup()
	if !known {
		e.find(ruleUnknownCode, quotableCode(code.Text()), "", "")
	}
	e.action(action, row)
	e.status(n.Get("status"), row, level)
	if !known || row.OpenAPIOnly() {
		return
	}
	if e.applies(true) && !row.V2 {
		e.find(ruleLegacyCode, row.Code, "", "")
		return
	}
	e.judged++
	if e.strict && row.Level != api.EitherLevel && row.Level != level || !row.AllowedAt(level) {
		e.find(ruleErrorLevel, row.Code, row.Level.String(), level.String())
	}
}

// lookup finds the row of the code in scratch.
func (e *Evaluator) lookup() (*api.ErrorCode, bool) { return api.LookupError(string(e.scratch)) }

func (e *Evaluator) action(n jsondoc.Node, row *api.ErrorCode) {
	if n.Kind() != jsondoc.String {
		return
	}
	e.judged++
	action := api.ErrorActionUnknown
	for a := api.ErrorActionNone; a.String() != "unknown"; a++ {
		if n.TextEquals(a.String()) {
			action = a
		}
	}
	if action == api.ErrorActionUnknown {
		e.find(ruleUnknownAction, Quotable(n.Text()), "", "")
		return
	}
	if !e.applies(row != nil && !row.OpenAPIOnly()) {
		return
	}
	if action != row.Action && (e.strict || !row.HasAction(action)) {
		e.find(ruleErrorAction, row.Code, row.Action.String(), action.String())
	}
}

// status judges the error's own status against the list and against the HTTP
// status, from which it may differ.
func (e *Evaluator) status(n jsondoc.Node, row *api.ErrorCode, level api.ErrorLevel) {
	status, ok := n.Int()
	if !ok {
		return
	}
	if e.applies(row != nil && !row.OpenAPIOnly()) && !row.HasStatus(int(status)) {
		e.find(ruleErrorStatus, row.Code, statusText(row.Statuses[0]), statusText(int(status)))
	}
	if e.applies(level == api.TopLevel) && int(status) != e.httpStatus {
		e.find(ruleHTTPStatus, statusText(int(status)), statusText(e.httpStatus), "")
	}
}

// quotableCode returns a code that some list knows as it is, and of any other
// what may be quoted.
func quotableCode(code string) string {
	if _, known := api.LookupError(code); known {
		return code
	}
	return Quotable(code)
}
