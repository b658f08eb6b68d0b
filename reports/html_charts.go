package reports

import (
	"cmp"
	"fmt"
	"html/template"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// figure is a chart with what a reader needs to understand it without seeing it.
type figure struct {
	Title string
	// Says is the chart in a sentence or two.
	Says   string
	Legend []legend
	SVG    template.HTML
	// Data are the figures behind it, nil where another table has them.
	Data *table
}

type legend struct {
	Name  string
	Color int
}

// maxLines is how many series a chart of several endpoints shows.
const maxLines = 6

// outcomes are the three parts of a stacked chart.
var outcomes = []legend{{"answered as documented", colorOK}, {"throttled (429)", colorThrottled}, {"failed otherwise", colorFailed}}

// finish draws the chart into its figure.
func (f figure) finish(c *chart) (figure, error) {
	svg, err := c.draw()
	f.SVG = template.HTML(svg)
	for _, l := range c.lines {
		f.Legend = append(f.Legend, legend{l.name, l.color})
	}
	return f, err
}

// overTime is an empty chart over the timeline of doc.
func overTime(doc *result.Document, unit func(float64) string) *chart {
	return &chart{steps: steps(doc), intervalS: doc.Timeline.IntervalS, label: func(i int) string { return clock(doc, i) }, unit: unit}
}

// clock is when a step begins: the time of the day in a plan, else the time since
// the start.
func clock(doc *result.Document, step int) string {
	at := time.Duration(float64(step) * doc.Timeline.IntervalS * float64(time.Second))
	if doc.Plan != nil {
		if begin, err := time.Parse("15:04:05", doc.Plan.BeginsAt); err == nil {
			return begin.Add(at).Format("15:04")
		}
	}
	switch {
	case at >= 10*time.Minute:
		return strconv.FormatFloat(at.Minutes(), 'f', -1, 64) + " min"
	default:
		return strconv.FormatFloat(at.Seconds(), 'f', -1, 64) + " s"
	}
}

// rates turns counts of steps into a rate per second.
func rates(doc *result.Document, counts func(step int) uint64) []float64 {
	list := make([]float64, steps(doc))
	for i := range list {
		list[i] = float64(counts(i)) / max(doc.Timeline.IntervalS, 1e-9)
	}
	return list
}

// stack is a chart of the outcomes of some series.
func stack(doc *result.Document, series []result.Series) *chart {
	sum := func(of func(result.Series) []uint64) []float64 {
		return rates(doc, func(i int) (n uint64) {
			for _, s := range series {
				n += at(of(s), i)
			}
			return n
		})
	}
	c := overTime(doc, plain)
	c.stacked = true
	all := []line{
		{outcomes[0].Name, colorOK, sum(func(s result.Series) []uint64 { return s.OK })},
		{outcomes[1].Name, colorThrottled, sum(func(s result.Series) []uint64 { return s.Throttled })},
		{outcomes[2].Name, colorFailed, sum(func(s result.Series) []uint64 { return s.Failed })},
	}
	// What never happened needs no line and no place in the legend.
	for _, l := range all {
		if most, _ := peak(l.values); most > 0 || l.color == colorOK {
			c.lines = append(c.lines, l)
		}
	}
	return c
}

// peak is the greatest value of a list and its place.
func peak(values []float64) (float64, int) {
	best, where := 0.0, 0
	for i, v := range values {
		if v > best {
			best, where = v, i
		}
	}
	return best, where
}

// timed reports whether there is a timeline to draw: one step is none.
func timed(doc *result.Document) bool { return steps(doc) > 1 && doc.Timeline.IntervalS > 0 }

func sum(list []uint64) (n uint64) {
	for _, v := range list {
		n += v
	}
	return n
}

// busiest are the series with most of something, the most first.
func busiest(doc *result.Document, of func(result.Series) uint64) []result.Series {
	list := slices.Clone(doc.Timeline.Series)
	list = slices.DeleteFunc(list, func(s result.Series) bool { return of(s) == 0 })
	slices.SortStableFunc(list, func(a, b result.Series) int { return descending(of(a), of(b)) })
	return list
}

func throttlingCharts(doc *result.Document) ([]figure, error) {
	if !timed(doc) {
		return nil, nil
	}
	c := stack(doc, doc.Timeline.Series)
	all := rates(doc, func(i int) (n uint64) {
		for _, s := range doc.Timeline.Series {
			n += at(s.Requests, i)
		}
		return n
	})
	most, when := peak(all)
	worst, then := peak(rates(doc, func(i int) (n uint64) {
		for _, s := range doc.Timeline.Series {
			n += at(s.Throttled, i)
		}
		return n
	}))
	says := fmt.Sprintf("Requests per second by outcome, in steps of %s s. Most: %s per second at %s.", plain(doc.Timeline.IntervalS), plain(most), clock(doc, when))
	if worst > 0 {
		says += fmt.Sprintf(" Most 429s: %s per second at %s.", plain(worst), clock(doc, then))
	}
	one, err := figure{Title: "Requests over time", Says: says, Data: timeTable(doc)}.finish(c)
	if err != nil {
		return nil, err
	}
	figures := []figure{one}
	if doc.Throttling.Responses > 0 {
		throttled := func(s result.Series) []uint64 { return s.Throttled }
		two, err := perEndpoint(doc, "429 over time, by endpoint", "429 answers per second.", throttled)
		if err != nil {
			return nil, err
		}
		figures = append(figures, two)
	}
	return figures, nil
}

// perEndpoint draws a rate for the busiest endpoints, and for the others in one.
func perEndpoint(doc *result.Document, title, says string, of func(result.Series) []uint64) (figure, error) {
	list := busiest(doc, func(s result.Series) uint64 { return sum(of(s)) })
	c := overTime(doc, plain)
	for i, s := range list {
		if i == maxLines-1 && len(list) > maxLines {
			rest := list[i:]
			c.lines = append(c.lines, line{fmt.Sprintf("%d others", len(rest)), 4 + i, rates(doc, func(i int) (n uint64) {
				for _, s := range rest {
					n += at(of(s), i)
				}
				return n
			})})
			break
		}
		c.lines = append(c.lines, line{s.Endpoint, 4 + i, rates(doc, func(i int) uint64 { return at(of(s), i) })})
		if i == 0 {
			most, when := peak(c.lines[0].values)
			says += fmt.Sprintf(" The most go to %s: %s per second at %s.", s.Endpoint, plain(most), clock(doc, when))
		}
	}
	return figure{Title: title, Says: says}.finish(c)
}

// timeTable has the figures of the whole timeline.
func timeTable(doc *result.Document) *table {
	t := tableOf("Requests over time, in figures", "from", "#requests", "#as documented", "#429", "#failed otherwise")
	for i := range steps(doc) {
		var n, ok, throttled, failed uint64
		for _, s := range doc.Timeline.Series {
			n, ok, throttled, failed = n+at(s.Requests, i), ok+at(s.OK, i), throttled+at(s.Throttled, i), failed+at(s.Failed, i)
		}
		t.add(clock(doc, i), count(n), count(ok), count(throttled), count(failed))
	}
	return t
}

func tokenCharts(doc *result.Document) ([]figure, error) {
	var figures []figure
	if len(doc.Profiles) > 0 {
		f, err := reuseBars(doc)
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	for _, s := range doc.Timeline.Series {
		if s.Endpoint != "token" || !timed(doc) || sum(s.Requests) == 0 {
			continue
		}
		most, when := peak(rates(doc, func(i int) uint64 { return at(s.Requests, i) }))
		mean := float64(sum(s.Requests)) / (float64(steps(doc)) * doc.Timeline.IntervalS)
		f, err := figure{Title: "Token requests over time",
			Says: fmt.Sprintf("A crest after the first is a wave of refreshes. Most: %s per second at %s, against %s on average.", plain(most), clock(doc, when), plain(round2(mean)))}.
			finish(stack(doc, []result.Series{s}))
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, nil
}

func round2(f float64) float64 { return math.Round(f*100) / 100 }

// reuseBars draws the calls per token of each profile, the least first.
func reuseBars(doc *result.Document) (figure, error) {
	var b bars
	list := slices.Clone(doc.Profiles)
	list = slices.DeleteFunc(list, func(p result.Profile) bool { return p.TokenReuse.CallsPerToken == nil })
	slices.SortStableFunc(list, func(a, b result.Profile) int {
		return cmp.Compare(*a.TokenReuse.CallsPerToken, *b.TokenReuse.CallsPerToken)
	})
	f := figure{Title: "Calls per token, by profile", Says: "No profile made a call with a token."}
	if len(list) == 0 {
		return f, nil
	}
	worst, best := list[0], list[len(list)-1]
	f.Says = fmt.Sprintf("Calls to the protected API for each token; a longer bar is better. Least: %s with %s, most: %s with %s.",
		worst.Name, perTokenWord(worst.TokenReuse.CallsPerToken), best.Name, perTokenWord(best.TokenReuse.CallsPerToken))
	calls := line{"calls per token", 4, nil}
	for _, p := range list {
		b.names, calls.values = append(b.names, p.Name), append(calls.values, *p.TokenReuse.CallsPerToken)
	}
	b.parts, b.figures = []line{calls}, true
	return f.bars(&b)
}

// bars draws bars into a figure.
func (f figure) bars(b *bars) (figure, error) {
	svg, err := b.draw()
	f.SVG = template.HTML(svg)
	for _, part := range b.parts {
		f.Legend = append(f.Legend, legend{part.name, part.color})
	}
	return f, err
}

// checkCharts draws the conformance of each group: what became of the checks, as
// shares of the group.
func checkCharts(doc *result.Document) ([]figure, error) {
	b := bars{most: 100}
	parts := []struct {
		line
		verdicts []string
	}{
		{line{"passed", colorOK, nil}, []string{verdictPass}},
		{line{"remark", colorRemark, nil}, []string{"INFO"}},
		{line{"warning", colorThrottled, nil}, []string{"WARN"}},
		{line{"failed", colorFailed, nil}, []string{verdictFail, verdictError}},
		{line{"not checked", colorNone, nil}, []string{"SKIP", "BLOCKED", "INCONCLUSIVE"}},
	}
	for _, g := range groups(doc) {
		b.names = append(b.names, g.title())
		counts := tallyOf(g.checks)
		for i := range parts {
			n := 0
			for _, v := range parts[i].verdicts {
				n += counts[v]
			}
			parts[i].values = append(parts[i].values, 100*ratio(n, len(g.checks)))
		}
	}
	for _, part := range parts {
		b.parts = append(b.parts, part.line)
	}
	if len(b.names) == 0 {
		return nil, nil
	}
	f, err := figure{Title: "Conformance by group", Says: "What became of the checks of each group, as shares of the group; the table has the counts."}.bars(&b)
	return []figure{f}, err
}

func endpointCharts(doc *result.Document) ([]figure, error) {
	var figures []figure
	curve, err := percentileCurve(doc)
	if err != nil {
		return nil, err
	}
	if curve.SVG != "" {
		figures = append(figures, curve)
	}
	if !timed(doc) {
		return figures, nil
	}
	p99, err := p99OverTime(doc)
	if err != nil {
		return nil, err
	}
	figures = append(figures, p99)
	for i, s := range busiest(doc, func(s result.Series) uint64 { return sum(s.Requests) }) {
		most, when := peak(rates(doc, func(i int) uint64 { return at(s.Requests, i) }))
		f, err := figure{Title: "Requests to " + s.Endpoint,
			Says: fmt.Sprintf("%s requests, %s of them throttled and %s failed otherwise; at most %s per second, at %s.", count(sum(s.Requests)), count(sum(s.Throttled)), count(sum(s.Failed)), plain(most), clock(doc, when))}.
			finish(stack(doc, []result.Series{s}))
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
		if i >= maxLines || sum(s.Requests) == 0 || len(s.P50US) == 0 {
			continue
		}
		if f, err = latencyOverTime(doc, s); err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, nil
}
