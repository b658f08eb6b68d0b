package plan

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/profiles"
)

// Change is one thing that a variant of a plan does otherwise.
type Change struct {
	// Key says what, Value to what; see ChangeKeys.
	Key, Value string
}

// ChangeKeys lists the keys of a Change with an example each.
func ChangeKeys() []string {
	return []string{
		"token_ttl=1h", "login_delay=10s", "throttle=2:20 (or off)", "response_time=200ms", "error_rate=0.01",
		"launches_per_day=12", "devices=2000000",
		"profile.NAME.weight=0 (NAME may be *-v4)", "profile.NAME.replaced_by=OTHER", "profile.NAME.network.devices=4",
		"profile.NAME.behaviour.credentials=persisted", "profile.NAME.behaviour.token=cached",
		"profile.NAME.behaviour.throttle=wait", "profile.NAME.behaviour.on_401=refresh",
		"profile.NAME.behaviour.limiter=0.9:9 (or none)",
	}
}

// ParseChange reads KEY=VALUE. Whether the key exists is for Variant.
func ParseChange(text string) (Change, error) {
	key, value, found := strings.Cut(text, "=")
	if !found || key == "" || value == "" {
		return Change{}, fmt.Errorf("what-if %q is not KEY=VALUE (try: token_ttl=1h or profile.NAME.weight=0)", text)
	}
	return Change{key, value}, nil
}

// String gives the form that ParseChange reads.
func (c Change) String() string { return c.Key + "=" + c.Value }

// Variant returns the configuration with all the changes made, one after the
// other. The given one and its fleet stay as they are.
func (c Config) Variant(changes []Change) (Config, error) {
	v := c
	v.Fleet = c.Fleet.Copy()
	for _, change := range changes {
		if err := change.apply(&v); err != nil {
			return c, fmt.Errorf("what-if %q: %w", change, err)
		}
	}
	v.Fleet.Members = slices.DeleteFunc(v.Fleet.Members, func(m profiles.Member) bool { return m.Weight == 0 })
	if len(v.Fleet.Members) == 0 {
		return c, fmt.Errorf("what-if: no profile is left in the fleet")
	}
	return v, v.Validate()
}

func (c Change) apply(v *Config) error {
	if rest, ok := strings.CutPrefix(c.Key, "profile."); ok {
		return c.applyProfile(v.Fleet, rest)
	}
	var err error
	switch c.Key {
	case "token_ttl":
		v.Service.TokenTTL, err = time.ParseDuration(c.Value)
	case "login_delay":
		if v.Service.LoginDelay, err = time.ParseDuration(c.Value); err == nil && v.Service.LoginDelay == 0 {
			v.Service.LoginDelay = -1
		}
	case "throttle":
		if v.Service.ThrottleOff = c.Value == "off"; !v.Service.ThrottleOff {
			v.Service.Throttle, err = throttle.ParseLimits(c.Value)
		}
	case "response_time":
		v.ResponseTime, err = ParseResponseTime(c.Value)
	case "error_rate":
		v.Service.ErrorRate, err = strconv.ParseFloat(c.Value, 64)
	case "launches_per_day":
		v.LaunchesPerDay, err = strconv.ParseFloat(c.Value, 64)
	case "devices":
		v.Devices, err = strconv.Atoi(c.Value)
	default:
		return fmt.Errorf("nothing is called %q; there are %s", c.Key, strings.Join(ChangeKeys(), ", "))
	}
	return err
}

// applyProfile makes the change in the profile that is named first, or in all whose
// names match when there is a * in it.
func (c Change) applyProfile(f *profiles.Fleet, rest string) error {
	pattern, what, _ := strings.Cut(rest, ".")
	var names []string
	found := false
	for at := range f.Members {
		name := f.Members[at].Profile.Name
		names = append(names, name)
		if ok, err := path.Match(pattern, name); err != nil || !ok {
			continue
		}
		found = true
		if err := c.applyMember(f, at, what); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("the fleet has no such profile; it has %s", strings.Join(names, ", "))
	}
	return nil
}

func (c Change) applyMember(f *profiles.Fleet, at int, what string) error {
	m := &f.Members[at]
	switch what {
	case "weight":
		w, err := strconv.ParseFloat(c.Value, 64)
		if err != nil || !(w >= 0 && w < 1e9) {
			return fmt.Errorf("weight %q is not a number from 0", c.Value)
		}
		m.Weight = w
	case "replaced_by":
		other := slices.IndexFunc(f.Members, func(m profiles.Member) bool { return m.Profile.Name == c.Value })
		if other < 0 || other == at {
			return fmt.Errorf("%q is no other profile of the fleet", c.Value)
		}
		f.Members[other].Weight += m.Weight
		m.Weight = 0
	case "network.devices":
		n, err := strconv.Atoi(c.Value)
		if err != nil || n < 1 || n > 1_000_000 {
			return fmt.Errorf("%q is not a number of devices from 1", c.Value)
		}
		m.Profile.Network.Devices = n
		if n > 1 && m.Profile.Network.Kind == profiles.NetworkOwn {
			m.Profile.Network.Kind = profiles.NetworkHousehold
		}
	default:
		return c.applyBehaviour(&m.Profile.Behaviour, what)
	}
	return nil
}

func (c Change) applyBehaviour(b *profiles.Behaviour, what string) (err error) {
	switch what {
	case "behaviour.credentials":
		b.Credentials, err = word[profiles.CredentialPolicy](c.Value)
	case "behaviour.token":
		b.Token, err = word[profiles.TokenPolicy](c.Value)
	case "behaviour.throttle":
		b.Throttle, err = word[profiles.ThrottlePolicy](c.Value)
		// A reaction that waits does so for the second that the vendor asks for.
		if b.Throttle != profiles.ThrottleHammer && b.ThrottleWait.Max < time.Second {
			b.ThrottleWait = profiles.Range{Min: time.Second, Max: 1500 * time.Millisecond}
		}
	case "behaviour.on_401":
		if c.Value != "refresh" && c.Value != "register" {
			return fmt.Errorf("%q is neither refresh nor register", c.Value)
		}
		b.RegisterOn401 = c.Value == "register"
	case "behaviour.limiter":
		b.Limiter, err = limiter(c.Value)
	default:
		return fmt.Errorf("a profile has nothing called %q that can be changed; there are %s", what, strings.Join(ChangeKeys(), ", "))
	}
	return err
}

func limiter(text string) (*profiles.Limiter, error) {
	if text == "none" {
		return nil, nil
	}
	l, err := throttle.ParseLimits(text)
	if err != nil {
		return nil, err
	}
	if l.Burst < 1 {
		return nil, fmt.Errorf("a limiter needs a burst of 1 at least")
	}
	return &profiles.Limiter{Rate: l.Rate, Burst: l.Burst}, nil
}

// policy is a behaviour that has a word in profile files.
type policy interface {
	~uint8
	String() string
}

// word finds the policy that profile files call so.
func word[P policy](text string) (P, error) {
	var known []string
	for p := P(0); p.String() != "unknown"; p++ {
		if p.String() == text {
			return p, nil
		}
		known = append(known, p.String())
	}
	return 0, fmt.Errorf("%q is none of %s", text, strings.Join(known, ", "))
}
