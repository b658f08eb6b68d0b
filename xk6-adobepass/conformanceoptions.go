package adobepass

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/secretsource"

	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// conformanceOptions are the options of conformance, by the names that the flags
// of dcrbench check have.
type conformanceOptions struct {
	targetOptions
	Name            string
	selection       spec.Selection
	checks          []spec.Check
	strict          bool
	requireComplete bool
	expectations    []check.Expectation
	serviceProvider string
	mvpd            string
	limits          throttle.Limits
	patience        time.Duration
}

func readConformanceOptions(value sobek.Value, secrets *secretsource.Manager) (conformanceOptions, error) {
	b := openBag("conformance", value)
	o := conformanceOptions{Name: "conformance", serviceProvider: "DCRBENCH", patience: 30 * time.Second}
	o.targetOptions.read(b, secrets)
	if o.Simulator.Latency != "0s" || o.Simulator.ErrorRate > 0 {
		b.fail("simulator", errors.New("latency and errorRate need a simulator that is served: start dcrbench serve and give its target"))
	}
	b.str("name", &o.Name)
	o.readSelection(b)
	b.flag("strict", &o.strict)
	b.flag("requireComplete", &o.requireComplete)
	b.str("mvpd", &o.mvpd)
	if b.str("serviceProvider", &o.serviceProvider) && o.serviceProvider == "" {
		b.fail("serviceProvider", errors.New("must not be empty"))
	}
	b.duration("patience", 0, &o.patience)
	var text string
	var err error
	if b.str("limits", &text) {
		if o.limits, err = throttle.ParseLimits(text); err != nil {
			b.fail("limits", err)
		}
	}
	if b.str("expectations", &text) {
		if o.expectations, err = check.ParseExpectations([]byte(text)); err != nil {
			b.fail("expectations", err)
		}
	}
	return o, b.done()
}

// asked names the lists that choose checks, with what they hold.
func (o *conformanceOptions) asked() string {
	var lists []string
	for _, l := range []struct {
		key  string
		list []string
	}{{"ids", o.selection.IDs}, {"groups", o.selection.Groups}, {"levels", o.selection.Levels}, {"refs", o.selection.Refs}} {
		if len(l.list) > 0 {
			lists = append(lists, fmt.Sprintf("%s %q", l.key, l.list))
		}
	}
	return strings.Join(lists, " and ")
}

// readSelection reads which checks are run. The error for none at all comes last:
// it may only be a consequence.
func (o *conformanceOptions) readSelection(b *bag) {
	b.texts("ids", &o.selection.IDs)
	b.texts("groups", &o.selection.Groups)
	b.texts("levels", &o.selection.Levels)
	b.texts("refs", &o.selection.Refs)
	rules := string(spec.AdobeDoc)
	b.str("rules", &rules)
	o.selection.Rules = spec.RuleSet(rules)
	b.flag("allowIntrusive", &o.selection.Intrusive)
	problems := o.selection.Validate()
	for _, err := range problems {
		b.errs = append(b.errs, fmt.Errorf("%s: %w", b.where, err))
	}
	if len(problems) > 0 {
		return
	}
	var err error
	if o.checks, err = o.selection.Pick(); err != nil {
		b.errs = append(b.errs, fmt.Errorf("%s: no check fits %s (try: dcrbench check --list)", b.where, o.asked()))
	}
}
