// Package profiles describes the devices of a fleet as data: what each one is,
// how its app behaves, and in which mix and on which networks they appear. It
// parses, validates and explains the YAML files that ship with the project and
// those that users write.
//
// The package is pure: it neither reads files nor knows the clock.
package profiles

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/pace"
)

// Profile is one kind of device running one version of an app.
type Profile struct {
	// Name identifies the profile in fleets, flags and reports.
	Name string
	// Title is one line for people, such as "Roku Ultra, Roku OS 12.5".
	Title string
	// Platform names the platform, such as "roku".
	Platform string
	// DeviceInfo is the content of X-Device-Info, in the order of the file.
	DeviceInfo api.DeviceInfo
	// OmitDeviceInfo leaves the header out, as browsers may.
	OmitDeviceInfo bool
	// UserAgent is the User-Agent field; empty to leave it out.
	UserAgent string
	// Network says on what kind of address the device sits.
	Network Network
	// Behaviour is what the app does with credentials, tokens and refusals.
	Behaviour Behaviour
	// Session lists the steps of one viewing session, in order.
	Session []Step
}

// NetworkKind says who shares a device's public address, and so its throttle
// bucket.
type NetworkKind uint8

const (
	// NetworkOwn is a device with an address of its own.
	NetworkOwn NetworkKind = iota
	// NetworkHousehold is a home router shared with other household devices of
	// the fleet.
	NetworkHousehold
	// NetworkCarrier is a mobile carrier's NAT shared by many devices.
	NetworkCarrier
)

// Network is a device's place on the network.
type Network struct {
	Kind NetworkKind
	// Devices is how many devices of the fleet share one address; 1 for
	// NetworkOwn.
	Devices int
	// OmitForwardedFor leaves X-Forwarded-For out, as a programmer's server
	// does that forgets it: the service then sees one address for everybody.
	OmitForwardedFor bool
}

// CredentialPolicy says what an app does with its client credentials.
type CredentialPolicy uint8

const (
	// CredentialsPersisted registers once and keeps the credentials for ever.
	CredentialsPersisted CredentialPolicy = iota
	// CredentialsPerLaunch registers again at every launch.
	CredentialsPerLaunch
)

// TokenPolicy says what an app does with its access token.
type TokenPolicy uint8

const (
	// TokenCached keeps the token across launches until it expires.
	TokenCached TokenPolicy = iota
	// TokenPerLaunch forgets the token at every launch.
	TokenPerLaunch
	// TokenPerCall fetches a token before every protected call.
	TokenPerCall
	// TokenPastExpiry goes on using a token until the service answers 401.
	TokenPastExpiry
	// TokenAhead is TokenCached, but fetches the next token shortly before the
	// current one expires.
	TokenAhead
)

// ThrottlePolicy says what an app does after a 429.
type ThrottlePolicy uint8

const (
	// ThrottleWait waits as long as Behaviour.ThrottleWait says, or Retry-After
	// if that is longer, and repeats the request.
	ThrottleWait ThrottlePolicy = iota
	// ThrottleHammer repeats the request after Behaviour.ThrottleWait, which
	// may be shorter than the documented second.
	ThrottleHammer
	// ThrottleBackoff doubles the wait from try to try, with full jitter above
	// one second.
	ThrottleBackoff
)

// Range is a duration drawn evenly between Min and Max, both included.
type Range struct {
	Min, Max time.Duration
}

// Limiter is a client-side token bucket.
type Limiter struct {
	// Rate is in requests per second.
	Rate float64
	// Burst is the bucket's capacity in requests.
	Burst int
}

// Behaviour is what an app does that the service can see.
type Behaviour struct {
	Credentials CredentialPolicy
	Token       TokenPolicy
	// Ahead is how long before expiry TokenAhead fetches the next token.
	Ahead time.Duration
	// Throttle and ThrottleWait are the reaction to a 429.
	Throttle     ThrottlePolicy
	ThrottleWait Range
	// ThrottleRetries bounds the repeats of one request after 429s.
	ThrottleRetries int
	// Retries bounds the repeats of one request after server errors, transport
	// errors and items marked retry. RetryWait is the first wait; it doubles.
	Retries   int
	RetryWait Range
	// RegisterOn401 registers again at a 401 instead of fetching a new token.
	RegisterOn401 bool
	// Limiter paces the device's own requests; nil for none.
	Limiter *Limiter
	// PollEvery is the pause between two polls for the result of an
	// authentication; PollFor is how long the device goes on asking.
	PollEvery Range
	PollFor   time.Duration
	// Relaunches is how many times the device's app starts again within a run,
	// each RelaunchAfter the end of the previous session.
	Relaunches    int
	RelaunchAfter Range
}

// When says in which state of the viewer a step happens.
type When uint8

const (
	// WhenAlways is every session.
	WhenAlways When = iota
	// WhenSignedOut is a device without an authenticated profile.
	WhenSignedOut
	// WhenSignedIn is a device that had an authenticated profile when the
	// session began.
	WhenSignedIn
)

// Step is one operation of a viewing session.
type Step struct {
	// Op is the operation.
	Op api.Op
	// When limits the step to a state of the viewer.
	When When
	// Chance is the probability of the step, 0 to 1; the parser sets 1 where
	// the file is silent.
	Chance float64
	// Think is the time the viewer or the app takes before the step.
	Think Range
	// Times is how often the step is done, at least once, with Every between
	// two goes: the media playback authorisations of an evening.
	Times int
	Every Range
}

// Fleet is a weighted mix of profiles with the way it is launched.
type Fleet struct {
	// Name identifies the fleet; Title is one line for people.
	Name, Title string
	// Story says in a sentence or two whom the fleet represents.
	Story string
	// Devices is the number of devices when no flag says otherwise.
	Devices int
	// Launch is the shape of the launches when no flag says otherwise.
	Launch pace.Spec
	// Duration is the length of a run when no flag says otherwise.
	Duration time.Duration
	// ServiceProvider is the programmer's id; MVPDs are the TV providers that
	// viewers choose from, evenly; Resources are what they ask to watch.
	ServiceProvider string
	MVPDs           []string
	Resources       []string
	// DomainName and RedirectURL are what sessions.create sends.
	DomainName, RedirectURL string
	// Members are the profiles with their weights.
	Members []Member
}

// Member is one profile's share of a fleet.
type Member struct {
	Profile *Profile
	// Weight is relative to the other members; it need not sum to anything.
	Weight float64
}
