package result

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// unmet says what of the gate is not met.
func (g Gate) unmet(doc *Document) []string {
	var reasons []string
	if doc.Load.Completed > 0 && fruitless(doc) {
		reasons = append(reasons, fmt.Sprintf("not one of %s was of use to a device", plural(doc.Load.Completed, "answer", "answers")))
	}
	for _, t := range EvaluateThresholds(doc, g.Thresholds) {
		switch {
		case t.Missing:
			reasons = append(reasons, fmt.Sprintf("threshold %s: the run measured nothing of the kind", t.Expr))
		case !t.Met:
			reasons = append(reasons, fmt.Sprintf("threshold %s is not met: it was %s", t.Expr, t.Was()))
		}
	}
	if n := doc.Compliance.Failures; n > 0 && !g.IgnoreCompliance {
		reasons = append(reasons, fmt.Sprintf("%s of the documented contract%s", plural(n, "breach", "breaches"), worst(doc)))
	}
	return reasons
}

// worst names the most frequent failure.
func worst(doc *Document) string {
	for _, f := range doc.Compliance.Findings {
		if f.Level == LevelMust {
			return fmt.Sprintf(", most often at %s: %s", f.Endpoint, f.Message)
		}
	}
	return ""
}

// distrust says why the run itself is not to be trusted.
func (g Gate) distrust(doc *Document) []string {
	bound := g.MaxLateness
	if bound == 0 {
		bound = DefaultMaxLateness
	}
	var reasons []string
	late := time.Duration(doc.Load.LatenessUS.P99) * time.Microsecond
	if bound > 0 && late > bound {
		reason := fmt.Sprintf(
			"the generator missed its own schedule: 1 %% of the requests left more than %s late, and the bound is %s", brief(late), brief(bound))
		if short := shortage(&doc.Load); short != "" {
			reason += "; " + short
		}
		reasons = append(reasons, reason)
	}
	if n := doc.Load.Dropped; n > 0 {
		reasons = append(reasons, fmt.Sprintf("the generator dropped %s that it could not make in time", plural(n, "launch or request", "launches or requests")))
	}
	return reasons
}

func (g Gate) metReason(doc *Document) string {
	if n := doc.Compliance.Failures; n > 0 {
		return fmt.Sprintf("%s; %s of the documented contract ignored, as asked", g.thresholdsMet(doc), plural(n, "breach", "breaches"))
	}
	if doc.Compliance.Evaluations == 0 {
		return g.thresholdsMet(doc) + "; no answer was judged against the documented contract"
	}
	return g.thresholdsMet(doc) + ", no breach of the documented contract"
}

func (g Gate) thresholdsMet(doc *Document) string {
	switch n := len(g.Thresholds); n {
	case 0:
		if doc.Kind == KindPlan {
			return "no threshold was asked for"
		}
		return "the schedule was kept"
	case 1:
		return "the threshold is met"
	default:
		return fmt.Sprintf("all %d thresholds are met", n)
	}
}

func interruptedReason(doc *Document) string {
	return fmt.Sprintf("the figures cover the %s made until then", plural(doc.Load.Sent, "request", "requests"))
}

func emptyReason(doc *Document) string {
	if n := doc.Load.WarmUpExcluded; n > 0 {
		return fmt.Sprintf("nothing was measured: all %s fell into the warm-up", plural(n, "request", "requests"))
	}
	return "nothing was sent, so nothing is known"
}

func unreachableReason(doc *Document) string {
	return fmt.Sprintf("the target never answered: %s failed (%s)", plural(doc.Load.Sent, "request", "requests"), errorKinds(doc))
}

// errorKinds lists the transport errors of the run, the most frequent first.
func errorKinds(doc *Document) string {
	totals := map[string]uint64{}
	for _, e := range doc.Endpoints {
		for kind, n := range e.Errors {
			totals[kind] += n
		}
	}
	kinds := make([]string, 0, len(totals))
	for kind := range totals {
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b string) int {
		if totals[a] != totals[b] {
			if totals[a] > totals[b] {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%s %s", count(totals[kind]), kind)
	}
	return strings.Join(kinds, ", ")
}

// fruitless reports whether the timeline holds traffic and not one answer that a
// device could use: a documented success with what it needs in it.
func fruitless(doc *Document) bool {
	for _, s := range doc.Timeline.Series {
		for _, n := range s.OK {
			if n > 0 {
				return false
			}
		}
	}
	return len(doc.Timeline.Series) > 0
}
