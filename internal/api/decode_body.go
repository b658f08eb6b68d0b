package api

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// maxErrorCode bounds the error codes that are kept, in bytes. Reports count by
// code, and the longest known one has 55.
const maxErrorCode = 96

// readError reads a DCR error ({"error": code}) or an enhanced error.
func readError(root jsondoc.Node, res *Response) {
	if e := root.Get("error"); e.Kind() == jsondoc.String {
		res.ErrorCode = errorCode(e)
		return
	}
	readEnhanced(root, res)
}

// readEnhanced reads the enhanced error object n.
func readEnhanced(n jsondoc.Node, res *Response) {
	res.ErrorCode = errorCode(n.Get("code"))
	res.ErrorAction = errorAction(n.Get("action"))
}

// errorCode returns the code, which for a documented one is the catalogue's own
// string and costs no memory.
func errorCode(n jsondoc.Node) string {
	var scratch [maxErrorCode]byte
	if len(n.Raw()) <= maxErrorCode {
		if known, ok := knownCodes[string(n.AppendText(scratch[:0]))]; ok {
			return known
		}
		return n.Text()
	}
	code := n.Text()
	if len(code) <= maxErrorCode {
		return code
	}
	return strings.Clone(strings.ToValidUTF8(code[:maxErrorCode], ""))
}

func errorAction(n jsondoc.Node) ErrorAction {
	if n.Kind() != jsondoc.String || n.TextEquals("") {
		return ErrorActionAbsent
	}
	for a := ErrorActionNone; a < numErrorActions; a++ {
		if n.TextEquals(errorActionNames[a]) {
			return a
		}
	}
	return ErrorActionUnknown
}

// readSuccess reads the body of a success and reports whether it has what a
// client needs to go on.
func readSuccess(op Op, root jsondoc.Node, res *Response) bool {
	switch op {
	case OpRegister:
		return readCredentials(root, res)
	case OpToken:
		return readToken(root, res)
	case OpAuthenticate:
		return true
	case OpConfiguration:
		return root.Get("requestor").Kind() == jsondoc.Object
	case OpSessionsCreate, OpSSOSessions:
		return readSession(root, res) && (res.Code != "" || !needsCode(res.Action))
	case OpSessionsResume:
		return readSession(root, res)
	case OpSessionsRetrieve:
		res.NotAfter = millis(root.Get("notAfter"))
		return root.Kind() == jsondoc.Object
	case OpProfilesList, OpProfilesMVPD, OpProfilesCode, OpSSOProfiles:
		return readProfiles(root.Get("profiles"), res)
	case OpAuthorize, OpPreauthorize:
		return readDecisions(root.Get("decisions"), res)
	case OpLogout:
		return readLogouts(root.Get("logouts"), res)
	}
	return false
}

func readCredentials(root jsondoc.Node, res *Response) bool {
	id, secret := root.Get("client_id").Text(), root.Get("client_secret").Text()
	if id == "" || secret == "" {
		return false
	}
	res.ClientID, res.ClientSecret = id, secret
	return true
}

// readToken wants a bearer token that can travel in a header and a positive
// life in whole seconds (RFC 6749 section 5.1; A-06).
func readToken(root jsondoc.Node, res *Response) bool {
	seconds, ok := root.Get("expires_in").Int()
	if !ok || seconds <= 0 || !isBearer(root.Get("token_type")) {
		return false
	}
	token := root.Get("access_token").Text()
	if !headerSafe(token) {
		return false
	}
	res.AccessToken, res.ExpiresIn = token, boundedSeconds(uint64(seconds))
	return true
}

// isBearer compares case-insensitively (RFC 6749 section 5.1).
func isBearer(n jsondoc.Node) bool {
	var scratch [64]byte
	return len(n.Raw()) <= len(scratch) && strings.EqualFold(string(n.AppendText(scratch[:0])), "bearer")
}

// headerSafe reports whether s is non-empty and made of the characters that
// RFC 6749 appendix A.12 allows in an access token, less the space: no answer
// may smuggle a header into the next request.
func headerSafe(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

// readSession wants an actionName, be it an unknown one.
func readSession(root jsondoc.Node, res *Response) bool {
	name := root.Get("actionName")
	if name.Kind() != jsondoc.String || name.TextEquals("") {
		return false
	}
	res.Action = action(name)
	res.Code = root.Get("code").Text()
	res.NotAfter = millis(root.Get("notAfter"))
	return true
}

// needsCode reports whether a new session is of no use without its code.
func needsCode(a Action) bool {
	return a == ActionAuthenticate || a == ActionResume || a == ActionRetry
}

func action(n jsondoc.Node) Action {
	for a := ActionNone + 1; a < numActions; a++ {
		if n.TextEquals(actionNames[a]) {
			return a
		}
	}
	return ActionNone
}

func readProfiles(profiles jsondoc.Node, res *Response) bool {
	for _, profile := range profiles.Members() {
		if res.Profiles == 0 {
			res.NotAfter = millis(profile.Get("notAfter"))
		}
		res.Profiles++
	}
	return profiles.Kind() == jsondoc.Object
}

// readDecisions counts the decisions; one without a true authorized is a
// denial. Denials travel inside a 200.
func readDecisions(decisions jsondoc.Node, res *Response) bool {
	for decision := range decisions.Elements() {
		if permitted, _ := decision.Get("authorized").Bool(); permitted {
			res.Permitted++
			continue
		}
		e := decision.Get("error")
		if res.Denied == 0 {
			readEnhanced(e, res)
		}
		res.Denied++
		if errorAction(e.Get("action")) == ErrorActionRetry {
			res.RetryItems++
		}
	}
	return decisions.Kind() == jsondoc.Array
}

func readLogouts(logouts jsondoc.Node, res *Response) bool {
	for _, logout := range logouts.Members() {
		res.Action = action(logout.Get("actionName"))
		break
	}
	return logouts.Kind() == jsondoc.Object
}
