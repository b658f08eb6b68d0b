package reports

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

// section is one part of a report for reading: what it says, its charts and its
// tables. Markdown and HTML are made from the same sections.
type section struct {
	ID, Title string
	Text      []string
	// List are statements that stand for themselves.
	List    []string
	charts  func(*result.Document) ([]figure, error)
	Figures []figure
	Tables  []table
	Folds   []fold
	// Folded are long tables that a page opens on request.
	Folded []table
}

// table is a table with a heading for each column; the first cell of a row names
// the row.
type table struct {
	Caption string
	Head    []heading
	Rows    []tableRow
}

type heading struct {
	Text   string
	Number bool
}

type tableRow struct{ Cells []cell }

// cell is one figure or text. Mark is a class of the style sheet, for verdicts.
type cell struct {
	Text   string
	Number bool
	Mark   string
}

// Class are the classes of the style sheet of a cell that is not the first.
func (c cell) Class() string {
	var classes []string
	if c.Number {
		classes = append(classes, "n")
		// What there is should stand out from what there is not.
		if strings.Trim(c.Text, "0. %") == "" {
			classes = append(classes, "zero")
		}
	}
	if c.Mark == "" && isDigest.MatchString(c.Text) {
		classes = append(classes, "digest")
	}
	return strings.Join(classes, " ")
}

// Short reports whether a cell is a name that is better not broken.
func (c cell) Short() bool { return len(c.Text) <= 24 && !strings.Contains(c.Text, " ") }

var isDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// fold is something to open: a finding with its evidence.
type fold struct {
	Mark, Level, Title string
	Facts              []answer
}

func head1(text string) heading { return heading{Text: text} }

// tableOf makes a table; a heading that begins with # is one of numbers.
func tableOf(caption string, head ...string) *table {
	t := &table{Caption: caption}
	for _, h := range head {
		name, number := strings.CutPrefix(h, "#")
		t.Head = append(t.Head, heading{name, number})
	}
	return t
}

// add appends a row of as many cells as there are headings.
func (t *table) add(cells ...string) {
	r := tableRow{}
	for i, text := range cells {
		r.Cells = append(r.Cells, cell{Text: text, Number: t.Head[i].Number})
	}
	t.Rows = append(t.Rows, r)
}

// mark gives the cell of the last row a class.
func (t *table) mark(column int, class string) { t.Rows[len(t.Rows)-1].Cells[column].Mark = class }

// sections are the parts of a report in the order of their weight. A part about
// something that this kind of document does not have is left out.
func sections(doc *result.Document) []section {
	var all []section
	add := func(s section) { all = append(all, s) }
	switch doc.Kind {
	case result.KindCheck:
		return []section{releaseSection(doc), checksSection(doc), signatureSection(doc)}
	case result.KindAudit:
		return append(auditSections(doc), signatureSection(doc))
	case result.KindPlan:
		add(capacitySection(doc))
	}
	if doc.Search != nil {
		add(searchSection(doc.Search))
	}
	if doc.Load.Completed > 0 {
		add(throttlingSection(doc))
		add(tokenSection(doc))
	}
	if doc.Kind != result.KindPlan {
		add(complianceSection(doc))
	}
	if len(doc.Checks) > 0 {
		add(checksSection(doc))
	}
	add(gatesSection(doc))
	if len(doc.Endpoints) > 0 {
		add(endpointSection(doc))
	}
	if len(doc.Profiles) > 0 {
		add(profileSection(doc))
	}
	if doc.Kind != result.KindPlan {
		if doc.Load.Completed > 0 {
			add(capacitySection(doc))
		}
		add(releaseSection(doc))
		add(obligationSection(doc))
	}
	if doc.Load.Sent > 0 {
		add(loadSection(doc))
	}
	return append(all, signatureSection(doc))
}

