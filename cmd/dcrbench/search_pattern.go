package main

import (
	"context"
	"time"

	"github.com/dcrbench/dcrbench/internal/pace"
	virtual "github.com/dcrbench/dcrbench/internal/plan"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/profiles"
)

// launchPattern is what one launch means to a service that refuses nothing.
type launchPattern struct {
	// perLaunch is the number of requests of a launch, settle the time after
	// which nearly all of them are sent: so long after the first launch of an even
	// schedule, requests come at their full rate.
	perLaunch float64
	settle    time.Duration
}

// The measures of a pattern.
const (
	patternDevices = 2000
	patternHorizon = 2 * time.Minute
	settledShare   = 0.99
	// maxSettle bounds the time that a step spends on overlapping sessions: where
	// they last longer, the rate is that of their first part.
	maxSettle = 30 * time.Second
)

// patternOf plans the fleet's sessions, all begun at once, in virtual time.
func patternOf(fleet *profiles.Fleet, o *runOptions) (launchPattern, error) {
	c := virtual.Config{
		Fleet: fleet, Devices: patternDevices, Seed: o.seed, Horizon: patternHorizon,
		Launch:       &pace.Spec{Shape: pace.Constant, Rate: 1e6},
		ResponseTime: virtual.ResponseTime{Min: time.Millisecond, Max: time.Millisecond},
		Service:      virtual.Service{ThrottleOff: true, TokenTTL: o.sim.tokenTTL, LoginDelay: o.sim.loginDelay},
	}
	if o.sim.loginDelay == 0 {
		c.Service.LoginDelay = -1
	}
	planner, err := virtual.New(c)
	if err != nil {
		return launchPattern{}, err
	}
	planner.Run(context.Background())
	doc := &result.Document{}
	planner.Fill(doc)
	return pattern(&doc.Timeline, doc.Load.Sent), nil
}

// pattern reads the pattern of patternDevices launches at the same moment from
// the timeline of their requests.
func pattern(t *result.Timeline, sent uint64) launchPattern {
	l := launchPattern{perLaunch: float64(sent) / patternDevices, settle: maxSettle}
	interval := time.Duration(t.IntervalS * float64(time.Second))
	before := uint64(0)
	for i := 0; time.Duration(i+1)*interval <= maxSettle; i++ {
		for _, s := range t.Series {
			if i < len(s.Requests) {
				before += s.Requests[i]
			}
		}
		if float64(before) >= settledShare*float64(sent) {
			l.settle = time.Duration(i+1) * interval
			break
		}
	}
	return l
}
