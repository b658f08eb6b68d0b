package device

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/profiles"
)

func TestARelaunchedDeviceKeepsWhatItsProfilePersists(t *testing.T) {
	for _, c := range []struct {
		name                  string
		change                func(*profiles.Behaviour)
		registrations, tokens int
	}{
		{"a well-behaved app comes back with credentials and token", func(*profiles.Behaviour) {}, 0, 0},
		{"an app that forgets its token fetches one", func(b *profiles.Behaviour) { b.Token = profiles.TokenPerLaunch }, 0, 1},
		{"an app that forgets its credentials registers", func(b *profiles.Behaviour) { b.Credentials = profiles.CredentialsPerLaunch }, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := wellBehaved()
			c.change(&p.Behaviour)
			d := compile(t, p).New(1, 1, "Cablevision", t0)
			s := &service{tokenLife: 6 * time.Hour}
			first := play(t, &d, s, time.Millisecond, 100)
			if count(first, api.OpRegister) != 1 || count(first, api.OpToken) != 1 {
				t.Fatalf("first launch: %v", ops(first))
			}
			later := t0.Add(2 * time.Hour)
			if !d.Relaunch(later) {
				t.Fatal("a device that is done refuses to be launched again")
			}
			if step := d.Next(later.Add(-time.Minute), new(api.Request)); step.Kind != Wait || !step.At.Equal(later) {
				t.Fatalf("before its time: %v at %v", step.Kind, step.At)
			}
			second := play(t, &d, s, time.Millisecond, 100)
			if got := count(second, api.OpRegister); got != c.registrations {
				t.Errorf("registrations = %d, want %d: %v", got, c.registrations, ops(second))
			}
			if got := count(second, api.OpToken); got != c.tokens {
				t.Errorf("tokens = %d, want %d: %v", got, c.tokens, ops(second))
			}
			if got := d.Launches(); got != 2 {
				t.Errorf("launches = %d, want 2", got)
			}
			if second[0].at < 2*time.Hour {
				t.Errorf("first request at %v, before the launch", second[0].at)
			}
		})
	}
}

func TestADeviceAtWorkIsNotRelaunched(t *testing.T) {
	d := compile(t, wellBehaved()).New(1, 1, "Cablevision", t0)
	if d.Relaunch(t0.Add(time.Hour)) {
		t.Error("a device that has still to launch was launched again")
	}
	if step := d.Next(t0, new(api.Request)); step.Kind != Send {
		t.Errorf("the device was disturbed: %v", step.Kind)
	}
}
