package result

import (
	"strings"
	"time"
)

// Status is the one-word verdict of a run.
type Status string

// The verdicts, and the exit code each stands for.
const (
	// StatusPassed is a gate that is met: exit code 0.
	StatusPassed Status = "passed"
	// StatusFailed is a gate that is not met: exit code 1.
	StatusFailed Status = "failed"
	// StatusUnreliable is a run that is not to be trusted, because the generator
	// missed its own schedule: exit code 3.
	StatusUnreliable Status = "unreliable"
	// StatusUnreachable is a target that never answered: exit code 3.
	StatusUnreachable Status = "unreachable"
	// StatusInterrupted is a run that was ended early: exit code 130.
	StatusInterrupted Status = "interrupted"
)

// The exit codes of a command that has a document. 2, for usage and
// configuration, is decided before there is one.
const (
	ExitPassed      = 0
	ExitFailed      = 1
	ExitUntrusted   = 3
	ExitInterrupted = 130
)

// Verdict is what Judge says.
type Verdict struct {
	Status   Status `json:"status"`
	ExitCode int    `json:"exit_code"`
	// Reasons are in plain words, the most important first. A passed run says
	// what it met.
	Reasons []string `json:"reasons"`
}

// DefaultMaxLateness is the bound of a Gate that names none: a fifth of the
// second in which the documented throttle counts, so that what is refused would
// be refused on schedule as well. Whoever gates on milliseconds of latency wants
// a lower one.
const DefaultMaxLateness = 200 * time.Millisecond

// Gate is what a run has to meet. The zero Gate asks for at least one useful answer, no
// failure of compliance and a generator that kept its schedule.
type Gate struct {
	// Thresholds must all be met. They come from ParseThreshold.
	Thresholds []Threshold
	// IgnoreCompliance lets a run pass in spite of failures of compliance.
	IgnoreCompliance bool
	// MaxLateness bounds the 99th percentile of the lateness; 0 stands for
	// DefaultMaxLateness, a negative one for no bound.
	MaxLateness time.Duration
}

// Judge says how the run of doc ended under the gate. It reads figures only:
// whatever Verdict and Thresholds doc already holds do not count.
//
// An interruption wins over everything, then a target that never answered, then
// a run that is not to be trusted, then the gate. The reasons name all that
// applies, so that an unreliable run still says which threshold it missed.
func Judge(doc *Document, gate Gate) Verdict {
	if doc.Search != nil {
		return judgeSearch(doc)
	}
	gateReasons := gate.unmet(doc)
	trust := gate.distrust(doc)
	switch {
	case doc.Interrupted:
		reasons := append([]string{interruptedReason(doc)}, trust...)
		return Verdict{StatusInterrupted, ExitInterrupted, append(reasons, gateReasons...)}
	case doc.Load.Sent == 0:
		return Verdict{StatusUnreliable, ExitUntrusted, []string{emptyReason(doc)}}
	case doc.Load.Completed == 0:
		return Verdict{StatusUnreachable, ExitUntrusted, []string{unreachableReason(doc)}}
	case len(trust) > 0:
		return Verdict{StatusUnreliable, ExitUntrusted, append(trust, gateReasons...)}
	case len(gateReasons) > 0:
		return Verdict{StatusFailed, ExitFailed, gateReasons}
	}
	return Verdict{StatusPassed, ExitPassed, []string{gate.metReason(doc)}}
}

// Finish computes everything in doc that follows from its figures: notes,
// thresholds and verdict. Call it last.
func Finish(doc *Document, gate Gate) {
	doc.Load.FailureRatio = failureRatio(doc)
	doc.Thresholds = EvaluateThresholds(doc, gate.Thresholds)
	doc.Notes = Notes(doc)
	doc.Verdict = Judge(doc, gate)
}

// failureRatio is the share of the requests without a usable answer for which
// the service is to blame.
func failureRatio(doc *Document) float64 {
	if doc.Load.Sent == 0 {
		return 0
	}
	failed := doc.Load.Errors
	for _, e := range doc.Endpoints {
		for status, n := range e.Status {
			if strings.HasPrefix(status, "5") {
				failed += n
			}
		}
	}
	return float64(failed) / float64(doc.Load.Sent)
}

// Break makes the verdict of doc that of a run which ended early because of an
// error of its own, such as a store that could not be written: the figures hold
// what was done until then.
func Break(doc *Document, cause error) {
	doc.Verdict.Status, doc.Verdict.ExitCode = StatusUnreliable, ExitUntrusted
	doc.Verdict.Reasons = append([]string{"the run broke off: " + cause.Error()}, doc.Verdict.Reasons...)
}
