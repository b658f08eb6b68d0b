package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/dcrbench/dcrbench/internal/pace"
	virtual "github.com/dcrbench/dcrbench/internal/plan"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/profiles"
	"github.com/dcrbench/dcrbench/reports"
)

const planLong = `Play a fleet's day in virtual time against the rules of the simulated service,
without a request, and report what the service would see: request rates over
time and their peaks, what is throttled and why, waves of token requests, and
what each profile costs. A million devices take seconds.

Devices start their apps several times a day, most of them in the evening.
--per-day 0, or a horizon below an hour, plays the fleet as dcrbench run does
instead: by its own launch schedule, with the relaunches of its profiles.

With --what-if, a variant is planned as well and set beside the plan.`

const planExample = `  dcrbench plan --devices 1000000
  dcrbench plan kick-off --devices 50000 --horizon 1h --per-day 0
  dcrbench plan --outage 20:05+3m --deploy 21:00
  dcrbench plan --what-if token_ttl=1h --what-if profile.roku-v4.weight=0
  dcrbench plan --devices 500 --horizon 60s        # compare with:
  dcrbench run --devices 500 --duration 60s`

// planOptions are the flags of dcrbench plan.
type planOptions struct {
	fleet      string
	devices    int
	horizon    time.Duration
	begin      string
	launch     string
	launchRate float64
	perDay     float64
	seed       uint64
	tokenTTL   time.Duration
	loginDelay time.Duration
	throttle   string
	latency    string
	errorRate  float64
	outages    []string
	deploys    []string
	whatIf     []string
	judge      int
	thresholds []string
	out        string
	format     string
	config     string
}

func newPlan() *cobra.Command {
	o := &planOptions{}
	cmd := &cobra.Command{
		Use:     "plan [FLEET]",
		Short:   "Play a fleet's day in virtual time",
		Long:    planLong,
		Example: planExample,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.config != "" {
				if err := applyConfig(cmd, o.config); err != nil {
					return err
				}
			}
			if len(args) == 1 {
				if cmd.Flags().Changed("fleet") {
					return fmt.Errorf("fleet given twice: %q and --fleet %q", args[0], o.fleet)
				}
				o.fleet = args[0]
			}
			return o.run(cmd)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.fleet, "fleet", profiles.DefaultFleet, "fleet to plan: a built-in name or a YAML file")
	f.IntVar(&o.devices, "devices", 0, "number of devices (default: the fleet's own)")
	f.DurationVar(&o.horizon, "horizon", 24*time.Hour, "time to plan")
	f.StringVar(&o.begin, "begin", "00:00", "time of the day at which the plan begins")
	f.StringVar(&o.launch, "launch", "", "when devices start their apps first: diurnal, or a schedule as of dcrbench run\n(default: diurnal; with --per-day 0 the fleet's own)")
	f.Float64Var(&o.launchRate, "launch-rate", 0, "first starts per second, evenly spaced; short for --launch constant:R")
	f.Float64Var(&o.perDay, "per-day", virtual.DefaultLaunchesPerDay, "starts of the app per device and day, by the diurnal curve;\n0 leaves relaunches to the profiles, and is the default below a horizon of an hour")
	f.Uint64Var(&o.seed, "seed", 1, "seed of every random draw")
	f.DurationVar(&o.tokenTTL, "token-ttl", 6*time.Hour, "life of an access token, in whole seconds")
	f.DurationVar(&o.loginDelay, "login-delay", 4*time.Second, "time from authenticate until the viewer has logged in")
	f.StringVar(&o.throttle, "throttle", "on", "on for the documented limits, off, or RATE:BURST such as 1:10")
	f.StringVar(&o.latency, "latency", "50ms", "time before each answer: fixed, a range such as 10ms..50ms,\nor lognormal:MEDIAN,P99; by default "+localLatency+" with --per-day 0, as from a\nsimulator on this machine")
	f.Float64Var(&o.errorRate, "error-rate", 0, "share of admitted requests answered with a 500, 0 to 1")
	f.StringArrayVar(&o.outages, "outage", nil, "time in which the service fails, such as 20:05+3m or 20:05+3m=503 (repeatable)")
	f.StringArrayVar(&o.deploys, "deploy", nil, "time at which the service forgets all tokens, such as 20:15 (repeatable)")
	f.StringArrayVar(&o.whatIf, "what-if", nil, "plan a variant as well, with KEY=VALUE changed (repeatable); keys are\n"+strings.Join(virtual.ChangeKeys(), ",\n"))
	judgeFlag(f, &o.judge)
	f.StringArrayVar(&o.thresholds, "threshold", nil, "expression over the result that must hold, such as 'throttling.ratio<0.01'\n(repeatable)")
	f.StringVar(&o.out, "out", "", "folder for the results (default dcrbench-out/<time>-plan)")
	f.StringVar(&o.format, "format", "text", "what goes to standard output: text or json")
	f.StringVar(&o.config, "config", "", "YAML file of flag names and values")
	return cmd
}

