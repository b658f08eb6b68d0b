package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// simOptions are the flags that shape the simulator, embedded or served.
type simOptions struct {
	flags      *pflag.FlagSet
	throttle   string
	tokenTTL   time.Duration
	loginDelay time.Duration
	latency    string
	errorRate  float64
	faults     []string
	mvpds      []string
}

// simFlags are the names of the flags of simOptions.
var simFlags = []string{"throttle", "token-ttl", "login-delay", "latency", "error-rate", "fault", "mvpd"}

func (o *simOptions) register(f *pflag.FlagSet) {
	o.flags = f
	f.StringVar(&o.throttle, "throttle", "on", "simulator: on for the documented limits, off, or RATE:BURST such as 1:10")
	f.DurationVar(&o.tokenTTL, "token-ttl", 6*time.Hour, "simulator: life of an access token, in whole seconds")
	f.DurationVar(&o.loginDelay, "login-delay", 4*time.Second, "simulator: time from authenticate until the viewer has logged in")
	f.StringVar(&o.latency, "latency", "0s", "simulator: time before each answer, fixed or a range such as 10ms..50ms")
	f.Float64Var(&o.errorRate, "error-rate", 0, "simulator: share of requests answered with a 500, 0 to 1")
	f.StringArrayVar(&o.mvpds, "mvpd", nil, "simulator: id of a further TV provider that exists (repeatable)")
	f.StringArrayVar(&o.faults, "fault", nil, "simulator: switch a fault on by its id (repeatable; see dcrbench serve --list-faults)")
}

// used names a flag of the simulator that the user set, "" when there is none.
func (o *simOptions) used() string {
	for _, name := range simFlags {
		if o.flags.Changed(name) {
			return name
		}
	}
	return ""
}

// config turns the flags into the simulator's configuration.
func (o *simOptions) config() (backend.Config, error) {
	c := backend.Config{TokenTTL: o.tokenTTL, LoginDelay: o.loginDelay, Faults: o.faults}
	if o.loginDelay == 0 {
		c.LoginDelay = -1
	}
	c.MVPDs = withMVPDs(o.mvpds)
	var errs []error
	switch o.throttle {
	case "on":
	case "off":
		c.ThrottleOff = true
	default:
		limits, err := throttle.ParseLimits(o.throttle)
		if err != nil {
			errs = append(errs, fmt.Errorf("--throttle %q: want on, off or RATE:BURST: %w", o.throttle, err))
		}
		c.Throttle = limits
	}
	if o.tokenTTL < time.Second {
		errs = append(errs, fmt.Errorf("--token-ttl %v: want at least 1s", o.tokenTTL))
	}
	if !(o.errorRate >= 0 && o.errorRate <= 1) {
		errs = append(errs, fmt.Errorf("--error-rate %g: want 0 to 1", o.errorRate))
	}
	if _, err := server.ParseLatency(o.latency); err != nil {
		errs = append(errs, fmt.Errorf("--latency: %w", err))
	}
	if len(errs) == 0 {
		errs = c.Validate()
	}
	return c, errors.Join(errs...)
}

func (o *simOptions) check() error {
	_, err := o.config()
	return err
}

// withMVPDs are the simulator's own TV providers and those called for beside them.
func withMVPDs(ids []string) []backend.MVPD {
	list := backend.DefaultMVPDs()
	for _, id := range ids {
		if !slices.ContainsFunc(list, func(m backend.MVPD) bool { return m.ID == id }) {
			list = append(list, backend.MVPD{ID: id, DisplayName: id})
		}
	}
	return list
}

// serverOptions turns the flags into options of a simulator at the address.
func (o *simOptions) serverOptions(listen string) (server.Options, error) {
	c, err := o.config()
	if err != nil {
		return server.Options{}, err
	}
	latency, err := server.ParseLatency(o.latency)
	return server.Options{Listen: listen, Backend: c, Latency: latency, ErrorRate: o.errorRate}, err
}

// closeTimeout is how long requests under way may hold up the end of a simulator.
const closeTimeout = 2 * time.Second

func closeServer(s *server.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return s.Close(ctx)
}
