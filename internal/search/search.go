package search

import (
	"fmt"
	"math"
	"slices"
)

// The defaults and bounds of Options.
const (
	// DefaultPrecision is how far apart, as a share, the highest rate that held
	// and the lowest that failed may be in the end.
	DefaultPrecision = 0.02
	// MaxSteps bounds a search, whatever its verdicts.
	MaxSteps = 60
	// sure is the confidence from which on a failure is not asked for again.
	sure = 0.95
	// lateTries is how often a rate is tried at which the generator is late.
	lateTries = 3
)

// Options say where to search. From and To are required.
type Options struct {
	// From and To bound the rates, From below To and above 0.
	From, To float64
	// Precision is as DefaultPrecision, which 0 stands for.
	Precision float64
}

// Validate returns what is wrong with o, nil when nothing is.
func (o Options) Validate() error {
	switch {
	case !(o.From > 0) || math.IsInf(o.From, 0):
		return fmt.Errorf("a search must begin above 0, not at %g", o.From)
	case !(o.To > o.From) || math.IsInf(o.To, 0):
		return fmt.Errorf("a search must end above its begin of %g, not at %g", o.From, o.To)
	case !(o.Precision >= 0 && o.Precision < 1):
		return fmt.Errorf("a precision must be from 0 to 1, not %g", o.Precision)
	}
	return nil
}

// Search is one search in progress: it doubles the rate until a step fails and
// halves the gap between what held and what failed from then on. In the end both
// sides of the gap are tried once more, for as long as a step may last: a target
// with some reserve bears more than it can for a short time, and an accident may
// have made a step fail. A failure that is not sure is tried again at once, and so
// is a step at which the generator was late. Where it is late each time, the search
// goes on below, but the step counts as no failure. Make it with New.
type Search struct {
	options Options
	tries   []try
	low     int
	high    int
	// reach is the lowest rate that was given up because the generator is late.
	reach float64
	next  float64
	over  bool
}

// try is one rate and what was seen at it.
type try struct {
	rate       float64
	decision   Decision
	confidence float64
	// repeated: the rate was decided before.
	repeated bool
}

const none = -1

// New begins a search with options that Validate accepts.
func New(o Options) *Search {
	if o.Precision == 0 {
		o.Precision = DefaultPrecision
	}
	return &Search{options: o, low: none, high: none, reach: math.Inf(1), next: o.From}
}

// Next returns the rate of the next step, and false when the search is over. It
// gives the same answer until Observe is called.
func (s *Search) Next() (rate float64, more bool) { return s.next, !s.over }

// Closing reports whether the next step is one between a rate that held and one
// that failed, where verdicts must be sure.
func (s *Search) Closing() bool { return s.high != none }

// Confirming reports whether the rate of the next step was decided before, and
// must be tried for the whole time now.
func (s *Search) Confirming() bool {
	return slices.ContainsFunc(s.tries, func(t try) bool { return t.rate == s.next && t.decision != Late })
}

// Observe takes in what a step at the rate of Next came to: Holds, Fails or Late,
// and with what confidence, from 0 to 1.
func (s *Search) Observe(d Decision, confidence float64) {
	if s.over {
		return
	}
	if d != Late && s.next >= s.reach {
		s.reach = math.Inf(1)
	}
	s.tries = append(s.tries, try{s.next, d, confidence, s.Confirming()})
	s.settle()
	s.choose()
}

// settle finds the bracket: the lowest rate that failed, and the highest that
// held below it. Of several tries at one rate the last that was decided counts.
func (s *Search) settle() {
	s.low, s.high = none, none
	for i := range s.tries {
		if t := &s.tries[i]; t.decision == Fails && s.last(i) && (s.high == none || t.rate < s.tries[s.high].rate) {
			s.high = i
		}
	}
	for i := range s.tries {
		t := &s.tries[i]
		below := s.high == none || t.rate < s.tries[s.high].rate
		if t.decision == Holds && s.last(i) && below && (s.low == none || t.rate > s.tries[s.low].rate) {
			s.low = i
		}
	}
}

