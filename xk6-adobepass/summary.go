package adobepass

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/grafana/sobek"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/tally"
	"github.com/dcrbench/dcrbench/profiles"
)

// report is a rendering of a result that is written beside it.
type report struct {
	name  string
	write func(io.Writer, *result.Document) error
}

var renderings []report

// RegisterReport adds a rendering under a file name, which writeResult writes
// beside result.json. Call it from an init function: drivers and reports do not
// know each other.
func RegisterReport(name string, write func(io.Writer, *result.Document) error) {
	renderings = append(renderings, report{name, write})
}

// writeResult is for handleSummary: it writes the project's own result of each
// fleet that has been used, and returns nothing, so that k6 prints its summary.
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
	crossed := crossedThresholds(rt, call.Argument(0))
	in.root.mu.Lock()
	fleets := slices.Clone(in.root.order)
	in.root.mu.Unlock()
	fleets = slices.DeleteFunc(fleets, func(f *fleet) bool { return !f.started.Load() || f.failure != nil })
	for _, f := range fleets {
		folder := out
		if len(fleets) > 1 {
			folder = filepath.Join(out, strings.ReplaceAll(f.options.Name, string(filepath.Separator), "_"))
		}
		doc, err := f.document(expressions, ignore, crossed)
		if err == nil {
			err = writeFolder(folder, doc)
		}
		if err != nil {
			in.misuse(fmt.Errorf("writeResult: %w", err))
		}
	}
	return sobek.Undefined()
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
	result.Finish(doc, gate)
	if len(crossed) > 0 && doc.Verdict.ExitCode == result.ExitPassed {
		doc.Verdict = result.Verdict{Status: result.StatusFailed, ExitCode: result.ExitFailed}
	}
	if len(crossed) > 0 {
		doc.Verdict.Reasons = append(crossed, doc.Verdict.Reasons...)
	}
	return doc, nil
}

// describe says which part of the fleet lives on this instance.
func (f *fleet) describe() result.Fleet {
	list := f.population.Profiles()
	counts := make([]int, len(list))
	for i := f.share.from; i < f.share.to; i++ {
		counts[f.population.Profile(i)]++
	}
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

// writeFolder writes the document and its renderings.
func writeFolder(folder string, doc *result.Document) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	files := append([]report{{"result.json", result.Encode}}, renderings...)
	for _, r := range files {
		if err := writeFile(filepath.Join(folder, r.name), func(w io.Writer) error { return r.write(w, doc) }); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".result-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
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
