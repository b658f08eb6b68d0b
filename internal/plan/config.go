// Package plan is the virtual-time driver of the device machine: it plays a
// fleet's day against the rules of the simulated service without a clock, a
// socket or a message, and tells what the service would see.
//
// Devices that share no address share nothing that the service could see, so
// they are played address by address, on all cores, and forgotten: memory is set
// by the report, not by the fleet. The exception are devices that leave
// X-Forwarded-For out; they all count as one address and are played together, at
// some 420 bytes each.
//
// The same configuration gives the same figures on any number of cores.
package plan

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/profiles"
)

// epoch is the instant, in nanoseconds since 1970, at which every plan begins.
const epoch = int64(1_767_225_600) * int64(time.Second)

// Bounds of a plan.
const (
	maxHorizon        = 31 * 24 * time.Hour
	maxLaunchesPerDay = 1000
	maxDeploys        = 1000
)

// DefaultLaunchesPerDay is how often a device starts its app in a day when
// nobody says otherwise.
const DefaultLaunchesPerDay = 6

// Config says what to plan. Fleet, Devices and Horizon are required.
type Config struct {
	Fleet *profiles.Fleet
	// Devices is the number of devices, Seed the origin of all draws.
	Devices int
	Seed    uint64
	// Horizon is the time that is planned, Begin the time of the day at which it
	// begins.
	Horizon, Begin time.Duration
	// Launch says when each device starts its app for the first time. Nil leaves
	// that to the evening-peaked curve of a day.
	Launch *pace.Spec
	// LaunchesPerDay is how often a device starts its app in a day, spread by
	// the curve. It takes the place of the profiles' own relaunches, which are
	// meant for runs of a minute. 0 leaves those in place, and every device
	// starts by itself once.
	LaunchesPerDay float64
	// Service is how the service behaves, ResponseTime how long it takes.
	Service      Service
	ResponseTime ResponseTime
	// Judge is how many devices of each profile are judged by the rules for
	// clients (internal/audit); 0 is none.
	Judge int
	// Workers is the number of goroutines; 0 stands for GOMAXPROCS.
	Workers int
}

// Service is how the planned service behaves. The zero Service is the documented
// one, with the defaults of the simulator.
type Service struct {
	// TokenTTL, SessionTTL, ProfileTTL and LoginDelay are those of
	// backend.Config, with the same defaults.
	TokenTTL, SessionTTL, ProfileTTL, LoginDelay time.Duration
	// Throttle are the limits for each address; the zero value stands for the
	// documented ones. ThrottleOff admits everything.
	Throttle    throttle.Limits
	ThrottleOff bool
	// ErrorRate is the share of admitted requests answered with a 500.
	ErrorRate float64
	// Outages are times in which every admitted request fails.
	Outages []Outage
	// Deploys are the offsets at which the service forgets all access tokens.
	Deploys []time.Duration
}

// Outage is a time in which the service answers every request that its throttle
// admits with an error.
type Outage struct {
	// From is an offset since the beginning of the plan, For the length.
	From, For time.Duration
	// Status is 500 or 503; 0 stands for 500.
	Status int
}

func (s Service) withDefaults() Service {
	orDuration(&s.TokenTTL, 6*time.Hour)
	orDuration(&s.SessionTTL, 30*time.Minute)
	orDuration(&s.ProfileTTL, 24*time.Hour)
	orDuration(&s.LoginDelay, 4*time.Second)
	s.LoginDelay = max(s.LoginDelay, 0)
	s.TokenTTL = s.TokenTTL.Truncate(time.Second)
	return s
}

func orDuration(d *time.Duration, def time.Duration) {
	if *d == 0 {
		*d = def
	}
}

// Validate returns every problem of the configuration at once.
func (c *Config) Validate() error {
	var errs []error
	add := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	add(c.Judge < 0, "the number of devices to judge must not be negative: %d", c.Judge)
	add(c.Fleet == nil, "no fleet")
	add(c.Devices < 1 || c.Devices > profiles.MaxDevices, "devices must be from 1 to %d, not %d", profiles.MaxDevices, c.Devices)
	add(c.Horizon < time.Second || c.Horizon > maxHorizon, "horizon must be from 1s to %v, not %v", maxHorizon, c.Horizon)
	add(c.Begin < 0 || c.Begin >= day, "the plan must begin between 00:00 and 24:00, not at %v", c.Begin)
	add(!(c.LaunchesPerDay >= 0 && c.LaunchesPerDay <= maxLaunchesPerDay), "launches per day must be from 0 to %d, not %g", maxLaunchesPerDay, c.LaunchesPerDay)
	add(!c.ResponseTime.valid(), "response time must be from 0 to %v, not %v", maxResponseTime, c.ResponseTime)
	add(c.Workers < 0, "workers must not be negative: %d", c.Workers)
	if c.Launch != nil {
		errs = append(errs, c.Launch.Validate()...)
	}
	errs = append(errs, c.Service.validate()...)
	return errors.Join(append(errs, c.validateFleet()...)...)
}

func (s *Service) validate() []error {
	as := backend.Config{
		TokenTTL: s.TokenTTL, SessionTTL: s.SessionTTL, ProfileTTL: s.ProfileTTL, LoginDelay: s.LoginDelay,
		Throttle: s.Throttle, ThrottleOff: s.ThrottleOff,
	}
	errs := as.Validate()
	if !(s.ErrorRate >= 0 && s.ErrorRate <= 1) {
		errs = append(errs, fmt.Errorf("error rate must be from 0 to 1, not %g", s.ErrorRate))
	}
	for _, o := range s.Outages {
		if o.From < 0 || o.For <= 0 || o.Status != 0 && o.Status != 500 && o.Status != 503 {
			errs = append(errs, fmt.Errorf("outage at %v for %v with %d: want a time in the plan, a length and 500 or 503", o.From, o.For, o.Status))
		}
	}
	if len(s.Deploys) > maxDeploys {
		errs = append(errs, fmt.Errorf("%d deploys; at most %d", len(s.Deploys), maxDeploys))
	}
	for _, d := range s.Deploys {
		if d < 0 {
			errs = append(errs, fmt.Errorf("deploy at %v: want a time in the plan", d))
		}
	}
	return errs
}

// validateFleet refuses the reserved names with which the simulator can be made
// to misbehave: a plan knows the ordinary service only.
func (c *Config) validateFleet() []error {
	if c.Fleet == nil {
		return nil
	}
	var errs []error
	if sp := c.Fleet.ServiceProvider; sp == backend.SPUnknown || sp == backend.SPForeign {
		errs = append(errs, fmt.Errorf("service provider %q is a switch of the simulator, which a plan does not know", sp))
	}
	for _, m := range c.Fleet.MVPDs {
		if strings.HasPrefix(m, "sim-") {
			errs = append(errs, fmt.Errorf("TV provider %q is a switch of the simulator, which a plan does not know", m))
		}
	}
	return errs
}
