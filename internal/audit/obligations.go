package audit

import (
	"slices"

	"github.com/dcrbench/dcrbench/internal/result"
)

// AddObligations adds up what two parts of the devices of one profile show of the
// rules, the worst first. Counts are those of both; the devices are those that
// have the worse of the two verdicts. A rule that some devices kept and others had
// no occasion for is kept. Both lists are left as they are.
func AddObligations(a, b []result.Obligation) []result.Obligation {
	sum := slices.Clone(a)
	for _, o := range b {
		i := slices.IndexFunc(sum, func(x result.Obligation) bool { return x.Rule == o.Rule })
		if i < 0 {
			sum = append(sum, o)
			continue
		}
		sum[i] = addObligation(sum[i], o)
	}
	slices.SortStableFunc(sum, func(x, y result.Obligation) int { return standingOf(&x).compare(standingOf(&y)) })
	return sum
}

func addObligation(a, b result.Obligation) result.Obligation {
	sum := a
	switch x, y := gravity(a.Verdict), gravity(b.Verdict); {
	case x == y:
		sum.Devices += b.Devices
	case y < x:
		sum.Verdict, sum.Devices, sum.Cost = b.Verdict, b.Devices, b.Cost
	}
	sum.Count += b.Count
	sum.Occasions += b.Occasions
	return sum
}

// gravity orders verdicts by which of them speaks for several devices.
func gravity(verdict string) int {
	return slices.Index([]string{Broken.String(), Undecidable.String(), Kept.String(), NotObserved.String()}, verdict)
}

// standingOf is where an obligation stands in the list of its profile.
func standingOf(o *result.Obligation) standing {
	s := standing{verdict: Kept, devices: o.Devices, breaches: int(o.Count), number: numRules}
	for _, v := range []Verdict{Broken, Undecidable, NotObserved} {
		if v.String() == o.Verdict {
			s.verdict = v
		}
	}
	for n := range rules {
		if rules[n].ID == o.Rule {
			s.number, s.weight = number(n), weight(&rules[n])
		}
	}
	return s
}
