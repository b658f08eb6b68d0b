package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/run"
)

// abortHelp tells the rule of result.Watch.
var abortHelp = fmt.Sprintf("end the run as soon as a --threshold with < or <= is missed at %d looks in a row, one a second, from\n"+
	"%v after the warm-up and %d answers on; the reports say so, exit code 1", result.AbortLooks, result.AbortAfter, result.AbortAnswers)

// checkAbort refuses an --abort-on-threshold that nothing can set off.
func (o *runOptions) checkAbort(p *plan) error {
	switch {
	case !o.abort:
		return nil
	case o.search != "":
		return fmt.Errorf("--abort-on-threshold: a search ends each of its steps by itself")
	case len(p.gate.Thresholds) == 0:
		return fmt.Errorf("--abort-on-threshold: there is no --threshold, want one such as 'throttling.ratio<1%%'")
	case result.NewWatch(p.gate.Thresholds).Empty():
		return fmt.Errorf("--abort-on-threshold: no --threshold has < or <=, and others can be judged at the end only")
	}
	return nil
}

// lookout is a run that its thresholds may end.
type lookout struct {
	mu     sync.Mutex
	missed *result.ThresholdResult
	stop   func()
}

// watch has the run of ctx ended by cancel once a threshold is missed for good.
// Without --abort-on-threshold it does nothing.
func (o *runOptions) watch(cancel context.CancelFunc, r *run.Runner, p *plan) *lookout {
	g := &lookout{stop: func() {}}
	if !o.abort {
		return g
	}
	thresholds := result.NewWatch(p.gate.Thresholds)
	g.stop = every(time.Second, func() {
		var doc result.Document
		r.Peek(&doc)
		g.mu.Lock()
		defer g.mu.Unlock()
		if missed, over := thresholds.Look(&doc, doc.Ended.Sub(doc.Started)-o.warmUp); over && g.missed == nil {
			g.missed = &missed
			cancel()
		}
	})
	return g
}

// end ends the watch and tells doc when the run was ended by it.
func (g *lookout) end(doc *result.Document) {
	g.stop()
	if g.missed != nil {
		result.Abort(doc, *g.missed)
	}
}
