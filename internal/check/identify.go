package check

import (
	"math"
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Identification is what the throttle probe found out about the target's limit.
type Identification struct {
	// Sent and Admitted count the requests that looked for the limit.
	Sent, Admitted int
	// Refusal is a refused answer; nil when nothing was refused.
	Refusal *Answer
	// Capacity is how many requests an idle device may send at once.
	Capacity int
	// Rate is the sustained rate a second, and Low and High bound it.
	Rate, Low, High float64
	// AdmittedAfter is how long a silent device waited until it was admitted; 0
	// when it never was.
	AdmittedAfter time.Duration
	// SinceRefusal is the time from the first refusals to that admission.
	SinceRefusal time.Duration
	// Prolonged reports that refused requests push the end out.
	Prolonged bool
	// Queued reports that requests within the limit are delayed.
	Queued bool
	// Clustered reports that admissions came in clusters rather than evenly.
	Clustered bool
	// Refilled is how many requests were admitted at once after an idle time of
	// Idle; -1 when that was not tried.
	Refilled int
	Idle     time.Duration
	// Gap is the time from the volley after the idle time to the next admission.
	Gap time.Duration
	// Differ are the rows of the published timetable that came out otherwise;
	// Rows is how many were tried.
	Differ, Rows int

	// The next say whether a fresh request is admitted while a device is
	// throttled: from another device, with another identifier only, with another
	// address only, on another path, from another place.
	OtherDevice, OtherIdentifier, OtherAddress, OtherPath, OtherPlace Opening
	// Registrations is the same for the registration endpoint.
	Registrations Opening
	// Effects is a throttled request that had an effect; nil when none had.
	Effects *Answer
	// EffectsTried reports whether that was looked for.
	EffectsTried bool

	base int
	// first is the volley that found the limit.
	first []*Answer
}

// Opening is whether requests are admitted.
type Opening uint8

// The values of Opening.
const (
	Untried Opening = iota
	Open
	Closed
)

// identify finds out how the target throttles, and rules on it.
func identify(p *probe) *Identification {
	x := &Identification{Refilled: -1}
	p.steady = true
	p.fresh()
	x.volley(p)
	if x.Refusal != nil {
		x.silence(p)
		x.sustained(p)
		x.capacity(p)
		x.idle(p)
		x.keys(p)
		x.timetable(p)
	}
	x.judge(p)
	// The last look at the token of the run: a refusal is about its life, not
	// about the limit.
	p.steady = false
	p.fresh()
	p.call(api.Request{Op: api.OpConfiguration})
	return x
}

// target is the request with which the throttle is tried: harmless, and cheap
// for the service.
func (p *probe) target() *api.HTTPRequest {
	// A configuration call may name the device, and need not.
	return with(p.encode(api.Request{Op: api.OpConfiguration}), "AP-Device-Identifier", p.device.headers.DeviceIdentifier)
}

// volleys are how many requests look for the limit at once, one after the other.
var volleys = [...]int{15, 32, 64}

// volley sends more and more requests at once until some are refused.
func (x *Identification) volley(p *probe) {
	start := p.press(api.OpConfiguration, p.target(), 1)
	x.base = start[0].Status
	all := start
	for _, n := range volleys {
		all = append(all, p.press(api.OpConfiguration, p.target(), n)...)
		if i := slices.IndexFunc(all, x.refused); i >= 0 {
			x.Refusal = all[i]
			break
		}
	}
	x.Sent = len(all)
	x.queue(p, all)
	for _, a := range all {
		if x.admitted(a) {
			x.Admitted++
		}
	}
	x.Capacity = x.Admitted
	x.first = all
}

// refused reports whether an answer is a refusal for the rate: 429, or a failure
// that is not what the same request got at first. A 401 is none: the token may
// have ended meanwhile, which is not the limit's doing.
func (x *Identification) refused(a *Answer) bool {
	return a.Err == api.ErrNone && (a.Status == 429 || a.Status >= 400 && a.Status != x.base && a.Status != 401)
}

func (x *Identification) admitted(a *Answer) bool {
	return a.Err == api.ErrNone && !x.refused(a)
}

// one sends one request as the current device.
func (x *Identification) one(p *probe) *Answer {
	return p.press(api.OpConfiguration, p.target(), 1)[0]
}

// silence waits without asking, a second first, until a request is admitted.
func (x *Identification) silence(p *probe) {
	last, start := p.now, p.now
	for wait := time.Second; wait <= 16*time.Second; wait *= 2 {
		p.wait(last.Add(wait + 10*time.Millisecond).Sub(p.now))
		a := x.one(p)
		if x.admitted(a) {
			x.AdmittedAfter, x.SinceRefusal = wait, a.Sent.Sub(start)
			return
		}
		last = p.now
	}
}

const (
	// admissions is how many the rate is measured over.
	admissions = 7
	finest     = 2 * time.Millisecond
	// mostPolls bounds the requests of one measurement, whatever the answers.
	mostPolls = 600
)

// sustained polls a throttled device without a pause and takes the rate from the
// times of its admissions.
func (x *Identification) sustained(p *probe) {
	if x.Queued {
		return
	}
	p.press(api.OpConfiguration, p.target(), min(x.Capacity+1, 64))
	interval := 100 * time.Millisecond
	var times []time.Time
	row, refusals := 0, 0
	started := p.now
	var ready bounds
	for polls := 0; len(times) < admissions && polls < mostPolls; polls++ {
		a := x.one(p)
		switch {
		case x.admitted(a):
			times = append(times, a.Sent)
			ready.admitted(a)
			row++
		default:
			ready.refused(a)
			row = 0
			refusals++
		}
		if row == 3 && refusals < 20 && interval > finest {
			interval, times, row, ready = max(finest, interval/4), nil, 0, bounds{}
			p.press(api.OpConfiguration, p.target(), min(x.Capacity+1, 64))
		}
		if len(times) == 2 && row == 1 {
			interval = max(finest, min(interval, times[1].Sub(times[0])/x.fineness()))
		}
		if p.now.Sub(started) > x.longest(times) {
			break
		}
		p.wait(a.Sent.Add(interval).Sub(p.now))
	}
	x.rate(p, times, interval)
	x.narrow(ready)
}

// fineness is how many polls go into one period. A limit without a burst keeps
// nothing of the time between its refill and the next poll, so that the polls
// themselves make it look slower.
func (x *Identification) fineness() time.Duration {
	if x.Admitted <= 2 {
		return 50
	}
	return 15
}

// longest is how long polling goes on: long enough for a slow rate, and not for
// ever when every refusal pushes the end out.
func (x *Identification) longest(times []time.Time) time.Duration {
	if len(times) < 2 {
		return max(6*time.Second, 4*x.AdmittedAfter)
	}
	return 60 * time.Second
}

func (x *Identification) rate(p *probe, times []time.Time, interval time.Duration) {
	if len(times) >= 3 {
		span := times[len(times)-1].Sub(times[0]).Seconds()
		gaps := make([]time.Duration, len(times)-1)
		for i := range gaps {
			gaps[i] = times[i+1].Sub(times[i])
		}
		x.Clustered = slices.Max(gaps) > 4*slices.Min(gaps)+2*interval && slices.Min(gaps) < 2*interval
		if x.Admitted <= 2 {
			span -= interval.Seconds() / 2 * float64(len(gaps))
		}
		if span > 0 {
			x.setRate(float64(len(times)-1)/span, math.Min(0.5, 1.5*interval.Seconds()/span))
			return
		}
	}
	// Nothing was admitted while it was asked for, and something was in silence.
	x.Prolonged = len(times) == 0 && x.AdmittedAfter > 0
	const idle = 6 * time.Second
	drain := min(x.Capacity+2, 64)
	p.wait(idle)
	start := p.now
	p.press(api.OpConfiguration, p.target(), drain)
	p.wait(idle)
	n := 0
	for _, a := range p.press(api.OpConfiguration, p.target(), drain) {
		if x.admitted(a) {
			n++
		}
	}
	span := p.now.Sub(start).Seconds()
	x.Rate, x.Low, x.High = float64(n)/span, float64(n-1)/span, float64(n+1)/span
}

// idle drains the device, lets it rest for fifteen and a half periods, and
// counts what it may send at once then. A bucket is refilled by that time; a
// burst that is granted once is not.
func (x *Identification) idle(p *probe) {
	if x.Rate <= 0 || x.Queued {
		return
	}
	period := time.Duration(float64(time.Second) / x.Rate)
	rest := period * 31 / 2
	if rest > p.kit.Patience {
		return
	}
	p.press(api.OpConfiguration, p.target(), 3)
	p.wait(rest)
	x.Idle, x.Refilled = rest, 0
	all := p.press(api.OpConfiguration, p.target(), min(max(20, x.Capacity+9), 128))
	for _, a := range all {
		if x.admitted(a) {
			x.Refilled++
		}
	}
	if period < 200*time.Millisecond || x.Prolonged {
		return
	}
	start := all[0].Sent
	for p.now.Sub(start) < 2*period {
		p.wait(period / 20)
		if a := x.one(p); x.admitted(a) {
			x.Gap = a.Sent.Sub(start)
			return
		}
	}
}
