package audit

import (
	"slices"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/result"
)

// Bounds of the timelines in a result.
const (
	maxTimelines = 12
	maxOnOne     = 400
)

// timeline is what the device did and what of it broke a rule, in the order of
// time: the beginning, when there is too much.
func (d *Device) timeline() []result.AuditAct {
	list := []result.AuditAct{}
	named := map[uint64]string{}
	for i := range d.acts {
		a := &d.acts[i]
		named[a.Seq] = a.Op.String()
		list = append(list, result.AuditAct{At: a.Sent, What: kindOf(a), Endpoint: a.Op.String(), Status: a.Status, Exchange: a.Seq})
	}
	for i := range d.breaches {
		b := &d.breaches[i]
		if n := len(b.Exchanges); n > 0 {
			list = append(list, result.AuditAct{At: b.Times[n-1], What: result.ActBreach, Endpoint: named[b.Exchanges[n-1]], Rule: b.Rule.ID, Exchange: b.Exchanges[n-1]})
		}
	}
	slices.SortStableFunc(list, func(x, y result.AuditAct) int { return x.At.Compare(y.At) })
	return list[:min(len(list), maxOnOne)]
}

func kindOf(a *Act) string {
	switch {
	case a.Status == 429:
		return result.ActThrottled
	case a.Op == api.OpRegister:
		return result.ActRegistration
	case a.Op == api.OpToken:
		return result.ActToken
	}
	return result.ActCall
}
