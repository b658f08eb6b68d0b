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
	MaxSteps = 40
	// sure is the confidence from which on a failure is not asked for again.
	sure = 0.95
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
// halves the gap between what held and what failed from then on. In the end the
// highest rate that held is tried once more for as long as a step may last, since
// a target with some reserve bears more than it can for a short time. A failure
// that is not sure is tried again at once. Make it with New.
type Search struct {
	options Options
	tries   []try
	low     int
	high    int
	next    float64
	over    bool
}

// try is one rate and what was seen at it.
type try struct {
	rate       float64
	holds      bool
	confidence float64
	// repeated: the rate was tried a second time.
	repeated bool
}

const none = -1

// New begins a search with options that Validate accepts.
func New(o Options) *Search {
	if o.Precision == 0 {
		o.Precision = DefaultPrecision
	}
	return &Search{options: o, low: none, high: none, next: o.From}
}

// Next returns the rate of the next step, and false when the search is over. It
// gives the same answer until Observe is called.
func (s *Search) Next() (rate float64, more bool) { return s.next, !s.over }

// Closing reports whether the next step is one between a rate that held and one
// that failed, where verdicts must be sure.
func (s *Search) Closing() bool { return s.high != none }

// Confirming reports whether the rate of the next step was tried before, and must
// be tried for the whole time now.
func (s *Search) Confirming() bool {
	return slices.ContainsFunc(s.tries, func(t try) bool { return t.rate == s.next })
}

// Observe takes in whether everything held at the rate of Next, and with what
// confidence, from 0 to 1.
func (s *Search) Observe(holds bool, confidence float64) {
	if s.over {
		return
	}
	s.tries = append(s.tries, try{s.next, holds, confidence, s.Confirming()})
	s.settle()
	s.choose()
}

// settle finds the bracket: the lowest rate that failed, and the highest that
// held below it. Of several tries at one rate the last counts.
func (s *Search) settle() {
	s.low, s.high = none, none
	for i := range s.tries {
		if t := &s.tries[i]; s.last(i) && !t.holds && (s.high == none || t.rate < s.tries[s.high].rate) {
			s.high = i
		}
	}
	for i := range s.tries {
		t := &s.tries[i]
		below := s.high == none || t.rate < s.tries[s.high].rate
		if s.last(i) && t.holds && below && (s.low == none || t.rate > s.tries[s.low].rate) {
			s.low = i
		}
	}
}

// last reports whether no later try was made at the rate of try i.
func (s *Search) last(i int) bool {
	for _, t := range s.tries[i+1:] {
		if t.rate == s.tries[i].rate {
			return false
		}
	}
	return true
}

// choose decides what comes next.
func (s *Search) choose() {
	latest := &s.tries[len(s.tries)-1]
	switch {
	case len(s.tries) >= MaxSteps:
		s.over = true
	case !latest.holds && latest.confidence < sure && !latest.repeated:
		s.next = latest.rate
	case s.high == none && s.tries[s.low].rate >= s.options.To:
		s.over = !s.confirm(s.low)
	case s.high == none:
		s.next = min(2*s.tries[s.low].rate, s.options.To)
	case s.low == none:
		s.over = true
	case s.closed():
		s.over = !s.confirm(s.low)
	default:
		s.next = s.middle()
	}
}

// confirm asks for the rate of a try once more, unless that was done.
func (s *Search) confirm(i int) bool {
	if s.tries[i].repeated {
		return false
	}
	s.next = s.tries[i].rate
	return true
}

func (s *Search) closed() bool {
	low, high := s.tries[s.low].rate, s.tries[s.high].rate
	middle := s.middle()
	return high-low <= s.options.Precision*high || middle <= low || middle >= high
}

// middle is half-way between the bracket's ends, to four digits.
func (s *Search) middle() float64 {
	m := (s.tries[s.low].rate + s.tries[s.high].rate) / 2
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
	if s.low != none {
		r.Held = s.tries[s.low].rate
		r.Closed = s.high == none && r.Held >= s.options.To
	}
	if s.high != none {
		r.Failed = s.tries[s.high].rate
		r.Closed = s.low == none && r.Failed <= s.options.From || s.low != none && s.closed()
	}
	return r
}
