package plan

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/tally"
	"github.com/dcrbench/dcrbench/profiles"
)

// Fill writes the figures of a plan that Run has ended into doc: everything but
// its tool, target, and what result.Finish adds. Its times are those that it played,
// so that the same plan is the same document. The limits of the plan are its own
// prediction, so that as many 429s are predicted as there are.
func (p *Planner) Fill(doc *result.Document) {
	f := p.total
	doc.Kind, doc.Seed, doc.Interrupted = result.KindPlan, p.cfg.Seed, !p.complete
	doc.Started = time.Unix(0, epoch).UTC().Add(p.cfg.Begin)
	doc.Ended = doc.Started.Add(p.cfg.Horizon)
	doc.Fleet = p.describe()
	doc.Profiles = nil
	var whole tally.Conduct
	total := make([]cell, api.NumOps)
	for i := range f.profiles {
		cells := f.cells[i*int(api.NumOps):][:api.NumOps]
		for op := range total {
			total[op].merge(&cells[op])
		}
		whole.Merge(&f.profiles[i].conduct)
		doc.Profiles = append(doc.Profiles, p.profile(i, cells, doc))
	}
	p.sample.Fill(doc.Profiles)
	doc.Endpoints = p.endpoints(total)
	sent := requests(total)
	doc.Throttling, doc.TokenReuse = p.conduct(&whole, total)
	doc.Compliance = result.Compliance{Findings: []result.Finding{}}
	doc.Load = result.Load{
		Scheduled: f.launched, Sent: sent, Completed: sent,
		DurationS: p.cfg.Horizon.Seconds(), RequestsPerSecond: float64(sent) / p.cfg.Horizon.Seconds(),
	}
	doc.Timeline = p.timeline()
	doc.Plan = p.report(doc)
}

func (c *cell) merge(o *cell) {
	for s, n := range o.statuses {
		c.statuses[s] += n
	}
	c.latency.merge(&o.latency)
}

func (c *cell) requests() (n uint64) {
	for _, s := range c.statuses {
		n += s
	}
	return n
}

func requests(cells []cell) (n uint64) {
	for i := range cells {
		n += cells[i].requests()
	}
	return n
}

func (p *Planner) profile(i int, cells []cell, doc *result.Document) result.Profile {
	f := result.Profile{
		Name: doc.Fleet.Profiles[i].Name, Platform: doc.Fleet.Profiles[i].Platform, Devices: doc.Fleet.Profiles[i].Devices,
		ShareOfDevices: float64(doc.Fleet.Profiles[i].Devices) / float64(p.cfg.Devices),
		Requests:       requests(cells), Endpoints: p.endpoints(cells),
		Compliance: result.Compliance{Findings: []result.Finding{}},
	}
	f.Throttling, f.TokenReuse = p.conduct(&p.total.profiles[i].conduct, cells)
	return f
}

// conduct shows the throttling and token figures of the devices behind cells.
func (p *Planner) conduct(c *tally.Conduct, cells []cell) (result.Throttling, result.TokenReuse) {
	throttled := uint64(0)
	for i := range cells {
		throttled += cells[i].statuses[statusIndex(429)]
	}
	return c.Figures(time.Unix(0, epoch), requests(cells), throttled)
}

func (p *Planner) endpoints(cells []cell) []result.Endpoint {
	list := []result.Endpoint{}
	for op := range cells {
		c := &cells[op]
		if c.requests() == 0 {
			continue
		}
		facts := api.Op(op).Describe()
		e := result.Endpoint{
			Endpoint: facts.Name, Method: facts.Method, Path: facts.Template, Requests: c.requests(),
			Status: map[string]uint64{}, Errors: map[string]uint64{}, LatencyUS: c.latency.distribution(),
		}
		e.WireUS = e.LatencyUS
		for s, n := range c.statuses {
			if n > 0 {
				e.Status[statusName(statuses[s])] = n
			}
		}
		list = append(list, e)
	}
	return list
}

func statusName(status int) string {
	return string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)})
}

func (s *spread) distribution() result.Distribution {
	return result.Distribution{
		Min: s.least, P50: s.quantile(0.5), P90: s.quantile(0.9), P99: s.quantile(0.99), P999: s.quantile(0.999),
		Max: s.top, Mean: int64(s.mean() + 0.5),
	}
}

// describe says who the fleet is.
func (p *Planner) describe() result.Fleet {
	f := result.Fleet{Name: p.cfg.Fleet.Name, Devices: p.cfg.Devices}
	counts := p.population.Counts()
	for i, profile := range p.population.Profiles() {
		f.Profiles = append(f.Profiles, result.FleetProfile{
			Name: profile.Name, Platform: profile.Platform, Devices: counts[i],
			ForwardsAddress:   !profile.Network.OmitForwardedFor,
			DevicesPerAddress: perAddress(&profile.Network, p.cfg.Devices),
		})
	}
	return f
}

func perAddress(n *profiles.Network, devices int) float64 {
	if n.OmitForwardedFor {
		return float64(devices)
	}
	return float64(max(1, n.Devices))
}

// timeline shows the steps of the plan. The response time is the same all day,
// so that every step has the 99th percentile of the whole.
func (p *Planner) timeline() result.Timeline {
	clock, f := p.clock, p.total
	t := result.Timeline{IntervalS: float64(clock.second * clock.moment * clock.step), Series: []result.Series{}}
	for op := api.OpRegister; op < api.NumOps; op++ {
		series := result.Series{
			Endpoint: op.String(), Requests: make([]uint64, clock.steps), OK: make([]uint64, clock.steps),
			Throttled: make([]uint64, clock.steps), Failed: make([]uint64, clock.steps), P99US: make([]int64, clock.steps),
		}
		var latency spread
		for i := range f.profiles {
			latency.merge(&f.cell(i, op).latency)
		}
		for m := range clock.moments {
			series.Requests[m/int(clock.step)] += uint64(f.moments[m*momentColumns+int(op)])
		}
		for i := range clock.steps {
			series.Throttled[i] = uint64(f.refused[i].throttled[op])
			series.Failed[i] = uint64(f.refused[i].failed[op])
			series.OK[i] = series.Requests[i] - series.Throttled[i] - series.Failed[i]
			if series.Requests[i] > 0 {
				series.P99US[i] = latency.quantile(0.99)
			}
		}
		if latency.n > 0 {
			t.Series = append(t.Series, series)
		}
	}
	return t
}
