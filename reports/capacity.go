package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

// capacitySection says how much the fleet asks of the service, when, what it costs
// and what would make it less.
func capacitySection(doc *result.Document) section {
	s := section{ID: "capacity", Title: "Capacity", Text: []string{capacityText(doc)}, List: advice(doc)}
	if rates := rateTable(doc); len(rates.Rows) > 0 {
		s.Tables = append(s.Tables, *rates)
	}
	s.Tables = append(s.Tables, *throttledTable(doc))
	if costs := costTable(doc); len(costs.Rows) > 0 {
		s.Tables = append(s.Tables, *costs)
	}
	if waves := waveTable(doc); len(waves.Rows) > 0 {
		s.Tables = append(s.Tables, *waves)
	}
	if doc.Plan != nil {
		s.Tables = append(s.Tables, planTables(doc.Plan)...)
	}
	return s
}

// capacityText names the fleet, its launches and the time.
func capacityText(doc *result.Document) string {
	long := fmt.Sprintf("%s s", decimal(doc.Load.DurationS))
	if doc.Plan != nil {
		long = fmt.Sprintf("%s from %s on", span(doc.Plan.HorizonS), doc.Plan.BeginsAt)
	}
	text := fmt.Sprintf("Fleet %s with %s devices, %s", doc.Fleet.Name, count(doc.Fleet.Devices), long)
	switch doc.Load.Launch {
	case "":
	case "diurnal":
		text += "; devices start by a curve over the day that is highest in the evening"
	default:
		text += "; devices start by the schedule " + doc.Load.Launch
	}
	return text + "."
}

// rate is the most that an endpoint gets: at its peak, and over a longer time.
type rate struct {
	endpoint                string
	peak, sustained, mean   float64
	peakAt, sustainedFrom   string
	peakOverS, sustainOverS float64
}

// ratesOf finds the peak and the sustained rate of every endpoint and, first, of
// all together. A plan knows its peaks more closely than its timeline does.
func ratesOf(doc *result.Document) []rate {
	if steps(doc) == 0 || doc.Timeline.IntervalS <= 0 {
		return nil
	}
	all := make([]uint64, steps(doc))
	for _, s := range doc.Timeline.Series {
		for i := range all {
			all[i] += at(s.Requests, i)
		}
	}
	list := []rate{rateOf(doc, "all", all)}
	for _, s := range doc.Timeline.Series {
		if sum(s.Requests) > 0 {
			list = append(list, rateOf(doc, s.Endpoint, s.Requests))
		}
	}
	if doc.Plan != nil {
		for i := range list {
			for _, k := range doc.Plan.Peaks {
				if k.Endpoint == list[i].endpoint {
					list[i].peak, list[i].peakAt, list[i].peakOverS = k.PerSecond, k.At, k.OverS
				}
			}
		}
	}
	return list
}

func rateOf(doc *result.Document, name string, requests []uint64) rate {
	step := doc.Timeline.IntervalS
	n := steps(doc)
	window := sustainedSteps(doc)
	r := rate{endpoint: name, peakOverS: step, sustainOverS: step * float64(window), mean: float64(sum(requests)) / (step * float64(n))}
	var inside uint64
	for i := range n {
		here := at(requests, i)
		if v := float64(here) / step; v > r.peak {
			r.peak, r.peakAt = v, clock(doc, i)
		}
		inside += here
		if i >= window {
			inside -= at(requests, i-window)
		}
		if v := float64(inside) / r.sustainOverS; i >= window-1 && v > r.sustained {
			r.sustained, r.sustainedFrom = v, clock(doc, i-window+1)
		}
	}
	return r
}

// sustainedSteps is the time over which a rate counts as sustained, in steps: a
// round time of about a tenth of the whole.
func sustainedSteps(doc *result.Document) int {
	total := float64(steps(doc)) * doc.Timeline.IntervalS
	window := doc.Timeline.IntervalS
	for _, t := range roundTimes {
		if t <= total/10 && t > window {
			window = t
		}
	}
	return min(max(1, int(window/doc.Timeline.IntervalS+0.5)), max(1, steps(doc)))
}