func throttlingSection(doc *result.Document) section {
	t := doc.Throttling
	s := section{ID: "throttling", Title: "Throttling", charts: throttlingCharts}
	if t.Responses == 0 {
		s.Text = append(s.Text, fmt.Sprintf("No answer was a 429. The documented limit would have refused %s of the requests.", count(t.Predicted)))
		return s
	}
	firstAt := ""
	if t.FirstAtS != nil {
		firstAt = fmt.Sprintf("; the first came after %s s", decimal(*t.FirstAtS))
	}
	s.Text = append(s.Text, fmt.Sprintf("%s of %s devices (%s) were throttled: %s of the answers were 429 (%s)%s.",
		count(t.Devices), count(doc.Fleet.Devices), share(ratio(t.Devices, doc.Fleet.Devices)), share(t.Ratio), count(t.Responses), firstAt))
	f := tableOf("Throttling in figures", "figure", "#value", "what it means")
	f.add("429 responses", count(t.Responses), share(t.Ratio)+" of the answers")
	f.add("devices throttled", count(t.Devices), "got at least one 429")
	f.add("predicted", count(t.Predicted), "requests that the documented limit for each address would have refused")
	f.add("self-inflicted", count(t.SelfInflicted), "429s to devices whose own traffic alone exceeded the limit; the others share an address")
	f.add("retried early", count(t.RetriedEarly), "requests sent less than a second after the device's 429 (THR-01)")
	f.add("recovery, median", millisWord(t.RecoveryMS.P50), "from a device's first 429 to its next other answer")
	f.add("recovery, p99", millisWord(t.RecoveryMS.P99), "the same for the slowest hundredth")
	f.add("recovery, longest", millisWord(t.RecoveryMS.Max), "the same for the slowest device")
	f.add("with Retry-After", count(t.RetryAfter.Present), fmt.Sprintf("429s; %s had none and %s an unreadable one", count(t.RetryAfter.Absent), count(t.RetryAfter.Invalid)))
	by := tableOf("Throttling by profile, worst first", "profile", "#devices", "#requests", "#429s", "#of all 429s", "#devices throttled", "#self-inflicted", "#retried early")
	for _, p := range worstFirst(doc) {
		k := p.Throttling
		by.add(p.Name, count(p.Devices), count(p.Requests), count(k.Responses), share(ratio(k.Responses, t.Responses)), count(k.Devices), count(k.SelfInflicted), count(k.RetriedEarly))
	}
	s.Tables = []table{*f, *by}
	return s
}

// millisWord writes milliseconds as a duration.
func millisWord(ms int64) string { return duration(float64(ms) * 1000) }

func tokenSection(doc *result.Document) section {
	k := doc.TokenReuse
	s := section{ID: "tokens", Title: "Token reuse", charts: tokenCharts}
	s.Text = append(s.Text, fmt.Sprintf("%s tokens served %s calls to the protected API: %s calls per token. %s token requests and %s registrations were needless.",
		count(k.TokensIssued+k.TokensRestored), count(k.Calls), perTokenWord(k.CallsPerToken), count(k.RedundantTokenRequests), count(k.ReRegistrationsUnjustified)))
	f := tableOf("Token reuse in figures", "figure", "#value", "what it means")
	f.add("registrations", count(k.Registrations), fmt.Sprintf("that succeeded, for %s devices", count(doc.Fleet.Devices)))
	f.add("re-registrations", count(k.ReRegistrations), fmt.Sprintf("by devices that had credentials; %s without need (DCR-03)", count(k.ReRegistrationsUnjustified)))
	f.add("tokens issued", count(k.TokensIssued), fmt.Sprintf("and %s kept from an earlier run", count(k.TokensRestored)))
	f.add("calls per token", perTokenCell(k.CallsPerToken), fmt.Sprintf("%s calls to the protected API", count(k.Calls)))
	f.add("redundant token requests", count(k.RedundantTokenRequests), "while the device held a live token (DCR-04)")
	r := k.Refreshes
	f.add("refreshes", count(r.Expired+r.Ahead+r.After401), fmt.Sprintf("%s after expiry, %s ahead of it, %s after a 401", count(r.Expired), count(r.Ahead), count(r.After401)))
	f.add("expired token uses", count(k.ExpiredTokenUses), "calls sent after the token had expired (DCR-07)")
	by := tableOf("Token reuse by profile, worst first", "profile", "#devices", "#registrations", "#needless registrations", "#tokens", "#needless tokens", "#calls per token", "#expired token uses")
	for _, p := range worstFirst(doc) {
		k := p.TokenReuse
		by.add(p.Name, count(p.Devices), count(k.Registrations), count(k.ReRegistrationsUnjustified), count(k.TokensIssued), count(k.RedundantTokenRequests), perTokenCell(k.CallsPerToken), count(k.ExpiredTokenUses))
	}
	s.Tables = []table{*f, *by}
	return s
}

