package adobepass

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/grafana/sobek"
	"go.k6.io/k6/lib"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/tally"
	"github.com/dcrbench/dcrbench/profiles"
)

// deliver leaves a document in a folder that is there.
var deliver = func(folder string, doc *result.Document) error {
	f, err := os.Create(filepath.Join(folder, "result.json"))
	if err != nil {
		return err
	}
	return errors.Join(result.Encode(f, doc), f.Close())
}

// DeliverWith replaces what writeResult does with a document, which is to write
// its result.json. Call it from an init function: drivers and reports do not know
// each other, and whoever links both introduces them.
func DeliverWith(write func(folder string, doc *result.Document) error) { deliver = write }

// writeResult is for handleSummary: it writes the project's own result of each
// fleet that has been used and of each conformance run, and returns nothing, so
// that k6 prints its summary.
func (in *instance) writeResult(call sobek.FunctionCall) sobek.Value {
	rt := in.vu.Runtime()
	b := openBag("writeResult", call.Argument(1))
	out := "."
	b.str("out", &out)
	var expressions []string
	b.texts("thresholds", &expressions)
	var ignore bool
	b.flag("ignoreCompliance", &ignore)
	if err := b.done(); err != nil {
		in.misuse(err)
	}
	documents, err := in.root.documents(expressions, ignore, crossedThresholds(rt, call.Argument(0)))
	for _, d := range documents {
		folder := out
		if len(documents) > 1 {
			folder = filepath.Join(out, strings.ReplaceAll(d.name, string(filepath.Separator), "_"))
		}
		if err == nil {
			err = os.MkdirAll(folder, 0o755)
		}
		if err == nil {
			err = deliver(folder, d.doc)
		}
	}
	if err != nil {
		in.misuse(fmt.Errorf("writeResult: %w", err))
	}
	return sobek.Undefined()
}

// named is a document under the name of its fleet or conformance run.
type named struct {
	name string
	doc  *result.Document
}

// documents are the results of the fleets that were used and of the conformance
// runs.
func (r *root) documents(expressions []string, ignore bool, crossed []string) ([]named, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []named
	for _, f := range r.order {
		if !f.started.Load() || f.failure != nil {
			continue
		}
		doc, err := f.document(expressions, ignore, crossed)
		if err != nil {
			return nil, err
		}
		list = append(list, named{f.options.Name, doc})
	}
	return append(list, r.reports...), nil
}

// keep keeps the result of a conformance run until the end of the test, in place
// of an earlier one of that name.
func (r *root) keep(name string, doc *result.Document) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.reports {
		if r.reports[i].name == name {
			r.reports[i].doc = doc
			return
		}
	}
	r.reports = append(r.reports, named{name, doc})
}

// document is the result of what the fleet has done on this instance. It is of the
// kind run and adds up like any other.
func (f *fleet) document(expressions []string, ignore bool, crossed []string) (*result.Document, error) {
	gate := result.Gate{IgnoreCompliance: ignore}
	for _, e := range expressions {
		t, err := result.ParseThreshold(e, f.members)
		if err != nil {
			return nil, fmt.Errorf("thresholds: %w", err)
		}
		gate.Thresholds = append(gate.Thresholds, t)
	}
	doc := &result.Document{
		Schema: result.Schema, Kind: result.KindRun, Tool: tool(),
		Target: result.Target{URL: f.target.String(), Simulator: f.isSimulator, TLS: f.target.Scheme == "https"},
		Fleet:  f.describe(), Seed: uint64(f.options.Seed),
		Started: f.clock.origin, Ended: f.clock.now(),
	}
	if p := f.protocol.Load(); p != nil {
		doc.Target.HTTPVersion = strings.TrimSuffix(strings.TrimPrefix(*p, "HTTP/"), ".0")
	}
	total, predicted := f.tallies.merge()
	total.Fill(doc, tally.Driven{
		Scheduled: uint64(f.touched.Load()), InFlightMax: int(f.maxInFlight.Load()), Predicted: predicted,
	})
	f.tallies.verdicts(doc.Profiles)
	doc.Interrupted = f.interrupted()
	result.Finish(doc, gate)
	// A crossed threshold may be what ended the run.
	if code := doc.Verdict.ExitCode; len(crossed) > 0 && (code == result.ExitPassed || code == result.ExitInterrupted) {
		doc.Verdict = result.Verdict{Status: result.StatusFailed, ExitCode: result.ExitFailed}
	}
	if len(crossed) > 0 {
		doc.Verdict.Reasons = append(crossed, doc.Verdict.Reasons...)
	}
	return doc, nil
}

// interrupted reports whether the test was ended before its time: by a signal, by
// its script or by a threshold that aborts it.
func (f *fleet) interrupted() bool {
	return f.execution != nil && f.execution.GetCurrentExecutionStatus() == lib.ExecutionStatusInterrupted
}

// describe says which part of the fleet lives on this instance.
func (f *fleet) describe() result.Fleet {
	list, counts := f.population.Profiles(), f.residents()
	d := result.Fleet{Name: f.population.Fleet().Name, Devices: f.share.size()}
	for i, p := range list {
		d.Profiles = append(d.Profiles, result.FleetProfile{
			Name: p.Name, Platform: p.Platform, Devices: counts[i],
			ForwardsAddress:   !p.Network.OmitForwardedFor,
			DevicesPerAddress: perAddress(&p.Network, f.share.size()),
		})
	}
	return d
}

// residents counts the devices of each profile that live on this instance.
func (f *fleet) residents() []int {
	counts := make([]int, len(f.members))
	for i := f.share.from; i < f.share.to; i++ {
		counts[f.population.Profile(i)]++
	}
	return counts
}

func perAddress(n *profiles.Network, devices int) float64 {
	if n.OmitForwardedFor {
		return float64(devices)
	}
	return float64(max(1, n.Devices))
}

// crossedThresholds names the thresholds of k6 that were crossed, from the data
// that handleSummary is given.
func crossedThresholds(rt *sobek.Runtime, data sobek.Value) (crossed []string) {
	object := func(v sobek.Value) *sobek.Object {
		if o, ok := v.(*sobek.Object); ok {
			return o
		}
		return rt.NewObject()
	}
	all := object(object(data).Get("metrics"))
	for _, name := range all.Keys() {
		thresholds := object(object(all.Get(name)).Get("thresholds"))
		for _, expression := range thresholds.Keys() {
			if ok := object(thresholds.Get(expression)).Get("ok"); ok != nil && !ok.ToBoolean() {
				crossed = append(crossed, fmt.Sprintf("k6 threshold %s on %s was crossed", expression, name))
			}
		}
	}
	return crossed
}

// tool says which build of this module wrote the result.
func tool() result.Tool {
	t := result.Tool{Version: "dev", Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			t.Version = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				t.Commit = s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return t
}
