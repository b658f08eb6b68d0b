package audit

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// failure classes of an answer, by what a repeat of it means.
type failure uint8

const (
	noFailure failure = iota
	throttling
	trouble // 5xx, no answer, or the action retry
	wrong   // 400 and 405
	unauthorized
	denial // a 200 that denies
	otherFailure
)

const (
	// episodeLife is how long a repeat is one of the request before.
	episodeLife = int64(10 * time.Minute)
	// atOnce is how soon a denial is asked for again when nobody thought.
	atOnce = int64(10 * time.Second)
)

// episode is one request with its repeats.
type episode struct {
	key    uint64
	sight  sight
	end    int64
	class  failure
	action api.ErrorAction
	bearer uint64
	// count is how often it was repeated, gap the last wait, and even reports
	// that the waits did not grow. hasty counts repeats of a 429 that did not
	// wait a second.
	count, hasty int
	// throttles and troubles count the repeats after each of the two classes.
	throttles, troubles int
	gap                 int64
	even                bool
	// login: a login has begun since the last answer.
	login bool
}

// repeats are the last requests that failed.
type repeats struct {
	episodes [8]episode
	at       int
	// wrongAt is the last 400 or 405, and follow the last error with an action,
	// that nothing has followed yet.
	wrongAt, follow     sight
	wrongKey, followKey uint64
}

func (r *repeats) find(key uint64) *episode {
	for i := range r.episodes {
		if r.episodes[i].sight.seq != 0 && r.episodes[i].key == key {
			return &r.episodes[i]
		}
	}
	return nil
}

// bound is how many repeats are a few.
func (d *Device) bound() int {
	if d.options.Strict {
		return 3
	}
	return 5
}

func (d *Device) sendRepeat(e *event) {
	d.sendOther(e)
	if e.op == api.OpSessionsCreate || e.op == api.OpSSOSessions {
		for i := range d.episodes {
			d.episodes[i].login = true
		}
	}
	p := d.repeats.find(e.key)
	if p == nil || p.end == 0 || p.class == noFailure || e.sent-p.end > episodeLife {
		return
	}
	d.repeat(e, p)
	gap := e.sent - p.end
	p.even = p.even || p.gap != 0 && 2*gap < 3*p.gap
	p.gap, p.end = gap, 0
	p.count++
	switch p.class {
	case throttling:
		d.repeatThrottled(e, p, gap)
	case trouble:
		p.troubles++
		d.judge(err04, keptIf(p.troubles <= d.bound() || !p.even), "repeated a failing request for the "+ordinal(p.troubles)+" time without slowing down", p.sight, seen(e))
	}
	if p.class != throttling && p.class != unauthorized {
		d.decisionRepeat(e, p)
	}
}

// repeatThrottled judges a repeat of a 429 by itself: any number may follow that
// each wait their second. Strictly, more than a few at even gaps are worth a
// second look.
func (d *Device) repeatThrottled(e *event, p *episode, gap int64) {
	p.throttles++
	if gap < penalty-d.eps() {
		p.hasty++
	}
	switch {
	case p.hasty > d.bound() && p.even:
		d.broken(err04, "repeated a throttled request for the "+ordinal(p.hasty)+" time without waiting a second", p.sight, seen(e))
	case d.options.Strict && p.throttles > d.bound() && p.even:
		d.unsure(err04)
	default:
		d.kept(err04)
	}
}

// sendOther notes that a request which was called wrong is followed by another.
func (d *Device) sendOther(e *event) {
	if d.wrongAt.seq != 0 {
		if e.key != d.wrongKey {
			d.kept(err05)
		}
		d.wrongAt = sight{}
	}
	if d.follow.seq != 0 {
		if e.key != d.followKey {
			d.kept(err01)
		}
		d.follow = sight{}
	}
}

// repeat judges whether the request may be repeated at all.
func (d *Device) repeat(e *event, p *episode) {
	if p.class == wrong {
		d.broken(err05, "repeated unchanged what the service had called wrong", p.sight, seen(e))
	}
	bad := ""
	switch p.action {
	case api.ErrorActionNone, api.ErrorActionConfiguration:
		if p.class != denial {
			bad = "repeated unchanged after the action " + p.action.String()
		}
	case api.ErrorActionAuthentication:
		if !p.login {
			bad = "repeated after the action authentication without a login"
		}
	case api.ErrorActionRegistration:
		if e.bearer == p.bearer {
			bad = "repeated with the same token after the action application-registration"
		}
	case api.ErrorActionRetry:
	default:
		return
	}
	d.judge(err01, keptIf(bad == ""), bad, p.sight, seen(e))
}

func (d *Device) decisionRepeat(e *event, p *episode) {
	n := pre02
	switch e.op {
	case api.OpPreauthorize:
	case api.OpAuthorize:
		n = auz02
	default:
		return
	}
	count := p.count - p.throttles
	d.judge(n, keptIf(count <= d.bound()), "repeated a failing decision for the "+ordinal(count)+" time", p.sight, seen(e))
	if p.class == denial && p.action != api.ErrorActionRetry {
		d.judge(err02, keptIf(p.gap > atOnce), "asked again "+span(p.gap)+" after a denial", p.sight, seen(e))
	}
}

func (d *Device) answerRepeat(e *event) {
	p := d.repeats.find(e.key)
	class := classOf(e)
	if p == nil {
		if class == noFailure {
			return
		}
		p = &d.episodes[d.at]
		d.at = (d.at + 1) % len(d.episodes)
		*p = episode{key: e.key}
	}
	if class == noFailure {
		*p = episode{}
		return
	}
	p.sight, p.end, p.class, p.action, p.bearer, p.login = seen(e), e.received, class, e.errAct, e.bearer, false
	if class == wrong {
		d.wrongAt, d.wrongKey = seen(e), e.key
	}
	if e.errAct != api.ErrorActionAbsent && e.errAct != api.ErrorActionRetry && class != denial {
		d.follow, d.followKey = seen(e), e.key
	}
}

func classOf(e *event) failure {
	switch {
	case e.status == 429:
		return throttling
	case e.status == 0 || e.status >= 500 || e.errAct == api.ErrorActionRetry:
		return trouble
	case e.status == 400 || e.status == 405:
		return wrong
	case e.status == 401:
		return unauthorized
	case e.status >= 400:
		return otherFailure
	case e.denied > 0:
		return denial
	}
	return noFailure
}

func ordinal(n int) string {
	names := [...]string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	if n < len(names) {
		return names[n]
	}
	return "umpteenth"
}
