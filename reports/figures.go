package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// maxStatuses is how many statuses have a column of their own on a page of
// DefaultWidth; a narrower one has room for the 429s.
const maxStatuses = 4

func (p *page) endpoints(doc *result.Document) {
	if len(doc.Endpoints) == 0 {
		p.none("Endpoints", "none was called.")
		return
	}
	p.title("Endpoints")
	statuses, others := p.failures(doc)
	g := &grid{columns: []column{{title: "endpoint", left: true}, {title: "requests"}, {title: "ok"}}}
	for _, s := range statuses {
		g.columns = append(g.columns, column{title: s})
	}
	if others {
		g.columns = append(g.columns, column{title: "other"})
	}
	if doc.Load.Errors > 0 {
		g.columns = append(g.columns, column{title: "failed"})
	}
	g.columns = append(g.columns, column{title: "p50 ms"}, column{title: "p90 ms", drop: 2}, column{title: "p99 ms"}, column{title: "max ms", drop: 1})
	for _, e := range doc.Endpoints {
		l := e.LatencyUS
		cells := append([]string{e.Endpoint}, p.statusCells(e, statuses, others, doc.Load.Errors > 0)...)
		g.add(append(cells, millis(l.P50), millis(l.P90), millis(l.P99), millis(l.Max))...)
	}
	if len(doc.Endpoints) > 1 {
		cells := append([]string{"total"}, p.statusCells(total(doc.Endpoints), statuses, others, doc.Load.Errors > 0)...)
		g.add(append(cells, "", "", "", "")...)
	}
	p.table(g)
	text := "Latency counts from when the schedule wanted the request sent."
	if doc.Load.Errors > 0 {
		text += " Failed requests got no answer."
	}
	p.out.WriteString(wrap(text, strings.Repeat(" ", indent), p.width))
}

func (p *page) statusCells(e result.Endpoint, statuses []string, others, errors bool) []string {
	var ok, rest uint64
	for s, n := range e.Status {
		switch {
		case isOK(s):
			ok += n
		case !slices.Contains(statuses, s):
			rest += n
		}
	}
	cells := []string{count(e.Requests), dotted(ok)}
	for _, s := range statuses {
		cells = append(cells, dotted(e.Status[s]))
	}
	if others {
		cells = append(cells, dotted(rest))
	}
	if errors {
		var n uint64
		for _, kind := range e.Errors {
			n += kind
		}
		cells = append(cells, dotted(n))
	}
	return cells
}

func isOK(status string) bool { return status < "400" }

