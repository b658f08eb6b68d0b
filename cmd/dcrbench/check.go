package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/guard"
	"github.com/dcrbench/dcrbench/internal/probe"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/internal/wire"
	"github.com/dcrbench/dcrbench/reports"
)

const checkLong = `check says, requirement by requirement and with the evidence, whether a target
answers as the vendor documents and as the RFCs behind it require.

It works inside the target's rate limit: every probe is a device of its own and
keeps to a model of its bucket. The throttle is identified last. Without a
target the embedded simulator is checked, in virtual time.

Exit codes: 0 no unexpected failure; 1 a binding requirement failed or an
expectation is stale; 2 usage, configuration or an empty selection; 3 target
unreachable, the suite itself failed, or a partial run with --require-complete;
130 interrupted.`

const checkExample = `  dcrbench check
  dcrbench check --list --group thr
  dcrbench check --target http://127.0.0.1:18080 --format junit > check.xml
  dcrbench check --rules rfc --strict --id 'tok.*'
  dcrbench check --replay reg.no-store`

type checkOptions struct {
	targetOptions
	releaseOptions
	selection       spec.Selection
	rules           string
	list            bool
	all             bool
	strict          bool
	requireComplete bool
	expectations    string
	writeExpected   bool
	replay          string
	format          string
	out             string
	serviceProvider string
	mvpd            string
	limits          string
	patience        time.Duration
	maxRPS          float64
}

// newCheck is the command that runs the conformance suite.
func newCheck() *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Check a target against the vendor's documents and the RFCs",
		Long:    checkLong,
		Example: checkExample,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.list, "list", false, "list the selected checks and run nothing")
	f.StringArrayVar(&o.selection.IDs, "id", nil, "only checks whose id fits the pattern, such as 'reg.*' (repeatable)")
	f.StringArrayVar(&o.selection.Groups, "group", nil, "only checks of the group, such as thr (repeatable)")
	f.StringArrayVar(&o.selection.Levels, "level", nil, "only checks of the level: must, doc, should, bcp or may (repeatable)")
	f.StringArrayVar(&o.selection.Refs, "ref", nil, "only checks whose references contain the text, such as 7591 or A-05 (repeatable)")
	f.StringVar(&o.rules, "rules", string(spec.AdobeDoc), "rule set: adobe-doc, rfc or harden")
	f.BoolVar(&o.strict, "strict", false, "recommendations fail as well, and contradictory documents are read strictly")
	f.BoolVar(&o.selection.Intrusive, "allow-intrusive", false, "also run probes that could annoy a server")
	f.BoolVar(&o.requireComplete, "require-complete", false, "a binding requirement that could not be checked is exit code 3")
	f.StringVar(&o.expectations, "expectations", "", "YAML file of known failures, each with a reason and a day on which it expires")
	f.BoolVar(&o.writeExpected, "write-expectations", false, "print the rows of an expectations file for what fails")
	f.StringVar(&o.replay, "replay", "", "run one finding again, by the id of its check")
	f.BoolVar(&o.all, "all", false, "also list the checks that passed")
	f.StringVar(&o.format, "format", "text", "what goes to standard output: text, json or junit")
	f.StringVar(&o.out, "out", "", "folder for the results and the evidence (default dcrbench-out/<time>-check)")
	f.StringVar(&o.serviceProvider, "service-provider", "DCRBENCH", "service provider of the calls")
	f.StringVar(&o.mvpd, "tv-provider", "", "TV provider of the calls (default: the first of the configuration)")
	f.StringVar(&o.limits, "limits", "", "limits that the target is held to, as RATE:BURST (default: the documented ones)")
	f.DurationVar(&o.patience, "patience", 30*time.Second, "longest wait of a probe in real time, such as for the end of a token")
	f.Float64Var(&o.maxRPS, "max-rps", 0, fmt.Sprintf("ceiling on requests per second beside the throttle probes\n(default: none on this machine, %d elsewhere)", guard.Ceiling))
	o.releaseOptions.register(f)
	o.targetOptions.register(f)
	f.Lookup("vault").Hidden = true
	return cmd
}

// settled is everything about a run that can be wrong before anything is opened.
type settled struct {
	checks       []spec.Check
	expectations []check.Expectation
	limits       throttle.Limits
}

