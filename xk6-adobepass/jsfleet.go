package adobepass

import (
	"errors"
	"fmt"

	"github.com/grafana/sobek"

	"github.com/dcrbench/dcrbench/internal/api"
)

var (
	errVUOnly  = errors.New("devices act in VU code, not in the init context: call this in the default function, a scenario's function, setup or teardown")
	errNoShare = errors.New("no device of the fleet lives on this instance: its execution segment is too small for the number of devices")
)

// newFleet is the constructor Fleet.
func (in *instance) newFleet(call sobek.ConstructorCall) *sobek.Object {
	rt := in.vu.Runtime()
	if in.vu.InitEnv() == nil {
		in.misuse(errors.New("new Fleet belongs in the init context: make it at the top of the script, outside of functions"))
	}
	o, err := readFleetOptions(call.Argument(0), in.secrets)
	if err != nil {
		in.misuse(err)
	}
	f, err := in.root.fleet(o)
	if err != nil {
		in.misuse(err)
	}
	object := call.This
	method := func(name string, fn func(sobek.FunctionCall) sobek.Value) {
		if err := object.DefineDataProperty(name, rt.ToValue(fn), sobek.FLAG_FALSE, sobek.FLAG_FALSE, sobek.FLAG_TRUE); err != nil {
			in.misuse(err)
		}
	}
	getter := func(name string, fn func() any) {
		get := rt.ToValue(func(sobek.FunctionCall) sobek.Value { return rt.ToValue(fn()) })
		if err := object.DefineAccessorProperty(name, get, nil, sobek.FLAG_FALSE, sobek.FLAG_TRUE); err != nil {
			in.misuse(err)
		}
	}
	getter("name", func() any { return f.options.Name })
	getter("size", func() any { return f.population.Size() })
	getter("seed", func() any { return f.options.Seed })
	getter("profiles", func() any { return f.members })
	getter("shard", func() any { return in.shard(f) })
	getter("target", func() any { in.open(f); return f.target.String() })
	method("next", func(sobek.FunctionCall) sobek.Value { in.openShare(f); return in.device(f, f.next()) })
	method("at", func(c sobek.FunctionCall) sobek.Value { return in.at(f, c.Argument(0)) })
	method("launch", func(sobek.FunctionCall) sobek.Value { return in.launch(f) })
	return nil
}

// open starts the fleet, unless a VU has done so. A fleet that cannot be opened
// aborts the test: thresholds are met as long as nothing is measured, so that a
// test of a target which is not there would pass.
func (in *instance) open(f *fleet) {
	state := in.vu.State()
	if state == nil {
		in.misuse(errVUOnly)
	}
	if err := f.start(in, in.vu.Context(), state); err != nil {
		in.abort(fmt.Errorf("fleet %q: %w", f.options.Name, err))
	}
}

func (in *instance) openShare(f *fleet) {
	in.open(f)
	if f.share.size() == 0 {
		in.misuse(errNoShare)
	}
}

// shardOf is the share of an instance as scripts see it.
type shardOf struct {
	From int `js:"from"`
	To   int `js:"to"`
	Size int `js:"size"`
}

func (in *instance) shard(f *fleet) *shardOf {
	in.open(f)
	return &shardOf{f.share.from, f.share.to, f.share.size()}
}

func (in *instance) at(f *fleet, index sobek.Value) sobek.Value {
	in.open(f)
	i, ok := int64(0), false
	if !absent(index) {
		i, ok = wholeNumber(index)
	}
	if !ok || i < 0 || i >= int64(f.population.Size()) {
		in.misuse(fmt.Errorf("fleet.at: index must be a whole number from 0 to %d, not %s", f.population.Size()-1, shown("index", index)))
	}
	if !f.share.holds(int(i)) {
		in.misuse(fmt.Errorf("fleet.at: device %d lives on another instance; this one has %d to %d", i, f.share.from, f.share.to-1))
	}
	return in.device(f, int(i))
}

// launch waits until the schedule wants the next device, and returns it; null when
// all have been launched or the VU is to stop.
func (in *instance) launch(f *fleet) sobek.Value {
	in.openShare(f)
	i, at, ok := f.nextLaunch()
	if !ok || !wait(in.vu.Context(), at.Sub(f.clock.now())) {
		return sobek.Null()
	}
	u := f.unit(i)
	if f.acquire(in.vu.Context(), i) {
		u.launchAt = at.UnixNano()
		f.release(i)
	}
	return in.device(f, i)
}

// device makes the script's hold of device i.
func (in *instance) device(f *fleet, i int) sobek.Value {
	return in.vu.Runtime().NewDynamicObject(&scriptDevice{in: in, fleet: f, index: i})
}

// scriptDevice is a device in a script: its properties are read-only, and what it
// does is in the methods that all devices of the VU share.
type scriptDevice struct {
	in    *instance
	fleet *fleet
	index int
	id    *api.Identity
}

var _ sobek.DynamicObject = (*scriptDevice)(nil)

var deviceProperties = []string{"index", "profile", "platform", "identifier", "address", "userAgent", "mvpd", "registered", "done", "readyIn"}

// Get returns a property or a method.
func (d *scriptDevice) Get(key string) sobek.Value {
	if m := d.in.methods[key]; m != nil {
		return m
	}
	if v := d.property(key); v != nil {
		return d.in.vu.Runtime().ToValue(v)
	}
	return nil
}

func (d *scriptDevice) property(key string) any {
	population := d.fleet.population
	switch key {
	case "index":
		return d.index
	case "profile":
		return d.fleet.members[population.Profile(d.index)]
	case "platform":
		return population.Profiles()[population.Profile(d.index)].Platform
	case "identifier":
		return d.identity().DeviceIdentifier
	case "address":
		return d.identity().ForwardedFor
	case "userAgent":
		return d.identity().UserAgent
	case "mvpd":
		return population.Viewer(d.index)
	case "registered":
		return d.state().registered
	case "done":
		return d.state().finished
	case "readyIn":
		return d.state().readyIn
	}
	return nil
}

func (d *scriptDevice) identity() *api.Identity {
	if d.id == nil {
		id := d.fleet.population.Identity(d.index)
		d.id = &id
	}
	return d.id
}

// Set refuses: a script cannot make a device another.
func (d *scriptDevice) Set(key string, _ sobek.Value) bool {
	d.in.misuse(fmt.Errorf("device.%s cannot be set: devices are read-only", key))
	return false
}

// Has reports whether there is such a property or method.
func (d *scriptDevice) Has(key string) bool {
	for _, p := range deviceProperties {
		if p == key {
			return true
		}
	}
	return d.in.methods[key] != nil
}

// Delete refuses.
func (d *scriptDevice) Delete(key string) bool { return !d.Has(key) }

// Keys lists the properties.
func (d *scriptDevice) Keys() []string { return deviceProperties }
