package audit

import (
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// maxPermits bounds the permissions that are remembered.
const maxPermits = 256

// afterDenial is how soon after a denial a logout is a reaction to it.
const afterDenial = int64(5 * time.Second)

// decisions is what is known of a device's decisions.
type decisions struct {
	permits map[uint64]sight
	// pre is the last preauthorization.
	pre       sight
	preTarget uint64
	preAsked  []uint64
	preRetry  []uint64
	denial    sight
	denied    int64
}

func (s *decisions) forget() {
	clear(s.permits)
	s.pre, s.preAsked, s.preRetry = sight{}, nil, nil
}

func (d *Device) sendDecision(e *event) {
	switch e.op {
	case api.OpPreauthorize:
		d.sendPermitted(e)
		d.sendPartial(e)
	case api.OpSessionsCreate, api.OpSSOSessions, api.OpRegister:
		d.decisions.forget()
	case api.OpLogout:
		d.decisions.forget()
	}
	if d.denial.seq == 0 {
		return
	}
	if e.op == api.OpLogout && e.sent-d.denied <= afterDenial {
		d.broken(lgo03, "logged out "+span(e.sent-d.denied)+" after a denial", d.denial, seen(e))
	} else {
		d.kept(lgo03)
	}
	d.denial = sight{}
}

// sendPermitted judges whether anything is asked for that was permitted before.
func (d *Device) sendPermitted(e *event) {
	if len(d.permits) == 0 {
		return
	}
	for _, resource := range e.asked {
		if before, ok := d.permits[resource^e.mvpd]; ok {
			d.broken(pre03, "asked again for what was permitted in this run", before, seen(e))
			return
		}
	}
	d.kept(pre03)
}

// sendPartial judges a repeat of a call with several resources.
func (d *Device) sendPartial(e *event) {
	if d.pre.seq == 0 || e.target != d.preTarget || len(d.preRetry) == 0 || len(d.preAsked) < 2 {
		return
	}
	overlap, beyond := false, false
	for _, resource := range e.asked {
		overlap = overlap || slices.Contains(d.preAsked, resource)
		beyond = beyond || slices.Contains(d.preAsked, resource) && !slices.Contains(d.preRetry, resource)
	}
	if overlap {
		d.judge(pre05, keptIf(!beyond), "repeated resources that were not marked for a repeat", d.pre, seen(e))
	}
}

func (d *Device) answerDecision(e *event) {
	if e.op != api.OpAuthorize && e.op != api.OpPreauthorize {
		return
	}
	if e.denied > 0 || e.status == 403 {
		d.denial, d.denied = seen(e), e.received
	}
	if e.op != api.OpPreauthorize || !e.ok() {
		return
	}
	d.pre, d.preTarget, d.preAsked, d.preRetry = seen(e), e.target, e.asked, e.retryable
	if d.permits == nil {
		d.permits = map[uint64]sight{}
	}
	for _, resource := range e.permitted {
		if len(d.permits) < maxPermits {
			d.permits[resource^e.mvpd] = seen(e)
		}
	}
}
