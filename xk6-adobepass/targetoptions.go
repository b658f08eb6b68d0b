package adobepass

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"go.k6.io/k6/secretsource"

	"github.com/dcrbench/dcrbench/internal/guard"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// statementVariable is the environment variable that may hold the software
// statement, the same as for the standalone program.
const statementVariable = "DCRBENCH_SOFTWARE_STATEMENT"

// targetOptions say what is called, and whether it may be: the options that
// fleets and conformance runs share, with the keys that scripts give them.
type targetOptions struct {
	Target     string           `key:"target"`
	Statement  string           `key:"softwareStatement"`
	Permission guard.Permission `key:"authorized"`
	// MaxRPS is the ceiling on requests a second; 0 is none.
	MaxRPS    float64          `key:"maxRps"`
	Simulator simulatorOptions `key:"simulator"`
}

func (o *targetOptions) read(b *bag, secrets *secretsource.Manager) {
	o.MaxRPS = -1
	b.str("target", &o.Target)
	b.flag("authorized", &o.Permission.Authorized)
	b.flag("allowProduction", &o.Permission.AllowProduction)
	b.number("maxRps", 0, 1e6, &o.MaxRPS)
	o.readStatement(b, secrets)
	o.Simulator.read(b)
	o.readTarget(b)
	o.MaxRPS = max(o.MaxRPS, 0)
}

// readTarget checks the target and what belongs to one place only.
func (o *targetOptions) readTarget(b *bag) {
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
func (o *targetOptions) readStatement(b *bag, secrets *secretsource.Manager) {
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

func (o *targetOptions) setStatement(b *bag, key, text string) {
	text = strings.TrimSpace(text)
	if strings.Count(text, ".") != 2 || strings.ContainsAny(text, " \t\r\n") {
		b.fail(key, errors.New("is no signed statement (header.payload.signature)"))
		return
	}
	o.Statement = text
}

// statement is the software statement for the target at u, and whether a simulator
// stands there. Only a target on this machine is asked what it is: a real service
// sees no request but those of the script.
func (o *targetOptions) statement(ctx context.Context, transport http.RoundTripper, u *url.URL) (text string, simulator bool, err error) {
	if !guard.IsLoopback(u.Hostname()) {
		return o.Statement, false, nil
	}
	offered, err := offeredStatement(ctx, transport, u)
	if err != nil {
		return "", false, err
	}
	text = cmp.Or(o.Statement, offered)
	if text == "" {
		// Enough for a stand-in service on this machine.
		text, err = statement.StandIn(rand.Reader, statement.Claims{SoftwareID: "dcrbench", ClientName: "dcrbench"}, time.Now())
	}
	return text, offered != "", err
}

// url is the base URL of the target; nil for the embedded simulator.
func (o *targetOptions) url() *url.URL {
	if o.Target == "" {
		return nil
	}
	u, _ := guard.Parse(o.Target) // readTarget has accepted it
	return u
}