func (o *planOptions) run(cmd *cobra.Command) error {
	collectSeldom()
	o.likeARun(cmd)
	config, err := o.prepare(cmd)
	if err != nil {
		return err
	}
	changes, variant, err := o.variant(config)
	if err != nil {
		return err
	}
	thresholds, err := parseThresholds(o.thresholds, config.Fleet)
	if err != nil {
		return err
	}
	gate := result.Gate{Thresholds: thresholds}
	out, err := makeOut(o.out, "plan")
	if err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	doc, err := playPlan(ctx, cmd.ErrOrStderr(), config, config.Fleet.Name)
	if err != nil {
		return err
	}
	if len(changes) > 0 && !doc.Interrupted {
		debug.FreeOSMemory() // a crowd may have been large
		other, err := playPlan(ctx, cmd.ErrOrStderr(), variant, "what if")
		if err != nil {
			return err
		}
		doc.Interrupted = other.Interrupted
		if !other.Interrupted {
			doc.Plan.WhatIf = virtual.Compare(doc, other, changes)
		}
	}
	result.Finish(doc, gate)
	return o.report(cmd, doc, out)
}

// localLatency is the time that an answer of a simulator on the same machine
// takes, as a run sees it.
const localLatency = "250µs"

// likeARun chooses the defaults of a plan that is to be set beside a run: an hour
// is too short for a day's curve to mean anything.
func (o *planOptions) likeARun(cmd *cobra.Command) {
	if o.horizon < time.Hour && !cmd.Flags().Changed("per-day") {
		o.perDay = 0
	}
	if o.perDay == 0 && !cmd.Flags().Changed("latency") {
		o.latency = localLatency
	}
}

