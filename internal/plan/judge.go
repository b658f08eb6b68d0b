package plan

import (
	"strconv"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
)

// judgement is what judging a device takes: its requests as they would travel.
type judgement struct {
	wire     api.HTTPRequest
	response api.Response
	// identity is that of the device judged last, which owner numbers from 1.
	identity api.Identity
	owner    int
}

// newSample chooses the devices that are judged by the rules for clients.
func (p *Planner) newSample() *audit.Sample {
	return audit.NewSample(audit.Options{}, audit.Crowd{
		Devices: p.cfg.Devices, Profile: p.population.Profile, Counts: p.population.Counts(), Servers: p.population.Servers(),
	}, p.cfg.Judge)
}

// judge has the exchange under way judged.
func (w *worker) judge(s *slot) {
	x, i := w.exchange, int(s.index)
	if w.owner != i+1 {
		w.identity, w.owner = w.population.Identity(i), i+1
	}
	w.request.Encode(&w.identity, &w.judgement.wire)
	x.Seq, x.Device, x.Profile, x.Launch = uint64(s.exchanges), i, int(s.profile), s.machine.Launches()
	x.Wire = &w.judgement.wire
	x.Response = w.named(s)
	w.sample.Observe(&x)
}

// named is the answer under way with credentials, a token and a code of its own:
// the service of a plan gives all devices the same, and the rules for clients go
// by which is which.
func (w *worker) named(s *slot) *api.Response {
	r := &w.judgement.response
	*r = w.answers[s.op][s.kind]
	number := strconv.FormatUint(uint64(s.exchanges), 10)
	for _, name := range []*string{&r.ClientID, &r.AccessToken, &r.Code} {
		if *name != "" {
			*name += number
		}
	}
	if s.ends != 0 {
		r.NotAfter = time.UnixMilli(s.ends / int64(time.Millisecond))
	}
	return r
}