// perTokenCell is calls per token in a table, where a dot stands for none.
func perTokenCell(f *float64) string {
	if f == nil {
		return "·"
	}
	return decimal(*f)
}

func perTokenWord(f *float64) string {
	if f == nil {
		return "no"
	}
	return decimal(*f)
}

func complianceSection(doc *result.Document) section {
	c := doc.Compliance
	s := section{ID: "compliance", Title: "Error-code compliance"}
	if c.Exchanges == 0 {
		s.Text = []string{"No answer was judged against the documented contract."}
		return s
	}
	summary := fmt.Sprintf("%s answers were judged %s times against the documented contract: ", count(c.Exchanges), count(c.Evaluations))
	if len(c.Findings) == 0 {
		s.Text = []string{summary + "every one is as documented."}
		return s
	}
	s.Text = []string{summary + fmt.Sprintf("%s breaches, %s warnings and %s remarks.", count(c.Failures), count(c.Warnings), count(c.Notes))}
	if c.Overflow > 0 {
		s.Text = append(s.Text, fmt.Sprintf("%s more findings were too many different ones to list.", count(c.Overflow)))
	}
	by := tableOf("Findings by endpoint", "endpoint", "#breaches", "#warnings", "#remarks")
	for _, e := range doc.Endpoints {
		n := map[string]uint64{}
		for _, f := range c.Findings {
			if f.Endpoint == e.Endpoint {
				n[f.Level] += f.Count
			}
		}
		by.add(e.Endpoint, count(n[result.LevelMust]), count(n[result.LevelShould]), count(n[result.LevelNote]))
		for column, level := range []string{result.LevelMust, result.LevelShould} {
			if n[level] > 0 {
				by.mark(column+1, level)
			}
		}
	}
	list := tableOf("Findings, worst first", "finding", "endpoint", "level", "#count", "rule", "documents")
	for _, f := range c.Findings {
		list.add(explain(f), f.Endpoint, f.Level, count(f.Count), f.ID, strings.Join(f.Refs, ", "))
		list.mark(2, f.Level)
		s.Folds = append(s.Folds, findingFold(f))
	}
	s.Tables = []table{*by, *list}
	return s
}

func findingFold(f result.Finding) fold {
	var by []string
	for _, name := range slices.Sorted(mapKeys(f.Profiles)) {
		by = append(by, fmt.Sprintf("%s %s", name, count(f.Profiles[name])))
	}
	return fold{Mark: f.Level, Level: f.Level, Title: fmt.Sprintf("%s: %s (%s)", f.Endpoint, explain(f), count(f.Count)), Facts: present([]answer{
		{"Rule", f.ID}, {"Documents", strings.Join(f.Refs, ", ")}, {"Sample", fmt.Sprintf("exchange %d", f.SampleExchange)}, {"By profile", strings.Join(by, ", ")},
	})}
}

// present leaves out the facts without an answer.
func present(facts []answer) []answer {
	return slices.DeleteFunc(facts, func(a answer) bool { return a.Answer == "" })
}

