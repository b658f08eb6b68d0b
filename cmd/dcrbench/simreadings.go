package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/backend"
)

// readingOptions are the flags of a served simulator alone: what an account may have
// set up otherwise, and how it reads the documents where they leave room
// (docs/readings.md).
type readingOptions struct {
	config       backend.Config
	throttleKey  string
	unauthorized string
}

// throttleKeys and unauthorizedForms are the words for what backend.Config numbers.
var (
	throttleKeys      = []string{"first", "last", "device"}
	unauthorizedForms = []string{"enhanced", "empty", "oauth"}
)

func (o *readingOptions) register(f *pflag.FlagSet) {
	c := &o.config
	f.DurationVar(&c.SessionTTL, "session-ttl", 30*time.Minute, "life of an authentication session and its code")
	f.DurationVar(&c.ProfileTTL, "profile-ttl", 24*time.Hour, "life of a profile")
	f.DurationVar(&c.MediaTokenTTL, "media-token-ttl", 420*time.Second, "life of a media token")
	f.DurationVar(&c.TempPassTTL, "temp-pass-ttl", 30*time.Minute, "how long temporary access lasts")
	f.Float64Var(&c.DenyRatio, "deny-ratio", 0, "share of pairs of TV provider and resource that are denied, 0 to 1")
	f.StringArrayVar(&c.ServiceProviders, "service-provider", nil, "id of a service provider that exists (repeatable; default: any)")
	f.StringVar(&o.throttleKey, "throttle-key", "first", "whose bucket a request is charged to: the first or the last address in\nX-Forwarded-For, or the device by its identifier (A-05)")
	f.StringVar(&o.unauthorized, "unauthorized", "enhanced", "body of a 401: an enhanced error, empty, or an oauth error (A-16)")
	f.BoolVar(&c.StrictDeviceInfo, "strict-device-info", false, "refuse a missing or bad X-Device-Info (A-13)")
	f.BoolVar(&c.QueryCredentials, "query-credentials", false, "also take token parameters from the query (A-08)")
	f.BoolVar(&c.IssuedAtMillis, "issued-at-millis", false, "give client_id_issued_at in milliseconds (A-07)")
	f.BoolVar(&c.DenialsInside, "denials-inside", false, "answer an ended profile and too many resources inside the decisions of a 200 (A-27)")
	f.StringVar(&c.MediaType, "media-type", "", "Content-Type of JSON answers (default application/json;charset=UTF-8, A-01)")
	f.StringVar(&c.LoginURL, "login-url", "", "absolute URL of the login page that authenticate leads to")
}

// apply fills what the flags say into c, or says which cannot be. Lives that are not
// above 0 would stand for the defaults.
func (o *readingOptions) apply(c *backend.Config) error {
	for _, life := range []struct {
		flag  string
		value time.Duration
	}{
		{"session-ttl", o.config.SessionTTL}, {"profile-ttl", o.config.ProfileTTL},
		{"media-token-ttl", o.config.MediaTokenTTL}, {"temp-pass-ttl", o.config.TempPassTTL},
	} {
		if life.value <= 0 {
			return fmt.Errorf("--%s %v: want more than 0, as in 30s", life.flag, life.value)
		}
	}
	key, err := oneOf("throttle-key", o.throttleKey, throttleKeys)
	if err != nil {
		return err
	}
	form, err := oneOf("unauthorized", o.unauthorized, unauthorizedForms)
	if err != nil {
		return err
	}
	from := &o.config
	c.SessionTTL, c.ProfileTTL, c.MediaTokenTTL, c.TempPassTTL = from.SessionTTL, from.ProfileTTL, from.MediaTokenTTL, from.TempPassTTL
	c.DenyRatio, c.ServiceProviders = from.DenyRatio, from.ServiceProviders
	c.ThrottleKey, c.Unauthorized = backend.ThrottleKey(key), backend.UnauthorizedForm(form)
	c.StrictDeviceInfo, c.QueryCredentials = from.StrictDeviceInfo, from.QueryCredentials
	c.IssuedAtMillis, c.DenialsInside = from.IssuedAtMillis, from.DenialsInside
	c.MediaType, c.LoginURL = from.MediaType, from.LoginURL
	return nil
}

// oneOf is the place of the flag's value among the words.
func oneOf(flag, value string, words []string) (int, error) {
	i := slices.Index(words, value)
	if i < 0 {
		return 0, fmt.Errorf("--%s %q: want one of %s", flag, value, strings.Join(words, ", "))
	}
	return i, nil
}