// prepare turns the flags into the configuration of a plan.
func (o *planOptions) prepare(cmd *cobra.Command) (virtual.Config, error) {
	library, name, err := openFleet(o.fleet)
	if err != nil {
		return virtual.Config{}, err
	}
	fleet, err := library.Fleet(name)
	if err != nil {
		return virtual.Config{}, err
	}
	c := virtual.Config{Fleet: fleet, Devices: fleet.Devices, Seed: o.seed, Horizon: o.horizon, LaunchesPerDay: o.perDay, Judge: o.judge}
	if cmd.Flags().Changed("devices") {
		c.Devices = o.devices
	}
	var errs []error
	add := func(flag string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	if o.format != "text" && o.format != "json" {
		errs = append(errs, fmt.Errorf("--format %q: want text or json", o.format))
	}
	add("judge", checkJudge(o.judge))
	c.Begin, err = virtual.ParseTimeOfDay(o.begin)
	add("begin", err)
	c.ResponseTime, err = virtual.ParseResponseTime(o.latency)
	add("latency", err)
	c.Launch, err = o.schedule(cmd, &c)
	add("launch", err)
	errs = append(errs, o.service(&c)...)
	if len(errs) > 0 {
		return c, errors.Join(errs...)
	}
	return c, c.Validate()
}

// service fills in how the planned service behaves.
func (o *planOptions) service(c *virtual.Config) (errs []error) {
	s := &c.Service
	s.TokenTTL, s.LoginDelay, s.ErrorRate = o.tokenTTL, o.loginDelay, o.errorRate
	if o.tokenTTL < time.Second {
		errs = append(errs, fmt.Errorf("--token-ttl %v: want at least 1s", o.tokenTTL))
	}
	if o.loginDelay == 0 {
		s.LoginDelay = -1
	}
	switch o.throttle {
	case "on":
	case "off":
		s.ThrottleOff = true
	default:
		limits, err := throttle.ParseLimits(o.throttle)
		if err != nil {
			errs = append(errs, fmt.Errorf("--throttle %q: want on, off or RATE:BURST: %w", o.throttle, err))
		}
		s.Throttle = limits
	}
	for _, text := range o.outages {
		outage, err := virtual.ParseOutage(text, c.Begin)
		if err != nil {
			errs = append(errs, fmt.Errorf("--outage: %w", err))
		}
		s.Outages = append(s.Outages, outage)
	}
	for _, text := range o.deploys {
		at, err := virtual.ParseDeploy(text, c.Begin)
		if err != nil {
			errs = append(errs, fmt.Errorf("--deploy: %w", err))
		}
		s.Deploys = append(s.Deploys, at)
	}
	return errs
}

// schedule is when devices start their apps first; nil leaves it to the curve.
func (o *planOptions) schedule(cmd *cobra.Command, c *virtual.Config) (*pace.Spec, error) {
	byRate := cmd.Flags().Changed("launch-rate")
	switch {
	case byRate && o.launch != "":
		return nil, errors.New("--launch and --launch-rate exclude each other")
	case byRate && !(o.launchRate > 0):
		return nil, fmt.Errorf("--launch-rate %g: want more than 0 launches per second", o.launchRate)
	case byRate:
		return &pace.Spec{Shape: pace.Constant, Rate: o.launchRate}, nil
	case o.launch == "diurnal", o.launch == "" && o.perDay > 0:
		return nil, nil
	case o.launch != "":
		spec, err := pace.ParseSpec(o.launch)
		return &spec, err
	case c.Devices < 1 || c.Horizon <= 0:
		return nil, nil // Validate has the message
	}
	spec := c.Fleet.Launch.Fit(c.Devices, c.Horizon)
	return &spec, nil
}

// variant makes the configuration that --what-if asks for.
func (o *planOptions) variant(c virtual.Config) ([]virtual.Change, virtual.Config, error) {
	var changes []virtual.Change
	for _, text := range o.whatIf {
		change, err := virtual.ParseChange(text)
		if err != nil {
			return nil, c, err
		}
		changes = append(changes, change)
	}
	if len(changes) == 0 {
		return nil, c, nil
	}
	v, err := c.Variant(changes)
	return changes, v, err
}

// playPlan plays one plan and makes its document.
func playPlan(ctx context.Context, progress io.Writer, c virtual.Config, name string) (*result.Document, error) {
	planner, err := virtual.New(c)
	if err != nil {
		return nil, err
	}
	finished := showPlanProgress(progress, name, planner)
	planner.Run(ctx)
	finished()
	doc := &result.Document{
		Schema: result.Schema, Tool: tool(), Target: result.Target{URL: "virtual time", Simulator: true},
	}
	planner.Fill(doc)
	doc.Load.Launch = "diurnal"
	if c.Launch != nil {
		doc.Load.Launch = c.Launch.String()
	}
	return doc, nil
}

// showPlanProgress draws how much of the plan is done, with the time left, until
// the returned function is called. On anything but a terminal it draws nothing.
func showPlanProgress(w io.Writer, name string, planner *virtual.Planner) (finish func()) {
	width, ok := terminalWidth(w)
	if !ok {
		return func() {}
	}
	p := mpb.New(mpb.WithOutput(w), mpb.WithWidth(min(width, 110)), mpb.WithRefreshRate(progressEvery))
	bar := p.New(int64(planner.Progress().Devices), slimBar(),
		mpb.BarWidth(30),
		mpb.PrependDecorators(decor.Name(name+" ")),
		mpb.AppendDecorators(
			decor.Any(func(decor.Statistics) string {
				s := planner.Progress()
				return fmt.Sprintf(" %d/%d devices  ", s.Done, s.Devices)
			}),
			decor.AverageETA(decor.ET_STYLE_MMSS), decor.Name(" left"),
		),
		mpb.BarRemoveOnComplete(),
	)
	return animate(p, bar, func() {
		s := planner.Progress()
		bar.SetCurrent(min(s.Devices-1, s.Done))
	})
}

// report writes the result to its folder and to standard output.
func (o *planOptions) report(cmd *cobra.Command, doc *result.Document, out string) error {
	return deliver(cmd, doc, out, o.format, func(w io.Writer) error {
		return errors.Join(reports.Text(w, doc, textOptions(w)), reports.Plan(w, doc, textOptions(w)))
	})
}
