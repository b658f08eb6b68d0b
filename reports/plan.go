package reports

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

// Plan writes what only a plan has, to follow what Text writes: when the service
// is busiest, who is throttled for what reason, what every profile costs, and a
// variant beside the plan. It writes nothing for a document of another kind.
func Plan(w io.Writer, doc *result.Document, o Options) error {
	if doc.Plan == nil {
		return nil
	}
	p := newPage(o)
	p.planNotes(doc.Plan)
	p.planPeaks(doc.Plan)
	p.planThrottling(&doc.Plan.Throttling)
	p.planEvents(doc.Plan)
	p.planCosts(doc.Plan)
	p.planWhatIf(doc.Plan.WhatIf)
	p.bullets("What was assumed", doc.Plan.Assumptions)
	return p.flush(w)
}

func (p *page) bullets(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.title(title)
	for _, line := range lines {
		p.out.WriteString(wrap(line, "  • ", p.width))
	}
}

func (p *page) planNotes(r *result.Plan) {
	p.bullets(fmt.Sprintf("The plan of %v from %s on", span(r.HorizonS), r.BeginsAt), r.Notes)
}

// span writes seconds as a duration without needless zeros.
func span(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d >= time.Hour && d%time.Hour == 0 {
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return d.String()
}

func (p *page) planPeaks(r *result.Plan) {
	if len(r.Peaks) == 0 {
		return
	}
	p.title("When the service is busiest")
	g := &grid{columns: []column{
		{title: "endpoint", left: true}, {title: "peak/s"}, {title: "at"}, {title: "over", drop: 2}, {title: "mean/s"}, {title: "peak/mean", drop: 1},
	}}
	for _, k := range r.Peaks {
		times := "·"
		if k.MeanPerSecond > 0 {
			times = decimal(k.PerSecond / k.MeanPerSecond)
		}
		g.add(k.Endpoint, decimal(k.PerSecond), k.At, span(k.OverS), decimal(k.MeanPerSecond), times)
	}
	p.table(g)
}

// fixed writes f with so many decimals.
func fixed(f float64, decimals int) string { return strconv.FormatFloat(f, 'f', decimals, 64) }

func (p *page) planThrottling(t *result.PlanThrottling) {
	if t.Own+t.Shared == 0 {
		p.none("429 by cause", "there are none")
		return
	}
	p.title("429 by cause")
	g := &grid{columns: []column{{title: "cause", left: true}, {title: "429s"}, {title: "devices"}}}
	g.add("the device's own pace", count(t.Own), count(t.OwnDevices))
	g.add("its neighbours at the same address", count(t.Shared), count(t.SharedDevices))
	p.table(g)
	ms := func(n int64) string { return (time.Duration(n) * time.Millisecond).String() }
	p.out.WriteString(wrap(fmt.Sprintf("Each of these devices waits for %s in all at the median, %s at the 99th percentile and %s at most.",
		ms(t.WaitedMS.P50), ms(t.WaitedMS.P99), ms(t.WaitedMS.Max)), "  ", p.width))
}

func (p *page) planEvents(r *result.Plan) {
	if len(r.Events) == 0 {
		return
	}
	p.title("Outages and deploys")
	g := &grid{columns: []column{
		{title: "event", left: true}, {title: "at"}, {title: "for", drop: 1}, {title: "before/s"}, {title: "peak/s"}, {title: "tokens before/s", drop: 2}, {title: "tokens peak/s"},
	}}
	for _, e := range r.Events {
		length := "·"
		if e.ForS > 0 {
			length = span(e.ForS)
		}
		g.add(e.Name, e.From, length, decimal(e.BeforePerSecond), decimal(e.PeakPerSecond), decimal(e.TokenBeforePerSecond), decimal(e.TokenPeakPerSecond))
	}
	p.table(g)
}

func (p *page) planCosts(r *result.Plan) {
	if len(r.Costs) == 0 {
		return
	}
	title := "What a device costs in a day"
	if r.HorizonS < 24*3600 {
		title += ", going by " + span(r.HorizonS)
	}
	p.title(title)
	g := &grid{columns: []column{
		{title: "profile", left: true}, {title: "devices", drop: 1}, {title: "requests"}, {title: "registrations", drop: 3}, {title: "tokens", drop: 2}, {title: "429s"}, {title: "times well-behaved"},
	}}
	for _, c := range r.Costs {
		times := "·"
		if c.TimesWellBehaved > 0 {
			times = fixed(c.TimesWellBehaved, 2)
		}
		g.add(c.Profile, count(c.Devices), decimal(c.RequestsPerDeviceDay), fixed(c.RegistrationsPerDeviceDay, 2), decimal(c.TokensPerDeviceDay), fixed(c.ThrottledPerDeviceDay, 2), times)
	}
	p.table(g)
}

func (p *page) planWhatIf(c *result.PlanComparison) {
	if c == nil {
		return
	}
	p.title("What if")
	for _, change := range c.Changes {
		p.out.WriteString(wrap(change, "  • ", p.width))
	}
	g := &grid{columns: []column{
		{title: "figure", left: true}, {title: "plan"}, {title: "variant"}, {title: "difference", drop: 2}, {title: "change"}, {title: "unit", left: true, drop: 1},
	}}
	for _, f := range c.Figures {
		change := "·"
		if f.Ratio != nil {
			change = fmt.Sprintf("%+.1f %%", 100*(*f.Ratio-1))
		}
		g.add(f.Figure, amount(f.Baseline), amount(f.Variant), amount(f.Difference), change, f.Unit)
	}
	p.table(g)
}

// amount writes whole numbers whole and others with a decimal.
func amount(f float64) string {
	if f == float64(int64(f)) {
		return count(int64(f))
	}
	return decimal(f)
}
