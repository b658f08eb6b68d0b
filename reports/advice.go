package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// fault is a way in which clients misbehave, with the advice against it.
type fault struct {
	count  func(*result.Profile) uint64
	advice string
	// what names the requests, does says of devices what they do.
	what, does string
}

// faults name the obligation that each breaks.
var faults = []fault{
	{func(p *result.Profile) uint64 { return p.TokenReuse.RedundantTokenRequests }, "keep the access token until it is about to expire (DCR-04)",
		"requests for a token while holding a live one", "ask for a token while they hold a live one"},
	{func(p *result.Profile) uint64 { return p.TokenReuse.ReRegistrationsUnjustified }, "keep the client credentials when the app is closed (DCR-03)",
		"needless registrations", "register again without need"},
	{func(p *result.Profile) uint64 { return p.Throttling.RetriedEarly }, "wait at least a second after a 429 (THR-01)",
		"retries within a second of a 429", "try again within a second of a 429"},
	{func(p *result.Profile) uint64 { return p.TokenReuse.ExpiredTokenUses }, "renew the access token before it expires (DCR-07)",
		"calls with an expired token", "call with an expired token"},
}

// advice says in plain words what would take load off the service, what it has to
// bear, and when. Every figure follows from the document.
func advice(doc *result.Document) []string {
	list := faultAdvice(doc)
	if len(list) == 0 && len(doc.Profiles) > 0 {
		list = append(list, "No profile asks for more than it needs: nothing on the devices would make the load less.")
	}
	list = append(list, addressAdvice(doc)...)
	rates := ratesOf(doc)
	if len(rates) > 0 && rates[0].mean > 0 {
		all := rates[0]
		list = append(list, fmt.Sprintf("Provide for %s requests per second: the peak at %s is %s times the mean, and %s per second last for %s from %s on.",
			perSecond(all.peak), all.peakAt, times(all.peak, all.mean), perSecond(all.sustained), brief(all.sustainOverS), all.sustainedFrom))
	}
	if p := doc.Plan; p != nil {
		if w := p.Refresh; w.PeakToMean > 1.5*w.TrafficPeakToMean && w.TrafficPeakToMean > 0 {
			list = append(list, fmt.Sprintf("Spread the refreshes: at %s there are %s token requests per second, %s times the mean, while all traffic peaks at %s times its mean.",
				w.PeakAt, perSecond(w.PeakPerSecond), decimal(w.PeakToMean), decimal(w.TrafficPeakToMean)))
		}
		for _, e := range p.Events {
			list = append(list, fmt.Sprintf("Expect up to %s requests per second after the %s at %s, where there were %s before; token requests rise from %s to %s per second.",
				perSecond(e.PeakPerSecond), e.Name, e.From, perSecond(e.BeforePerSecond), perSecond(e.TokenBeforePerSecond), perSecond(e.TokenPeakPerSecond)))
		}
	}
	return list
}

// faultAdvice names each fault with its devices and what they cause, the fault of
// most requests first.
func faultAdvice(doc *result.Document) []string {
	type entry struct {
		n       uint64
		effect  string
		devices int
		names   []string
		fault
	}
	var entries []entry
	for _, f := range faults {
		var names []string
		var n, throttled, requests uint64
		devices := 0
		for _, p := range worstFirst(doc) {
			if c := f.count(&p); c > 0 {
				n, devices, names = n+c, devices+p.Devices, append(names, p.Name)
				throttled, requests = throttled+p.Throttling.Responses, requests+p.Requests
			}
		}
		if n == 0 {
			continue
		}
		effect := fmt.Sprintf("they send %s of the requests", share(ratio(requests, doc.Load.Sent)))
		if doc.Throttling.Responses > 0 {
			effect += fmt.Sprintf(" and draw %s of the 429s", share(ratio(throttled, doc.Throttling.Responses)))
		}
		entries = append(entries, entry{n, effect, devices, names, f})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return descending(a.n, b.n) })
	var list []string
	said := ""
	for _, e := range entries {
		// Who has several faults causes the same with each.
		effect := "; " + e.effect
		if e.effect == said {
			effect = ""
		}
		said = e.effect
		list = append(list, fmt.Sprintf("%s of the devices (%s) %s, %s times in all%s. Make them %s.",
			share(ratio(e.devices, doc.Fleet.Devices)), enumerate(e.names), e.does, count(e.n), effect, e.advice))
	}
	return list
}

