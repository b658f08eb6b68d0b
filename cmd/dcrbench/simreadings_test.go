package main

import (
	"reflect"
	"testing"

	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/backend"
)

func TestEverySettingOfTheSimulatorCanBeGivenToServe(t *testing.T) {
	var o readingOptions
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	o.register(flags)
	if err := flags.Parse([]string{
		"--session-ttl=1m", "--profile-ttl=2m", "--media-token-ttl=3m", "--temp-pass-ttl=4m", "--deny-ratio=0.5",
		"--service-provider=ONE", "--throttle-key=last", "--unauthorized=oauth", "--strict-device-info", "--query-credentials",
		"--issued-at-millis", "--denials-inside", "--media-type=application/json", "--login-url=https://login.example.com/",
	}); err != nil {
		t.Fatal(err)
	}
	var got backend.Config
	if err := o.apply(&got); err != nil {
		t.Fatal(err)
	}
	if errs := got.Validate(); len(errs) > 0 {
		t.Error(errs)
	}
	// The others have flags of their own in simOptions, or bounds that nobody has asked to move.
	elsewhere := map[string]bool{
		"TokenTTL": true, "LoginDelay": true, "Throttle": true, "ThrottleOff": true, "MVPDs": true, "Faults": true,
		"Scopes": true, "MaxAuthorize": true, "MaxPreauthorize": true,
	}
	v := reflect.ValueOf(got)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).IsZero() != elsewhere[name] {
			t.Errorf("%s is %v: no flag sets it, or it is set elsewhere", name, v.Field(i))
		}
	}
	if got.ThrottleKey != backend.KeyLastForwarded || got.Unauthorized != backend.UnauthorizedOAuth {
		t.Errorf("throttle key %d, form of a 401 %d", got.ThrottleKey, got.Unauthorized)
	}
}
