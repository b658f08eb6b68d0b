package reports

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// search shows the steps of a search for a capacity in the order of their rates,
// as a chart would.
func (p *page) search(s *result.Search) {
	if s == nil {
		return
	}
	p.title("Capacity: " + s.Variable + " in " + s.Unit + ", " + decimal(s.RequestsPerLaunch) + " requests each")
	if len(s.Steps) == 0 {
		p.line("  no step was made")
		return
	}
	g := &grid{columns: []column{
		{title: "step", drop: 4}, {title: s.Unit}, {title: "verdict", left: true}, {title: "requests/s"}, {title: "429"}, {title: "failed", drop: 2},
		{title: "p99"}, {title: "in flight", drop: 5}, {title: "late p99", drop: 6}, {title: "measured", drop: 3}, {title: "not counted", drop: 7}, {title: "sure"}, {title: "why", left: true, drop: 1},
	}}
	for _, i := range byRate(s.Steps) {
		step := &s.Steps[i]
		why := "·"
		if len(step.Reasons) > 0 {
			why = step.Reasons[0]
			if at := strings.Index(why, " is not met"); at > 0 {
				why = why[:at]
			}
		}
		uncounted := "·"
		if step.LateS > 0 {
			uncounted = fixed(step.LateS, 0) + " s"
		}
		g.add(count(i+1), amount(step.Rate), step.Verdict, decimal(step.RequestsPerSecond), share(step.ThrottledRatio), share(step.FailureRatio),
			duration(float64(step.P99US)), count(step.InFlightMax), duration(float64(step.LatenessP99US)), fixed(step.MeasuredS, 0)+" s", uncounted, share(step.Confidence), why)
	}
	p.table(g)
	p.out.WriteString(wrap(sentRate, "  ", p.width))
}

// sentRate says what the rates of a search are.
const sentRate = "A rate in requests/s is what was sent, with the repeats of what was refused; without them it is the launches times the requests of each."

// searchSection shows the steps of a search in the order of their rates, for a
// chart.
func searchSection(s *result.Search) section {
	t := tableOf("Steps in the order of their rates", "#"+s.Unit, "verdict", "#requests/s", "#429", "#failed", "#p99", "#in flight", "#late p99", "#measured s", "#not counted s", "#sure", "why")
	for _, i := range byRate(s.Steps) {
		step := &s.Steps[i]
		t.add(amount(step.Rate), step.Verdict, decimal(step.RequestsPerSecond), share(step.ThrottledRatio), share(step.FailureRatio),
			duration(float64(step.P99US)), count(step.InFlightMax), duration(float64(step.LatenessP99US)), fixed(step.MeasuredS, 0), fixed(step.LateS, 0), share(step.Confidence),
			strings.Join(step.Reasons, "; "))
	}
	return section{ID: "search", Title: "Search for the capacity", Tables: []table{*t}, Text: []string{
		"Each step ran for " + decimal(s.SettleS) + " s before it was measured. A launch is " + decimal(s.RequestsPerLaunch) + " requests when nothing is refused. " + sentRate +
			" A second in which the generator was late counts neither for the target nor against it, nor does the next. The other figures of this report are those of the highest step that held.",
	}}
}

// byRate are the numbers of the steps in the order of their rates; steps at the
// same rate stay in theirs.
func byRate(steps []result.SearchStep) []int {
	order := make([]int, len(steps))
	for i := range order {
		order[i] = i
		for k := i; k > 0 && steps[order[k]].Rate < steps[order[k-1]].Rate; k-- {
			order[k], order[k-1] = order[k-1], order[k]
		}
	}
	return order
}
