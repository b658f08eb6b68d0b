package compare

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/dcrbench/dcrbench/internal/result"
)

// figures compares every figure: the judged ones first, in the order of a result,
// then all others by name. Only runs and plans have figures to judge: a check
// provokes what it counts, and an audit shows what somebody happened to record.
func figures(before, after []Run, o Options, otherStart bool) []Figure {
	both := slices.Concat(before, after)
	if kind := both[0].Doc.Kind; kind != result.KindRun && kind != result.KindPlan {
		return append([]Figure{}, plainFigures(before, after, nil)...)
	}
	names, y := vocabularyOf(both), newYardsticks(both)
	readAll := func(runs []Run) (all []*readings) {
		for _, r := range runs {
			all = append(all, read(r.Doc, names, y, o))
		}
		return all
	}
	old, now := readAll(before), readAll(after)
	list := []Figure{}
	judged := map[string]bool{}
	late := latest(both) > tooLate
	for _, m := range measures(slices.Concat(old, now)) {
		judged[m.name] = true
		list = append(list, compareMeasure(m, old, now, otherStart, late))
	}
	return append(list, plainFigures(before, after, judged)...)
}

// measures lists the measures of all runs once.
func measures(all []*readings) (list []measure) {
	seen := map[string]bool{}
	for _, r := range all {
		for _, name := range r.order {
			if !seen[name] {
				seen[name] = true
				list = append(list, r.measures[name])
			}
		}
	}
	return list
}

// compareMeasure judges one measure.
func compareMeasure(m measure, old, now []*readings, otherStart, late bool) Figure {
	before, after := pick(old, m.name), pick(now, m.name)
	f := Figure{Figure: m.name, Judged: true, Verdict: Untested}
	f.Before, f.After = medianValue(before), medianValue(after)
	f.Change = change(f.Before, f.After)
	switch {
	case len(before) < len(old) || len(after) < len(now):
		f.Judged, f.Why = false, "too little of it in one of the runs"
		return f
	case m.traffic && otherStart:
		f.Judged, f.Why = false, "the sides began differently"
		return f
	case late && !m.anyLateness:
		f.Judged, f.Why = false, "the generator was too late"
		return f
	}
	f.test(before, after)
	f.Verdict, f.Why = m.verdict(f, before, after)
	return f
}

// latest is the worst 99th percentile of the lateness, in µs.
func latest(runs []Run) (us int64) {
	for _, r := range runs {
		us = max(us, r.Doc.Load.LatenessUS.P99)
	}
	return us
}

// verdict says whether a change is more than chance, and large enough to count.
func (m measure) verdict(f Figure, before, after []reading) (verdict, why string) {
	alpha := m.alpha
	if repeated(len(before), len(after)) {
		alpha = alphaRepeated
	}
	difference := median(after) - median(before)
	size := math.Abs(difference)
	floor := m.minDifference
	for _, r := range slices.Concat(before, after) {
		floor = max(floor, r.floor)
	}
	switch {
	case size == 0:
		return Same, ""
	case f.P == nil || *f.P >= alpha:
		return Same, "may be chance"
	case size < m.minChange*math.Abs(median(before)):
		return Same, fmt.Sprintf("less than %.0f %%", 100*m.minChange)
	case size <= floor:
		return Same, "less than these runs can tell"
	case !repeated(len(before), len(after)) && !apart(before, after):
		return Same, "the runs of the two sides overlap"
	case (difference > 0) == m.lower:
		return Worse, ""
	}
	return Better, ""
}

// plainFigures compares what no measure judges. Only repeated runs can test it.
func plainFigures(before, after []Run, judged map[string]bool) (list []Figure) {
	old, now := valuesOf(before), valuesOf(after)
	names := union(slices.Sorted(maps.Keys(old)), slices.Sorted(maps.Keys(now)))
	for _, name := range names {
		if judged[name] {
			continue
		}
		f := Figure{Figure: name, Verdict: Untested, Before: medianOf(old[name]), After: medianOf(now[name])}
		f.Change = change(f.Before, f.After)
		if repeated(len(old[name]), len(now[name])) {
			f.testRepeated(old[name], now[name])
			f.Verdict = Same
			if f.P != nil && *f.P < alphaRepeated && *f.Before != *f.After {
				f.Verdict = Changed
			}
		} else if f.Before != nil && f.After != nil && *f.Before == *f.After {
			f.Verdict = Same
		}
		list = append(list, f)
	}
	return list
}

// valuesOf gathers every finite figure of the runs.
func valuesOf(runs []Run) map[string][]float64 {
	all := map[string][]float64{}
	for _, r := range runs {
		for name, v := range result.Figures(r.Doc) {
			if !math.IsInf(v, 0) && !math.IsNaN(v) {
				all[name] = append(all[name], v)
			}
		}
	}
	return all
}

// says puts a judged figure that changed into one line.
func (f *Figure) says() string {
	text := fmt.Sprintf("%s is %s: %s before, %s after", f.Figure, f.Verdict, say(f.Figure, f.Before), say(f.Figure, f.After))
	if f.Change != nil {
		text += fmt.Sprintf(" (%+.0f %%)", 100**f.Change)
	}
	return text
}

func say(name string, v *float64) string {
	if v == nil {
		return "not measured"
	}
	return result.FormatFigure(name, *v)
}

// change is the relative change, nil where there is none.
func change(before, after *float64) *float64 {
	if before == nil || after == nil || *before == 0 {
		return nil
	}
	c := (*after - *before) / math.Abs(*before)
	return &c
}
