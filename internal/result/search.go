package result

import "fmt"

// Search is what a search for a capacity found: the highest value of a variable
// at which every threshold held.
type Search struct {
	// Variable is what was varied, such as "launch_rate", Unit what it counts.
	Variable string `json:"variable"`
	Unit     string `json:"unit"`
	// From and To bound the values that were searched.
	From float64 `json:"from"`
	To   float64 `json:"to"`
	// Found is the highest value at which everything held; null when there is
	// none. Failed is the lowest at which something failed, null when nothing did:
	// the knee lies between the two.
	Found  *float64 `json:"found"`
	Failed *float64 `json:"failed"`
	// Late is the lowest value at which the generator itself was late in every
	// try, so that nothing is known of the target there; null when there is none.
	Late *float64 `json:"late"`
	// Confidence is the probability that the less sure of the two verdicts on
	// either side of the knee is right.
	Confidence float64 `json:"confidence"`
	// RequestsPerSecond is what the target was sent at Found, 0 without one, and
	// RequestsPerLaunch what one launch means when nothing is refused.
	RequestsPerSecond float64 `json:"requests_per_second"`
	RequestsPerLaunch float64 `json:"requests_per_launch"`
	// SettleS is how long each step ran before anything was measured, so that
	// devices at every point of their session were under way.
	SettleS float64 `json:"settle_s"`
	// LimitedBy says what ended the search above Found: "thresholds", "target"
	// (it fell behind or failed), "generator", "range", or "" for an interrupted
	// one.
	LimitedBy string       `json:"limited_by"`
	Steps     []SearchStep `json:"steps"`
}

// The verdicts on a step.
const (
	StepHolds       = "holds"
	StepFails       = "fails"
	StepLate        = "late"
	StepInterrupted = "interrupted"
)

// SearchStep is one step of a Search, in the order in which they were made.
type SearchStep struct {
	// Rate is the value of the variable.
	Rate float64 `json:"rate"`
	// Verdict is one of the Step constants; late is a step at which the generator
	// missed its own schedule, so that it says nothing of the target.
	Verdict string `json:"verdict"`
	// Confidence is the probability that the verdict is right, as far as the
	// number of requests tells.
	Confidence float64 `json:"confidence"`
	// Reasons are what was not met, in plain words.
	Reasons []string `json:"reasons"`
	// MeasuredS is how long was measured, Stopped whether the step ended before
	// its time because its verdict was plain.
	MeasuredS float64 `json:"measured_s"`
	Stopped   bool    `json:"stopped"`
	// LateS is how much of it did not count, for or against the target, because
	// the generator was late.
	LateS float64 `json:"late_s"`
	// Requests counts what was sent while it was measured, RequestsPerSecond over
	// that time.
	Requests          uint64  `json:"requests"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	ThrottledRatio    float64 `json:"throttled_ratio"`
	FailureRatio      float64 `json:"failure_ratio"`
	// P99US is the highest 99th percentile of the latency of an endpoint.
	P99US         int64 `json:"p99_us"`
	InFlightMax   int   `json:"in_flight_max"`
	LatenessP99US int64 `json:"lateness_p99_us"`
	// Thresholds are the user's, with what became of them in this step.
	Thresholds []ThresholdResult `json:"thresholds"`
}

// What limits a search.
const (
	LimitThresholds = "thresholds"
	LimitTarget     = "target"
	LimitGenerator  = "generator"
	LimitRange      = "range"
)

// judgeSearch says how a search ended: it passes when it found a value at which
// everything held and the generator is not what ended it.
func judgeSearch(doc *Document) Verdict {
	s := doc.Search
	switch knee := s.knee(); {
	case doc.Interrupted:
		return Verdict{StatusInterrupted, ExitInterrupted, []string{fmt.Sprintf("the search was interrupted in its step %d: %s", len(s.Steps), knee)}}
	case s.LimitedBy == LimitGenerator:
		return Verdict{StatusUnreliable, ExitUntrusted, []string{fmt.Sprintf("the generator missed its own schedule at %s in every try, before the target gave in: %s", s.lateAt(), knee)}}
	case s.Found == nil && doc.Load.Sent > 0 && doc.Load.Completed == 0:
		return Verdict{StatusUnreachable, ExitUntrusted, []string{unreachableReason(doc)}}
	case s.Found == nil:
		return Verdict{StatusFailed, ExitFailed, append([]string{knee}, s.failed()...)}
	default:
		return Verdict{StatusPassed, ExitPassed, append([]string{knee}, s.failed()...)}
	}
}

// knee says in words what is known of the capacity.
func (s *Search) knee() string {
	switch {
	case s.Found == nil && s.Failed == nil:
		return "nothing is known of its capacity"
	case s.Found == nil:
		return fmt.Sprintf("not everything held at %s of %s %s, the lowest that was tried", s.Variable, figure(*s.Failed), s.Unit)
	case s.Failed == nil:
		return fmt.Sprintf("everything held up to %s of %s %s (%s requests/s), the highest that was tried", s.Variable, figure(*s.Found), s.Unit, figure(s.RequestsPerSecond))
	}
	return fmt.Sprintf("everything held up to %s of %s %s (%s requests/s) and not at %s (%s requests/s), with a confidence of %s %%",
		s.Variable, figure(*s.Found), s.Unit, figure(s.RequestsPerSecond), figure(*s.Failed), figure(*s.Failed*s.RequestsPerLaunch), figure(100*s.Confidence))
}

// lateAt is the lowest value that the generator could not keep up with.
func (s *Search) lateAt() string {
	if s.Late == nil {
		return "its highest rate"
	}
	return fmt.Sprintf("%s %s", figure(*s.Late), s.Unit)
}

// failed are the reasons of the last step at the lowest value that failed.
func (s *Search) failed() []string {
	for i := len(s.Steps) - 1; i >= 0; i-- {
		if step := &s.Steps[i]; s.Failed != nil && step.Rate == *s.Failed && len(step.Reasons) > 0 {
			reasons := []string{}
			for _, r := range step.Reasons {
				reasons = append(reasons, fmt.Sprintf("at %s: %s", figure(step.Rate), r))
			}
			return reasons
		}
	}
	return nil
}