// last reports whether no later try was decided at the rate of try i.
func (s *Search) last(i int) bool {
	for _, t := range s.tries[i+1:] {
		if t.rate == s.tries[i].rate && t.decision != Late {
			return false
		}
	}
	return true
}

// lates is how many tries in a row at the rate of the last one were late.
func (s *Search) lates() int {
	n, rate := 0, s.tries[len(s.tries)-1].rate
	for i := len(s.tries) - 1; i >= 0 && s.tries[i].rate == rate && s.tries[i].decision == Late; i-- {
		n++
	}
	return n
}

// choose decides what comes next.
func (s *Search) choose() {
	latest := &s.tries[len(s.tries)-1]
	switch n := s.lates(); {
	case len(s.tries) >= MaxSteps:
		s.over = true
		return
	case n > 0 && n < lateTries:
		return
	case n > 0 && latest.repeated:
		// Both sides are known, only not for the whole time.
		s.over = true
		return
	case n > 0:
		s.reach = min(s.reach, latest.rate)
	case latest.decision == Fails && latest.confidence < sure && !latest.repeated:
		s.next = latest.rate
		return
	}
	s.proceed()
}

// proceed chooses a rate that was not tried, or one to confirm.
func (s *Search) proceed() {
	top := s.top()
	switch {
	case s.low == none:
		s.over = s.high == none || !s.confirm(s.high)
	case math.IsInf(top, 1) && s.tries[s.low].rate >= s.options.To:
		s.over = !s.confirm(s.low)
	case math.IsInf(top, 1):
		s.next = min(2*s.tries[s.low].rate, s.options.To)
	case s.narrow(top):
		s.over = !s.confirm(s.low) && (s.high == none || !s.confirm(s.high))
	default:
		s.next = middle(s.tries[s.low].rate, top)
	}
}

// top is the lowest rate that failed or is out of the generator's reach, infinite
// when there is none.
func (s *Search) top() float64 {
	if s.high != none {
		return min(s.tries[s.high].rate, s.reach)
	}
	return s.reach
}

// confirm asks for the rate of a try once more, unless that was done.
func (s *Search) confirm(i int) bool {
	if s.tries[i].repeated {
		return false
	}
	s.next = s.tries[i].rate
	return true
}

// narrow reports whether nothing is left to try between what held and top.
func (s *Search) narrow(top float64) bool {
	low := s.tries[s.low].rate
	m := middle(low, top)
	return top-low <= s.options.Precision*top || m <= low || m >= top
}

// middle is half-way between two rates, to four digits.
func middle(low, high float64) float64 {
	m := (low + high) / 2
	unit := math.Pow(10, math.Floor(math.Log10(m))-3)
	return math.Round(m/unit) * unit
}

// Result is what a search has found so far.
type Result struct {
	// Held is the highest rate at which everything held, with nothing below it
	// that failed; 0 when there is none. Failed is the lowest that failed, 0 when
	// none did.
	Held, Failed float64
	// HeldStep and FailedStep number the steps that decided, from 0; -1 for none.
	HeldStep, FailedStep int
	// Confidence is that of the less sure of the two verdicts, 0 without any.
	Confidence float64
	// Reach is the lowest rate at which the generator was late each time, 0 when
	// there is none.
	Reach float64
	// Closed reports that the gap between the two is no wider than asked, or that
	// the range has no knee in it.
	Closed bool
}

// Result returns what is known now; the search need not be over.
func (s *Search) Result() Result {
	r := Result{HeldStep: s.low, FailedStep: s.high}
	for _, i := range []int{s.low, s.high} {
		if i != none && (r.Confidence == 0 || s.tries[i].confidence < r.Confidence) {
			r.Confidence = s.tries[i].confidence
		}
	}
	if !math.IsInf(s.reach, 1) {
		r.Reach = s.reach
	}
	if s.low != none {
		r.Held = s.tries[s.low].rate
		r.Closed = s.high == none && r.Held >= s.options.To
	}
	if s.high != none {
		r.Failed = s.tries[s.high].rate
		r.Closed = s.low == none && r.Failed <= s.options.From || s.low != none && s.narrow(r.Failed)
	}
	return r
}
