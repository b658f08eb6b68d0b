package pace

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// forms shows what ParseSpec accepts, by shape.
var forms = map[Shape]string{
	Constant: "constant:20",
	Ramp:     "ramp:1..50/30s",
	Steps:    "steps:10/5s,50/10s",
	Poisson:  "poisson:20",
	Spike:    "spike:base=2,at=10s,width=2s,share=0.7",
}

// ParseSpec reads the form that a flag takes:
//
//	constant:20                              20 launches per second
//	ramp:1..50/30s                           from 1 to 50 per second within 30 s
//	steps:10/5s,50/10s                       10 per second for 5 s, then 50
//	poisson:20                               20 per second on average, at random
//	spike:base=2,at=10s,width=2s,share=0.7   see Spec.Share; decay=10s may follow
//
// A bare number is a constant rate. The spec it returns is valid; an error shows
// the form that would be right.
func ParseSpec(text string) (Spec, error) {
	name, args, found := strings.Cut(text, ":")
	shape := Shape(name)
	if !found {
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			shape, args = Constant, text
		}
	}
	form, known := forms[shape]
	if !known {
		return Spec{}, fmt.Errorf("schedule %q has no known shape, want one of: %s", text, allForms())
	}
	s, err := parseShape(shape, args)
	if err != nil {
		return Spec{}, fmt.Errorf("schedule %q: %w (try: %s)", text, err, form)
	}
	if errs := s.Validate(); len(errs) > 0 {
		texts := make([]string, len(errs))
		for i, err := range errs {
			texts[i] = err.Error()
		}
		return Spec{}, fmt.Errorf("schedule %q: %s (try: %s)", text, strings.Join(texts, "; "), form)
	}
	return s, nil
}

// String gives the form that ParseSpec reads. It is meant for valid specs; of
// others it shows the fields of their shape as they are.
func (s Spec) String() string {
	switch s.Shape {
	case Ramp:
		return fmt.Sprintf("ramp:%s..%s/%s", number(s.From), number(s.To), s.Over)
	case Steps:
		parts := make([]string, len(s.Steps))
		for i, step := range s.Steps {
			parts[i] = number(step.Rate) + "/" + step.Duration.String()
		}
		return "steps:" + strings.Join(parts, ",")
	case Spike:
		text := fmt.Sprintf("spike:base=%s,at=%s,width=%s,share=%s", number(s.Base), s.At, s.Width, number(s.Share))
		if s.Decay != 0 {
			text += ",decay=" + s.Decay.String()
		}
		return text
	default:
		return string(s.Shape) + ":" + number(s.Rate)
	}
}

func parseShape(shape Shape, args string) (Spec, error) {
	switch shape {
	case Ramp:
		return parseRamp(args)
	case Steps:
		return parseSteps(args)
	case Spike:
		return parseSpike(args)
	default:
		rate, err := parseRate("rate", args)
		return Spec{Shape: shape, Rate: rate}, err
	}
}

func parseRamp(args string) (Spec, error) {
	rates, over, found := strings.Cut(args, "/")
	from, to, dots := strings.Cut(rates, "..")
	if !found || !dots {
		return Spec{}, fmt.Errorf("%q is not FROM..TO/DURATION", args)
	}
	s := Spec{Shape: Ramp}
	var err error
	if s.From, err = parseRate("from", from); err != nil {
		return Spec{}, err
	}
	if s.To, err = parseRate("to", to); err != nil {
		return Spec{}, err
	}
	s.Over, err = parseDuration("over", over)
	return s, err
}

func parseSteps(args string) (Spec, error) {
	s := Spec{Shape: Steps}
	for i, part := range strings.Split(args, ",") {
		rate, duration, found := strings.Cut(part, "/")
		if !found {
			return Spec{}, fmt.Errorf("step %d %q is not RATE/DURATION", i+1, part)
		}
		var step Step
		var err error
		if step.Rate, err = parseRate(fmt.Sprintf("rate of step %d", i+1), rate); err != nil {
			return Spec{}, err
		}
		if step.Duration, err = parseDuration(fmt.Sprintf("duration of step %d", i+1), duration); err != nil {
			return Spec{}, err
		}
		s.Steps = append(s.Steps, step)
	}
	return s, nil
}

func parseSpike(args string) (Spec, error) {
	s := Spec{Shape: Spike}
	seen := map[string]bool{}
	for _, part := range strings.Split(args, ",") {
		key, value, found := strings.Cut(part, "=")
		if !found {
			return Spec{}, fmt.Errorf("%q is not KEY=VALUE", part)
		}
		if seen[key] {
			return Spec{}, fmt.Errorf("%s is given twice", key)
		}
		seen[key] = true
		var err error
		switch key {
		case "base":
			s.Base, err = parseRate(key, value)
		case "share":
			s.Share, err = parseRate(key, value)
		case "at":
			s.At, err = parseDuration(key, value)
		case "width":
			s.Width, err = parseDuration(key, value)
		case "decay":
			s.Decay, err = parseDuration(key, value)
		default:
			err = fmt.Errorf("%q is unknown, want base, at, width, share or decay", key)
		}
		if err != nil {
			return Spec{}, err
		}
	}
	return s, nil
}

func parseRate(what, text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%s %q is not a number", what, text)
	}
	return n, nil
}

func parseDuration(what, text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%s %q is not a duration such as 30s or 1m30s", what, text)
	}
	return d, nil
}

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func allForms() string {
	all := make([]string, len(shapes))
	for i, s := range shapes {
		all[i] = forms[s]
	}
	return strings.Join(all, ", ")
}