func (o *checkOptions) settle() (*settled, error) {
	o.vault = "none"
	o.selection.Rules = spec.RuleSet(o.rules)
	if o.replay != "" {
		if _, ok := spec.Lookup(o.replay); !ok {
			return nil, fmt.Errorf("--replay %q: no check has that id (try: dcrbench check --list)", o.replay)
		}
		o.selection.IDs = []string{o.replay}
	}
	errs := o.selection.Validate()
	add := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	add(o.format != "text" && o.format != "json" && o.format != "junit", "--format %q: want text, json or junit", o.format)
	add(o.list && o.format == "junit", "--list has the formats text and json")
	add(o.patience < 0, "--patience %v: want 0 or more", o.patience)
	add(!(o.maxRPS >= 0), "--max-rps %g: want 0 for no ceiling, or more", o.maxRPS)
	add(o.serviceProvider == "", "--service-provider must not be empty")
	add(o.target == "" && (o.sim.errorRate > 0 || o.sim.latency != "0s"),
		"--latency and --error-rate need a simulator that is served: start dcrbench serve and give its --target")
	s := &settled{}
	var err error
	if o.limits != "" {
		s.limits, err = throttle.ParseLimits(o.limits)
		add(err != nil, "--limits: %w", err)
	}
	if o.expectations != "" {
		s.expectations, err = readExpectations(o.expectations)
		add(err != nil, "--expectations: %w", err)
	}
	if err := errors.Join(append(errs, o.releaseOptions.check(), o.targetOptions.check())...); err != nil {
		return nil, err
	}
	s.checks, err = o.selection.Pick()
	if errors.Is(err, spec.ErrEmpty) {
		err = fmt.Errorf("%w (try: dcrbench check --list)", err)
	}
	return s, err
}

func readExpectations(path string) ([]check.Expectation, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return check.ParseExpectations(data)
}

func (o *checkOptions) run(cmd *cobra.Command) error {
	s, err := o.settle()
	if err != nil {
		return err
	}
	if o.list {
		return o.printList(cmd.OutOrStdout(), s.checks)
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	e := &evidence{}
	if _, err := rand.Read(e.key[:]); err != nil {
		return err
	}
	var r *checkRun
	if o.target == "" {
		r, err = o.embedded(ctx, s, e)
	} else {
		r, err = o.remote(ctx, cmd.ErrOrStderr(), s, e)
	}
	if err != nil {
		return err
	}
	r.report = check.Judge(r.suite.Results(), check.Gate{
		RequireComplete: o.requireComplete, Expectations: s.expectations, Target: r.url, Today: time.Now(),
		Interrupted: ctx.Err() != nil, Answered: r.stats.Answered > 0,
	})
	if r.suite.Throttle != nil && r.suite.Throttle.Refusal != nil {
		r.report.Model = r.suite.Throttle.Model()
	}
	return o.deliver(cmd, s, r, e)
}

func (o *checkOptions) printList(w io.Writer, checks []spec.Check) error {
	if o.format == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(checks)
	}
	return check.List(w, checks, o.selection.Rules)
}

// checkRun is a run that has been driven to its end.
type checkRun struct {
	url            string
	httpVersion    string
	simulator, tls bool
	suite          *check.Suite
	stats          probe.Stats
	started, ended time.Time
	report         check.Report
}

// embedded checks a simulator in this process, in virtual time.
func (o *checkOptions) embedded(ctx context.Context, s *settled, e *evidence) (*checkRun, error) {
	cfg, err := o.sim.config()
	if err != nil {
		return nil, err
	}
	keys, err := probe.NewKeys()
	if err != nil {
		return nil, err
	}
	// Virtual time begins at a whole second, so that runs are alike.
	r := &checkRun{url: "embedded simulator", simulator: true, started: time.Now()}
	begin := r.started.Truncate(time.Second)
	service, kit, err := probe.Embed(cfg, keys, [32]byte{1}, begin)
	if err != nil {
		return nil, err
	}
	o.equip(&kit, s)
	kit.Patience = max(kit.Patience, o.patience)
	r.suite = check.NewSuite(kit, s.checks)
	v := probe.Virtual{Service: service, Now: begin, Limits: s.limits, Sink: e.keep}
	r.stats, r.ended = v.Run(ctx, r.suite), time.Now()
	return r, nil
}

// equip fills in what the flags say.
func (o *checkOptions) equip(kit *check.Kit, s *settled) {
	kit.ServiceProvider, kit.MVPD, kit.Limits = o.serviceProvider, o.mvpd, s.limits
	kit.Rules, kit.Strict, kit.Intrusive = o.selection.Rules, o.strict, o.selection.Intrusive
}