func checksSection(doc *result.Document) section {
	s := section{ID: "checks", Title: "Compliance, requirement by requirement", charts: checkCharts}
	total := tallyOf(doc.Checks)
	ran := 0
	for _, v := range ranVerdicts {
		ran += total[v]
	}
	s.Text = []string{fmt.Sprintf("%s of %s requirements were checked: %s passed, %s failed, %s gave a warning. The others could not be checked, and say why.",
		count(ran), count(len(doc.Checks)), count(total[verdictPass]), count(total[verdictFail]), count(total["WARN"]))}
	head := []string{"group", "verdict", "#checks"}
	var shown []string
	for _, v := range checkVerdicts {
		if total[v] > 0 {
			shown = append(shown, v)
			head = append(head, "#"+strings.ToLower(v))
		}
	}
	matrix := tableOf("Conformance by group", head...)
	row := func(name string, checks []result.Check) {
		counts := tallyOf(checks)
		verdict, mark := groupVerdict(checks)
		cells := []string{name, verdict, count(len(checks))}
		for _, v := range shown {
			cells = append(cells, count(counts[v]))
		}
		matrix.add(cells...)
		for i, v := range shown {
			if counts[v] > 0 {
				matrix.mark(i+3, markOf(v))
			}
		}
		matrix.mark(1, mark)
	}
	for _, g := range groups(doc) {
		row(g.title(), g.checks)
	}
	row("total", doc.Checks)
	s.Tables = []table{*matrix}
	passed := tableOf(fmt.Sprintf("The %s checks that passed", count(total[verdictPass])), "check", "what a conforming service does", "level", "documents")
	for _, c := range doc.Checks {
		if c.Verdict == verdictPass {
			passed.add(c.ID, c.Title, c.Level, strings.Join(c.Refs, "; "))
		}
	}
	if len(passed.Rows) > 0 {
		s.Folded = []table{*passed}
	}
	for _, c := range notPassed(doc) {
		s.Folds = append(s.Folds, fold{Mark: markOf(c.Verdict), Level: strings.ToLower(c.Verdict), Title: fmt.Sprintf("%s (%s)", cmp.Or(strings.TrimSuffix(c.Title, "."), c.ID), c.Level), Facts: present([]answer{
			{"Check", c.ID}, {"Found", c.Message}, {"Documents", strings.Join(c.Refs, "; ")}, {"Evidence", exchangeWords(c.Exchanges)},
		})})
	}
	return s
}

// groupVerdict is one word for a group of checks, and its class.
func groupVerdict(checks []result.Check) (word, mark string) {
	word, mark = "passed", "pass"
	rank := 0
	for _, c := range checks {
		switch {
		case c.Verdict == verdictFail && !c.Expected || c.Verdict == verdictError:
			return "failed", "must"
		case (c.Verdict == "BLOCKED" || c.Verdict == "INCONCLUSIVE") && rank < 3:
			word, mark, rank = "incomplete", "should", 3
		case c.Verdict == verdictFail && rank < 2:
			word, mark, rank = "accepted", "note", 2
		case c.Verdict == verdictWarn && rank < 1:
			word, mark, rank = "warning", "should", 1
		}
	}
	return word, mark
}

