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
		{title: "p99"}, {title: "in flight", drop: 5}, {title: "late p99", drop: 6}, {title: "measured", drop: 3}, {title: "sure"}, {title: "why", left: true, drop: 1},
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
		g.add(count(i+1), amount(step.Rate), step.Verdict, decimal(step.RequestsPerSecond), share(step.ThrottledRatio), share(step.FailureRatio),
			duration(float64(step.P99US)), count(step.InFlightMax), duration(float64(step.LatenessP99US)), fixed(step.MeasuredS, 0)+" s", share(step.Confidence), why)
	}
	p.table(g)
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
