package backend

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/spoil"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// MVPD is one TV provider as the configuration answer lists it.
type MVPD struct {
	// ID is the id in paths and forms.
	ID string
	// DisplayName is what a picker shows.
	DisplayName string
}

// ThrottleKey says whose bucket a request is charged to.
type ThrottleKey uint8

const (
	// KeyFirstForwarded is the left-most valid address of X-Forwarded-For, else
	// the peer.
	KeyFirstForwarded ThrottleKey = iota
	// KeyLastForwarded is the right-most valid address, else the peer.
	KeyLastForwarded
	// KeyDeviceIdentifier is AP-Device-Identifier, else the peer: not what the
	// page states, but a reading that clients may want to be compared under.
	KeyDeviceIdentifier
)

// Config is how a Service behaves. The zero Config is the documented service
// with the defaults of each field; Validate says what cannot be.
type Config struct {
	// TokenTTL is the life of an access token; 0 stands for 6 h. It is
	// announced in whole seconds.
	TokenTTL time.Duration
	// SessionTTL is the life of an authentication session and its code; 0
	// stands for 30 min.
	SessionTTL time.Duration
	// ProfileTTL is the life of a profile; 0 stands for 24 h.
	ProfileTTL time.Duration
	// MediaTokenTTL is the life of a media token; 0 stands for 420 s.
	MediaTokenTTL time.Duration
	// TempPassTTL is how long temporary access lasts; 0 stands for 30 min.
	TempPassTTL time.Duration
	// LoginDelay is the time from the user agent's authenticate call until the
	// profile exists; 0 stands for 4 s, a negative value for none.
	LoginDelay time.Duration

	// Throttle are the limits per key; the zero value stands for the documented
	// ones.
	Throttle throttle.Limits
	// ThrottleOff admits everything.
	ThrottleOff bool
	// ThrottleKey is whose bucket is charged.
	ThrottleKey ThrottleKey

	// ServiceProviders are the ids that exist. Empty stands for any id but the
	// reserved ones.
	ServiceProviders []string
	// MVPDs are the TV providers of every service provider; empty stands for
	// DefaultMVPDs.
	MVPDs []MVPD
	// Scopes are granted to software whose statement names none; empty stands
	// for ScopeV2 alone.
	Scopes []string
	// DenyRatio is the share of (MVPD, resource) pairs that the MVPD denies,
	// from 0 to 1, chosen by a hash of the two.
	DenyRatio float64
	// MaxAuthorize and MaxPreauthorize bound the resources of one request; 0
	// stands for 1 and 5.
	MaxAuthorize, MaxPreauthorize int

	// StrictDeviceInfo refuses requests whose X-Device-Info is missing where the
	// API page requires it, or bad. Otherwise it is taken as it comes.
	StrictDeviceInfo bool
	// QueryCredentials also takes token parameters from the query.
	QueryCredentials bool
	// IssuedAtMillis gives client_id_issued_at in milliseconds, as seen live,
	// instead of seconds, as documented.
	IssuedAtMillis bool
	// DenialsInside answers authenticated_profile_* and too_many_resources
	// inside decisions of a 200 instead of as a 403.
	DenialsInside bool
	// Unauthorized is the form of a 401.
	Unauthorized UnauthorizedForm
	// MediaType is the Content-Type of JSON answers; "" stands for the spelling
	// of the samples, application/json;charset=UTF-8.
	MediaType string
	// LoginURL is the absolute URL of the login page that authenticate leads to;
	// "" stands for one of the reserved example domains.
	LoginURL string

	// Faults are the ids of the faults that are switched on; see AllFaults.
	Faults []string
}

// UnauthorizedForm is the body of an answer 401, which the documents leave open
//
type UnauthorizedForm uint8

const (
	// UnauthorizedEnhanced is an enhanced error.
	UnauthorizedEnhanced UnauthorizedForm = iota
	// UnauthorizedEmpty is no body.
	UnauthorizedEmpty
	// UnauthorizedOAuth is {"error":"access_denied"}, as the legacy pages have it.
	UnauthorizedOAuth
)

// DefaultMVPDs returns the TV providers of a Config that names none. The caller
// may change the slice.
func DefaultMVPDs() []MVPD {
	return []MVPD{
		{"Cablevision", "Optimum"},
		{"Spectrum", "Spectrum"},
		{"DTV", "DIRECTV"},
		{"Verizon", "Verizon Fios"},
		{"Comcast_SSO", "Xfinity"},
		{"ATT", "AT&T U-verse"},
		{"Cox", "Cox"},
		{"Dish", "DISH"},
		{"Mediacom", "Mediacom"},
		{"Suddenlink", "Suddenlink"},
	}
}