// exchangeWords names exchanges by their numbers, the first of them.
func exchangeWords(list []uint64) string {
	const most = 12
	if len(list) == 0 {
		return ""
	}
	var words []string
	for _, n := range list[:min(len(list), most)] {
		words = append(words, fmt.Sprint(n))
	}
	text := "exchanges " + strings.Join(words, ", ")
	if more := len(list) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// markOf is the class of a verdict.
func markOf(verdict string) string {
	switch verdict {
	case verdictPass:
		return "pass"
	case verdictFail, verdictError:
		return "must"
	case "WARN":
		return "should"
	}
	return "note"
}

func gatesSection(doc *result.Document) section {
	s := section{ID: "gates", Title: "Gates"}
	for _, reason := range doc.Verdict.Reasons {
		// The table has the thresholds.
		if strings.Contains(reason, " ") && !strings.HasPrefix(reason, "threshold ") {
			s.Text = append(s.Text, sentence(reason))
		}
	}
	if len(doc.Thresholds) == 0 {
		s.Text = append(s.Text, "No threshold was set.")
		return s
	}
	t := tableOf("Thresholds: what was asked and what it was", "threshold", "#it was", "met")
	for _, r := range doc.Thresholds {
		met, mark := "no", "must"
		if r.Met {
			met, mark = "yes", "pass"
		}
		t.add(r.Expr, r.Was(), met)
		t.mark(2, mark)
	}
	s.Tables = []table{*t}
	return s
}

func endpointSection(doc *result.Document) section {
	s := section{ID: "endpoints", Title: "Endpoints and latency", charts: endpointCharts,
		Text: []string{"Latency counts from when the schedule wanted a request sent, so that it contains the generator's own delay; the time on the wire does not."}}
	l := tableOf("Latency, and the time on the wire alone", "endpoint", "#min", "#p50", "#p90", "#p99", "#p99.9", "#max", "#wire p50", "#wire p99")
	us := func(n int64) string { return duration(float64(n)) }
	for _, e := range doc.Endpoints {
		d := e.LatencyUS
		if d.Max > 0 {
			l.add(e.Endpoint, us(d.Min), us(d.P50), us(d.P90), us(d.P99), us(d.P999), us(d.Max), us(e.WireUS.P50), us(e.WireUS.P99))
		}
	}
	s.Tables = []table{*statusTable(doc)}
	if len(l.Rows) > 0 {
		s.Tables = append(s.Tables, *l)
	}
	return s
}

// statusTable counts the answers of every endpoint by status.
func statusTable(doc *result.Document) *table {
	statuses := allStatuses(doc)
	head := []string{"endpoint", "#requests"}
	for _, code := range statuses {
		head = append(head, "#"+code)
	}
	t := tableOf("Answers by status", append(head, "#no answer")...)
	for _, e := range doc.Endpoints {
		cells := []string{e.Endpoint, count(e.Requests)}
		for _, code := range statuses {
			cells = append(cells, count(e.Status[code]))
		}
		var lost uint64
		for _, n := range e.Errors {
			lost += n
		}
		t.add(append(cells, count(lost))...)
	}
	return t
}

func allStatuses(doc *result.Document) []string {
	return slices.Sorted(mapKeys(total(doc.Endpoints).Status))
}

func profileSection(doc *result.Document) section {
	t := tableOf("Devices and requests by profile", "profile", "platform", "#devices", "#of the fleet", "#requests", "#requests per device", "own address")
	addresses := map[string]string{}
	for _, f := range doc.Fleet.Profiles {
		switch {
		case !f.ForwardsAddress:
			addresses[f.Name] = "not forwarded"
		case f.DevicesPerAddress > 1:
			addresses[f.Name] = decimal(f.DevicesPerAddress) + " devices share one"
		default:
			addresses[f.Name] = "yes"
		}
	}
	for _, p := range worstFirst(doc) {
		t.add(p.Name, p.Platform, count(p.Devices), share(p.ShareOfDevices), count(p.Requests), decimal(float64(p.Requests)/float64(max(1, p.Devices))), addresses[p.Name])
	}
	return section{ID: "profiles", Title: "Profiles", Tables: []table{*t}}
}

func loadSection(doc *result.Document) section {
	l := doc.Load
	us := func(n int64) string { return duration(float64(n)) }
	t := tableOf("What the generator meant to do and did", "figure", "#value", "what it means")
	t.add("launches scheduled", count(l.Scheduled), "devices")
	t.add("requests sent", count(l.Sent), fmt.Sprintf("%s in a second on average, over %s s", decimal(l.RequestsPerSecond), decimal(l.DurationS)))
	t.add("answered", count(l.Completed), "whatever the status")
	t.add("no answer", count(l.Errors), "timeouts and broken connections")
	t.add("dropped", count(l.Dropped), "launches and requests that the generator could not make in time")
	t.add("in flight at most", count(l.InFlightMax), "requests under way at once")
	t.add("lateness, p99", us(l.LatenessUS.P99), "of requests behind the schedule: the generator's own fault")
	t.add("lateness, longest", us(l.LatenessUS.Max), "the same at worst")
	t.add("warm-up", count(l.WarmUpExcluded), "requests that are in no other figure")
	return section{ID: "load", Title: "Load", Tables: []table{*t}}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func target(doc *result.Document) string {
	t := doc.Target
	where := t.URL
	if t.Simulator {
		where += " (simulator)"
	}
	if t.HTTPVersion != "" {
		where += ", HTTP/" + t.HTTPVersion
	}
	if t.TLS {
		where += " over TLS"
	}
	return where
}

// facts say in a few sentences what was done to what.
func facts(doc *result.Document) []string {
	l := doc.Load
	var list []string
	switch {
	case doc.Kind == result.KindAudit:
		list = append(list, fmt.Sprintf("Devices: %s.", count(doc.Fleet.Devices)))
	case doc.Fleet.Devices > 0:
		list = append(list, fmt.Sprintf("Fleet %s: %s devices, seed %d.", doc.Fleet.Name, count(doc.Fleet.Devices), doc.Seed))
	}
	if where := target(doc); where != "" {
		list = append(list, fmt.Sprintf("Target: %s.", where))
	}
	if l.Sent > 0 {
		list = append(list, fmt.Sprintf("%s requests, %s answered.", count(l.Sent), count(l.Completed)))
	}
	if s := stamp(doc.Started); s != "" && doc.Kind != result.KindPlan {
		list = append(list, fmt.Sprintf("Started %s.", s))
	}
	return list
}
