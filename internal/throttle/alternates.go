package throttle

import "time"

// OneTimePool is the throttling page's prose taken at its word: one
// request in each period of 1/Rate, the periods aligned to the first request,
// and a pool of Burst further requests that never refills. It reproduces both
// published timetables, and differs from Bucket once a device has been idle.
type OneTimePool struct {
	period  periods
	window  int64
	started bool
	used    bool
	pool    int
}

// NewOneTimePool returns the model before its first request. The zero Limits
// stand for DocumentedLimits; limits that fail Validate panic.
func NewOneTimePool(l Limits) *OneTimePool {
	l = l.checked()
	return &OneTimePool{period: newPeriods(l), pool: l.Burst}
}

// Allow reports whether a request at time t is admitted. A time before the
// latest counted period is taken as within that period.
func (p *OneTimePool) Allow(t time.Time) bool {
	window := p.period.at(t)
	if !p.started || window > p.window {
		p.started, p.used, p.window = true, false, window
	}
	if !p.used {
		p.used = true
		return true
	}
	if p.pool == 0 {
		return false
	}
	p.pool--
	return true
}

// IntegerRefill is a bucket of capacity Burst+1 that gains one request at the
// end of each whole period of 1/Rate since the first request, and nothing in
// between. It reproduces both published timetables as well.
type IntegerRefill struct {
	period   periods
	capacity int64
	tokens   int64
	filled   int64
}

// NewIntegerRefill returns a full bucket. The zero Limits stand for
// DocumentedLimits; limits that fail Validate panic.
func NewIntegerRefill(l Limits) *IntegerRefill {
	l = l.checked()
	capacity := int64(l.Burst) + 1
	return &IntegerRefill{period: newPeriods(l), capacity: capacity, tokens: capacity}
}

// Allow reports whether a request at time t is admitted. A time before the
// latest counted period refills nothing.
func (r *IntegerRefill) Allow(t time.Time) bool {
	if period := r.period.at(t); period > r.filled {
		r.tokens = min(r.capacity, r.tokens+period-r.filled)
		r.filled = period
	}
	if r.tokens == 0 {
		return false
	}
	r.tokens--
	return true
}

// Penalty is the other sentence of the page that the timetable contradicts
// after a refusal every request is refused until a fixed time has
// passed since the first one. It exists to try clients against the prose.
type Penalty struct {
	model Model
	hold  time.Duration
	until time.Time
}

// NewPenalty puts a penalty of hold behind the refusals of model.
func NewPenalty(model Model, hold time.Duration) *Penalty {
	return &Penalty{model: model, hold: hold}
}

// Allow reports whether a request at time t is admitted. Requests refused during
// a penalty do not reach the model behind it and do not prolong the penalty.
func (p *Penalty) Allow(t time.Time) bool {
	if t.Before(p.until) {
		return false
	}
	if p.model.Allow(t) {
		return true
	}
	p.until = t.Add(p.hold)
	return false
}

// periods numbers the stretches of 1/Rate from the first time it is asked about.
type periods struct {
	length time.Duration
	origin time.Time
	known  bool
}

func newPeriods(l Limits) periods {
	return periods{length: max(1, time.Duration(float64(time.Second)/l.Rate))}
}

func (p *periods) at(t time.Time) int64 {
	if !p.known {
		p.origin, p.known = t, true
	}
	return int64(t.Sub(p.origin) / p.length)
}
