package api

// Request is what a device means to send: the operation and its parameters,
// before any encoding. Fields that the operation does not use are empty.
type Request struct {
	// Op is the operation.
	Op Op
	// Purpose says why the device sends it.
	Purpose Purpose

	// ServiceProvider is the programmer's id, a path segment of every REST API
	// v2 call.
	ServiceProvider string
	// MVPD is the TV provider's id: a path segment, or a form field of
	// sessions.create and sessions.resume.
	MVPD string
	// Code is the authentication code.
	Code string
	// Partner is the partner framework of the sso operations, such as "Apple".
	Partner string

	// SoftwareStatement is the signed statement of a registration. Secret.
	SoftwareStatement string
	// RedirectURI is the optional redirect_uri of a registration.
	RedirectURI string
	// ClientID and ClientSecret are the credentials of a token request. The
	// secret is secret.
	ClientID, ClientSecret string
	// AccessToken is the bearer of a protected call. Secret.
	AccessToken string

	// DomainName and RedirectURL belong to the session operations and logout.
	DomainName, RedirectURL string
	// Resources are the resource ids of a decision request. Read only: devices
	// share the slice.
	Resources []string
	// SAMLResponse is the partner's answer, base64.
	SAMLResponse string
	// PartnerStatus is the value of AP-Partner-Framework-Status.
	PartnerStatus string
	// TempPassIdentity is the value of AP-TempPass-Identity.
	TempPassIdentity string
}

// Identity holds the header values that tell one device from another. They do
// not change from request to request.
type Identity struct {
	// DeviceInfo is the value of X-Device-Info; empty to leave it out.
	DeviceInfo string
	// DeviceIdentifier is the value of AP-Device-Identifier. It is sent only on
	// the operations whose API page lists it.
	DeviceIdentifier string
	// UserAgent is the value of User-Agent; empty to leave it out.
	UserAgent string
	// ForwardedFor is the device's own address, sent as X-Forwarded-For and
	// taken by the service as the throttle key; empty to leave it out.
	ForwardedFor string
}

// Purpose says why a device sends a request. It explains a trace; figures are
// never derived from it.
type Purpose uint8

const (
	// PurposeFirst is a step's first try.
	PurposeFirst Purpose = iota
	// PurposeRetry repeats a request after an error.
	PurposeRetry
	// PurposeAfterThrottle repeats a request after a 429.
	PurposeAfterThrottle
	// PurposeAfterUnauthorized repeats a request, or fetches its token, after a 401.
	PurposeAfterUnauthorized
	// PurposeRenew fetches a token because the last one has expired.
	PurposeRenew
	// PurposeRenewAhead fetches a token shortly before the last one expires.
	PurposeRenewAhead
	// PurposeWasteful registers or fetches a token without need, as the
	// device's profile misbehaves.
	PurposeWasteful
	// PurposeReplace registers again because the service refused the credentials.
	PurposeReplace
	// PurposePoll asks again for the result of a pending authentication.
	PurposePoll

	numPurposes
)

var purposeNames = [numPurposes]string{
	"first", "retry", "after-429", "after-401", "renew", "renew-ahead", "wasteful", "replace", "poll",
}

// String returns the purpose's name.
func (p Purpose) String() string {
	if p < numPurposes {
		return purposeNames[p]
	}
	return "unknown"
}
