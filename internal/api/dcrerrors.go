package api

// DCRError is an error code of a DCR endpoint, which travels as
// {"error": code} under HTTP 400 (API pages of the two DCR calls).
type DCRError struct {
	// Code is the value of the error member.
	Code string
	// Means says when the service sends the code.
	Means string
}

var registerErrors = []DCRError{
	{"invalid_request", "a parameter is missing, repeated or unsupported, or the request is malformed"},
	{"invalid_redirect_uri", "the redirect URI is not acceptable"},
	{"invalid_software_statement", "the software statement cannot be used"},
	{"unapproved_software_statement", "the software statement is not approved for this server"},
}

var tokenErrors = []DCRError{
	{"invalid_request", "a parameter is missing, repeated or unsupported, the client authenticates in several ways, or the request is malformed"},
	{codeInvalidClient, "the credentials are not valid; register again, then ask once more"},
	{"unauthorized_client", "the client may not use this grant type"},
	{"unsupported_grant_type", "the server does not know this grant type"},
}

// RegisterErrors returns the documented error codes of the registration
// endpoint, read only.
func RegisterErrors() []DCRError { return registerErrors }

// TokenErrors returns the documented error codes of the token endpoint, read
// only.
func TokenErrors() []DCRError { return tokenErrors }

// DCRErrors returns the documented error codes of a DCR operation, read only,
// and nil for any other operation.
func (o Op) DCRErrors() []DCRError {
	switch o {
	case OpRegister:
		return registerErrors
	case OpToken:
		return tokenErrors
	}
	return nil
}

// LookupDCRError returns the row of a code at a DCR operation, and false when
// that operation's page does not list it.
func LookupDCRError(op Op, code string) (DCRError, bool) {
	for _, e := range op.DCRErrors() {
		if e.Code == code {
			return e, true
		}
	}
	return DCRError{}, false
}

// knownCodes interns every code that answers carry: decoding one of them costs
// no memory.
var knownCodes = internCodes()

func internCodes() map[string]string {
	// access_denied is what legacy clients are told under 401.
	known := map[string]string{"access_denied": "access_denied"}
	for i := range errorCodes {
		known[errorCodes[i].Code] = errorCodes[i].Code
	}
	for _, list := range [][]DCRError{registerErrors, tokenErrors} {
		for _, e := range list {
			known[e.Code] = e.Code
		}
	}
	return known
}
