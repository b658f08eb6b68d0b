package pace

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Shape names the form of a schedule.
type Shape string

// The shapes.
const (
	// Constant launches at Rate.
	Constant Shape = "constant"
	// Ramp goes evenly from From to To within Over and stays at To.
	Ramp Shape = "ramp"
	// Steps goes through Steps and stays at the rate of the last one.
	Steps Shape = "steps"
	// Poisson launches at random, independently, Rate per second on average.
	Poisson Shape = "poisson"
	// Spike is a kick-off: see Spec.Share.
	Spike Shape = "spike"
)

// defaultDecayWidths is the Decay of a spike, in widths of its window, when the
// spec gives none.
const defaultDecayWidths = 5

// maxRate bounds every rate, in launches per second.
const maxRate = 1e6

// Spec describes a schedule as users write it, in YAML or, through ParseSpec, as
// a flag. Rates are device launches per second. Only the fields of the Shape may
// be set; the zero value names no shape and is not valid.
type Spec struct {
	// Shape is the form; it decides which of the other fields count.
	Shape Shape `yaml:"shape"`
	// Rate is the rate of constant and poisson.
	Rate float64 `yaml:"rate,omitempty"`
	// From and To are the rates at the two ends of a ramp; one of them may be 0.
	From float64 `yaml:"from,omitempty"`
	To   float64 `yaml:"to,omitempty"`
	// Over is the time that a ramp takes from From to To.
	Over time.Duration `yaml:"over,omitempty"`
	// Steps are the steps of steps, in order; a rate of 0 is a pause.
	Steps []Step `yaml:"steps,omitempty"`
	// Base is the rate of a spike away from its window. It may be 0 only with a
	// Share of 1, since nobody would ever launch the rest.
	Base float64 `yaml:"base,omitempty"`
	// At is the start of a spike's window.
	At time.Duration `yaml:"at,omitempty"`
	// Width is the length of a spike's window.
	Width time.Duration `yaml:"width,omitempty"`
	// Share is the fraction of all launches that fall into a spike's window, more
	// than 0 and at most 1. The window holds that many launches to the nearest
	// one, evenly spread. Before it devices launch at Base, or slower where Base
	// would leave fewer than the share for the window. After it the rate starts at
	// what would launch the rest within Decay, though not above the window's, and
	// falls exponentially to Base.
	Share float64 `yaml:"share,omitempty"`
	// Decay is the time in which a spike's excess falls to 1/e after the window.
	// Zero means five times Width.
	Decay time.Duration `yaml:"decay,omitempty"`
}

// Step is one step of a Spec.
type Step struct {
	// Rate is in launches per second; 0 is a pause.
	Rate float64 `yaml:"rate"`
	// Duration is how long the rate holds.
	Duration time.Duration `yaml:"duration"`
}

// Schedule returns the schedule of n launches. The seed decides the random
// launches of the poisson shape and nothing else. The error joins what Validate
// reports.
func (s Spec) Schedule(n int, seed uint64) (Schedule, error) {
	errs := s.Validate()
	if n < 0 {
		errs = append(errs, fmt.Errorf("number of launches must not be negative, not %d", n))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	switch s.Shape {
	case Poisson:
		return newPoisson(n, s.Rate, seed), nil
	case Ramp:
		return newCurve(n,
			slope{from: s.From, to: s.To, length: s.Over.Seconds()},
			flat{rate: s.To, length: math.Inf(1)}), nil
	case Steps:
		return newCurve(n, s.steps()...), nil
	case Spike:
		return newCurve(n, s.spike(n)...), nil
	default:
		return newCurve(n, flat{rate: s.Rate, length: math.Inf(1)}), nil
	}
}

func (s Spec) steps() []segment {
	segments := make([]segment, 0, len(s.Steps))
	for i, step := range s.Steps {
		length := step.Duration.Seconds()
		if i == len(s.Steps)-1 {
			length = math.Inf(1)
		}
		segments = append(segments, flat{rate: step.Rate, length: length})
	}
	return segments
}

func (s Spec) spike(n int) []segment {
	at, width, decay := s.At.Seconds(), s.Width.Seconds(), s.Decay.Seconds()
	if s.Decay == 0 {
		decay = defaultDecayWidths * width
	}
	inside := math.Round(s.Share * float64(n))
	before := min(s.Base*at, float64(n)-inside)
	rest := float64(n) - inside - before
	segments := []segment{exactly{count: before, length: at}, exactly{count: inside, length: width}}
	if s.Base == 0 {
		return segments
	}
	excess := max(0, min(rest/decay, inside/width)-s.Base)
	return append(segments, tail{base: s.Base, excess: excess, decay: decay})
}
