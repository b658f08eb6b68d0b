package check

import (
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// Kit is what the probes have to work with.
type Kit struct {
	// Statement is the software statement to register with. Secret.
	Statement string
	// Signer made it, and nil when its key is somebody else's; Claims are its
	// claims then.
	Signer *statement.Signer
	Claims statement.Claims
	// Foreign is a signer whom nobody trusts.
	Foreign *statement.Signer
	// Reserved are values with which a simulator shows rare answers; nil for any
	// other target.
	Reserved *Reserved
	// ServiceProvider and MVPD are the values that calls use; an empty MVPD
	// stands for the first one that the configuration lists.
	ServiceProvider, MVPD string
	// Limits are what the throttle is held against; zero stands for documented.
	Limits throttle.Limits
	// Patience is the longest that a probe may wait for one thing.
	Patience time.Duration
	// TLS and Loopback say how the target is reached.
	TLS, Loopback bool
	// Elsewhere reports whether the driver has a second source address.
	Elsewhere bool
	// Intrusive allows probes that could annoy a server.
	Intrusive bool
	// Rules is the rule set; Strict reads the documents strictly.
	Rules  spec.RuleSet
	Strict bool
	// Addresses is where the run's device addresses begin: two runs that differ
	// here do not share throttle keys.
	Addresses uint32
}

// Reserved are a simulator's special values; see package backend.
type Reserved struct {
	ErrorPrefix, ForeignProvider, UnknownProvider  string
	NotIntegrated, NoPartner, NeverLogsIn, Invalid string
	ProviderMismatch, NoGrantSoftware              string
	// MVPD is a TV provider that exists whatever the configuration says.
	MVPD string
}

// shared is what one probe finds out for all later ones.
type shared struct {
	clientID, clientSecret string
	accessToken            string
	// tokenBegan and tokenEnds bound the life that the token announced; tokenEnds
	// is zero when it announced none. tokenTaken reports that it has worked.
	tokenBegan, tokenEnds time.Time
	tokenTaken            bool
	// lacking is the check whose failure left the credentials out.
	lacking string
	mvpd    string
	// guessed reports that mvpd comes from nowhere.
	guessed bool
	// silent reports that the first registration got no answer at all, and
	// noAPI that nothing is at the address of the configuration.
	silent, noAPI bool
	// sameClient reports that registrations do not make new clients: another one
	// would change the credentials that everybody uses.
	sameClient bool
}

// identity is one device as the service sees it.
type identity struct {
	address string
	headers api.Identity
}

// device returns the n-th device of the run. Its address is of the range that is
// set apart for benchmarks (RFC 2544), so that it is nobody's.
func (k *Kit) device(n int) identity {
	x := k.Addresses + uint32(n)
	address := fmt.Sprintf("198.%d.%d.%d", 18+x>>16&1, x>>8&255, x&255)
	info := api.DeviceInfo{
		{Key: "primaryHardwareType", Value: "SetTopBox"}, {Key: "model", Value: "dcrbench"}, {Key: "version", Value: "1"},
		{Key: "manufacturer", Value: "dcrbench"}, {Key: "vendor", Value: "dcrbench"}, {Key: "osName", Value: "Android"},
		{Key: "osFamily", Value: "Android"}, {Key: "osVersion", Value: "14"}, {Key: "connectionType", Value: "ethernet"},
	}
	return identity{address, api.Identity{
		DeviceInfo:       info.Encode(),
		DeviceIdentifier: api.DeviceIdentifier(fmt.Sprintf("dcrbench-check-%d", x)),
		UserAgent:        "dcrbench-check", ForwardedFor: address,
	}}
}

func (k *Kit) limits() throttle.Limits {
	if k.Limits == (throttle.Limits{}) {
		return throttle.DocumentedLimits
	}
	return k.Limits
}
