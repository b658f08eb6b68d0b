package api

import "time"

// Outcome classifies what came back, by what a client does next.
type Outcome uint8

const (
	// OutcomeNone is the zero value: nothing came yet.
	OutcomeNone Outcome = iota
	// OutcomeOK is the documented success with a usable body.
	OutcomeOK
	// OutcomeThrottled is HTTP 429.
	OutcomeThrottled
	// OutcomeUnauthorized is HTTP 401: get a new token.
	OutcomeUnauthorized
	// OutcomeClientRejected is invalid_client: get new credentials.
	OutcomeClientRejected
	// OutcomeStatementRejected is a software statement that the service refuses.
	OutcomeStatementRejected
	// OutcomeReauthenticate is an enhanced error with the action authentication.
	OutcomeReauthenticate
	// OutcomeRefused is any other 4xx: correct the request, do not repeat it.
	OutcomeRefused
	// OutcomeServerError is a 5xx, or an enhanced error with the action retry.
	OutcomeServerError
	// OutcomeUnusable is a success status whose body lacks what a client needs,
	// or a status that means nothing here.
	OutcomeUnusable
	// OutcomeTransport is no answer at all; Response.Err says why.
	OutcomeTransport

	// NumOutcomes is the number of Outcome values.
	NumOutcomes
)

var outcomeNames = [NumOutcomes]string{
	"none", "ok", "throttled", "unauthorized", "client-rejected", "statement-rejected",
	"reauthenticate", "refused", "server-error", "unusable", "transport",
}

// String returns the outcome's name.
func (o Outcome) String() string {
	if o < NumOutcomes {
		return outcomeNames[o]
	}
	return "invalid"
}

// ErrKind classifies a request that got no answer.
type ErrKind uint8

const (
	// ErrNone is the zero value: an answer came.
	ErrNone ErrKind = iota
	// ErrDNS is a host name that does not resolve.
	ErrDNS
	// ErrConnect is a connection that was refused or could not be opened.
	ErrConnect
	// ErrTLS is a failed handshake or an untrusted certificate.
	ErrTLS
	// ErrTimeout is an answer that did not come in time.
	ErrTimeout
	// ErrReset is a connection that closed or was reset before an answer was complete.
	ErrReset
	// ErrTooLarge is an answer above the size limit.
	ErrTooLarge
	// ErrProtocol is an answer that is not HTTP.
	ErrProtocol
	// ErrCanceled is a request that the end of the run cut off.
	ErrCanceled

	// NumErrKinds is the number of ErrKind values.
	NumErrKinds
)

var errKindNames = [NumErrKinds]string{
	"none", "dns", "connect", "tls", "timeout", "reset", "too-large", "protocol", "canceled",
}

// String returns the kind's name, as it stands in a result's errors.
func (k ErrKind) String() string {
	if k < NumErrKinds {
		return errKindNames[k]
	}
	return "invalid"
}

// Action is the next step that the service tells a client to take: actionName
// of the session and logout operations.
type Action uint8

const (
	// ActionNone is an absent or unknown actionName.
	ActionNone Action = iota
	// ActionAuthenticate opens the url in a user agent.
	ActionAuthenticate
	// ActionResume completes the session with the missing parameters.
	ActionResume
	// ActionRetry completes the session with the parameters still missing.
	ActionRetry
	// ActionAuthorize goes straight to decisions: a profile exists.
	ActionAuthorize
	// ActionPartnerProfile asks the partner framework for a profile.
	ActionPartnerProfile
	// ActionLogout opens the logout url in a user agent.
	ActionLogout
	// ActionPartnerLogout guides the user to the partner's settings.
	ActionPartnerLogout
	// ActionComplete needs nothing more.
	ActionComplete
	// ActionInvalid says that there was no profile to log out of.
	ActionInvalid

	numActions
)

var actionNames = [numActions]string{
	"", "authenticate", "resume", "retry", "authorize", "partner_profile", "logout",
	"partner_logout", "complete", "invalid",
}

// String returns the actionName.
func (a Action) String() string {
	if a < numActions {
		return actionNames[a]
	}
	return ""
}

// ParseAction returns the action called name, and false when there is none.
func ParseAction(name string) (Action, bool) {
	for a := ActionNone + 1; a < numActions; a++ {
		if actionNames[a] == name {
			return a, true
		}
	}
	return ActionNone, false
}

// Response is what a device learns from an answer. Only the fields of the
// operation that was called are set.
type Response struct {
	// Status is the HTTP status; 0 when no answer came.
	Status int
	// Outcome is the class of the answer.
	Outcome Outcome
	// Err says why no answer came; ErrNone otherwise.
	Err ErrKind
	// RetryAfter is the wait that a Retry-After field asks for; negative when
	// the field is absent or invalid. The function RetryAfter has the details.
	RetryAfter time.Duration

	// ClientID and ClientSecret are new credentials. The secret is secret.
	ClientID, ClientSecret string
	// AccessToken is a new token. Secret.
	AccessToken string
	// ExpiresIn is the token's life, counted from the answer's arrival.
	ExpiresIn time.Duration

	// Action is actionName.
	Action Action
	// Code is the authentication code.
	Code string
	// NotAfter is the end of an authentication session or of the profile that
	// was asked for; zero when unknown.
	NotAfter time.Time
	// Profiles counts the profiles in the answer.
	Profiles int
	// Permitted and Denied count the decisions in the answer.
	Permitted, Denied int
	// RetryItems counts the denied decisions whose error action is retry.
	RetryItems int

	// ErrorCode is the code of a DCR error or a top-level enhanced error, or of
	// the first denied decision.
	ErrorCode string
	// ErrorAction is the action of that enhanced error.
	ErrorAction ErrorAction
}
