package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/guard"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/run"
	"github.com/dcrbench/dcrbench/profiles"
	"github.com/dcrbench/dcrbench/reports"
)

const runLong = `Run a fleet of simulated devices against a target and report what was
throttled, how well tokens were reused and which answers were not as documented.

Devices launch on an open schedule: a slow answer delays nobody but its own
device, and latency counts from the intended send time. Without --target the
fleet runs against the embedded simulator.

Credentials for a target are kept in a vault, so that a second run does not
register again. FLEET is the name of a fleet that ships with dcrbench (see
dcrbench profiles list) or a YAML file of your own.`

const runExample = `  dcrbench run
  dcrbench run kick-off --devices 2000 --duration 1m --launch-rate 200
  dcrbench run well-behaved --search launch_rate:1..500 --threshold 'throttling.ratio<1%' \
      --threshold 'endpoints.token.latency_us.p99<250ms'
  dcrbench run my-fleet.yaml --target http://127.0.0.1:18080 --format json
  dcrbench run --target https://sp.auth-staging.adobe.com --authorized \
      --software-statement-file statement.jwt --max-rps 20`

// runOptions are the flags of dcrbench run.
type runOptions struct {
	targetOptions
	releaseOptions
	fleet       string
	devices     int
	duration    time.Duration
	launch      string
	launchRate  float64
	maxRPS      float64
	maxInFlight int
	seed        uint64
	warmUp      time.Duration
	judge       int
	thresholds  []string
	abort       bool
	maxLateness time.Duration
	ignore      bool
	out         string
	format      string
	config      string
	metrics     metricsOptions
	search      string
}

func newRun() *cobra.Command { return newRunCommand(&runOptions{}) }

// newRunCommand returns the command that fills o and runs it.
func newRunCommand(o *runOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "run [FLEET]",
		Short:   "Run a fleet against a target, the embedded simulator by default",
		Long:    runLong,
		Example: runExample,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if cmd.Flags().Changed("fleet") {
					return fmt.Errorf("fleet given twice: %q and --fleet %q", args[0], o.fleet)
				}
				// Set counts as given on the command line, which the file does not overrule.
				if err := cmd.Flags().Set("fleet", args[0]); err != nil {
					return err
				}
			}
			if o.config != "" {
				if err := applyConfig(cmd, o.config); err != nil {
					return err
				}
			}
			if o.search != "" {
				return o.runSearch(cmd)
			}
			return o.run(cmd)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.fleet, "fleet", profiles.DefaultFleet, "fleet to run: a built-in name or a YAML file")
	f.IntVar(&o.devices, "devices", 0, "number of devices (default: the fleet's own)")
	f.DurationVar(&o.duration, "duration", 0, "how long requests are sent (default: the fleet's own)")
	f.StringVar(&o.launch, "launch", "", "launch schedule, such as constant:20, ramp:1..50/30s, poisson:20,\nsteps:10/5s,50/10s or spike:base=2,at=10s,width=2s,share=0.7 (default: the fleet's own)")
	f.Float64Var(&o.launchRate, "launch-rate", 0, "device launches per second, evenly spaced; short for --launch constant:R")
	f.Float64Var(&o.maxRPS, "max-rps", 0, fmt.Sprintf("hard ceiling on requests per second (default: none on this machine, %d elsewhere)", guard.Ceiling))
	f.IntVar(&o.maxInFlight, "max-in-flight", run.DefaultMaxInFlight, "bound on requests under way and on connections; above it requests are late")
	f.Uint64Var(&o.seed, "seed", 1, "seed of every random draw")
	f.DurationVar(&o.warmUp, "warm-up", 0, "first part of the run that no figure shall hold")
	f.StringVar(&o.search, "search", "", searchHelp)
	judgeFlag(f, &o.judge)
	f.StringArrayVar(&o.thresholds, "threshold", nil, "expression over the result that must hold, such as 'throttling.ratio<0.01'\n(repeatable)")
	f.BoolVar(&o.abort, "abort-on-threshold", false, abortHelp)
	f.DurationVar(&o.maxLateness, "max-lateness", result.DefaultMaxLateness, "99th percentile of the generator's lateness above which the run is not to be trusted")
	f.BoolVar(&o.ignore, "ignore-compliance", false, "let the run pass although answers were not as documented")
	f.StringVar(&o.out, "out", "", "folder for the results (default dcrbench-out/<time>-run)")
	f.StringVar(&o.format, "format", "text", "what goes to standard output: text or json")
	f.StringVar(&o.config, "config", "", "YAML file of flag names and values")
	o.metrics.register(f)
	o.releaseOptions.register(f)
	o.targetOptions.register(f)
	return cmd
}