// maxTTL keeps every computed time representable.
const maxTTL = 10 * 365 * 24 * time.Hour

// Validate returns everything that is wrong with c and changes nothing.
func (c *Config) Validate() []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, d := range []struct {
		name string
		ttl  time.Duration
	}{
		{"token", c.TokenTTL}, {"session", c.SessionTTL}, {"profile", c.ProfileTTL},
		{"media token", c.MediaTokenTTL}, {"temporary access", c.TempPassTTL},
	} {
		if d.ttl < 0 || d.ttl > maxTTL {
			add("%s life must be from 0 to %s, not %s", d.name, maxTTL, d.ttl)
		}
	}
	if c.TokenTTL != 0 && c.TokenTTL < time.Second {
		add("token life must be at least 1s, not %s: it is announced in whole seconds", c.TokenTTL)
	}
	if c.LoginDelay > maxTTL {
		add("login delay must be at most %s, not %s", maxTTL, c.LoginDelay)
	}
	if !c.ThrottleOff {
		errs = append(errs, c.Throttle.Validate()...)
	}
	if c.ThrottleKey > KeyDeviceIdentifier {
		add("throttle key %d is not one of the three", c.ThrottleKey)
	}
	if c.Unauthorized > UnauthorizedOAuth {
		add("form %d of a 401 is not one of the three", c.Unauthorized)
	}
	if !(c.DenyRatio >= 0 && c.DenyRatio <= 1) {
		add("deny ratio must be from 0 to 1, not %g", c.DenyRatio)
	}
	if c.MaxAuthorize < 0 || c.MaxPreauthorize < 0 {
		add("resource maxima must not be negative: %d and %d", c.MaxAuthorize, c.MaxPreauthorize)
	}
	return append(errs, c.validateNames()...)
}

func (c *Config) validateNames() []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, sp := range c.ServiceProviders {
		if sp == "" || sp == SPUnknown || sp == SPForeign {
			add("service provider %q is empty or reserved", sp)
		}
	}
	if len(c.MVPDs) > maxMVPDs {
		add("%d MVPDs; at most %d", len(c.MVPDs), maxMVPDs)
	}
	for i, m := range c.MVPDs {
		switch {
		case m.ID == "", strings.HasPrefix(m.ID, ErrorPrefix), isReservedMVPD(m.ID):
			add("MVPD id %q is empty or reserved", m.ID)
		case slices.ContainsFunc(c.MVPDs[:i], func(o MVPD) bool { return o.ID == m.ID }):
			add("MVPD id %q stands twice", m.ID)
		}
	}
	if c.LoginURL != "" && !absoluteURL(c.LoginURL) {
		add("login URL %q is not absolute (try: https://login.example.com/saml)", c.LoginURL)
	}
	for _, id := range c.Faults {
		if _, own := lookupFault(id); !own && !spoil.Known(id) {
			add("fault %q does not exist (see dcrbench serve --list-faults)", id)
		}
	}
	return errs
}

const maxMVPDs = 1000

func isReservedMVPD(id string) bool {
	for _, r := range reservedMVPDs {
		if r.id == id {
			return true
		}
	}
	return false
}

// withDefaults returns c with every zero field replaced by what it stands for.
func (c Config) withDefaults() Config {
	orDuration := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	orDuration(&c.TokenTTL, 6*time.Hour)
	orDuration(&c.SessionTTL, 30*time.Minute)
	orDuration(&c.ProfileTTL, 24*time.Hour)
	orDuration(&c.MediaTokenTTL, 420*time.Second)
	orDuration(&c.TempPassTTL, 30*time.Minute)
	orDuration(&c.LoginDelay, 4*time.Second)
	c.LoginDelay = max(c.LoginDelay, 0)
	c.TokenTTL = c.TokenTTL.Truncate(time.Second)
	if len(c.MVPDs) == 0 {
		c.MVPDs = DefaultMVPDs()
	}
	if len(c.Scopes) == 0 {
		c.Scopes = []string{ScopeV2}
	}
	if c.MaxAuthorize == 0 {
		c.MaxAuthorize = 1
	}
	if c.MaxPreauthorize == 0 {
		c.MaxPreauthorize = 5
	}
	if c.MediaType == "" {
		c.MediaType = "application/json;charset=UTF-8"
	}
	if c.LoginURL == "" {
		c.LoginURL = "https://login.mvpd.example/saml"
	}
	return c
}
