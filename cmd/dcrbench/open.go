package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/guard"
	"github.com/dcrbench/dcrbench/internal/run"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/internal/vault"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// statementVariable is the environment variable that may hold the software
// statement itself; a flag never does, because arguments are visible to others.
const statementVariable = "DCRBENCH_SOFTWARE_STATEMENT"

// targetOptions are the flags of every command that calls a service.
type targetOptions struct {
	// maxConns bounds the connections; 0 is the transport's own bound.
	maxConns      int
	target        string
	statementFile string
	permission    guard.Permission
	timeout       time.Duration
	http          string
	insecure      bool
	caFile        string
	certFile      string
	keyFile       string
	resolve       []string
	localAddr     string
	proxy         string
	vault         string
	sim           simOptions
	flags         *pflag.FlagSet
}

// targetFlags are the flags of targetOptions that mean nothing to the embedded
// simulator: to take them in silence would let a forgotten --target pass.
var targetFlags = []string{
	"software-statement-file", "vault", "ca-file", "client-cert", "client-key", "insecure", "resolve", "proxy", "local-addr",
}

func (o *targetOptions) register(f *pflag.FlagSet) {
	o.flags = f
	f.StringVar(&o.target, "target", "", "base URL of the service (default: the embedded simulator)")
	f.StringVar(&o.statementFile, "software-statement-file", "", "file that holds the software statement; or set "+statementVariable)
	f.BoolVar(&o.permission.Authorized, "authorized", false, "I hold a licence and may load-test this target; needed for any target\nthat is not on this machine")
	f.BoolVar(&o.permission.AllowProduction, "allow-production", false, "allow a production or prequal host of the vendor")
	f.DurationVar(&o.timeout, "timeout", wire.DefaultTimeout, "time that one request may take")
	f.StringVar(&o.http, "http", "auto", "HTTP version: auto, 1.1 or 2")
	f.BoolVar(&o.insecure, "insecure", false, "accept any TLS certificate")
	f.StringVar(&o.caFile, "ca-file", "", "PEM file of the authorities to trust instead of the system's")
	f.StringVar(&o.certFile, "client-cert", "", "PEM file of a client certificate")
	f.StringVar(&o.keyFile, "client-key", "", "PEM file of the client certificate's key")
	f.StringArrayVar(&o.resolve, "resolve", nil, "connect elsewhere, as HOST:PORT=ADDRESS:PORT (repeatable)")
	f.StringVar(&o.localAddr, "local-addr", "", "IP address to connect from")
	f.StringVar(&o.proxy, "proxy", "", "http or https proxy to connect through")
	f.StringVar(&o.vault, "vault", "", "file that keeps credentials between runs, or none\n(default: one per target in "+defaultVaultFolder+")")
	o.sim.register(f)
}

// check refuses values that can be seen to be wrong without opening anything.
func (o *targetOptions) check() error {
	_, version := wire.ParseVersion(o.http)
	if version != nil {
		version = fmt.Errorf("--http: %w", version)
	}
	var errs []error
	if o.timeout <= 0 {
		errs = append(errs, fmt.Errorf("--timeout %v: want more than 0", o.timeout))
	}
	if o.target == "" {
		for _, name := range targetFlags {
			if o.flags != nil && o.flags.Changed(name) && !(name == "vault" && o.vault == "none") {
				errs = append(errs, fmt.Errorf("--%s needs --target: the embedded simulator has no use for it", name))
			}
		}
		return errors.Join(append(errs, version, o.sim.check())...)
	}
	u, err := parseTarget(o.target)
	if err == nil {
		err = permit(u, o.permission)
	}
	if name := o.sim.used(); name != "" {
		errs = append(errs, fmt.Errorf("--%s belongs to the embedded simulator and cannot go with --target", name))
	}
	return errors.Join(append(errs, version, err)...)
}

// target is an opened service: where it is, how to reach it, and with what.
type target struct {
	url       *url.URL
	simulator bool
	local     bool
	statement string
	client    wire.Client
	store     run.Store

	// warnings are worth a line to the user.
	warnings []string
	closers  []func() error
}

// Close gives everything back, the last opened first.
func (t *target) Close() error {
	var errs []error
	for i := len(t.closers) - 1; i >= 0; i-- {
		errs = append(errs, t.closers[i]())
	}
	return errors.Join(errs...)
}

// open reaches the target, or starts the embedded simulator.
func (o *targetOptions) open(ctx context.Context) (t *target, err error) {
	t = &target{}
	defer func() {
		if err != nil {
			t.Close()
		}
	}()
	options, err := o.wireOptions()
	if err != nil {
		return t, err
	}
	if o.target == "" {
		if err := o.openEmbedded(ctx, t); err != nil {
			return t, err
		}
	} else {
		t.url, err = parseTarget(o.target)
		if err != nil {
			return t, err
		}
		t.local = guard.IsLoopback(t.url.Hostname())
	}
	if t.client, err = wire.New(t.url, options); err != nil {
		return t, err
	}
	t.closers = append(t.closers, func() error { t.client.Close(); return nil })
	if o.target != "" {
		err = o.openRemote(ctx, t)
	}
	return t, err
}

func (o *targetOptions) openEmbedded(ctx context.Context, t *target) error {
	options, err := o.sim.serverOptions("127.0.0.1:0")
	if err != nil {
		return err
	}
	// The simulator answers to the end of the run, also of an interrupted one.
	sim, err := server.Start(context.WithoutCancel(ctx), options)
	if err != nil {
		return fmt.Errorf("starting the embedded simulator: %w", err)
	}
	t.closers = append(t.closers, func() error { return closeServer(sim) })
	t.url, err = url.Parse(sim.URL())
	t.simulator, t.local = true, true
	t.statement = sim.SoftwareStatement()
	return err
}

