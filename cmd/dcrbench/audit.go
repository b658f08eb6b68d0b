package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/recording"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/reports"
)

const auditLong = `Judge a real client by its recorded traffic: whether it keeps its credentials,
reuses its tokens, waits after a 429, polls at the right pace and repeats only
what may be repeated. Each rule is kept, broken, undecidable or not observed;
each breach names its exchanges, by their numbers in the recording.

A recording is a HAR file of a browser or proxy, or an NDJSON log of dcrbench.
Several recordings are one history in the order given, with a restart of the
app between them. Secrets are replaced by hashes while a file is read. Traffic
of other services is counted and ignored.

With --listen the audit is live: point the app at the address, and its requests
are forwarded to the target, by default the embedded simulator, recorded without
their secrets and judged; Ctrl-C ends it with the report. --provoke makes happen
what rarely happens in a lab. The embedded simulator takes any software
statement.`

const auditExample = `  dcrbench audit session.har
  dcrbench audit before-restart.har after-restart.har
  dcrbench audit --to-profile app.yaml session.har && dcrbench run app.yaml --devices 1000
  dcrbench audit --strict --format json session.har
  dcrbench audit --listen 127.0.0.1:18090 --provoke 429@5s --provoke token-expiry@20s`

// auditOptions are the flags of dcrbench audit.
type auditOptions struct {
	rules  audit.Options
	out    string
	format string
	// evidence bounds the breaches that the text shows.
	evidence   int
	thresholds []string
	// expectations is a file of breaches that are accepted.
	expectations string
	gate         auditGate
	// profile is where fitted profiles go; empty for none.
	profile string
	live    liveOptions
}

func newAudit() *cobra.Command {
	o := &auditOptions{}
	cmd := &cobra.Command{
		Use:     "audit [FILE...]",
		Short:   "Judge a real client by its recorded or live traffic",
		Long:    auditLong,
		Example: auditExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case o.live.listen == "" && len(args) == 0:
				return errors.New("nothing to judge: name a HAR file, or listen with --listen 127.0.0.1:18090")
			case o.live.listen == "":
				if name := o.live.used(cmd); name != "" {
					return fmt.Errorf("--%s goes with --listen only", name)
				}
				return o.files(cmd, args)
			case len(args) > 0:
				return errors.New("--listen and recordings exclude each other")
			}
			return o.listen(cmd)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.rules.Strict, "strict", false, "read the rules strictly where the documents contradict themselves")
	f.BoolVar(&o.rules.ServerSide, "server-side", false, "the client is a server that calls on behalf of devices: judge it by the rules for servers")
	f.DurationVar(&o.rules.Tolerance, "tolerance", audit.DefaultTolerance, "how far clocks and transport may be off")
	f.IntVar(&o.evidence, "evidence", shownBreaches, "breaches of each rule that the text shows; the result has more")
	f.StringArrayVar(&o.thresholds, "threshold", nil, "expression over the result that must hold, such as 'audit.rules.THR-01.breaches<3'\n(repeatable)")
	f.StringVar(&o.expectations, "expectations", "", "YAML file of breaches that are known, each with a reason and a day on which it\nexpires, as for dcrbench check; check is the id of a rule")
	f.StringVar(&o.profile, "to-profile", "", "also fit device profiles to what was recorded, and write them to this YAML file")
	o.live.register(f)
	f.StringVar(&o.out, "out", "", "folder for the results (default dcrbench-out/<time>-audit)")
	f.StringVar(&o.format, "format", "text", "what goes to standard output: text or json")
	return cmd
}

// check refuses flag values that no audit can have.
func (o *auditOptions) check() error {
	var errs []error
	if o.format != "text" && o.format != "json" {
		errs = append(errs, fmt.Errorf("--format %q: want text or json", o.format))
	}
	if o.rules.Tolerance < 0 {
		errs = append(errs, fmt.Errorf("--tolerance %v: want 0 or more", o.rules.Tolerance))
	}
	if o.evidence < 0 {
		errs = append(errs, fmt.Errorf("--evidence %d: want 0 or more", o.evidence))
	}
	if o.rules.Tolerance == 0 {
		o.rules.Tolerance = -1 // the zero value stands for the default
	}
	var err error
	o.gate, err = o.readGate()
	return errors.Join(append(errs, err, checkProfilePath(o.profile))...)
}

