package api

import "slices"

// ErrorLevel says where an enhanced error travels.
type ErrorLevel uint8

const (
	// EitherLevel is an error that the documents show or allow in both places,
	// or for which they name none.
	EitherLevel ErrorLevel = iota
	// TopLevel is an error that is the whole body of a 4xx or 5xx.
	TopLevel
	// ItemLevel is an error inside one decision of a 200.
	ItemLevel
)

// String returns "either", "top" or "item".
func (l ErrorLevel) String() string {
	switch l {
	case TopLevel:
		return "top"
	case ItemLevel:
		return "item"
	}
	return "either"
}

// ErrorCode is one row of the enhanced error code lists.
type ErrorCode struct {
	// Code is the value of the error's code member.
	Code string
	// Action is the listed action; absent for codes that only the OpenAPI file
	// knows.
	Action ErrorAction
	// SampleAction is another action, which a sample of an API page carries in
	// contradiction to the list; absent when there is none.
	SampleAction ErrorAction
	// Statuses are the listed values of the error's status member, which may
	// differ from the HTTP status.
	Statuses []int
	// Level is where the error travels on REST API v2.
	Level ErrorLevel
	// V1 and V2 say whose list has the code. Both are false for a code that only
	// the OpenAPI file of REST API v2 knows.
	V1, V2 bool
	// Means says when the service sends the code.
	Means string
}

// OpenAPIOnly reports whether no documentation page lists the code.
func (c *ErrorCode) OpenAPIOnly() bool { return !c.V1 && !c.V2 }

// HasStatus reports whether the lists give the code this status.
func (c *ErrorCode) HasStatus(status int) bool { return slices.Contains(c.Statuses, status) }

// HasAction reports whether the list, or a contradicting sample, gives the code
// this action.
func (c *ErrorCode) HasAction(action ErrorAction) bool {
	return action != ErrorActionAbsent && (action == c.Action || action == c.SampleAction)
}

// AllowedAt reports whether the code may travel at level: at its own, and at
// either one when its status is 403, since the documents show such codes in one
// place and name them in the other.
func (c *ErrorCode) AllowedAt(level ErrorLevel) bool {
	return c.Level == EitherLevel || level == EitherLevel || c.Level == level || c.HasStatus(403)
}

// ErrorCodes returns the whole catalogue: the codes of REST API v2, then those
// that only v1 has, then those that only the OpenAPI file has. The elements are
// shared and read only.
func ErrorCodes() []ErrorCode { return slices.Clip(errorCodes) }

var errorIndex = indexErrors()

func indexErrors() map[string]*ErrorCode {
	index := make(map[string]*ErrorCode, len(errorCodes))
	for i := range errorCodes {
		index[errorCodes[i].Code] = &errorCodes[i]
	}
	return index
}

// LookupError returns the row of an enhanced error code, read only. A code that
// is not there may be one that the vendor has added since: the lists grow.
func LookupError(code string) (*ErrorCode, bool) {
	row, ok := errorIndex[code]
	return row, ok
}

// ErrorActions returns the closed set of actions of enhanced errors. The action
// authorization occurs on REST API v1 alone.
func ErrorActions() []ErrorAction {
	return []ErrorAction{
		ErrorActionNone, ErrorActionConfiguration, ErrorActionRegistration,
		ErrorActionAuthentication, ErrorActionAuthorization, ErrorActionRetry,
	}
}

// ErrorStatuses returns the closed set of values of an enhanced error's status
// member.
func ErrorStatuses() []int { return []int{400, 401, 403, 404, 405, 410, 412, 500} }

// V2ErrorStatuses returns the part of ErrorStatuses that codes of REST API v2
// use.
func V2ErrorStatuses() []int { return []int{400, 401, 403, 500} }

// IsErrorStatus reports whether status is one of ErrorStatuses.
func IsErrorStatus(status int) bool {
	switch status {
	case 400, 401, 403, 404, 405, 410, 412, 500:
		return true
	}
	return false
}

// CommonErrors returns the enhanced error codes that the operation's API page
// names. The pages call their lists incomplete: any other code may come as well.
func (o Op) CommonErrors() []string {
	switch o {
	case OpSessionsResume, OpSessionsRetrieve, OpProfilesCode:
		return []string{"invalid_authentication_session", "invalid_parameter_code"}
	case OpAuthorize:
		return []string{
			"authenticated_profile_missing", "authenticated_profile_expired",
			"authorization_denied_by_mvpd", "network_received_error",
		}
	case OpPreauthorize:
		return []string{
			"authenticated_profile_missing", "authenticated_profile_expired",
			"preauthorization_denied_by_mvpd", "network_received_error", "too_many_resources",
		}
	case OpSSOProfiles:
		return []string{
			"invalid_header_pfs_permission_access_not_present",
			"invalid_header_pfs_permission_access_not_determined",
			"invalid_header_pfs_permission_access_not_granted",
			"invalid_header_pfs_provider_id_not_determined",
			"invalid_header_pfs_provider_id_mismatch",
			"invalid_header_pfs_provider_info_expired",
			"invalid_parameter_saml_response",
		}
	}
	return nil
}
