package plan

import (
	"math"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/profiles"
)

// report makes the part of the document that only a plan has.
func (p *Planner) report(doc *result.Document) *result.Plan {
	f := p.total
	r := &result.Plan{
		HorizonS: p.cfg.Horizon.Seconds(), BeginsAt: timeOfDay(p.cfg.Begin, 0),
		DevicesPlayed: f.devices, PlayedUntilS: p.playedUntil().Seconds(), AppStarts: f.starts,
		Assumptions: p.assumptions(),
		Peaks:       p.peaks(), Throttling: p.throttling(), Refresh: p.refresh(), Events: p.events(), Costs: p.costs(doc),
	}
	r.Notes = notes(r, doc)
	return r
}

// playedUntil is how far the devices that were played got.
func (p *Planner) playedUntil() time.Duration {
	if at := p.cutAt.Load(); at > 0 {
		return time.Duration(at)
	}
	return p.cfg.Horizon
}

// rates is a series of counts over intervals of the same length.
type rates struct {
	counts []uint64
	length time.Duration
}

// all is the requests of all endpoints in the finest intervals.
func (p *Planner) all() rates {
	r := rates{length: time.Duration(p.clock.second) * time.Second, counts: make([]uint64, p.clock.seconds)}
	for i, n := range p.total.seconds {
		r.counts[i] = uint64(n)
	}
	return r
}

// of is the requests of some endpoints by moments.
func (p *Planner) of(ops ...api.Op) rates {
	r := rates{length: time.Duration(p.clock.second*p.clock.moment) * time.Second, counts: make([]uint64, p.clock.moments)}
	for m := range r.counts {
		for _, op := range ops {
			r.counts[m] += uint64(p.total.moments[m*momentColumns+int(op)])
		}
	}
	return r
}

// fold adds intervals up until they have at least the given length.
func (r rates) fold(length time.Duration) rates {
	n := max(1, int(length/r.length))
	folded := rates{length: r.length * time.Duration(n), counts: make([]uint64, (len(r.counts)+n-1)/n)}
	for i, c := range r.counts {
		folded.counts[i/n] += c
	}
	return folded
}

func (r rates) total() (n uint64) {
	for _, c := range r.counts {
		n += c
	}
	return n
}

// peak returns the highest rate per second between two offsets, and when its
// interval begins: the first of several.
func (r rates) peak(from, until time.Duration) (perSecond float64, at time.Duration) {
	most := uint64(0)
	for i := max(0, int(from/r.length)); i < len(r.counts) && time.Duration(i)*r.length < until; i++ {
		if r.counts[i] > most {
			most, at = r.counts[i], time.Duration(i)*r.length
		}
	}
	return float64(most) / r.length.Seconds(), at
}

// mean is the rate per second between two offsets, to whole intervals.
func (r rates) mean(from, until time.Duration) float64 {
	n, intervals := uint64(0), 0
	for i := max(0, int((from+r.length-1)/r.length)); i < len(r.counts) && time.Duration(i+1)*r.length <= until; i++ {
		n += r.counts[i]
		intervals++
	}
	if intervals == 0 {
		return 0
	}
	return float64(n) / (time.Duration(intervals) * r.length).Seconds()
}

func (p *Planner) peaks() []result.PlanPeak {
	list := []result.PlanPeak{p.peak("all", p.all())}
	for op := api.OpRegister; op < api.NumOps; op++ {
		if r := p.of(op); r.total() > 0 {
			list = append(list, p.peak(op.String(), r))
		}
	}
	return list
}

func (p *Planner) peak(name string, r rates) result.PlanPeak {
	perSecond, at := r.peak(0, p.cfg.Horizon)
	return result.PlanPeak{
		Endpoint: name, PerSecond: perSecond, OverS: r.length.Seconds(),
		AtS: at.Seconds(), At: timeOfDay(p.cfg.Begin, at), MeanPerSecond: float64(r.total()) / p.cfg.Horizon.Seconds(),
	}
}

func (p *Planner) throttling() result.PlanThrottling {
	var t result.PlanThrottling
	var waits spread
	for i := range p.total.profiles {
		f := &p.total.profiles[i]
		t.Own += f.own
		t.Shared += f.shared
		t.OwnDevices += f.ownDevices
		t.SharedDevices += f.sharedDevices
		waits.merge(&f.waits)
	}
	t.WaitedMS = result.Quantiles{P50: waits.quantile(0.5), P99: waits.quantile(0.99), Max: waits.top}
	t.WaitedMeanMS = waits.mean()
	return t
}

