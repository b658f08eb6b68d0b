// Package run is the real-clock driver of the device machine: it launches a
// fleet on an open schedule, sends what the devices want over a transport, and
// tallies every exchange.
//
// A device that waits costs a timer, not a goroutine: goroutines exist only for
// devices that have something to do now. Every request counts from its intended
// time, whatever held it up.
package run

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/wire"
	"github.com/dcrbench/dcrbench/profiles"
)

// Transport carries one request. *wire.Client implementations do; tests bring
// the simulator itself.
type Transport interface {
	Do(ctx context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (wire.Timing, api.ErrKind)
}

// Store keeps credentials and tokens between runs. Implementations are safe for
// concurrent use.
type Store interface {
	// Load returns what the named device kept, and false when there is nothing.
	Load(device string) (device.Credentials, bool, error)
	// Keep returns when the credentials would survive the end of the process at
	// any moment. A device goes on to its token only then.
	Keep(ctx context.Context, device string, c device.Credentials) error
	// KeepToken remembers a token; losing it costs a token request, no more.
	KeepToken(device string, c device.Credentials)
}

// Config says what to run. Fleet, Devices, Schedule, Duration and Transport are
// required.
type Config struct {
	Fleet *profiles.Fleet
	// Devices is the number of devices, Seed the origin of all their draws.
	Devices int
	Seed    uint64
	// Schedule says when which device launches.
	Schedule pace.Schedule
	// Duration is how long devices send, from the start of the run: no request
	// is sent whose intended time is later.
	Duration time.Duration
	// Grace is how long answers, and requests that are behind the schedule, are
	// awaited after that; 0 is DefaultGrace. What is left then is cut off.
	Grace time.Duration
	// WarmUp is the first part of Duration that no figure shall hold.
	WarmUp time.Duration
	// MaxPerSecond is a hard ceiling on requests per second; 0 is none.
	MaxPerSecond float64
	// MaxInFlight bounds the requests under way; 0 is DefaultMaxInFlight.
	// Requests above it are late, and the result says so.
	MaxInFlight int
	// DescriptorLimit is the limit on open files when it is what bounds the
	// requests under way; 0 when it is not.
	DescriptorLimit int
	// Statement is the software statement. Secret.
	Statement string
	// Transport carries the requests.
	Transport Transport
	// Store keeps credentials between runs; nil forgets them.
	Store Store
	// Alarm is what the run sleeps on; nil is the Go runtime's timers. The caller
	// closes it after the run.
	Alarm Alarm
	// Judge is how many devices of each profile are judged by the rules for
	// clients (internal/audit); 0 is none.
	Judge int
	// Observer, when set, is called with every exchange while its device is
	// held; calls for different devices run at the same time.
	Observer func(*record.Exchange)
}

// DefaultMaxInFlight is the bound of Config.MaxInFlight when it is 0: what a
// service leaves unanswered that stalls for a second or two under a few thousand
// requests per second.
const DefaultMaxInFlight = 4096

// DefaultGrace is the value of Config.Grace when it is 0.
const DefaultGrace = 15 * time.Second

// interruptGrace is how long an interrupted run waits for answers.
const interruptGrace = time.Second

// Validate returns every problem of the configuration at once.
func (c *Config) Validate() error {
	var errs []error
	add := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	add(c.Fleet == nil, "no fleet")
	add(c.Devices < 1, "devices must be at least 1, not %d", c.Devices)
	add(c.Schedule == nil, "no launch schedule")
	add(c.Duration <= 0, "duration must be more than 0, not %v", c.Duration)
	add(c.Grace < 0, "grace must not be negative: %v", c.Grace)
	add(c.WarmUp < 0 || c.WarmUp > 0 && c.WarmUp >= c.Duration, "warm-up %v must be shorter than the duration %v", c.WarmUp, c.Duration)
	add(c.MaxInFlight < 0, "the bound on requests in flight must not be negative: %d", c.MaxInFlight)
	add(!(c.MaxPerSecond >= 0), "the ceiling must not be negative: %g requests/s", c.MaxPerSecond)
	add(c.Judge < 0, "the number of devices to judge must not be negative: %d", c.Judge)
	add(c.Transport == nil, "no transport")
	return errors.Join(errs...)
}

// shardCount is the number of tallies that share the recording.
func shardCount() int { return min(2*runtime.GOMAXPROCS(0), 16) }