// plan is everything about a run that is settled before anything is sent.
type plan struct {
	fleet    *profiles.Fleet
	devices  int
	duration time.Duration
	launch   pace.Spec
	schedule pace.Schedule
	gate     result.Gate
}

func (o *runOptions) run(cmd *cobra.Command) error {
	p, err := o.prepare(cmd)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	// The embedded simulator knows whatever provider the fleet's viewers choose.
	o.sim.mvpds = append(o.sim.mvpds, p.fleet.MVPDs...)
	inFlight, limit := o.inFlight()
	o.maxConns = inFlight
	target, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer target.Close()
	for _, w := range target.warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "dcrbench: "+w)
	}
	metrics, err := o.metrics.serve(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer metrics.Close(ctx)
	out, err := makeOut(o.out, "run")
	if err != nil {
		return err
	}
	alarm, err := run.NewAlarm()
	if err != nil {
		return err
	}
	defer alarm.Close()
	config := run.Config{
		Fleet: p.fleet, Devices: p.devices, Seed: o.seed,
		Schedule: p.schedule, Duration: p.duration, WarmUp: o.warmUp,
		MaxPerSecond: o.ceiling(cmd, target), MaxInFlight: inFlight, DescriptorLimit: limit, Judge: o.judge,
		Statement: target.statement, Transport: target.client, Store: target.store,
		Alarm: alarm,
	}
	if metrics != nil {
		config.Observer = metrics.observe
	}
	runner, err := run.New(config)
	if err != nil {
		return err
	}
	if metrics != nil {
		metrics.attach(runner, o.facts(p, target))
	}
	finished := showProgress(cmd.ErrOrStderr(), p.fleet.Name, runner)
	bounded, end := context.WithCancel(ctx)
	defer end()
	lookout := o.watch(end, runner, p)
	err = runner.Run(bounded)
	finished()
	doc := o.document(runner, target, ctx.Err() != nil, p)
	lookout.end(doc)
	if err != nil {
		result.Break(doc, err)
	}
	return o.report(cmd, doc, out)
}

// inFlight is how many requests may be under way, and the limit on open files
// when that is what bounds them. The embedded simulator holds the other ends of
// the connections too.
func (o *runOptions) inFlight() (n, limit int) {
	limit, room := run.Descriptors()
	if o.target == "" {
		room = max(1, room/2)
	}
	if o.maxInFlight <= room {
		return o.maxInFlight, 0
	}
	return room, limit
}

// prepare settles everything that can be wrong before anything is opened.
func (o *runOptions) prepare(cmd *cobra.Command) (*plan, error) {
	library, name, err := openFleet(o.fleet)
	if err != nil {
		return nil, err
	}
	fleet, err := library.Fleet(name)
	if err != nil {
		return nil, err
	}
	p := &plan{fleet: fleet, devices: fleet.Devices, duration: fleet.Duration}
	if cmd.Flags().Changed("devices") {
		p.devices = o.devices
	}
	if cmd.Flags().Changed("duration") {
		p.duration = o.duration
	}
	if err := o.check(p); err != nil {
		return nil, err
	}
	if p.launch, err = o.launchSpec(cmd, p); err != nil {
		return nil, err
	}
	if p.schedule, err = p.launch.Schedule(p.devices, o.seed); err != nil {
		return nil, fmt.Errorf("launch schedule: %w", err)
	}
	p.gate = result.Gate{MaxLateness: o.maxLateness, IgnoreCompliance: o.ignore}
	if p.gate.Thresholds, err = parseThresholds(o.thresholds, fleet); err != nil {
		return nil, err
	}
	return p, o.checkAbort(p)
}

