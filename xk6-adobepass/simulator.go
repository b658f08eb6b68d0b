package adobepass

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// simulatorOptions shape the embedded simulator, by the names that the flags of
// the standalone program have.
type simulatorOptions struct {
	given      bool
	Throttle   string
	TokenTTL   time.Duration
	LoginDelay time.Duration
	Latency    string
	ErrorRate  float64
	Faults     []string
}

func (o *simulatorOptions) read(outer *bag) {
	*o = simulatorOptions{Throttle: "on", TokenTTL: 6 * time.Hour, LoginDelay: 4 * time.Second, Latency: "0s"}
	b := outer.open("simulator")
	o.given = b.object != nil
	b.str("throttle", &o.Throttle)
	b.duration("tokenTtl", time.Second, &o.TokenTTL)
	b.duration("loginDelay", 0, &o.LoginDelay)
	if b.str("latency", &o.Latency) {
		if _, err := server.ParseLatency(o.Latency); err != nil {
			b.fail("latency", err)
		}
	}
	b.number("errorRate", 0, 1, &o.ErrorRate)
	b.texts("faults", &o.Faults)
	if c, err := o.backend(nil); err != nil {
		b.fail("throttle", err)
	} else {
		for _, err := range c.Validate() {
			b.errs = append(b.errs, fmt.Errorf("%s: %w", b.where, err))
		}
	}
	if err := b.done(); err != nil {
		outer.errs = append(outer.errs, err)
	}
}

// backend is the configuration of the simulator's service, which knows the
// given TV providers beside its own.
func (o *simulatorOptions) backend(mvpds []string) (backend.Config, error) {
	c := backend.Config{TokenTTL: o.TokenTTL, LoginDelay: o.LoginDelay, Faults: o.Faults, MVPDs: backend.DefaultMVPDs()}
	if o.LoginDelay == 0 {
		c.LoginDelay = -1
	}
	for _, id := range mvpds {
		if !slices.ContainsFunc(c.MVPDs, func(m backend.MVPD) bool { return m.ID == id }) {
			c.MVPDs = append(c.MVPDs, backend.MVPD{ID: id, DisplayName: id})
		}
	}
	switch o.Throttle {
	case "on":
	case "off":
		c.ThrottleOff = true
	default:
		limits, err := throttle.ParseLimits(o.Throttle)
		if err != nil {
			return c, fmt.Errorf("must be on, off or RATE:BURST: %w", err)
		}
		c.Throttle = limits
	}
	return c, nil
}

// start serves the simulator on a free loopback port until Close.
func (o *simulatorOptions) start(mvpds []string) (*server.Server, error) {
	c, err := o.backend(mvpds)
	if err != nil {
		return nil, err
	}
	latency, err := server.ParseLatency(o.Latency)
	if err != nil {
		return nil, err
	}
	// It answers to the end of the test, whatever ends the VU that came first.
	s, err := server.Start(context.Background(), server.Options{Backend: c, Latency: latency, ErrorRate: o.ErrorRate})
	if err != nil {
		return nil, fmt.Errorf("starting the embedded simulator: %w", err)
	}
	return s, nil
}

// closeTimeout is how long requests under way may hold up the end of a simulator.
const closeTimeout = 2 * time.Second

func closeServer(s *server.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return s.Close(ctx)
}
