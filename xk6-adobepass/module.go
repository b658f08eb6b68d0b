package adobepass

import (
	"sync"

	"github.com/grafana/sobek"
	"go.k6.io/k6/js/common"
	"go.k6.io/k6/js/modules"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
)

// root is the module of a process: the place of the fleets, which its VUs share.
type root struct {
	mu     sync.Mutex
	fleets map[string]*fleet
	order  []*fleet
	// stage is what one call uses and leaves to the next.
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
	in := &instance{root: r, vu: vu}
	env := vu.InitEnv()
	if env == nil {
		common.Throw(vu.Runtime(), errInitOnly)
	}
	var err error
	if in.metrics, err = registerMetrics(env.Registry); err != nil {
		common.Throw(vu.Runtime(), err)
	}
	in.methods = in.deviceMethods()
	in.exports = map[string]any{
		"Fleet":       in.newFleet,
		"writeResult": in.writeResult,
		"operations":  api.OpNames(),
	}
	return in
}

// instance is the module of one VU. It belongs to the VU's goroutine.
type instance struct {
	root    *root
	vu      modules.VU
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
