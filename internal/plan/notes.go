package plan

import (
	"fmt"
	"strconv"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

// assumptions say what the figures rest on.
func (p *Planner) assumptions() []string {
	c, s := &p.cfg, p.service
	list := []string{
		"Every device begins without credentials, so that its first start registers.",
		fmt.Sprintf("An access token lives for %v; a viewer needs %v to log in; the service answers after %v.", s.TokenTTL, s.LoginDelay, c.ResponseTime),
	}
	if s.ThrottleOff {
		list = append(list, "Nothing is throttled.")
	} else {
		list = append(list, fmt.Sprintf("Each address may send %s requests per second with a burst of %s.", plain(s.flow.PerSecond), plain(s.flow.Capacity-1)))
	}
	switch {
	case c.LaunchesPerDay > 0 && c.Launch == nil:
		list = append(list, fmt.Sprintf("Each device starts its app %s times a day, most of them in the evening; the profiles' own relaunches do not count.", plain(c.LaunchesPerDay)))
	case c.LaunchesPerDay > 0:
		list = append(list, fmt.Sprintf("Devices start their apps by the schedule %s first and %s times a day after that, most of them in the evening; the profiles' own relaunches do not count.", c.Launch, plain(c.LaunchesPerDay)))
	case c.Launch == nil:
		list = append(list, "Each device starts its app once, at a time that an evening-peaked curve gives, and again as its profile says.")
	default:
		list = append(list, fmt.Sprintf("Devices start their apps by the schedule %s, and again as their profiles say.", c.Launch))
	}
	if s.ErrorRate > 0 {
		list = append(list, fmt.Sprintf("%s %% of the admitted requests fail with a 500.", plain(100*s.ErrorRate)))
	}
	for _, profile := range p.population.Profiles() {
		if profile.Network.OmitForwardedFor {
			list = append(list, "Devices that leave X-Forwarded-For out all come from one address.")
			break
		}
	}
	return list
}

// notes say what the figures mean.
func notes(r *result.Plan, doc *result.Document) []string {
	list := []string{}
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	switch {
	case doc.Interrupted && r.PlayedUntilS < r.HorizonS:
		add("The plan was interrupted: its figures cover %s of %s devices, and those that share one address only until %v after the beginning.",
			number(r.DevicesPlayed), number(uint64(doc.Fleet.Devices)), time.Duration(r.PlayedUntilS*float64(time.Second)).Round(time.Second))
	case doc.Interrupted:
		add("The plan was interrupted: its figures cover %s of %s devices, a fair sample, and are too low for the fleet.", number(r.DevicesPlayed), number(uint64(doc.Fleet.Devices)))
	}
	if len(r.Peaks) > 1 {
		peak := r.Peaks[0]
		add("The busiest moment is at %s with %s requests per second, %.1f times the mean.", peak.At, plain(round(peak.PerSecond, 1)), over(peak.PerSecond, peak.MeanPerSecond))
	}
	if n := r.Throttling.Own + r.Throttling.Shared; n > 0 {
		add("%s of %s requests are answered with a 429: %s because of the device's own pace, %s only because of its neighbours at the same address.",
			number(n), number(doc.Load.Sent), number(r.Throttling.Own), number(r.Throttling.Shared))
		add("%s devices wait because of that, half of them for more than %s in all, the longest for %s.",
			number(uint64(doc.Throttling.Devices)), millis(r.Throttling.WaitedMS.P50), millis(r.Throttling.WaitedMS.Max))
	}
	list = append(list, costNotes(r, doc)...)
	if w := r.Refresh; w.PeakToMean > 1.5*w.TrafficPeakToMean {
		add("Token requests come in waves: at %s there are %.1f times as many as on average, where all traffic peaks at %.1f times.", w.PeakAt, w.PeakToMean, w.TrafficPeakToMean)
	}
	for _, e := range r.Events {
		add("After the %s at %s the service sees up to %s requests per second instead of %s, and up to %s token requests instead of %s.",
			e.Name, e.From, plain(round(e.PeakPerSecond, 1)), plain(round(e.BeforePerSecond, 1)), plain(round(e.TokenPeakPerSecond, 1)), plain(round(e.TokenBeforePerSecond, 1)))
	}
	return list
}

// costNotes say what share of the traffic is due to misbehaviour.
func costNotes(r *result.Plan, doc *result.Document) []string {
	var devices, requests uint64
	worst := result.PlanCost{}
	for i, c := range r.Costs {
		if c.WellBehaved || c.Devices == 0 {
			continue
		}
		devices += uint64(c.Devices)
		requests += doc.Profiles[i].Requests
		if c.TimesWellBehaved > worst.TimesWellBehaved {
			worst = c
		}
	}
	if devices == 0 || doc.Load.Sent == 0 {
		return nil
	}
	note := fmt.Sprintf("Devices that break client rules are %.1f %% of the fleet and send %.1f %% of the requests.",
		100*float64(devices)/float64(doc.Fleet.Devices), 100*float64(requests)/float64(doc.Load.Sent))
	if worst.TimesWellBehaved > 1 {
		note += fmt.Sprintf(" The dearest is %s, which costs as much as %.1f well-behaved devices.", worst.Profile, worst.TimesWellBehaved)
	}
	return []string{note}
}

// millis writes a time to three figures.
func millis(ms int64) string { return strconv.FormatFloat(float64(ms)/1000, 'g', 3, 64) + " s" }

// plain writes a figure without needless digits.
func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// number writes n with commas between its thousands.
func number(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
