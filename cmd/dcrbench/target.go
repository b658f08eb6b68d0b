package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// defaultCeiling is the --max-rps of a target that is not on this machine,
// unless the user raises it.
const defaultCeiling = 50

// stagingHosts are the vendor's release-staging hosts, the only environment for
// which it documents performance tests (environments page).
var stagingHosts = []string{"sp.auth-staging.adobe.com", "api.auth-staging.adobe.com", "mgmt.auth-staging.adobe.com"}

// permission is what the user declared about a target.
type permission struct {
	Authorized      bool
	AllowProduction bool
}

// parseTarget reads the base URL of a service.
func parseTarget(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("--target %q is not a URL; give one like http://127.0.0.1:18080", raw)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("--target %q: the scheme must be http or https, as in http://127.0.0.1:18080", raw)
	case u.Hostname() == "":
		return nil, fmt.Errorf("--target %q has no host; give one like http://127.0.0.1:18080", raw)
	case u.User != nil:
		return nil, errors.New("--target must not carry a user name or password")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("--target %q: a base URL has no query and no fragment", raw)
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// guard refuses a target that the user has not said to be theirs to test.
func guard(target *url.URL, p permission) error {
	host := strings.TrimSuffix(strings.ToLower(target.Hostname()), ".")
	if isLoopback(host) {
		return nil
	}
	if !p.Authorized {
		return fmt.Errorf("target %q is not on this machine: add --authorized if you hold a licence and may load-test it", host)
	}
	vendor := host == "adobe.com" || strings.HasSuffix(host, ".adobe.com")
	if vendor && !slices.Contains(stagingHosts, host) && !p.AllowProduction {
		return fmt.Errorf("target %q is a production or prequal host: the vendor documents performance tests only for %s; add --allow-production if you have its consent", host, stagingHosts[0])
	}
	return nil
}

// isLoopback reports whether host names this machine without asking a resolver.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.Unmap().IsLoopback()
}

// address is the host and port to which connections to u go.
func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}