// remote checks a target over the network.
func (o *checkOptions) remote(ctx context.Context, progress io.Writer, s *settled, e *evidence) (*checkRun, error) {
	t, err := o.open(ctx)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	keys, err := probe.NewKeys()
	if err != nil {
		return nil, err
	}
	r := &checkRun{url: t.url.String(), simulator: t.simulator, tls: t.url.Scheme == "https", started: time.Now()}
	kit := check.Kit{
		Statement: t.statement, Foreign: keys.Foreign(), Patience: o.patience,
		TLS: r.tls, Loopback: t.local, Addresses: uint32(r.started.UnixNano()),
	}
	if t.simulator {
		kit.Reserved = probe.Reserved()
		simulatorKey(ctx, t, &kit)
	}
	l := probe.Live{Client: t.client, Limits: s.limits, Sink: e.keep, MaxPerSecond: o.maxRPS}
	if !t.local && o.maxRPS == 0 {
		l.MaxPerSecond = guard.Ceiling
	}
	l.Shared = func() {
		fmt.Fprintln(progress, "note: the target throttles all devices together; at one request a second the whole suite takes four to five minutes (--group and --id take less)")
	}
	if second := o.secondAddress(t); second != nil {
		defer second.Close()
		l.Elsewhere, kit.Elsewhere = second, true
	}
	if _, ok := terminalWidth(progress); ok {
		l.Started = func(name string) { fmt.Fprintln(progress, "probing:", name) }
	}
	o.equip(&kit, s)
	r.suite = check.NewSuite(kit, s.checks)
	r.stats, r.ended = l.Run(ctx, r.suite), time.Now()
	r.httpVersion = t.httpVersion()
	return r, nil
}

// secondAddress reaches a target on this machine from another address of it, so
// that a limit by connection is told from one for everybody; nil elsewhere.
func (o *checkOptions) secondAddress(t *target) wire.Client {
	if host := t.url.Hostname(); o.localAddr != "" || o.proxy != "" || host != "localhost" && !strings.HasPrefix(host, "127.") {
		return nil
	}
	options, err := o.wireOptions()
	if err != nil {
		return nil
	}
	options.LocalAddr = "127.0.0.2"
	client, err := wire.New(t.url, options)
	if err != nil {
		return nil
	}
	return client
}

// deliver writes the results and the evidence to their folder, and the report to
// standard output.
func (o *checkOptions) deliver(cmd *cobra.Command, s *settled, r *checkRun, e *evidence) error {
	out, err := makeOut(o.out, "check")
	if err != nil {
		return err
	}
	base := r.url
	if o.target == "" {
		base = "http://127.0.0.1:18080"
	}
	redactor := record.NewRedactor(e.key[:])
	entries := e.entries(redactor)
	redactResults(redactor, r.report.Results)
	text := check.TextOptions{Target: r.url, Rules: o.selection.Rules, All: o.all, Curl: curls(base, entries)}
	if o.writeExpected {
		text.Expectations = check.WriteExpectations(&r.report, r.url, time.Now())
	}
	doc := checkDocument(r)
	doc.Release = o.release(s, r)
	if doc.Release.Evidence, err = writeEvidence(out, headerOf(r, doc, base, string(o.selection.Rules)), entries); err != nil {
		return err
	}
	err = writeFile(filepath.Join(out, "report.txt"), func(w io.Writer) error { return r.report.Text(w, text) })
	if err == nil {
		err = reports.WriteAll(out, doc, "report.txt", evidenceLog, evidenceArchive)
	}
	if err != nil {
		return err
	}
	stdout := cmd.OutOrStdout()
	switch o.format {
	case "json":
		err = reports.JSON(stdout, doc)
	case "junit":
		err = reports.JUnit(stdout, doc)
	default:
		text.Width, _ = terminalWidth(stdout)
		err = o.text(stdout, doc, func(w io.Writer) error { return r.report.Text(w, text) })
		fmt.Fprintf(cmd.ErrOrStderr(), "evidence: %s\n", out)
		whereabouts(cmd.ErrOrStderr(), doc, out)
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return ended(r.report.ExitCode)
}

// curls gives the command line of an exchange.
func curls(base string, entries []record.Entry) func(uint64) string {
	byNumber := make(map[uint64]*record.Entry, len(entries))
	for i := range entries {
		byNumber[entries[i].Seq] = &entries[i]
	}
	return func(n uint64) string {
		e := byNumber[n]
		if e == nil {
			return ""
		}
		return record.Curl(base, e)
	}
}
