package pace

import (
	"fmt"
	"strings"
	"time"
)

// shapes lists the shapes in the order in which messages name them.
var shapes = []Shape{Constant, Ramp, Steps, Poisson, Spike}

// Validate reports everything that is wrong with s, each problem with the name of
// its field and what would be right. It changes nothing.
func (s Spec) Validate() []error {
	var p problems
	switch s.Shape {
	case Constant, Poisson:
		p.positive("rate", s.Rate)
	case Ramp:
		s.validateRamp(&p)
	case Steps:
		s.validateSteps(&p)
	case Spike:
		s.validateSpike(&p)
	case "":
		return append(p, fmt.Errorf("shape is missing: want one of %s", shapeList()))
	default:
		return append(p, fmt.Errorf("shape %q is unknown: want one of %s", string(s.Shape), shapeList()))
	}
	s.validateStray(&p)
	return p
}

func (s Spec) validateRamp(p *problems) {
	p.rate("from", s.From)
	p.rate("to", s.To)
	if s.From == 0 && s.To == 0 {
		p.add("from and to are both 0: want at least one rate above 0")
	}
	p.length("over", s.Over)
}

func (s Spec) validateSteps(p *problems) {
	if len(s.Steps) == 0 {
		p.add("steps is empty: want at least one rate with its duration")
		return
	}
	launches := false
	for i, step := range s.Steps {
		p.rate(fmt.Sprintf("steps[%d].rate", i), step.Rate)
		p.length(fmt.Sprintf("steps[%d].duration", i), step.Duration)
		launches = launches || step.Rate != 0
	}
	if !launches {
		p.add("steps are all pauses: want at least one rate above 0")
	}
}

func (s Spec) validateSpike(p *problems) {
	p.rate("base", s.Base)
	if s.At < 0 {
		p.add("at must not be negative, not %s", s.At)
	}
	p.length("width", s.Width)
	if !(s.Share > 0 && s.Share <= 1) {
		p.add("share must be more than 0 and at most 1, not %g", s.Share)
	} else if s.Base == 0 && s.Share < 1 {
		p.add("base must be more than 0 when share is below 1, or the rest is never launched")
	}
	if s.Decay < 0 {
		p.add("decay must not be negative, not %s", s.Decay)
	}
}

// validateStray reports fields that are set and have no meaning for the shape.
func (s Spec) validateStray(p *problems) {
	for _, f := range []struct {
		name string
		set  bool
		of   []Shape
	}{
		{"rate", s.Rate != 0, []Shape{Constant, Poisson}},
		{"from", s.From != 0, []Shape{Ramp}},
		{"to", s.To != 0, []Shape{Ramp}},
		{"over", s.Over != 0, []Shape{Ramp}},
		{"steps", len(s.Steps) != 0, []Shape{Steps}},
		{"base", s.Base != 0, []Shape{Spike}},
		{"at", s.At != 0, []Shape{Spike}},
		{"width", s.Width != 0, []Shape{Spike}},
		{"share", s.Share != 0, []Shape{Spike}},
		{"decay", s.Decay != 0, []Shape{Spike}},
	} {
		if f.set && !contains(f.of, s.Shape) {
			p.add("%s has no meaning for shape %s: remove it, or use shape %s", f.name, s.Shape, join(f.of, " or "))
		}
	}
}

// problems collects what is wrong.
type problems []error

func (p *problems) add(format string, args ...any) {
	*p = append(*p, fmt.Errorf(format, args...))
}

func (p *problems) positive(field string, rate float64) {
	if !(rate > 0 && rate <= maxRate) {
		p.add("%s must be more than 0 and at most %g launches per second, not %g", field, float64(maxRate), rate)
	}
}

func (p *problems) rate(field string, rate float64) {
	if !(rate >= 0 && rate <= maxRate) {
		p.add("%s must be from 0 to %g launches per second, not %g", field, float64(maxRate), rate)
	}
}

func (p *problems) length(field string, d time.Duration) {
	if d <= 0 {
		p.add("%s must be more than 0, such as 30s, not %s", field, d)
	}
}

func contains(of []Shape, s Shape) bool {
	for _, o := range of {
		if o == s {
			return true
		}
	}
	return false
}

func join(of []Shape, with string) string {
	names := make([]string, len(of))
	for i, s := range of {
		names[i] = string(s)
	}
	return strings.Join(names, with)
}

func shapeList() string { return join(shapes, ", ") }