// openRemote finds out what stands at the target and which statement it takes.
// Only a target on this machine, or one without a statement of the user's, is
// asked whether it is a simulator: a real service sees no request but the run's.
func (o *targetOptions) openRemote(ctx context.Context, t *target) (err error) {
	if o.proxy == "" && len(o.resolve) == 0 {
		if err := reachable(ctx, t.url); err != nil {
			return err
		}
	}
	given, err := o.readStatement()
	if err != nil {
		return err
	}
	t.statement = given
	if t.local || given == "" {
		offered, err := simulatorStatement(ctx, t)
		if err != nil {
			return err
		}
		t.simulator = offered != ""
		if given == "" {
			t.statement = offered
		}
	}
	name := t.statement
	switch {
	case t.statement != "":
	case t.local:
		if t.statement, err = statement.StandIn(rand.Reader, statement.Claims{SoftwareID: "dcrbench", ClientName: "dcrbench"}, time.Now()); err != nil {
			return err
		}
	default:
		return fmt.Errorf("target %q needs a software statement: give --software-statement-file or set %s", t.url.Host, statementVariable)
	}
	return o.openVault(t, sha256.Sum256([]byte(name)))
}

// openVault opens the store of the target's credentials. The digest keeps
// software statements apart; a throwaway statement, which no run sees twice,
// stands under the digest of nothing.
func (o *targetOptions) openVault(t *target, digest [sha256.Size]byte) error {
	path := o.vault
	if path == "none" {
		return nil
	}
	if path == "" {
		var err error
		if path, err = defaultVault(t.url.String(), digest); err != nil {
			return err
		}
	}
	v, err := vault.Open(path, vault.Options{})
	if err != nil {
		return fmt.Errorf("--vault: %w", err)
	}
	t.closers = append(t.closers, v.Close)
	for _, w := range v.Warnings() {
		t.warnings = append(t.warnings, "vault: "+w)
	}
	t.store = &store{v.Namespace(t.url.String(), digest)}
	return nil
}

// readStatement returns the user's software statement, "" when there is none.
func (o *targetOptions) readStatement() (string, error) {
	if o.statementFile == "" {
		return strings.TrimSpace(os.Getenv(statementVariable)), nil
	}
	b, err := os.ReadFile(o.statementFile)
	if err != nil {
		return "", fmt.Errorf("--software-statement-file: %w", err)
	}
	s := strings.TrimSpace(string(b))
	if s == "" || strings.ContainsAny(s, " \t\r\n") {
		return "", fmt.Errorf("--software-statement-file %s: want one signed statement (header.payload.signature) and nothing else", o.statementFile)
	}
	return s, nil
}

// reachable opens and closes one connection, so that a target that is not there
// is an error before a run and not the result of one.
func reachable(ctx context.Context, u *url.URL) error {
	d := net.Dialer{Timeout: 5 * time.Second}
	c, err := d.DialContext(ctx, "tcp", wire.Address(u))
	if err != nil {
		return unreachable(fmt.Errorf("target %s cannot be reached: %w", u, err))
	}
	return c.Close()
}

// simulatorStatement fetches the software statement that a simulator hands out.
// A target that is none answers something else, which is no error.
func simulatorStatement(ctx context.Context, t *target) (string, error) {
	request := api.HTTPRequest{Method: "GET", Target: "/_sim/software-statement"}
	var answer api.HTTPResponse
	switch _, failure := t.client.Do(ctx, &request, &answer); failure {
	case api.ErrTLS:
		return "", unreachable(fmt.Errorf("target %s cannot be reached: no TLS connection (try: --ca-file FILE to trust its authority, or --insecure)", t.url))
	case api.ErrDNS, api.ErrConnect:
		return "", unreachable(fmt.Errorf("target %s cannot be reached: %s error", t.url, failure))
	case api.ErrNone:
	default:
		return "", nil
	}
	s := strings.TrimSpace(string(answer.Body))
	if answer.Status != 200 || strings.Count(s, ".") != 2 || strings.ContainsAny(s, " <>{}\"\r\n") {
		return "", nil
	}
	return s, nil
}

// httpVersion is what the run has spoken.
func (t *target) httpVersion() string { return wire.Protocol(t.client) }

// hasPort reports whether address is of the form HOST:PORT.
func hasPort(address string) bool {
	host, port, err := net.SplitHostPort(address)
	n, noNumber := strconv.ParseUint(port, 10, 16)
	return err == nil && host != "" && noNumber == nil && n > 0
}

// wireOptions turns the flags into options of the transport.
func (o *targetOptions) wireOptions() (wire.Options, error) {
	version, err := wire.ParseVersion(o.http)
	if err != nil {
		return wire.Options{}, err
	}
	w := wire.Options{
		Version: version, Timeout: o.timeout, InsecureSkipVerify: o.insecure,
		CAFile: o.caFile, CertFile: o.certFile, KeyFile: o.keyFile, LocalAddr: o.localAddr,
		MaxConns: o.maxConns,
	}
	for _, r := range o.resolve {
		from, to, ok := strings.Cut(r, "=")
		if !ok || !hasPort(from) || !hasPort(to) {
			return w, fmt.Errorf("--resolve %q: want HOST:PORT=ADDRESS:PORT, as in example.com:443=127.0.0.1:8443", r)
		}
		if w.Resolve == nil {
			w.Resolve = map[string]string{}
		}
		w.Resolve[from] = to
	}
	if o.proxy != "" {
		if w.Proxy, err = url.Parse(o.proxy); err != nil {
			// The value is not shown: it may hold a password.
			return w, errors.New("--proxy: the value is not a URL; give one like http://127.0.0.1:3128")
		}
	}
	return w, nil
}