// files judges recordings.
func (o *auditOptions) files(cmd *cobra.Command, paths []string) error {
	if err := o.check(); err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	h := newHearing(o.rules, 0)
	for i, path := range paths {
		if i > 0 {
			h.trail.Restart()
		}
		if err := h.file(ctx, path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	if h.exchanges == 0 && ctx.Err() == nil {
		return fmt.Errorf("no Adobe Pass traffic in %s: there are %d entries, none of them to /o/client/ or /api/v2/ of the service", strings.Join(paths, ", "), h.entries)
	}
	out, err := makeOut(o.out, "audit")
	if err != nil {
		return err
	}
	return o.report(cmd, h, h.document(ctx.Err() != nil, &o.gate), out)
}

// hearing gathers exchanges and has them judged.
type hearing struct {
	rules              audit.Options
	trail              *audit.Trail
	key                []byte
	entries, exchanges uint64
	first, last        time.Time
	sources            []result.AuditSource
	endpoints          endpointCounts
}

// newHearing makes a hearing; the window is that of audit.NewTrail.
func newHearing(rules audit.Options, window int) *hearing {
	h := &hearing{rules: rules, trail: audit.NewTrail(rules, window), key: make([]byte, 32)}
	// Read never fails.
	_, _ = rand.Read(h.key)
	return h
}

func (h *hearing) observe(x *record.Exchange, s audit.Setting) {
	h.exchanges++
	if h.first.IsZero() || x.Sent.Before(h.first) {
		h.first = x.Sent
	}
	if x.Received.After(h.last) {
		h.last = x.Received
	}
	h.endpoints.count(x)
	h.trail.Observe(x, s)
}

// file judges one recording. An interruption ends it early.
func (h *hearing) file(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	first := h.entries
	a, err := recording.Read(&interruptedReader{ctx, f}, recording.Options{Key: h.key, First: first}, h.observe)
	if err != nil && ctx.Err() == nil {
		return err
	}
	h.entries += a.Entries
	h.sources = append(h.sources, result.AuditSource{
		Name: filepath.Base(path), Creator: a.Creator, Entries: a.Entries, Exchanges: a.Exchanges, FirstExchange: first + 1,
		Foreign: a.Foreign, Preflights: a.Preflights, Malformed: a.Malformed, Oversized: a.Oversized,
		Zoneless: a.Zoneless, Bytes: a.Bytes, Truncated: a.Truncated,
	})
	return nil
}

// interruptedReader ends when its context does.
type interruptedReader struct {
	ctx context.Context
	r   io.Reader
}

func (r *interruptedReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// document makes the result.
func (h *hearing) document(interrupted bool, gate *auditGate) *result.Document {
	devices := h.trail.Finish()
	doc := &result.Document{
		Schema: result.Schema, Kind: result.KindAudit, Tool: tool(), Started: h.first, Ended: h.last, Interrupted: interrupted,
		Audit: &result.Audit{Sources: append([]result.AuditSource{}, h.sources...), Unattributed: h.trail.Ignored, Overflow: h.trail.Overflow},
	}
	doc.Fleet.Devices = len(devices)
	h.endpoints.fill(doc)
	h.rules.Fill(doc.Audit, devices)
	gate.finish(doc)
	return doc
}

// report writes the result to its folder and to standard output, and the profile
// if one is wanted.
func (o *auditOptions) report(cmd *cobra.Command, h *hearing, doc *result.Document, out string) error {
	if o.profile != "" {
		if err := writeProfile(cmd.ErrOrStderr(), o.profile, h.trail.Devices()); err != nil {
			return err
		}
	}
	return deliver(cmd, doc, out, o.format, func(w io.Writer) error {
		layout := textOptions(w)
		layout.Breaches = o.evidence
		return reports.Text(w, doc, layout)
	})
}
