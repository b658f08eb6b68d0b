package adobepass

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/js/common"
	"go.k6.io/k6/secretsource"

	"github.com/dcrbench/dcrbench/internal/guard"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/profiles"
)

// statementVariable is the environment variable that may hold the software
// statement, the same as for the standalone program.
const statementVariable = "DCRBENCH_SOFTWARE_STATEMENT"

// defaultTimeout is how long one request may take.
const defaultTimeout = 30 * time.Second

// maxDevices bounds the devices of a fleet: an index must fit a JavaScript number
// and a fleet its machine.
const maxDevices = 10_000_000

var errInitOnly = errors.New("the module k6/x/adobepass belongs in the init context: import it at the top of the script")

// fleetOptions are the options of new Fleet.
type fleetOptions struct {
	Name     string
	Target   string
	Fleet    string
	Profiles string
	Devices  int64
	Seed     int64
	Launch   string
	// Duration is the fleet's time, as of a run of the standalone program; 0 has
	// no end.
	Duration   time.Duration
	Statement  string
	Permission guard.Permission
	MaxRPS     float64
	Timeout    time.Duration
	// Expected are the statuses that are no failed request for k6; empty stands
	// for the successes, the redirect, 401 and 429.
	Expected  []int64
	Simulator simulatorOptions
}

// readFleetOptions reads and checks the options of new Fleet. Secrets are
// resolved here, because k6 gives them out in the init context only.
func readFleetOptions(value sobek.Value, env *common.InitEnvironment) (fleetOptions, error) {
	b := openBag("new Fleet", value)
	o := fleetOptions{Fleet: profiles.DefaultFleet, Seed: 1, Timeout: defaultTimeout, MaxRPS: -1}
	b.str("name", &o.Name)
	b.str("target", &o.Target)
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
	b.flag("authorized", &o.Permission.Authorized)
	b.flag("allowProduction", &o.Permission.AllowProduction)
	b.number("maxRps", 0, 1e6, &o.MaxRPS)
	b.duration("timeout", time.Millisecond, &o.Timeout)
	b.statuses("expectedStatuses", &o.Expected)
	o.readStatement(b, env.SecretsManager)
	o.Simulator.read(b)
	o.readTarget(b)
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

// readTarget checks the target and what belongs to one place only.
func (o *fleetOptions) readTarget(b *bag) {
	if o.Target == "" {
		return
	}
	if o.Simulator.given {
		b.fail("simulator", errors.New("shapes the embedded simulator and cannot go with target"))
	}
	u, err := guard.Parse(o.Target)
	if err != nil {
		b.fail("target", err)
		return
	}
	var refusal *guard.Refusal
	if err := guard.Check(u, o.Permission); errors.As(err, &refusal) {
		hint := "add authorized: true if you hold a licence and may load-test it"
		if refusal.Production {
			hint = "add allowProduction: true if you have its consent"
		}
		b.fail("target", fmt.Errorf("%w: %s", err, hint))
		return
	}
	if !guard.IsLoopback(u.Hostname()) {
		if o.MaxRPS < 0 {
			o.MaxRPS = guard.Ceiling
		}
		if o.Statement == "" {
			b.fail("softwareStatement", fmt.Errorf("target %q needs one: give { secret: 'name' } or set %s", u.Host, statementVariable))
		}
	}
	o.Target = u.String()
}

// readStatement reads where the software statement is and gets it.
func (o *fleetOptions) readStatement(b *bag, secrets *secretsource.Manager) {
	const key = "softwareStatement"
	v := b.get(key)
	if v == nil {
		if o.Target != "" {
			o.Statement = strings.TrimSpace(os.Getenv(statementVariable))
		}
		return
	}
	if text, ok := v.Export().(string); ok {
		o.setStatement(b, key, text)
		return
	}
	inner := openBag(b.where+": "+key, v)
	var secret, env string
	source := secretsource.DefaultSourceName
	fromSecret := inner.str("secret", &secret)
	inner.str("source", &source)
	fromEnv := inner.str("env", &env)
	if err := inner.done(); err != nil {
		b.errs = append(b.errs, err)
		return
	}
	switch {
	case fromSecret == fromEnv:
		b.fail(key, errors.New("give either { secret: 'name' } or { env: 'NAME' }"))
	case fromEnv:
		o.setStatement(b, key, os.Getenv(env))
	case secrets == nil:
		b.fail(key, errors.New("k6 has no secret source (try: --secret-source=file=secrets.txt)"))
	default:
		text, err := secrets.Get(source, secret)
		if err != nil {
			b.fail(key, fmt.Errorf("secret %q: %w (try: --secret-source=file=secrets.txt)", secret, err))
			return
		}
		o.setStatement(b, key, text)
	}
}

func (o *fleetOptions) setStatement(b *bag, key, text string) {
	text = strings.TrimSpace(text)
	if strings.Count(text, ".") != 2 || strings.ContainsAny(text, " \t\r\n") {
		b.fail(key, errors.New("is no signed statement (header.payload.signature)"))
		return
	}
	o.Statement = text
}

// url is the base URL of the target; nil for the embedded simulator.
func (o *fleetOptions) url() *url.URL {
	if o.Target == "" {
		return nil
	}
	u, _ := guard.Parse(o.Target) // readTarget has accepted it
	return u
}
