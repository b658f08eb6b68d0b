package api

import (
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// Decode fills dst with what a client of op learns from the answer ans, and
// overwrites whatever dst held. The body is parsed into doc, the caller's
// memory, when its media type or its first byte says JSON; otherwise, and when
// it does not parse, doc is left empty. doc refers to ans.Body; dst refers to
// neither, all its strings are copies. No input makes Decode panic.
//
// A 429 is a throttle whatever its body (throttling page). The other classes
// are those of Outcome's constants. An answer that does not parse, or lacks a
// member without which the client could not go on, is OutcomeUnusable; members
// that are merely documented are the contract evaluator's business.
func Decode(op Op, ans *HTTPResponse, doc *jsondoc.Doc, dst *Response) {
	*dst = Response{Status: ans.Status, RetryAfter: RetryAfter(ans.Header)}
	parseBody(ans, doc)
	root := doc.Root()
	switch status := ans.Status; {
	case status == 0:
		TransportFailure(ErrProtocol, dst)
	case status == 429:
		dst.Outcome = OutcomeThrottled
	case status >= 400 && status < 600:
		readError(root, dst)
		dst.Outcome = failure(op, dst)
	case succeeds(op, ans) && readSuccess(op, root, dst):
		dst.Outcome = OutcomeOK
	default:
		dst.Outcome = OutcomeUnusable
	}
}

// TransportFailure fills dst for a request that got no answer, and overwrites
// whatever dst held.
func TransportFailure(kind ErrKind, dst *Response) {
	*dst = Response{Outcome: OutcomeTransport, Err: kind, RetryAfter: -1}
}

func parseBody(ans *HTTPResponse, doc *jsondoc.Doc) {
	if !IsJSON(ans.Header.Get("Content-Type")) && !looksLikeJSON(ans.Body) {
		doc.Reset()
		return
	}
	// A body that does not parse leaves the document empty, which every reader
	// below takes as a missing member.
	_ = doc.Parse(ans.Body)
}

// looksLikeJSON reports whether the body's first byte opens an object or array.
func looksLikeJSON(body []byte) bool {
	for _, c := range body {
		switch c {
		case ' ', '\t', '\r', '\n':
		case '{', '[':
			return true
		default:
			return false
		}
	}
	return false
}

// succeeds reports whether the status means success for op. The token endpoint
// may answer 200, as RFC 6749 section 5.1 has it and its page once had.
func succeeds(op Op, ans *HTTPResponse) bool {
	if op == OpToken && ans.Status == 200 {
		return true
	}
	if op == OpAuthenticate {
		return ans.Status == 302 && ans.Header.Get("Location") != ""
	}
	for _, s := range op.Describe().Statuses {
		if s == ans.Status && s < 300 {
			return true
		}
	}
	return false
}

// failure classifies a 4xx or 5xx whose error has been read into res.
func failure(op Op, res *Response) Outcome {
	if rejectsClient(op, res) {
		return OutcomeClientRejected
	}
	switch {
	case res.Status == 401:
		return OutcomeUnauthorized
	case op == OpRegister && res.Status == 400 && rejectsStatement(res.ErrorCode):
		return OutcomeStatementRejected
	case res.ErrorAction == ErrorActionAuthentication && op.Protected():
		return OutcomeReauthenticate
	case res.ErrorAction == ErrorActionRetry, res.Status >= 500:
		return OutcomeServerError
	}
	return OutcomeRefused
}

// rejectsClient reports whether the answer asks for new credentials. At the
// token endpoint that is invalid_client under any 4xx; on REST API v2 it
// is the legacy 403, or the action application-registration, except
// under 401, where a new token may help as well and the device decides.
func rejectsClient(op Op, res *Response) bool {
	switch {
	case res.Status >= 500:
		return false
	case op == OpToken:
		return res.ErrorCode == codeInvalidClient
	case op.Protected():
		return res.Status == 403 && res.ErrorCode == codeInvalidClient ||
			res.Status != 401 && res.ErrorAction == ErrorActionRegistration
	}
	return false
}

func rejectsStatement(code string) bool {
	return code == "invalid_software_statement" || code == "unapproved_software_statement"
}

const codeInvalidClient = "invalid_client"
