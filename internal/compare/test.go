package compare

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// enoughRuns is how many runs on each side the U test needs to reach its level.
const enoughRuns = 4

// alphaRepeated is the level of the test over repeated runs, that of benchstat.
const alphaRepeated = 0.05

// The names of the tests.
const (
	// testRepeated is the Mann-Whitney U test over the runs.
	testRepeated = "mann-whitney"
	// testShares is the test of two proportions over the pooled counts.
	testShares = "proportions"
	// testSpread holds the difference against the standard errors of the figure
	// within the runs.
	testSpread = "spread"
	// testSigns is the sign test over the endpoints.
	testSigns = "signs"
)

func repeated(before, after int) bool { return min(before, after) >= enoughRuns }

// test finds the probability of the difference by chance.
func (f *Figure) test(before, after []reading) {
	if repeated(len(before), len(after)) {
		f.testRepeated(tested(before), tested(after))
		return
	}
	var p float64
	switch {
	case before[0].trials > 0:
		f.Test, p = testShares, byChance(proportions(before, after))
	case before[0].each != nil:
		f.Test, p = testSigns, signs(before, after)
	default:
		f.Test, p = testSpread, byChance(spreads(before, after))
	}
	f.P = &p
}

func (f *Figure) testRepeated(before, after []float64) {
	a := benchmath.NewSample(slices.Clone(before), &benchmath.DefaultThresholds)
	b := benchmath.NewSample(slices.Clone(after), &benchmath.DefaultThresholds)
	p := benchmath.AssumeNothing.Compare(a, b).P
	f.Test = testRepeated
	f.P = &p
}

// byChance is the probability of a distance of z standard deviations or more, in
// either direction.
func byChance(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// proportions is the distance of two shares in standard deviations, from the
// counts of all runs of a side together.
func proportions(before, after []reading) float64 {
	count := func(all []reading) (hits, trials float64) {
		for _, r := range all {
			hits += min(r.hits, r.trials)
			trials += r.trials
		}
		return hits, trials
	}
	h1, n1 := count(before)
	h2, n2 := count(after)
	pooled := (h1 + h2) / (n1 + n2)
	return distance(h2/n2-h1/n1, math.Sqrt(pooled*(1-pooled)*(1/n1+1/n2)))
}

// spreads is the distance of the medians over the runs in standard errors.
func spreads(before, after []reading) float64 {
	variance := func(all []reading) (sum float64) {
		for _, r := range all {
			sum += r.error * r.error
		}
		return sum / float64(len(all)*len(all))
	}
	return distance(median(after)-median(before), math.Sqrt(variance(before)+variance(after)))
}

// distance of a difference that has no spread is infinite, but for none at all.
func distance(difference, deviation float64) float64 {
	switch {
	case difference == 0:
		return 0
	case deviation == 0:
		return math.Inf(1)
	}
	return difference / deviation
}

// apart reports that every run of one side lies beyond every run of the other.
func apart(before, after []reading) bool {
	a, b := tested(before), tested(after)
	return slices.Max(a) < slices.Min(b) || slices.Max(b) < slices.Min(a)
}

func tested(all []reading) (values []float64) {
	for _, r := range all {
		values = append(values, r.tested)
	}
	return values
}

// pick takes one measure out of the runs that have it.
func pick(all []*readings, name string) (list []reading) {
	for _, r := range all {
		if v, ok := r.values[name]; ok {
			list = append(list, v)
		}
	}
	return list
}

func median(all []reading) float64 { return *medianOf(tested(all)) }

func medianValue(all []reading) *float64 {
	var values []float64
	for _, r := range all {
		values = append(values, r.value)
	}
	return medianOf(values)
}

// medianOf is the median, of an even number the mean of the two in the middle;
// nil of none.
func medianOf(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(values))
	m := sorted[len(sorted)/2]
	if len(sorted)%2 == 0 {
		m = (m + sorted[len(sorted)/2-1]) / 2
	}
	return &m
}
