package tally

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/stats"
)

// penalty is how long a device waits after a 429 (throttling page, THR-01).
const penalty = time.Second

// throttling is what a group of devices got as 429s.
type throttling struct {
	responses, devices, retriedEarly uint64
	selfInflicted                    uint64
	present, absent, invalid         uint64
	// first is when the first came; zero for none.
	first    time.Time
	recovery stats.Histogram
}

func (t *throttling) merge(other *throttling) {
	t.responses += other.responses
	t.devices += other.devices
	t.retriedEarly += other.retriedEarly
	t.selfInflicted += other.selfInflicted
	t.present += other.present
	t.absent += other.absent
	t.invalid += other.invalid
	if t.first.IsZero() || !other.first.IsZero() && other.first.Before(t.first) {
		t.first = other.first
	}
	t.recovery.Merge(&other.recovery)
}

// tokens is what a group of devices did with credentials and tokens.
type tokens struct {
	registrations, reRegistrations, unjustified uint64
	issued, restored, calls                     uint64
	redundant                                   uint64
	expired, ahead, after401                    uint64
	expiredUses                                 uint64
}

func (t *tokens) merge(other *tokens) {
	t.registrations += other.registrations
	t.reRegistrations += other.reRegistrations
	t.unjustified += other.unjustified
	t.issued += other.issued
	t.restored += other.restored
	t.calls += other.calls
	t.redundant += other.redundant
	t.expired += other.expired
	t.ahead += other.ahead
	t.after401 += other.after401
	t.expiredUses += other.expiredUses
}

// observe judges an exchange of the device by what is remembered of it, counts
// the judgement, and remembers the exchange. The figures of exchanges that do
// not count go to a place where nobody looks.
func (b *Book) observe(x *record.Exchange, t *throttling, k *tokens, counts bool) {
	b.judgeSend(x, t, k)
	if !b.fillOwn(x.Sent.UnixNano()) && x.Response.Status == 429 {
		t.selfInflicted++
	}
	if x.Response.Status == 0 {
		return
	}
	b.learnThrottle(x, t, counts)
	switch x.Request.Op {
	case api.OpRegister:
		b.learnRegistration(x, k)
	case api.OpToken:
		b.learnToken(x, k)
	default:
		b.learnCall(x)
	}
	if x.Response.Outcome == api.OutcomeClientRejected || x.Response.ErrorAction == api.ErrorActionRegistration {
		b.facts.set(refused)
	}
}

// fillOwn puts a request into the bucket that the device would have alone, with
// the documented limit of one a second and a burst of ten, and reports whether it
// fits. What does not fit leaves the bucket as it was.
func (b *Book) fillOwn(sent int64) bool {
	if b.arrival > sent+10*int64(time.Second) {
		return false
	}
	b.arrival = max(b.arrival, sent) + int64(time.Second)
	return true
}

// judgeSend judges the request by what the device knew when it sent it.
func (b *Book) judgeSend(x *record.Exchange, t *throttling, k *tokens) {
	sent := x.Sent.UnixNano()
	if b.lastThrottle != 0 && sent >= b.lastThrottle && sent < b.lastThrottle+int64(penalty) {
		t.retriedEarly++
	}
	switch op := x.Request.Op; {
	case op == api.OpToken:
		excused := b.facts.has(unauthorized) || b.facts.has(refused)
		if b.facts.has(hasToken) && !excused && sent < b.tokenEarly {
			k.redundant++
		}
	case op.Protected():
		k.calls++
		if b.facts.has(restored) {
			b.facts.clear(restored)
			k.restored++
		}
		if b.facts.has(hasToken) && sent >= b.tokenExpiry {
			k.expiredUses++
		}
	}
}

func (b *Book) learnThrottle(x *record.Exchange, t *throttling, counts bool) {
	received := x.Received.UnixNano()
	if x.Response.Status != 429 {
		if b.throttledSince != 0 {
			t.recovery.Record(time.Duration(received - b.throttledSince))
			b.throttledSince = 0
		}
		return
	}
	t.responses++
	if t.first.IsZero() || x.Received.Before(t.first) {
		t.first = x.Received
	}
	t.countRetryAfter(x)
	if counts && !b.facts.has(everThrottled) {
		b.facts.set(everThrottled)
		t.devices++
	}
	b.lastThrottle = received
	if b.throttledSince == 0 {
		b.throttledSince = received
	}
}

// countRetryAfter sorts a 429 by its Retry-After, which is a number of seconds
// or a date (RFC 9110 section 10.2.3).
func (t *throttling) countRetryAfter(x *record.Exchange) {
	switch {
	case x.Answer == nil || !x.Answer.Header.Has("Retry-After"):
		t.absent++
	case x.Response.RetryAfter >= 0 || isDate(x.Answer.Header.Get("Retry-After")):
		t.present++
	default:
		t.invalid++
	}
}

// isDate reports whether s is an HTTP date in the form that senders must use
// (RFC 9110 section 5.6.7).
func isDate(s string) bool {
	_, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", s)
	return err == nil
}

func (b *Book) learnRegistration(x *record.Exchange, k *tokens) {
	if x.Response.Outcome != api.OutcomeOK {
		return
	}
	k.registrations++
	if b.facts.has(hasCredentials) {
		k.reRegistrations++
		if !b.facts.has(refused) {
			k.unjustified++
		}
	}
	if b.facts.has(refused) {
		// The token went with the credentials that the service refused.
		b.facts.clear(refused | hasToken | restored | unauthorized | renewedAfter401)
	}
	b.facts.set(hasCredentials)
}

func (b *Book) learnToken(x *record.Exchange, k *tokens) {
	if x.Response.Outcome != api.OutcomeOK {
		return
	}
	k.issued++
	if b.facts.has(hasToken) {
		switch sent := x.Sent.UnixNano(); {
		case b.facts.has(unauthorized):
			k.after401++
		case sent >= b.tokenExpiry:
			k.expired++
		case sent >= b.tokenEarly:
			k.ahead++
		}
	}
	if b.facts.has(unauthorized) {
		b.facts.set(renewedAfter401)
	}
	b.facts.clear(restored | unauthorized)
	b.facts.set(hasToken)
	b.holdToken(x.Received.Add(x.Response.ExpiresIn), x.Response.ExpiresIn)
}

// learnCall notes what a call says about its token. A 401 that comes again with
// a token issued after the first one justifies a new registration (DCR-03); a
// success proves the credentials sound.
func (b *Book) learnCall(x *record.Exchange) {
	if x.Response.Status != 401 {
		if x.Response.Outcome == api.OutcomeOK && x.Request.Op.Protected() {
			b.facts.clear(renewedAfter401 | refused)
		}
		return
	}
	b.facts.set(unauthorized)
	if b.facts.has(renewedAfter401) {
		b.facts.set(refused)
	}
}