func (p *Planner) refresh() result.PlanRefresh {
	tokens := p.of(api.OpToken).fold(time.Minute)
	perSecond, at := tokens.peak(0, p.cfg.Horizon)
	r := result.PlanRefresh{
		Requests: tokens.total(), OverS: tokens.length.Seconds(),
		PeakPerSecond: perSecond, PeakAtS: at.Seconds(), PeakAt: timeOfDay(p.cfg.Begin, at),
		MeanPerSecond: float64(tokens.total()) / p.cfg.Horizon.Seconds(),
	}
	all := p.all().fold(tokens.length)
	top, _ := all.peak(0, p.cfg.Horizon)
	r.PeakToMean = over(r.PeakPerSecond, r.MeanPerSecond)
	r.TrafficPeakToMean = over(top, float64(all.total())/p.cfg.Horizon.Seconds())
	return r
}

func over(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// The times around an event that are compared.
const (
	beforeEvent = 10 * time.Minute
	afterEvent  = 30 * time.Minute
)

func (p *Planner) events() []result.PlanEvent {
	list := []result.PlanEvent{}
	for _, o := range p.service.Outages {
		if o.From < p.cfg.Horizon {
			list = append(list, p.event("outage", o.From, o.For))
		}
	}
	for _, d := range p.service.Deploys {
		if d < p.cfg.Horizon {
			list = append(list, p.event("deploy", d, 0))
		}
	}
	return list
}

func (p *Planner) event(name string, from, length time.Duration) result.PlanEvent {
	e := result.PlanEvent{Name: name, FromS: from.Seconds(), From: timeOfDay(p.cfg.Begin, from), ForS: length.Seconds()}
	until := from + length + afterEvent
	var ops []api.Op
	for op := api.OpRegister; op < api.NumOps; op++ {
		ops = append(ops, op)
	}
	all, tokens := p.of(ops...), p.of(api.OpToken)
	e.BeforePerSecond = all.mean(from-beforeEvent, from)
	e.PeakPerSecond, _ = all.peak(from, until)
	e.TokenBeforePerSecond = tokens.mean(from-beforeEvent, from)
	e.TokenPeakPerSecond, _ = tokens.peak(from, until)
	return e
}

// costs sets every profile beside the well-behaved ones of the fleet. Of a plan
// that was interrupted it knows what the devices cost that were played.
func (p *Planner) costs(doc *result.Document) []result.PlanCost {
	list := []result.PlanCost{}
	var goodRequests uint64
	goodDays := 0.0
	for i, m := range p.population.Profiles() {
		f := &doc.Profiles[i]
		c := result.PlanCost{Profile: f.Name, Devices: f.Devices, WellBehaved: len(profiles.Misbehaviours(m)) == 0}
		if c.WellBehaved {
			goodRequests += f.Requests
			goodDays += p.deviceDays(i, m)
		}
		if n := p.deviceDays(i, m); n > 0 {
			c.RequestsPerDeviceDay = float64(f.Requests) / n
			c.RegistrationsPerDeviceDay = float64(p.total.cell(i, api.OpRegister).requests()) / n
			c.TokensPerDeviceDay = float64(p.total.cell(i, api.OpToken).requests()) / n
			c.ThrottledPerDeviceDay = float64(f.Throttling.Responses) / n
		}
		list = append(list, c)
	}
	if goodDays > 0 {
		good := float64(goodRequests) / goodDays
		for i := range list {
			list[i].TimesWellBehaved = round(over(list[i].RequestsPerDeviceDay, good), 4)
		}
	}
	return list
}

// deviceDays is how many days the devices of profile i were played for, together.
func (p *Planner) deviceDays(i int, profile *profiles.Profile) float64 {
	length := p.cfg.Horizon
	if profile.Network.OmitForwardedFor {
		length = p.playedUntil()
	}
	return float64(p.total.profiles[i].played) * (length.Hours() / 24)
}

// round keeps so many decimals.
func round(f float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(f*scale) / scale
}