func rateTable(doc *result.Document) *table {
	list := ratesOf(doc)
	if len(list) == 0 {
		return &table{}
	}
	t := tableOf(fmt.Sprintf("Requests per second: at the peak, and sustained over %s", brief(list[0].sustainOverS)),
		"endpoint", "#peak", "at", "#over", "#sustained", "from", "#mean", "#peak to mean")
	for _, r := range list {
		t.add(r.endpoint, perSecond(r.peak), r.peakAt, brief(r.peakOverS), perSecond(r.sustained), r.sustainedFrom, perSecond(r.mean), times(r.peak, r.mean))
	}
	return t
}

// brief writes seconds in the largest unit that leaves a whole figure.
func brief(seconds float64) string {
	switch d := time.Duration(seconds * float64(time.Second)); {
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= 2*time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return plain(seconds) + " s"
}

// perSecond writes a rate with as many decimals as it needs.
func perSecond(f float64) string {
	switch {
	case f == 0:
		return "0"
	case f < 0.1:
		return strconv.FormatFloat(f, 'f', 3, 64)
	case f < 1:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case f < 1000:
		return decimal(f)
	}
	return count(int64(f + 0.5))
}

// times is one figure over another.
func times(a, b float64) string {
	if b == 0 {
		return "·"
	}
	return decimal(a / b)
}

// throttledTable says who was throttled and how long they waited.
func throttledTable(doc *result.Document) *table {
	t := tableOf("Devices throttled, and how long they waited", "figure", "#value", "what it means")
	k := doc.Throttling
	t.add("devices throttled", count(k.Devices), share(ratio(k.Devices, doc.Fleet.Devices))+" of the fleet")
	if p := doc.Plan; p != nil {
		w := p.Throttling
		t.add("429s by the device's own pace", count(w.Own), fmt.Sprintf("to %s devices", count(w.OwnDevices)))
		t.add("429s by its neighbours", count(w.Shared), fmt.Sprintf("at the same address, to %s devices", count(w.SharedDevices)))
		t.add("waited, median", millisWord(w.WaitedMS.P50), "in all, by a device that was throttled")
		t.add("waited, p99", millisWord(w.WaitedMS.P99), "the same for the slowest hundredth")
		t.add("waited, longest", millisWord(w.WaitedMS.Max), "the same for the slowest device")
		return t
	}
	t.add("429s by the device's own pace", count(k.SelfInflicted), "its traffic alone exceeded the limit")
	t.add("429s by its neighbours", count(k.Responses-min(k.Responses, k.SelfInflicted)), "at the same address")
	t.add("waited, median", millisWord(k.RecoveryMS.P50), "from a device's first 429 to its next other answer")
	t.add("waited, p99", millisWord(k.RecoveryMS.P99), "the same for the slowest hundredth")
	t.add("waited, longest", millisWord(k.RecoveryMS.Max), "the same for the slowest device")
	return t
}

// costTable says what a device of each profile costs, the dearest first.
func costTable(doc *result.Document) *table {
	if doc.Plan != nil {
		costs := slices.Clone(doc.Plan.Costs)
		slices.SortStableFunc(costs, func(a, b result.PlanCost) int {
			return int(1000*b.RequestsPerDeviceDay) - int(1000*a.RequestsPerDeviceDay)
		})
		t := tableOf("What a device costs in a day, the dearest first", "profile", "#devices", "#requests", "#registrations", "#tokens", "#429s", "#times a well-behaved one")
		for _, c := range costs {
			t.add(c.Profile, count(c.Devices), decimal(c.RequestsPerDeviceDay), fixed(c.RegistrationsPerDeviceDay, 2), fixed(c.TokensPerDeviceDay, 2), fixed(c.ThrottledPerDeviceDay, 2), fixed(c.TimesWellBehaved, 2))
		}
		return t
	}
	t := tableOf("What a device cost in this run, the dearest first", "profile", "#devices", "#requests", "#tokens", "#429s", "#times a well-behaved one")
	well := wellBehaved(doc)
	list := populated(doc)
	each := func(p *result.Profile) float64 { return float64(p.Requests) / float64(max(1, p.Devices)) }
	slices.SortStableFunc(list, func(a, b result.Profile) int { return int(1000*each(&b)) - int(1000*each(&a)) })
	for i := range list {
		p := &list[i]
		n := float64(max(1, p.Devices))
		t.add(p.Name, count(p.Devices), decimal(each(p)), fixed(float64(p.TokenReuse.TokensIssued)/n, 2), fixed(float64(p.Throttling.Responses)/n, 2), times(each(p), well))
	}
	return t
}

// wellBehaved is the requests of a device whose profile shows no misdeed, 0 when
// there is none.
func wellBehaved(doc *result.Document) float64 {
	var requests uint64
	devices := 0
	for i := range doc.Profiles {
		if p := &doc.Profiles[i]; misdeeds(p) == 0 {
			requests, devices = requests+p.Requests, devices+p.Devices
		}
	}
	return float64(requests) / float64(max(1, devices))
}

// waveTable says how the token requests bunch up.
func waveTable(doc *result.Document) *table {
	t := tableOf("Refresh waves: how token requests bunch up", "figure", "#value", "what it means")
	r := doc.TokenReuse.Refreshes
	if p := doc.Plan; p != nil && p.Refresh.Requests > 0 {
		w := p.Refresh
		t.add("token requests at the peak", perSecond(w.PeakPerSecond)+" per second", "at "+w.PeakAt)
		t.add("peak to mean", decimal(w.PeakToMean), fmt.Sprintf("and %s for all requests: more than that is a wave", decimal(w.TrafficPeakToMean)))
	} else {
		for _, k := range ratesOf(doc) {
			if k.endpoint == "token" {
				t.add("token requests at the peak", perSecond(k.peak)+" per second", "at "+k.peakAt)
				t.add("peak to mean", times(k.peak, k.mean), fmt.Sprintf("and %s for all requests: more than that is a wave", times(ratesOf(doc)[0].peak, ratesOf(doc)[0].mean)))
			}
		}
	}
	if len(t.Rows) > 0 {
		t.add("refreshes", count(r.Expired+r.Ahead+r.After401), fmt.Sprintf("%s after expiry, %s ahead of it, %s after a 401", count(r.Expired), count(r.Ahead), count(r.After401)))
	}
	return t
}

// planTables are what only a plan has: events, a variant, assumptions.
func planTables(p *result.Plan) []table {
	var list []table
	if len(p.Events) > 0 {
		events := tableOf("Outages and deploys", "event", "at", "#for", "#before, per second", "#peak, per second", "#tokens before", "#tokens at the peak")
		for _, e := range p.Events {
			length := "·"
			if e.ForS > 0 {
				length = brief(e.ForS)
			}
			events.add(e.Name, e.From, length, perSecond(e.BeforePerSecond), perSecond(e.PeakPerSecond), perSecond(e.TokenBeforePerSecond), perSecond(e.TokenPeakPerSecond))
		}
		list = append(list, *events)
	}
	if w := p.WhatIf; w != nil {
		what := tableOf("What if: "+strings.Join(w.Changes, ", "), "figure", "#plan", "#variant", "#difference", "unit")
		for _, f := range w.Figures {
			what.add(f.Figure, amount(f.Baseline), amount(f.Variant), amount(f.Difference), f.Unit)
		}
		list = append(list, *what)
	}
	if len(p.Assumptions) > 0 {
		assumed := tableOf("What was assumed", "assumption")
		for _, a := range p.Assumptions {
			assumed.add(a)
		}
		list = append(list, *assumed)
	}
	return list
}
