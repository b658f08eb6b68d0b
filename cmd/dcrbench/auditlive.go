package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/proxy"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// liveOptions are the flags of a live audit.
type liveOptions struct {
	targetOptions
	listen       string
	cert, key    string
	duration     time.Duration
	provocations []string
	names        []string
}

func (o *liveOptions) register(f *pflag.FlagSet) {
	before := map[string]bool{}
	f.VisitAll(func(f *pflag.Flag) { before[f.Name] = true })
	f.StringVar(&o.listen, "listen", "", "judge live: listen on HOST:PORT and forward to the target")
	f.StringVar(&o.cert, "tls-cert", "", "PEM file of the proxy's certificate; without one it speaks HTTP")
	f.StringVar(&o.key, "tls-key", "", "PEM file of its key")
	f.DurationVar(&o.duration, "duration", 0, "end the live audit after this time (default: at Ctrl-C)")
	f.StringArrayVar(&o.provocations, "provoke", nil, "make something happen, as KIND or KIND@TIME (repeatable):\n"+provocationHelp())
	f.StringVar(&o.target, "target", "", "base URL of the service (default: the embedded simulator)")
	f.BoolVar(&o.permission.Authorized, "authorized", false, "I hold a licence and may test against this target; needed for any target\nthat is not on this machine")
	f.BoolVar(&o.permission.AllowProduction, "allow-production", false, "allow a production or prequal host of the vendor")
	f.DurationVar(&o.timeout, "timeout", wire.DefaultTimeout, "time that one request may take")
	f.StringVar(&o.http, "http", "auto", "HTTP version towards the target: auto, 1.1 or 2")
	f.BoolVar(&o.insecure, "insecure", false, "accept any TLS certificate of the target")
	f.StringVar(&o.caFile, "ca-file", "", "PEM file of the authorities to trust instead of the system's")
	f.StringArrayVar(&o.resolve, "resolve", nil, "connect elsewhere, as HOST:PORT=ADDRESS:PORT (repeatable)")
	o.sim.register(f)
	f.VisitAll(func(f *pflag.Flag) {
		if !before[f.Name] {
			o.names = append(o.names, f.Name)
		}
	})
}

func provocationHelp() string {
	lines := []string{}
	for _, k := range proxy.Kinds() {
		lines = append(lines, fmt.Sprintf("%s %s", k[0], k[1]))
	}
	return strings.Join(lines, ";\n")
}

// used names a flag of the live audit that the user set, "" when there is none.
func (o *liveOptions) used(cmd *cobra.Command) string {
	for _, name := range o.names {
		if cmd.Flags().Changed(name) {
			return name
		}
	}
	return ""
}

// provoke reads the provocations, the earliest first.
func (o *liveOptions) provoke() (list []proxy.Provocation, err error) {
	var errs []error
	for _, text := range o.provocations {
		p, err := proxy.ParseProvocation(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--provoke: %w", err))
			continue
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b proxy.Provocation) int { return int(a.After - b.After) })
	return list, errors.Join(errs...)
}

// openUpstream reaches the target, or starts the embedded simulator.
func (o *liveOptions) openUpstream(ctx context.Context) (*target, error) {
	t := &target{}
	options, err := o.wireOptions()
	if err != nil {
		return nil, err
	}
	if o.target == "" {
		err = o.openLenient(ctx, t)
	} else if t.url, err = parseTarget(o.target); err == nil && len(o.resolve) == 0 {
		err = reachable(ctx, t.url)
	}
	if err == nil {
		t.client, err = wire.New(t.url, options)
	}
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	t.closers = append(t.closers, func() error { t.client.Close(); return nil })
	return t, nil
}

// openLenient starts a simulator that takes any software statement: an app under
// test has one of its own.
func (o *liveOptions) openLenient(ctx context.Context, t *target) error {
	options, err := o.sim.serverOptions("127.0.0.1:0")
	if err != nil {
		return err
	}
	options.Verifier = lenient{}
	sim, err := server.Start(context.WithoutCancel(ctx), options)
	if err != nil {
		return fmt.Errorf("starting the embedded simulator: %w", err)
	}
	t.closers = append(t.closers, func() error { return closeServer(sim) })
	t.simulator, t.local = true, true
	t.url, err = parseTarget(sim.URL())
	return err
}

