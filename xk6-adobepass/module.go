package adobepass

import (
	"errors"
	"sync"

	"github.com/grafana/sobek"
	"go.k6.io/k6/errext"
	"go.k6.io/k6/js/common"
	"go.k6.io/k6/js/modules"
	"go.k6.io/k6/secretsource"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
)

var errInitOnly = errors.New("the module k6/x/adobepass belongs in the init context: import it at the top of the script")

// root is the module of a process: the place of the fleets, which its VUs share.
type root struct {
	mu     sync.Mutex
	fleets map[string]*fleet
	order  []*fleet
	// reports are the conformance runs that are over.
	reports []named
	// benches hold what one call uses and leaves to the next.
	benches sync.Pool
}

var (
	_ modules.Module   = (*root)(nil)
	_ modules.Instance = (*instance)(nil)
)

func newRoot() *root {
	r := &root{fleets: map[string]*fleet{}}
	r.benches.New = func() any {
		return &bench{judge: contract.NewEvaluator(contract.Options{})}
	}
	return r
}

// NewModuleInstance makes the module of one VU.
func (r *root) NewModuleInstance(vu modules.VU) modules.Instance {
	env := vu.InitEnv()
	if env == nil {
		common.Throw(vu.Runtime(), errInitOnly)
	}
	in := &instance{root: r, vu: vu, secrets: env.SecretsManager}
	var err error
	if in.metrics, err = registerMetrics(env.Registry); err != nil {
		common.Throw(vu.Runtime(), err)
	}
	in.methods = in.deviceMethods()
	in.exports = map[string]any{
		"Fleet":       in.newFleet,
		"conformance": in.conformance,
		"writeResult": in.writeResult,
		"operations":  api.OpNames(),
	}
	return in
}

// instance is the module of one VU. It belongs to the VU's goroutine.
type instance struct {
	root *root
	vu   modules.VU
	// secrets are k6's, which it hands out in the init context; nil without a source.
	secrets *secretsource.Manager
	metrics *metricSet
	methods map[string]sobek.Value
	exports map[string]any
}

// Exports are what a script can import.
func (in *instance) Exports() modules.Exports {
	return modules.Exports{Default: in.exports, Named: in.exports}
}

// misuse throws a TypeError: the script is wrong, whatever any service answers.
func (in *instance) misuse(err error) {
	rt := in.vu.Runtime()
	panic(rt.NewTypeError("%s", err.Error()))
}

// abort throws an error that ends the whole test, unless the script catches it.
func (in *instance) abort(err error) {
	rt := in.vu.Runtime()
	panic(rt.NewGoError(&errext.InterruptError{Reason: err.Error()}))
}