// check refuses flag values that no run can have.
func (o *runOptions) check(p *plan) error {
	var errs []error
	add := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	add(p.devices < 1 || p.devices > maxDevices, "--devices %d: want 1 to %d", p.devices, maxDevices)
	add(p.duration <= 0, "--duration %v: want more than 0, as in 30s", p.duration)
	add(o.warmUp < 0 || o.warmUp > 0 && o.warmUp >= p.duration, "--warm-up %v: want less than the duration of %v", o.warmUp, p.duration)
	add(!(o.maxRPS >= 0 && o.maxRPS <= maxRate), "--max-rps %g: want 0 for no ceiling, or up to %g", o.maxRPS, float64(maxRate))
	add(o.maxInFlight < 1, "--max-in-flight %d: want at least 1", o.maxInFlight)
	add(o.maxLateness <= 0, "--max-lateness %v: want more than 0", o.maxLateness)
	add(o.format != "text" && o.format != "json", "--format %q: want text or json", o.format)
	if err := checkJudge(o.judge); err != nil {
		errs = append(errs, fmt.Errorf("--judge: %w", err))
	}
	add(o.search != "" && o.metrics.listen != "", "--metrics-listen %q: a search is many runs, and the metrics are of one", o.metrics.listen)
	return errors.Join(append(errs, o.metrics.check(), o.releaseOptions.check(), o.targetOptions.check())...)
}

// maxRate bounds --max-rps: nothing on one machine comes near it.
const maxRate = 1e6

// maxDevices bounds --devices: beyond it a fleet belongs on several machines.
const maxDevices = 10_000_000

func (o *runOptions) launchSpec(cmd *cobra.Command, p *plan) (pace.Spec, error) {
	byRate := cmd.Flags().Changed("launch-rate")
	switch {
	case byRate && o.launch != "":
		return pace.Spec{}, errors.New("--launch and --launch-rate exclude each other")
	case byRate && !(o.launchRate > 0):
		return pace.Spec{}, fmt.Errorf("--launch-rate %g: want more than 0 launches per second", o.launchRate)
	case byRate:
		return pace.Spec{Shape: pace.Constant, Rate: o.launchRate}, nil
	case o.launch != "":
		spec, err := pace.ParseSpec(o.launch)
		if err != nil {
			return spec, fmt.Errorf("--launch: %w", err)
		}
		return spec, nil
	}
	return p.fleet.Launch.Fit(p.devices, p.duration), nil
}

// ceiling is the request rate that the run may not exceed: the user's, or a
// cautious one for a target elsewhere.
func (o *runOptions) ceiling(cmd *cobra.Command, t *target) float64 {
	if cmd.Flags().Changed("max-rps") || t.local {
		return o.maxRPS
	}
	return guard.Ceiling
}

func (o *runOptions) document(runner *run.Runner, t *target, interrupted bool, p *plan) *result.Document {
	doc := &result.Document{
		Schema: result.Schema, Kind: result.KindRun, Tool: tool(),
		Target:      result.Target{URL: t.url.String(), Simulator: t.simulator, HTTPVersion: t.httpVersion(), TLS: t.url.Scheme == "https"},
		Interrupted: interrupted, Release: o.release(),
	}
	runner.Fill(doc)
	doc.Load.Launch = p.launch.String()
	result.Finish(doc, p.gate)
	return doc
}

// facts say what runs against what, for the metrics.
func (o *runOptions) facts(p *plan, t *target) runFacts {
	return runFacts{version: version(), fleet: p.fleet.Name, target: t.url.Redacted(), seed: fmt.Sprint(o.seed)}
}

// report writes the result to its folder and to standard output.
func (o *runOptions) report(cmd *cobra.Command, doc *result.Document, out string) error {
	return deliver(cmd, doc, out, o.format, func(w io.Writer) error {
		return o.text(w, doc, func(w io.Writer) error { return reports.Text(w, doc, textOptions(w)) })
	})
}
