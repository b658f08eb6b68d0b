package api

// ErrorAction is the closed set of actions of an enhanced error
// (enhanced error codes page). Unknown values may be added by the vendor.
type ErrorAction uint8

const (
	// ErrorActionAbsent is an answer without an enhanced error.
	ErrorActionAbsent ErrorAction = iota
	// ErrorActionUnknown is an action outside the published set.
	ErrorActionUnknown
	// ErrorActionNone asks to correct the request before repeating it.
	ErrorActionNone
	// ErrorActionConfiguration asks for a configuration change by a human.
	ErrorActionConfiguration
	// ErrorActionRegistration asks to register again.
	ErrorActionRegistration
	// ErrorActionAuthentication asks for a new authentication session.
	ErrorActionAuthentication
	// ErrorActionAuthorization asks for a new authorization (v1 only).
	ErrorActionAuthorization
	// ErrorActionRetry allows a bounded repeat.
	ErrorActionRetry

	numErrorActions
)

var errorActionNames = [numErrorActions]string{
	"", "unknown", "none", "configuration", "application-registration", "authentication", "authorization", "retry",
}

// String returns the action as it travels; "" when absent.
func (a ErrorAction) String() string {
	if a < numErrorActions {
		return errorActionNames[a]
	}
	return "unknown"
}

// ParseErrorAction returns the action called name, ErrorActionUnknown for a
// name outside the set, and ErrorActionAbsent for "".
func ParseErrorAction(name string) ErrorAction {
	if name == "" {
		return ErrorActionAbsent
	}
	for a := ErrorActionNone; a < numErrorActions; a++ {
		if errorActionNames[a] == name {
			return a
		}
	}
	return ErrorActionUnknown
}