// lenient takes every software statement that has the form of one.
type lenient struct{}

// Verify implements backend.StatementVerifier.
func (lenient) Verify(token string, _ time.Time) (statement.Claims, error) {
	if strings.Count(token, ".") != 2 {
		return statement.Claims{}, fmt.Errorf("not of the form header.payload.signature: %w", statement.ErrInvalid)
	}
	return statement.Claims{SoftwareID: "app-under-test"}, nil
}

// listen judges an app while it runs.
func (o *auditOptions) listen(cmd *cobra.Command) error {
	provocations, err := o.live.provoke()
	if err := errors.Join(o.check(), checkListen(o.live.listen), o.live.check(), err); err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	t, err := o.live.openUpstream(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	out, err := makeOut(o.out, "audit")
	if err != nil {
		return err
	}
	tape, err := newTape(filepath.Join(out, "recording.ndjson"))
	if err != nil {
		return err
	}
	h := newHearing(o.rules, -1)
	tape.key = h.key
	show := &ticker{w: cmd.ErrOrStderr(), shown: map[*audit.Device]int{}}
	p, err := proxy.Start(ctx, proxy.Options{
		Listen: o.live.listen, CertFile: o.live.cert, KeyFile: o.live.key, Upstream: t.client, Key: h.key, Provocations: provocations,
		Observe: func(x *record.Exchange, s audit.Setting) {
			tape.write(x)
			h.observe(x, s)
			show.breaches(h.trail)
		},
	})
	if err != nil {
		return errors.Join(err, tape.Close())
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "listening at %s for %s; Ctrl-C ends it with the report\n", p.URL(), t.url)
	o.live.wait(ctx, p)
	err = closeProxy(p)
	if err := errors.Join(err, tape.Close()); err != nil {
		return err
	}
	if h.exchanges == 0 {
		return errors.New("no request came; point the app at " + p.URL())
	}
	h.entries = h.exchanges
	h.sources = []result.AuditSource{{Name: "live", Entries: h.entries, Exchanges: h.exchanges, FirstExchange: 1}}
	doc := h.document(false, &o.gate)
	doc.Target = result.Target{URL: t.url.String(), Simulator: t.simulator, HTTPVersion: t.httpVersion(), TLS: t.url.Scheme == "https"}
	return o.report(cmd, h, doc, out)
}

// wait returns when the audit is to end.
func (o *liveOptions) wait(ctx context.Context, p *proxy.Proxy) {
	if o.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.duration)
		defer cancel()
	}
	select {
	case <-ctx.Done():
	case <-p.Done():
	}
}

func closeProxy(p *proxy.Proxy) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return p.Close(ctx)
}

// ticker shows breaches as they are found.
type ticker struct {
	w     io.Writer
	shown map[*audit.Device]int
}

func (t *ticker) breaches(trail *audit.Trail) {
	for _, d := range trail.Devices() {
		list := d.Breaches()
		for i := t.shown[d]; i < len(list); i++ {
			b := &list[i]
			fmt.Fprintf(t.w, "%s  %s  #%d  device %d %s\n", b.Times[len(b.Times)-1].Local().Format("15:04:05"), b.Rule.ID, b.Exchanges[len(b.Exchanges)-1], d.Number(), b.What)
		}
		t.shown[d] = len(list)
	}
}

// tape writes redacted exchanges to a file.
type tape struct {
	f   *os.File
	w   *bufio.Writer
	key []byte
	err error
}

// newTape makes the file and writes the header of a log.
func newTape(path string) (*tape, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	t := &tape{f: f, w: bufio.NewWriter(f)}
	t.line(map[string]string{"schema": "dcrbench.recording/v1"})
	return t, nil
}

// write takes an exchange, which has no secrets any more.
func (t *tape) write(x *record.Exchange) {
	t.line(record.NewRedactor(t.key).Entry("", x))
}

func (t *tape) line(v any) {
	b, err := json.Marshal(v)
	if err == nil {
		_, err = t.w.Write(append(b, '\n'))
	}
	t.err = errors.Join(t.err, err)
}

// Close finishes the file.
func (t *tape) Close() error { return errors.Join(t.err, t.w.Flush(), t.f.Close()) }