// failures lists the statuses above 399 that came, 429 always and first, and
// whether there are more than have a column.
func (p *page) failures(doc *result.Document) (statuses []string, others bool) {
	counts := total(doc.Endpoints).Status
	for s := range counts {
		if !isOK(s) && s != "429" {
			statuses = append(statuses, s)
		}
	}
	slices.SortFunc(statuses, func(a, b string) int {
		if d := descending(counts[a], counts[b]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	statuses = append([]string{"429"}, statuses...)
	most := maxStatuses
	if p.width < DefaultWidth {
		most = 1
	}
	if len(statuses) > most {
		statuses, others = statuses[:most], true
	}
	slices.Sort(statuses[1:])
	return statuses, others
}

func total(endpoints []result.Endpoint) result.Endpoint {
	sum := result.Endpoint{Status: map[string]uint64{}, Errors: map[string]uint64{}}
	for _, e := range endpoints {
		sum.Requests += e.Requests
		for s, n := range e.Status {
			sum.Status[s] += n
		}
		for kind, n := range e.Errors {
			sum.Errors[kind] += n
		}
	}
	return sum
}

// list is a table of figures, each with its name and what it means.
func (p *page) list(rows ...[]string) {
	g := &grid{columns: []column{{left: true}, {}, {left: true}}}
	for _, row := range rows {
		g.add(row...)
	}
	g.wrap(2, p.width)
	p.table(g)
}

func (p *page) throttling(doc *result.Document) {
	t := doc.Throttling
	if doc.Load.Completed == 0 {
		p.none("Throttling", "nothing was answered.")
		return
	}
	if t.Responses == 0 && t.Predicted == 0 {
		p.none("Throttling", "none; the documented limit would have refused nothing either.")
		return
	}
	p.title("Throttling")
	first := ""
	if t.FirstAtS != nil {
		first = fmt.Sprintf(", the first after %s s", decimal(*t.FirstAtS))
	}
	rows := [][]string{
		{"429 responses", count(t.Responses), share(t.Ratio) + " of the answers" + first},
		{"predicted", count(t.Predicted), "would have been refused by the documented limit for each address"},
	}
	if t.Responses > 0 {
		rows = append(rows,
			[]string{"devices", count(t.Devices), share(ratio(t.Devices, doc.Fleet.Devices)) + " of the fleet got one or more"},
			[]string{"self-inflicted", count(t.SelfInflicted), "to devices whose own traffic alone exceeded the limit"},
			[]string{"retried early", count(t.RetriedEarly), "requests less than 1 s after the device's 429"},
			[]string{"Retry-After", count(t.RetryAfter.Present), fmt.Sprintf("of the 429s have one, %s have none, %s an unreadable one", count(t.RetryAfter.Absent), count(t.RetryAfter.Invalid))},
			[]string{"recovery p50 ms", count(t.RecoveryMS.P50), fmt.Sprintf("from the first 429 to the next other answer; p99 %s, max %s", count(t.RecoveryMS.P99), count(t.RecoveryMS.Max))})
	}
	p.list(rows...)
}

func (p *page) tokenReuse(doc *result.Document) {
	k := doc.TokenReuse
	if k.Registrations+k.TokensIssued+k.Calls+k.RedundantTokenRequests == 0 {
		p.none("Token reuse", "no registration, token or call was answered.")
		return
	}
	p.title("Token reuse")
	again := "of devices that had credentials"
	if n := k.ReRegistrations; n > 0 {
		again += fmt.Sprintf("; %s without need", count(k.ReRegistrationsUnjustified))
	}
	tokens := "issued"
	if k.TokensRestored > 0 {
		tokens += fmt.Sprintf("; %s more from an earlier run or the warm-up were used", count(k.TokensRestored))
	}
	perToken := "·"
	if k.CallsPerToken != nil {
		perToken = decimal(*k.CallsPerToken)
	}
	r := k.Refreshes
	p.list(
		[]string{"registrations", count(k.Registrations), fmt.Sprintf("for %s devices", count(doc.Fleet.Devices))},
		[]string{"re-registrations", count(k.ReRegistrations), again},
		[]string{"tokens", count(k.TokensIssued), tokens},
		[]string{"redundant requests", count(k.RedundantTokenRequests), "for a token while the device held a live one"},
		[]string{"refreshes", count(r.Expired + r.Ahead + r.After401), fmt.Sprintf("%s after expiry, %s ahead of it, %s after a 401", count(r.Expired), count(r.Ahead), count(r.After401))},
		[]string{"calls per token", perToken, fmt.Sprintf("%s calls to the protected API", count(k.Calls))},
		[]string{"expired token uses", count(k.ExpiredTokenUses), "calls with a token after its end"},
	)
}

// maxFindings is how many findings the text shows.
const maxFindings = 12

func (p *page) compliance(doc *result.Document) {
	c := doc.Compliance
	summary := fmt.Sprintf("%s answers judged %s times", count(c.Exchanges), count(c.Evaluations))
	if c.Exchanges == 0 {
		p.none("Compliance", "no answer was judged.")
		return
	}
	if len(c.Findings) == 0 {
		p.none("Compliance", fmt.Sprintf("no finding; %s.", summary))
		return
	}
	p.title("Compliance")
	p.line("  %s: %s failures, %s warnings, %s notes.", summary, count(c.Failures), count(c.Warnings), count(c.Notes))
	g := &grid{columns: []column{{title: "count"}, {title: "level", left: true}, {title: "endpoint", left: true}, {title: "finding", left: true}, {title: "sample"}}}
	for _, f := range c.Findings[:min(len(c.Findings), maxFindings)] {
		g.add(count(f.Count), f.Level, f.Endpoint, explain(f), "#"+fmt.Sprint(f.SampleExchange))
	}
	g.wrap(3, p.width)
	p.table(g)
	if more := len(c.Findings) - maxFindings; more > 0 {
		p.line("  … and %d more in result.json", more)
	}
}

// explain puts what a finding is about before what is wrong with it.
func explain(f result.Finding) string {
	if f.Detail == "" {
		return f.Message
	}
	return f.Detail + ": " + strings.Replace(f.Message, ": "+f.Detail, "", 1)
}

func (p *page) profiles(doc *result.Document) {
	if len(doc.Profiles) == 0 {
		p.none("Profiles", "none.")
		return
	}
	p.title("Profiles")
	g := &grid{columns: []column{
		{title: "profile", left: true}, {title: "platform", left: true, drop: 4}, {title: "devices"}, {title: "requests"}, {title: "429"}, {title: "of all 429s", drop: 3},
		{title: "re-reg."}, {title: "redundant tokens"}, {title: "calls/token", drop: 1}, {title: "early retries", drop: 2},
	}}
	list := populated(doc)
	slices.SortStableFunc(list, func(a, b result.Profile) int {
		if d := descending(a.Throttling.Responses, b.Throttling.Responses); d != 0 {
			return d
		}
		if d := descending(a.TokenReuse.RedundantTokenRequests, b.TokenReuse.RedundantTokenRequests); d != 0 {
			return d
		}
		return descending(a.Devices, b.Devices)
	})
	for _, r := range list {
		perToken, part := "·", "·"
		if r.TokenReuse.CallsPerToken != nil {
			perToken = decimal(*r.TokenReuse.CallsPerToken)
		}
		if r.Throttling.Responses > 0 {
			part = share(ratio(r.Throttling.Responses, doc.Throttling.Responses))
		}
		g.add(r.Name, r.Platform, count(r.Devices), count(r.Requests), dotted(r.Throttling.Responses), part,
			dotted(r.TokenReuse.ReRegistrations), dotted(r.TokenReuse.RedundantTokenRequests), perToken, dotted(r.Throttling.RetriedEarly))
	}
	p.table(g)
}

func (p *page) load(doc *result.Document) {
	l := doc.Load
	p.title("Load")
	rows := [][]string{
		{"launches scheduled", count(l.Scheduled), "devices"},
		{"requests sent", count(l.Sent), fmt.Sprintf("%s answered, %s not; at most %s at once", count(l.Completed), count(l.Errors), count(l.InFlightMax))},
		{"dropped", count(l.Dropped), "launches and requests that the generator could not make in time"},
		{"lateness p99 ms", millis(l.LatenessUS.P99), fmt.Sprintf("of requests behind the schedule; p50 %s, max %s", millis(l.LatenessUS.P50), millis(l.LatenessUS.Max))},
	}
	if l.HeldBack > 0 {
		rows = append(rows, []string{"held back", count(l.HeldBack), "devices that the ceiling on the request rate kept waiting to the end"})
	}
	if l.WarmUpExcluded > 0 {
		rows = append(rows, []string{"warm-up", count(l.WarmUpExcluded), "requests that are in no other figure"})
	}
	p.list(rows...)
}
