package tally

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
)

// LiveWindow is the time that the moving figures of a Live look back on.
const LiveWindow = 5 * time.Second

// recentSlots is how many seconds a shard keeps: the window, the second that is
// under way, and room for answers that arrive a little out of order.
const recentSlots = 8

// slot is the traffic of one second, by the arrival of the answers.
type slot struct {
	second    int64
	requests  uint64
	throttled uint64
	errors    uint64
	latency   coarse
}

// recent is a ring of the last seconds.
type recent struct {
	slots                       [recentSlots]slot
	requests, throttled, errors uint64
}

func (r *recent) record(x *record.Exchange) {
	second := x.Received.Unix()
	s := &r.slots[uint64(second)%recentSlots]
	if s.second < second {
		*s = slot{second: second}
	}
	r.requests++
	s.requests++
	switch x.Response.Outcome {
	case api.OutcomeThrottled:
		r.throttled++
		s.throttled++
	case api.OutcomeTransport:
		r.errors++
		s.errors++
	}
	if x.Response.Status != 0 {
		s.latency.record(x.Latency())
	}
}

// Live gathers what shards show while a run is under way. The zero Live is
// ready; Add every shard, then read Figures. Warm-up traffic counts here.
type Live struct {
	requests, throttled, errors uint64
	calls, tokens               uint64
	window                      slot
}

// LiveFigures are the figures of a progress line.
type LiveFigures struct {
	// Requests, Throttled and Errors count from the start of the run.
	Requests, Throttled, Errors uint64
	// PerSecond is the rate of finished requests over the last full seconds of
	// the window, ThrottledShare the share of 429s in them, from 0 to 1.
	PerSecond, ThrottledShare float64
	// CallsPerToken is the number of calls for each token issued or restored since
	// the warm-up, 0 without any.
	CallsPerToken float64
	// P50 and P99 are latencies over the window, rounded up by at most an eighth.
	P50, P99 time.Duration
}

// Add takes in what a shard shows at now. The caller holds the shard still
// meanwhile; it takes a few microseconds.
func (l *Live) Add(s *Shard, now time.Time) {
	l.requests += s.recent.requests
	l.throttled += s.recent.throttled
	l.errors += s.recent.errors
	for i := range s.profiles {
		k := &s.profiles[i].tokens
		l.calls += k.calls
		l.tokens += k.issued + k.restored
	}
	until := now.Unix()
	from := until - int64(LiveWindow/time.Second)
	for i := range s.recent.slots {
		r := &s.recent.slots[i]
		if r.second < from || r.second >= until {
			continue
		}
		l.window.requests += r.requests
		l.window.throttled += r.throttled
		l.window.latency.add(&r.latency)
	}
}

// Figures returns the figures of all shards added; elapsed is the age of the
// run, for a run younger than the window.
func (l *Live) Figures(elapsed time.Duration) LiveFigures {
	window := min(LiveWindow, max(elapsed.Truncate(time.Second), time.Second))
	f := LiveFigures{
		Requests: l.requests, Throttled: l.throttled, Errors: l.errors,
		CallsPerToken: ratio(l.calls, l.tokens),
		PerSecond:     float64(l.window.requests) / window.Seconds(),
		P50:           time.Duration(l.window.latency.quantile(0.50)) * time.Microsecond,
		P99:           time.Duration(l.window.latency.quantile(0.99)) * time.Microsecond,
	}
	if l.window.requests > 0 {
		f.ThrottledShare = float64(l.window.throttled) / float64(l.window.requests)
	}
	return f
}
