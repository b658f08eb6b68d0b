package adobepass

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/secretsource"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/profiles"
)

// defaultTimeout is how long one request may take.
const defaultTimeout = 30 * time.Second

// maxDevices bounds the devices of a fleet: an index must fit a JavaScript number
// and a fleet its machine.
const maxDevices = 10_000_000

// fleetOptions are the options of new Fleet, with the keys that scripts give them.
type fleetOptions struct {
	targetOptions
	Name     string `key:"name"`
	Fleet    string `key:"fleet"`
	Profiles string `key:"profiles"`
	Devices  int64  `key:"devices"`
	Seed     int64  `key:"seed"`
	Launch   string `key:"launch"`
	// Duration is the fleet's time, as of a run of the standalone program; 0 has
	// no end.
	Duration time.Duration `key:"duration"`
	Timeout  time.Duration `key:"timeout"`
	// Judge is how many devices of each profile are judged on this instance.
	Judge int64 `key:"judge"`
	// Expected are the statuses that are no failed request for k6; empty stands
	// for the successes, the redirect, 401 and 429.
	Expected []int64 `key:"expectedStatuses"`
}

// readFleetOptions reads and checks the options of new Fleet.
func readFleetOptions(value sobek.Value, secrets *secretsource.Manager) (fleetOptions, error) {
	b := openBag("new Fleet", value)
	o := fleetOptions{Fleet: profiles.DefaultFleet, Seed: 1, Timeout: defaultTimeout, Judge: audit.DefaultPerProfile}
	o.targetOptions.read(b, secrets)
	b.str("name", &o.Name)
	named := b.str("fleet", &o.Fleet)
	if b.str("profiles", &o.Profiles) && !named {
		o.Fleet = ""
	}
	b.whole("devices", 1, maxDevices, &o.Devices)
	b.whole("seed", 0, 1<<53, &o.Seed)
	if b.str("launch", &o.Launch) {
		if _, err := pace.ParseSpec(o.Launch); err != nil {
			b.fail("launch", err)
		}
	}
	b.duration("duration", time.Second, &o.Duration)
	b.duration("timeout", time.Millisecond, &o.Timeout)
	b.whole("judge", 0, maxDevices, &o.Judge)
	b.statuses("expectedStatuses", &o.Expected)
	if o.Name == "" {
		o.Name = cmp.Or(o.Fleet, "profiles")
	}
	return o, b.done()
}

// statuses reads an array of HTTP statuses.
func (b *bag) statuses(key string, dst *[]int64) {
	v := b.get(key)
	if v == nil {
		return
	}
	object, ok := v.(*sobek.Object)
	if !ok || !isArray(object) {
		b.refuse(key, "an array of HTTP statuses", v)
		return
	}
	for i := range object.Get("length").ToInteger() {
		element := object.Get(fmt.Sprint(i))
		n, ok := wholeNumber(element)
		if !ok || n < 100 || n > 599 {
			b.refuse(fmt.Sprintf("%s[%d]", key, i), "an HTTP status", element)
			return
		}
		*dst = append(*dst, n)
	}
}

// expects reports whether an answer with the status is no failed request.
func (o *fleetOptions) expects(status int) bool {
	if len(o.Expected) == 0 {
		return status >= 200 && status < 400 || status == 401 || status == 429
	}
	return slices.Contains(o.Expected, int64(status))
}