// addressAdvice is about 429s that come of sharing an address.
func addressAdvice(doc *result.Document) []string {
	var hidden []string
	for _, f := range doc.Fleet.Profiles {
		for _, p := range doc.Profiles {
			if p.Name == f.Name && p.Throttling.Responses > 0 && !f.ForwardsAddress && f.Devices > 1 {
				hidden = append(hidden, f.Name)
			}
		}
	}
	if len(hidden) > 0 {
		return []string{fmt.Sprintf("Make %s send each viewer's own address in X-Forwarded-For (THR-04): without it all of its devices share one bucket.", enumerate(hidden))}
	}
	shared := doc.Throttling.Responses - min(doc.Throttling.Responses, doc.Throttling.SelfInflicted)
	if doc.Plan != nil {
		shared = doc.Plan.Throttling.Shared
	}
	if shared == 0 || doc.Throttling.Responses == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s of the 429s (%s) go to devices that keep to the limit themselves but share their address with others; only less traffic of their neighbours helps them.",
		count(shared), share(ratio(shared, doc.Throttling.Responses)))}
}

// fixFirst is the one thing that matters most.
func fixFirst(doc *result.Document) string {
	for _, c := range failing(doc) {
		return sentence(fmt.Sprintf("The service, at %s: %s", c.ID, c.Message))
	}
	for _, f := range doc.Compliance.Findings {
		if f.Level == result.LevelMust {
			return findingFirst(&f)
		}
	}
	if text := brokenRule(doc); text != "" {
		return text
	}
	if useless(doc) && len(doc.Compliance.Findings) > 0 {
		return findingFirst(&doc.Compliance.Findings[0])
	}
	if text := worstFault(doc); text != "" {
		return text
	}
	for _, text := range addressAdvice(doc) {
		return text
	}
	if doc.Load.Errors > 0 {
		return fmt.Sprintf("The connection: %s requests got no answer.", count(doc.Load.Errors))
	}
	for _, t := range doc.Thresholds {
		if !t.Met {
			return fmt.Sprintf("Whatever keeps the threshold %s from being met: it was %s.", t.Expr, t.Was())
		}
	}
	if len(doc.Compliance.Findings) > 0 {
		return findingFirst(&doc.Compliance.Findings[0])
	}
	return "Nothing that these figures show."
}

func findingFirst(f *result.Finding) string {
	return sentence(fmt.Sprintf("The service, at %s, %s times: %s", f.Endpoint, count(f.Count), explain(*f)))
}

// useless reports whether there was traffic and no answer as documented.
func useless(doc *result.Document) bool {
	var n, ok uint64
	for _, s := range doc.Timeline.Series {
		n, ok = n+sum(s.Requests), ok+sum(s.OK)
	}
	return n > 0 && ok == 0
}

// brokenRule is the first mandatory rule that an audited client breaks.
func brokenRule(doc *result.Document) string {
	if doc.Audit == nil {
		return ""
	}
	for _, mandatory := range []bool{true, false} {
		for _, r := range doc.Audit.Rules {
			if r.BrokenDevices > 0 && r.Check == "full" && (r.Level == "mandatory") == mandatory {
				return sentence(fmt.Sprintf("%s, broken %s times: %s", r.ID, count(r.Breaches), strings.TrimSuffix(r.Title, ".")))
			}
		}
	}
	return ""
}

// worstFault is the advice that concerns most requests.
func worstFault(doc *result.Document) string {
	var best uint64
	text := ""
	for _, f := range faults {
		var names []string
		var n uint64
		for _, p := range worstFirst(doc) {
			if c := f.count(&p); c > 0 {
				n += c
				names = append(names, p.Name)
			}
		}
		if n > best {
			best = n
			text = fmt.Sprintf("Make %s %s: %s %s.", enumerate(names), f.advice, count(n), f.what)
		}
	}
	return text
}
