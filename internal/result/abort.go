package result

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// When a threshold may end a run: one early 429 among three answers is no reason.
const (
	// AbortAfter is how long a run lasts beyond its warm-up before it is judged.
	AbortAfter = 5 * time.Second
	// AbortAnswers is how many answers must have come.
	AbortAnswers = 100
	// AbortLooks is how many times in a row a threshold must be missed.
	AbortLooks = 3
)

// Watch looks at a run under way for thresholds that it does not meet. Only upper
// bounds count, those with < or <=: a figure that must reach something may still
// do so until the end. Make it with NewWatch.
type Watch struct {
	thresholds []Threshold
	missed     []int
}

// NewWatch returns a watch on those of the thresholds that can end a run.
func NewWatch(thresholds []Threshold) *Watch {
	w := &Watch{}
	for _, t := range thresholds {
		if t.Operator == "<" || t.Operator == "<=" {
			w.thresholds = append(w.thresholds, t)
		}
	}
	w.missed = make([]int, len(w.thresholds))
	return w
}

// Empty reports that no threshold can end the run.
func (w *Watch) Empty() bool { return len(w.thresholds) == 0 }

// Look judges the figures so far of a run whose warm-up was over that long ago. It
// returns the first threshold that has been missed AbortLooks times in a row, and
// true, when the run is to end. Call it about once a second.
func (w *Watch) Look(doc *Document, elapsed time.Duration) (ThresholdResult, bool) {
	if elapsed < AbortAfter || doc.Load.Completed < AbortAnswers {
		return ThresholdResult{}, false
	}
	doc.Load.FailureRatio = failureRatio(doc)
	for i, r := range EvaluateThresholds(doc, w.thresholds) {
		if r.Met || r.Missing {
			w.missed[i] = 0
			continue
		}
		if w.missed[i]++; w.missed[i] >= AbortLooks {
			return r, true
		}
	}
	return ThresholdResult{}, false
}

// Abort makes the verdict of doc, which is finished, that of a run that missed a
// threshold early and was ended for it, so that it holds less than it should have.
func Abort(doc *Document, missed ThresholdResult) {
	reason := fmt.Sprintf("ended early, after %s, because threshold %s was not met: it was %s",
		brief(doc.Ended.Sub(doc.Started)), missed.Expr, missed.Was())
	if doc.Verdict.ExitCode == ExitPassed {
		doc.Verdict.Status, doc.Verdict.ExitCode, doc.Verdict.Reasons = StatusFailed, ExitFailed, nil
	}
	// The gate says the same again with the figure of the end.
	rest := slices.DeleteFunc(doc.Verdict.Reasons, func(r string) bool { return strings.HasPrefix(r, "threshold "+missed.Expr+" ") })
	doc.Verdict.Reasons = append([]string{reason}, rest...)
}
