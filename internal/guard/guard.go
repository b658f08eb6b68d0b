// Package guard decides whether a target may be loaded, so that nobody hammers
// somebody else's service by accident. Every driver that takes a target asks it.
//
// The package is pure: it resolves no name and opens no connection.
package guard

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Ceiling is how many requests a second a target that is not on this machine
// gets, unless the user raises it.
const Ceiling = 50

// stagingHosts are the vendor's release-staging hosts, the only environment for
// which it documents performance tests (environments page).
var stagingHosts = []string{"sp.auth-staging.adobe.com", "api.auth-staging.adobe.com", "mgmt.auth-staging.adobe.com"}

// Permission is what the user declared about a target.
type Permission struct {
	// Authorized says that the user holds a licence and may load-test the target.
	Authorized bool
	// AllowProduction says so of the vendor's production and prequal hosts.
	AllowProduction bool
}

// Parse reads the base URL of a service. Its path comes without a slash at the
// end. The errors say what would be right and leave it to the caller to name
// the flag or option.
func Parse(raw string) (*url.URL, error) {
	// A password may stand before the @, also of what is no URL, and errors are shown.
	if strings.Contains(raw, "@") {
		return nil, errors.New("must not carry a user name or password (nothing with @ is shown here); give a URL like http://127.0.0.1:18080")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%q is not a URL; give one like http://127.0.0.1:18080", raw)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%q: the scheme must be http or https, as in http://127.0.0.1:18080", raw)
	case u.Hostname() == "":
		return nil, fmt.Errorf("%q has no host; give one like http://127.0.0.1:18080", raw)
	case !validPort(u.Port()):
		return nil, fmt.Errorf("%q: the port must be 1 to 65535, as in http://127.0.0.1:18080", raw)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%q: a base URL has no query and no fragment", raw)
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// validPort reports whether port is one to connect to; the empty one stands for
// that of the scheme.
func validPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}

// Refusal is a target that the user has not said to be theirs to test.
type Refusal struct {
	// Host is the host name, in lower case.
	Host string
	// Production reports that the host is the vendor's and not for performance
	// tests: AllowProduction is missing, not Authorized.
	Production bool
}

var _ error = (*Refusal)(nil)

// Error says why, and leaves it to the caller to name the flag or option that
// would permit the target.
func (r *Refusal) Error() string {
	if r.Production {
		return fmt.Sprintf("target %q is a production or prequal host: the vendor documents performance tests only for %s", r.Host, stagingHosts[0])
	}
	return fmt.Sprintf("target %q is not on this machine", r.Host)
}

// Check refuses a target that p does not permit. The error is a *Refusal.
func Check(target *url.URL, p Permission) error {
	host := canonical(target.Hostname())
	if IsLoopback(host) {
		return nil
	}
	if !p.Authorized {
		return &Refusal{Host: host}
	}
	vendor := host == "adobe.com" || strings.HasSuffix(host, ".adobe.com")
	if vendor && !slices.Contains(stagingHosts, host) && !p.AllowProduction {
		return &Refusal{Host: host, Production: true}
	}
	return nil
}

// IsLoopback reports whether host names this machine without asking a resolver.
func IsLoopback(host string) bool {
	host = canonical(host)
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.Unmap().IsLoopback()
}

// canonical is a host name in lower case, without the dot of the root.
func canonical(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }
