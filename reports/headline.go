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
			return "Passed: " + planHeadline(doc)
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

// planHeadline is what a plan says, in a sentence.
func planHeadline(doc *result.Document) string {
	text := fmt.Sprintf("%s of the devices are throttled", share(ratio(doc.Throttling.Devices, doc.Fleet.Devices)))
	if doc.Throttling.Devices == 0 {
		text = "no device is throttled"
	}
	if rates := ratesOf(doc); len(rates) > 0 {
		text = fmt.Sprintf("up to %s requests per second at %s, and %s", perSecond(rates[0].peak), rates[0].peakAt, text)
	}
	return text + "."
}

// reasons are the most important so many things to know: why the verdict is what
// it is, then what the figures mean.
func reasons(doc *result.Document, most int) []string {
	var all []string
	lists := [][]string{doc.Verdict.Reasons, failures(doc)}
	if doc.Plan != nil {
		lists = [][]string{doc.Verdict.Reasons, doc.Plan.Notes}
		if doc.Verdict.Status == result.StatusPassed {
			// That no gate was broken says less than what the plan shows.
			lists = [][]string{doc.Plan.Notes, doc.Verdict.Reasons}
		}
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

// failing are the checks that failed although nobody expected it.
func failing(doc *result.Document) []result.Check {
	return slices.DeleteFunc(notPassed(doc), func(c result.Check) bool { return c.Verdict != verdictFail || c.Expected })
}

// failures are the failing checks in words, or the mandatory rules that an audited
// client broke.
func failures(doc *result.Document) []string {
	var list []string
	for _, c := range failing(doc) {
		list = append(list, fmt.Sprintf("%s: %s", c.ID, c.Message))
	}
	if doc.Audit != nil {
		for _, r := range doc.Audit.Rules {
			if r.BrokenDevices > 0 && r.Check == "full" && r.Level == "mandatory" {
				list = append(list, fmt.Sprintf("%s broken %s times: %s", r.ID, count(r.Breaches), r.Title))
			}
		}
	}
	return list
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
		return checkedSafely(doc)
	case doc.Kind == result.KindAudit:
		return "Yes, as far as the recording shows: no mandatory rule was broken."
	case doc.Target.Simulator && len(doc.Thresholds) == 0:
		return fmt.Sprintf("Nothing speaks against it, but this was the simulator and no threshold was set; %s of the answers were 429.", share(t.Ratio))
	case len(doc.Thresholds) == 0:
		return fmt.Sprintf("By the built-in gates only: no threshold was set, and %s of the answers were 429.", share(t.Ratio))
	case doc.Target.Simulator:
		return "By every gate that was set, against the simulator."
	}
	return "Yes, by every gate that was set."
}

// checkedSafely says how far a check that passed reaches.
func checkedSafely(doc *result.Document) string {
	accepted := 0
	for _, c := range doc.Checks {
		if c.Expected {
			accepted++
		}
	}
	text := "Yes"
	if slices.Contains(doc.Verdict.Reasons, "partial") {
		text = "As far as could be checked"
	}
	text += ": no binding requirement failed"
	if accepted > 0 {
		text += fmt.Sprintf(" but for %s that an expectation accepts", count(accepted))
	}
	if doc.Target.Simulator {
		text += ", at the simulator"
	}
	return text + "."
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
	list := populated(doc)
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
	return fmt.Sprintf("%s, going by what each device did: its %s devices (%s of the fleet) drew %s of all 429s, sent %s retries within a second of one and %s needless registrations and token requests.",
		p.Name, count(p.Devices), share(p.ShareOfDevices), share(ratio(p.Throttling.Responses, doc.Throttling.Responses)),
		count(p.Throttling.RetriedEarly), count(p.TokenReuse.RedundantTokenRequests+p.TokenReuse.ReRegistrationsUnjustified))
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
	// The id of a check stays as it is.
	word, _, _ := strings.Cut(s, " ")
	if c := s[0]; c >= 'a' && c <= 'z' && !strings.ContainsAny(strings.TrimRight(word, ".:,"), ".0123456789") {
		s = string(c-'a'+'A') + s[1:]
	}
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
