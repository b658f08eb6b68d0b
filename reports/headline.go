package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// headline is the verdict in one sentence.
func headline(doc *result.Document) string {
	what := cmp.Or(doc.Kind, result.KindRun)
	switch doc.Verdict.Status {
	case result.StatusPassed:
		if what == result.KindPlan {
			return "Passed: nothing in the plan breaks a gate."
		}
		return fmt.Sprintf("Passed: the %s met its gates.", what)
	case result.StatusFailed:
		return fmt.Sprintf("Failed: the %s did not meet its gates.", what)
	case result.StatusUnreliable:
		return fmt.Sprintf("Not to be trusted: the figures of this %s decide nothing.", what)
	case result.StatusUnreachable:
		return "Unreachable: the target never answered."
	case result.StatusInterrupted:
		return fmt.Sprintf("Interrupted: the figures cover only part of the %s.", what)
	}
	return "No verdict was reached."
}

// reasons are the most important so many things to know: why the verdict is what
// it is, then what the figures mean.
func reasons(doc *result.Document, most int) []string {
	var all []string
	lists := [][]string{doc.Verdict.Reasons}
	if doc.Plan != nil {
		lists = append(lists, doc.Plan.Notes)
	}
	for _, list := range append(lists, doc.Notes) {
		for _, reason := range list {
			// A check begins its reasons with a single word for its outcome.
			if strings.Contains(reason, " ") && !slices.Contains(all, sentence(reason)) {
				all = append(all, sentence(reason))
			}
		}
	}
	return all[:min(most, len(all))]
}

// answer is a question that a reader comes with, and its answer.
type answer struct{ Question, Answer string }

// answers are what a release engineer and a capacity planner want to know first.
func answers(doc *result.Document) []answer {
	list := []answer{{"Is it safe to release?", safe(doc)}}
	if doc.Load.Completed > 0 && doc.Kind != result.KindCheck {
		list = append(list, answer{"How many devices were throttled?", throttledDevices(doc)})
	}
	if len(doc.Profiles) > 0 {
		list = append(list, answer{"Which profile is worst?", worstProfile(doc)})
	}
	return append(list, answer{"What should be fixed first?", fixFirst(doc)})
}

func safe(doc *result.Document) string {
	switch doc.Verdict.Status {
	case result.StatusPassed:
		return passedSafely(doc)
	case result.StatusFailed:
		return "No. " + first(reasons(doc, 1))
	case result.StatusInterrupted:
		return "Not decided: it was ended before its end."
	}
	return "Not decided. " + first(reasons(doc, 1))
}

// passedSafely says what a pass rests on: one without thresholds promises little.
func passedSafely(doc *result.Document) string {
	t := doc.Throttling
	switch {
	case doc.Kind == result.KindPlan:
		return "A plan does not decide that: it shows load, not answers of the service."
	case doc.Kind == result.KindCheck:
		return "Yes, as far as was checked: no binding requirement failed unexpectedly."
	case doc.Target.Simulator && len(doc.Thresholds) == 0:
		return fmt.Sprintf("Nothing speaks against it, but this was the simulator and no threshold was set; %s of the answers were 429.", share(t.Ratio))
	case len(doc.Thresholds) == 0:
		return fmt.Sprintf("By the built-in gates only: no threshold was set, and %s of the answers were 429.", share(t.Ratio))
	case doc.Target.Simulator:
		return "By every gate that was set, against the simulator."
	}
	return "Yes, by every gate that was set."
}

func throttledDevices(doc *result.Document) string {
	t := doc.Throttling
	if t.Responses == 0 {
		return "None."
	}
	return fmt.Sprintf("%s of %s (%s) got at least one 429; %s 429s in all.",
		count(t.Devices), count(doc.Fleet.Devices), share(ratio(t.Devices, doc.Fleet.Devices)), count(t.Responses))
}

// misdeeds counts what the traffic of a profile shows against it: 429s it drew by
// its own pace, retries that came too early, and needless requests.
func misdeeds(p *result.Profile) uint64 {
	k := p.TokenReuse
	return p.Throttling.SelfInflicted + p.Throttling.RetriedEarly + k.RedundantTokenRequests + k.ReRegistrationsUnjustified + k.ExpiredTokenUses
}

