package audit

import (
	"cmp"
	"slices"

	"github.com/dcrbench/dcrbench/internal/result"
)

// maxListed bounds the devices and the breaches of a result.
const (
	maxListed   = 200
	maxEvidence = 1000
)

// Fill writes the verdicts on devices into a: rules, devices and breaches. The
// worst come first.
func (o *Options) Fill(a *result.Audit, devices []*Device) {
	a.Strict, a.ServerSide, a.ToleranceMS = o.Strict, o.ServerSide, o.eps().Milliseconds()
	a.DeviceCount = len(devices)
	a.Rules, a.NotJudged, a.Breaches = []result.AuditRule{}, []string{}, []result.AuditBreach{}
	verdicts := make([][]Judgement, len(devices))
	for i, d := range devices {
		verdicts[i] = d.Verdicts()
	}
	order := o.fillRules(a, verdicts)
	fillDevices(a, devices, verdicts)
	for _, n := range order {
		fillBreaches(a, devices, n)
	}
}

// applies reports whether the rule is judged under these options.
func (o *Options) applies(r *Rule) bool { return r.Judged() && (!r.ServerSide || o.ServerSide) }

// fillRules lists the rules, the worst first, and returns their numbers.
func (o *Options) fillRules(a *result.Audit, verdicts [][]Judgement) []number {
	order, totals := o.rank(verdicts)
	for _, n := range order {
		a.Rules = append(a.Rules, totals[n])
	}
	for n := range number(numRules) {
		if !o.applies(&rules[n]) {
			a.NotJudged = append(a.NotJudged, rules[n].ID)
		}
	}
	return order
}

// rank adds the verdicts on devices up for each rule that applies, and orders
// the rules, the worst first.
func (o *Options) rank(verdicts [][]Judgement) (order []number, totals []result.AuditRule) {
	order = make([]number, 0, numRules)
	totals = make([]result.AuditRule, numRules)
	worst := make([]Verdict, numRules)
	for n := range number(numRules) {
		r := &rules[n]
		if !o.applies(r) {
			continue
		}
		totals[n] = result.AuditRule{ID: r.ID, Level: r.Level.String(), Check: r.Check.String(), Title: r.Title, Cost: r.Cost, Refs: r.Refs}
		worst[n] = addVerdicts(&totals[n], verdicts, n)
		totals[n].Verdict = worst[n].String()
		order = append(order, n)
	}
	slices.SortFunc(order, func(x, y number) int {
		place := func(n number) standing {
			return standing{worst[n], weight(&rules[n]), totals[n].BrokenDevices, totals[n].Breaches, n}
		}
		return place(x).compare(place(y))
	})
	return order, totals
}

// standing is what decides how far up a rule stands in a list.
type standing struct {
	verdict                   Verdict
	weight, devices, breaches int
	number                    number
}

// compare is negative when s stands before t: the worst come first, among broken
// rules those that weigh most, and otherwise as the rules are numbered.
func (s standing) compare(t standing) int {
	order := cmp.Compare(s.verdict, t.verdict)
	if order == 0 && s.verdict == Broken {
		order = cmp.Or(cmp.Compare(s.weight, t.weight), cmp.Compare(t.devices, s.devices), cmp.Compare(t.breaches, s.breaches))
	}
	return cmp.Or(order, cmp.Compare(s.number, t.number))
}

// weight orders broken rules: what decides the gate, what is advice, hints.
func weight(r *Rule) int {
	if r.Check != Full {
		return 2
	}
	return int(r.Level)
}

// addVerdicts counts devices, and returns the worst of their verdicts; a rule
// that some devices kept and others had no occasion for is kept.
func addVerdicts(t *result.AuditRule, verdicts [][]Judgement, n number) Verdict {
	for _, list := range verdicts {
		j := list[n]
		t.Breaches += j.Broken
		t.Occasions += j.Broken + j.Kept
		switch j.Verdict {
		case Broken:
			t.BrokenDevices++
		case Undecidable:
			t.UndecidableDevices++
		case Kept:
			t.KeptDevices++
		default:
			t.NotObservedDevices++
		}
	}
	switch {
	case t.BrokenDevices > 0:
		return Broken
	case t.UndecidableDevices > 0:
		return Undecidable
	case t.KeptDevices > 0:
		return Kept
	}
	return NotObserved
}

func fillDevices(a *result.Audit, devices []*Device, verdicts [][]Judgement) {
	list := make([]result.AuditDevice, len(devices))
	byNumber := make(map[int]*Device, len(devices))
	for i, d := range devices {
		f := result.AuditDevice{Number: d.number, Name: d.name, Requests: d.requests, First: d.First(), Last: d.Last(), Verdicts: map[string]string{}}
		for _, j := range verdicts[i] {
			f.Breaches += j.Broken
			if j.Verdict != NotObserved {
				f.Verdicts[j.Rule.ID] = j.Verdict.String()
			}
		}
		list[i] = f
		byNumber[d.number] = d
	}
	slices.SortStableFunc(list, func(x, y result.AuditDevice) int { return y.Breaches - x.Breaches })
	a.Devices = list[:min(len(list), maxListed)]
	for i := range a.Devices[:min(len(list), maxTimelines)] {
		a.Devices[i].Timeline = byNumber[a.Devices[i].Number].timeline()
	}
}

func fillBreaches(a *result.Audit, devices []*Device, n number) {
	for _, d := range devices {
		for _, b := range d.breaches {
			if b.Rule != &rules[n] || len(a.Breaches) >= maxEvidence {
				continue
			}
			a.Breaches = append(a.Breaches, result.AuditBreach{
				Rule: b.Rule.ID, Device: d.number, Exchanges: b.Exchanges, Times: b.Times,
				Did: b.What, Should: b.Rule.Title, Costs: b.Rule.Cost,
			})
		}
	}
}
