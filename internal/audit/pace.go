package audit

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// penalty is how long a client waits after a 429 (throttling page).
const penalty = int64(time.Second)

// refused429 is one 429.
type refused429 struct {
	target, key uint64
	received    int64
	sight       sight
}

// throttled is what is known of a device's pace.
type throttled struct {
	refusals429 [8]refused429
	at429       int
	// arrival is the device's own bucket, as the time at which it is full again.
	arrival int64
	paced   uint32
	// lastPaced is the last request, for the reading without refills.
	lastPaced sight
	// reaction is the last 429 that nothing followed yet; its target is
	// reactionTarget.
	reaction       sight
	reactionEnd    int64
	reactionTarget uint64
	reactionOp     api.Op
	// overrun are the requests that the own bucket has no room for.
	overrun [8]uint64
	overAt  int
}

// sendPace judges the wait after a 429 and fills the device's own bucket.
func (d *Device) sendPace(e *event) {
	d.afterThrottle(e)
	fits := d.fillOwn(e.sent)
	d.paced++
	if !fits {
		d.overrun[d.overAt] = e.seq
		d.overAt = (d.overAt + 1) % len(d.overrun)
	}
	switch {
	case d.options.Strict && d.paced > 11 && e.sent-d.lastPaced.at < penalty-int64(d.options.eps()):
		d.broken(thr03, "sent two requests within a second after the burst was used up", d.lastPaced, seen(e))
	case d.paced == 12:
		d.kept(thr03)
	}
	d.lastPaced = seen(e)
}

// afterThrottle judges by THR-01. The tolerant reading looks at the same path,
// the strict one at any under the same address.
func (d *Device) afterThrottle(e *event) {
	var worst *refused429
	waited := false
	for i := range d.refusals429 {
		r := &d.refusals429[i]
		if r.sight.seq == 0 || r.key != e.throttleKey || r.target != e.target && !d.options.Strict {
			continue
		}
		if e.sent-r.received < penalty-int64(d.options.eps()) {
			if worst == nil || r.received > worst.received {
				worst = r
			}
			continue
		}
		waited = true
		r.sight = sight{}
	}
	switch {
	case worst != nil && d.options.ServerSide && e.nameless:
		d.unsure(thr01) // the next registration of a server may be another device's
	case worst != nil:
		d.broken(thr01, "sent the next request "+span(e.sent-worst.received)+" after a 429", worst.sight, seen(e))
	case waited:
		d.kept(thr01)
	}
}

// fillOwn puts a request into the bucket that the device would have alone, with
// the documented limit of one a second and a burst of ten, and reports whether
// it fits. What does not fit leaves the bucket as it was. The tally counts by
// the same bucket.
func (d *Device) fillOwn(sent int64) bool {
	if d.arrival > sent+10*int64(time.Second) {
		return false
	}
	d.arrival = max(d.arrival, sent) + int64(time.Second)
	return true
}

// hasty is how long after a 429 a request may still be a reaction to it.
const hasty = int64(5 * time.Second)

// sendReaction judges the first request after a 429.
func (d *Device) sendReaction(e *event) {
	if d.reaction.seq == 0 {
		return
	}
	first, target, end := d.reaction, d.reactionTarget, d.reactionEnd
	d.reaction = sight{}
	if e.target == target || e.sent-end > hasty {
		d.kept(thr02)
		return
	}
	bad := false
	switch e.op {
	case api.OpRegister:
		bad = d.owns && !d.refused
	case api.OpToken:
		bad = d.hasToken && !d.unauthorized && !d.opaque && !d.refused && e.sent < d.latest().early && d.client == d.tokenClient
	case api.OpLogout:
		bad = true
	case api.OpSessionsCreate, api.OpSSOSessions:
		bad = d.reactionOp == api.OpProfilesCode || d.reactionOp == api.OpAuthorize || d.reactionOp == api.OpPreauthorize
	}
	if bad {
		d.broken(thr02, "answered a 429 on "+d.reactionOp.String()+" with "+e.op.String(), first, seen(e))
		return
	}
	d.kept(thr02)
}

func (d *Device) answerPace(e *event) {
	if e.status != 429 {
		return
	}
	d.refusals429[d.at429] = refused429{e.target, e.throttleKey, e.received, seen(e)}
	d.at429 = (d.at429 + 1) % len(d.refusals429)
	d.reaction, d.reactionEnd, d.reactionTarget, d.reactionOp = seen(e), e.received, e.target, e.op
	for _, seq := range d.overrun {
		if seq == e.seq {
			d.broken(thr03, "drew a 429 with more requests than the burst and the rate allow", seen(e))
			return
		}
	}
}