// worstFirst sorts the profiles by misdeeds per device, then by 429s per device.
func worstFirst(doc *result.Document) []result.Profile {
	each := func(n uint64, p *result.Profile) float64 { return float64(n) / float64(max(1, p.Devices)) }
	list := slices.Clone(doc.Profiles)
	slices.SortStableFunc(list, func(a, b result.Profile) int {
		return cmp.Or(
			cmp.Compare(each(misdeeds(&b), &b), each(misdeeds(&a), &a)),
			cmp.Compare(each(b.Throttling.Responses, &b), each(a.Throttling.Responses, &a)),
			cmp.Compare(b.Devices, a.Devices), strings.Compare(a.Name, b.Name))
	})
	return list
}

func worstProfile(doc *result.Document) string {
	p := worstFirst(doc)[0]
	if misdeeds(&p) == 0 {
		if p.Throttling.Responses == 0 {
			return "None stands out: no 429 and no needless request."
		}
		return fmt.Sprintf("None is at fault; %s met most 429s for a device (%s on %s devices), by sharing an address.",
			p.Name, count(p.Throttling.Responses), count(p.Devices))
	}
	return fmt.Sprintf("%s: its %s devices (%s of the fleet) drew %s of all 429s, sent %s retries within a second of one and %s needless registrations and token requests.",
		p.Name, count(p.Devices), share(p.ShareOfDevices), share(ratio(p.Throttling.Responses, doc.Throttling.Responses)),
		count(p.Throttling.RetriedEarly), count(p.TokenReuse.RedundantTokenRequests+p.TokenReuse.ReRegistrationsUnjustified))
}

// fault is a way in which clients misbehave, with the advice against it.
type fault struct {
	count  func(*result.Profile) uint64
	advice string
	what   string
}

// faults name the obligation that each breaks.
var faults = []fault{
	{func(p *result.Profile) uint64 { return p.TokenReuse.RedundantTokenRequests }, "keep the access token until it is about to expire (DCR-04)", "requests for a token while holding a live one"},
	{func(p *result.Profile) uint64 { return p.TokenReuse.ReRegistrationsUnjustified }, "keep the client credentials when the app is closed (DCR-03)", "needless registrations"},
	{func(p *result.Profile) uint64 { return p.Throttling.RetriedEarly }, "wait at least a second after a 429 (THR-01)", "retries within a second of a 429"},
	{func(p *result.Profile) uint64 { return p.TokenReuse.ExpiredTokenUses }, "renew the access token before it expires (DCR-07)", "calls with an expired token"},
}

func fixFirst(doc *result.Document) string {
	for _, c := range notPassed(doc) {
		if c.Verdict == verdictFail {
			return sentence(fmt.Sprintf("The service, at %s: %s", c.ID, c.Message))
		}
	}
	for _, f := range doc.Compliance.Findings {
		if f.Level == result.LevelMust {
			return sentence(fmt.Sprintf("The service, at %s: %s", f.Endpoint, explain(f)))
		}
	}
	if text := worstFault(doc); text != "" {
		return text
	}
	for _, f := range doc.Fleet.Profiles {
		for _, p := range doc.Profiles {
			if p.Name == f.Name && p.Throttling.Responses > 0 && !f.ForwardsAddress {
				return fmt.Sprintf("Send each viewer's own address in X-Forwarded-For from %s: without it all of its devices share one bucket (THR-04).", f.Name)
			}
		}
	}
	if doc.Load.Errors > 0 {
		return fmt.Sprintf("The connection: %s requests got no answer.", count(doc.Load.Errors))
	}
	return "Nothing that these figures show."
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

// enumerate joins names as a sentence does, the first few of them.
func enumerate(names []string) string {
	const most = 4
	if len(names) > most {
		names = append(slices.Clone(names[:most-1]), fmt.Sprintf("%d more", len(names)-most+1))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if c := s[0]; c >= 'a' && c <= 'z' {
		s = string(c-'a'+'A') + s[1:]
	}
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
