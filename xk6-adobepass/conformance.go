package adobepass

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/lib"
	"go.k6.io/k6/metrics"

	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/guard"
	"github.com/dcrbench/dcrbench/internal/probe"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// embeddedTarget names the embedded simulator where a URL would stand.
const embeddedTarget = "embedded simulator"

// verdict is what a script learns of one check.
type verdict struct {
	ID       string   `js:"id"`
	Group    string   `js:"group"`
	Level    string   `js:"level"`
	Verdict  string   `js:"verdict"`
	Title    string   `js:"title"`
	Message  string   `js:"message"`
	Refs     []string `js:"refs"`
	Expected bool     `js:"expected"`
}

// conformanceResult is what a script learns of a conformance run.
type conformanceResult struct {
	Status   string         `js:"status"`
	OK       bool           `js:"ok"`
	ExitCode int            `js:"exitCode"`
	Reasons  []string       `js:"reasons"`
	Target   string         `js:"target"`
	Throttle string         `js:"throttle"`
	Requests int            `js:"requests"`
	Duration float64        `js:"duration"`
	Counts   map[string]int `js:"counts"`
	Checks   []verdict      `js:"checks"`
}

// conformance is the export conformance: it runs the selected checks, as dcrbench
// check does, and returns their verdicts. Its requests go out through
// internal/wire and not through k6's stack: probes send what no well-formed client
// would, which net/http puts right or refuses, and they are no load that belongs in
// k6's figures. Connections are k6's own, with its hosts, DNS and TLS options.
func (in *instance) conformance(call sobek.FunctionCall) sobek.Value {
	state := in.vu.State()
	if state == nil {
		in.misuse(errVUOnly)
	}
	o, err := readConformanceOptions(call.Argument(0), in.secrets)
	if err != nil {
		in.misuse(err)
	}
	r := &conformanceRun{options: o, began: time.Now()}
	if u := o.url(); u == nil {
		err = r.embedded(in.vu.Context())
	} else {
		err = r.remote(in.vu.Context(), state, u)
	}
	if err != nil {
		in.abort(err)
	}
	r.judge(in.vu.Context())
	if errors.Is(in.vu.Context().Err(), context.DeadlineExceeded) {
		state.Logger.Error(r.cutShort())
	}
	in.root.keep(o.Name, r.document())
	return in.vu.Runtime().ToValue(r.describe())
}

// sharedLimit is said when the checks take as long as one device would.
const sharedLimit = "conformance: the target throttles all devices together; at one request a second all checks take four to five minutes (groups and ids choose some)"

// cutShort says what to do when k6 ended the run before the checks did.
func (r *conformanceRun) cutShort() string {
	return fmt.Sprintf("conformance: k6's time was over after %v, and not all of the %d checks have a verdict "+
		"(in setup the limit is the option setupTimeout, such as setupTimeout: '10m', and in a scenario maxDuration; the group thr takes the longest)",
		r.ended.Sub(r.began).Round(time.Second), len(r.options.checks))
}

// conformanceRun is one run of the suite.
type conformanceRun struct {
	options      conformanceOptions
	target       result.Target
	suite        *check.Suite
	stats        probe.Stats
	began, ended time.Time
	report       check.Report
}

// embedded checks a simulator in this process, in virtual time.
func (r *conformanceRun) embedded(ctx context.Context) error {
	config, err := r.options.Simulator.backend(nil)
	if err != nil {
		return err
	}
	keys, err := probe.NewKeys()
	if err != nil {
		return err
	}
	// Virtual time begins at a whole second, so that runs are alike.
	begin := r.began.Truncate(time.Second)
	service, kit, err := probe.Embed(config, keys, [32]byte{1}, begin)
	if err != nil {
		return err
	}
	kit.Patience = max(kit.Patience, r.options.patience)
	r.equip(&kit)
	r.target = result.Target{URL: embeddedTarget, Simulator: true}
	v := probe.Virtual{Service: service, Now: begin, Limits: r.options.limits}
	r.stats = v.Run(ctx, r.suite)
	return nil
}

// remote checks a target over the network.
func (r *conformanceRun) remote(ctx context.Context, state *lib.State, u *url.URL) error {
	text, simulator, err := r.options.statement(ctx, state.Transport, u)
	if err != nil {
		return err
	}
	keys, err := probe.NewKeys()
	if err != nil {
		return err
	}
	options := wire.Options{TLS: state.TLSConfig}
	if state.Dialer != nil {
		options.Dial = state.Dialer.DialContext
	}
	client, err := wire.New(u, options)
	if err != nil {
		return err
	}
	defer client.Close()
	local := guard.IsLoopback(u.Hostname())
	kit := check.Kit{
		Statement: text, Foreign: keys.Foreign(), Patience: r.options.patience,
		TLS: u.Scheme == "https", Loopback: local, Addresses: uint32(r.began.UnixNano()),
	}
	if simulator {
		kit.Reserved = probe.Reserved()
	}
	l := probe.Live{Client: client, Limits: r.options.limits, MaxPerSecond: r.options.MaxRPS}
	l.Shared = func() { state.Logger.Warn(sharedLimit) }
	r.equip(&kit)
	r.target = result.Target{URL: u.String(), Simulator: simulator, TLS: kit.TLS}
	r.stats = l.Run(ctx, r.suite)
	return nil
}

// equip fills in what the options say and prepares the suite.
func (r *conformanceRun) equip(kit *check.Kit) {
	o := &r.options
	kit.ServiceProvider, kit.MVPD, kit.Limits = o.serviceProvider, o.mvpd, o.limits
	kit.Rules, kit.Strict, kit.Intrusive = o.selection.Rules, o.strict, o.selection.Intrusive
	r.suite = check.NewSuite(*kit, o.checks)
}

func (r *conformanceRun) judge(ctx context.Context) {
	r.ended = time.Now()
	r.report = check.Judge(r.suite.Results(), check.Gate{
		RequireComplete: r.options.requireComplete, Expectations: r.options.expectations,
		Target: r.target.URL, Today: r.ended,
		Interrupted: ctx.Err() != nil, Answered: r.stats.Answered > 0,
	})
	if r.suite.Throttle != nil && r.suite.Throttle.Refusal != nil {
		r.report.Model = r.suite.Throttle.Model()
	}
}

// document is the result of the run, for writeResult.
func (r *conformanceRun) document() *result.Document {
	doc := &result.Document{
		Schema: result.Schema, Kind: result.KindCheck, Tool: tool(),
		Target: r.target, Started: r.began, Ended: r.ended,
	}
	r.report.Fill(doc, r.stats.Requests, r.stats.Answered)
	return doc
}

// describe is the run as the script sees it.
func (r *conformanceRun) describe() *conformanceResult {
	c := &conformanceResult{
		Status: string(r.report.Status), OK: r.report.ExitCode == 0, ExitCode: r.report.ExitCode,
		Reasons: r.report.Reasons, Target: r.target.URL, Throttle: r.report.Model,
		Requests: r.stats.Requests, Duration: metrics.D(r.ended.Sub(r.began)),
		Counts: map[string]int{},
	}
	for _, v := range check.Verdicts() {
		c.Counts[string(v)] = r.report.Count(v)
	}
	for i := range r.report.Results {
		x := &r.report.Results[i]
		c.Checks = append(c.Checks, verdict{
			ID: x.Check.ID, Group: x.Check.Group(), Level: string(x.Level), Verdict: string(x.Verdict),
			Title: x.Check.Title, Message: x.Message, Refs: x.Check.Refs, Expected: x.Expected != nil,
		})
	}
	return c
}
