package main

import (
	"errors"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/profiles"
)

// parseThresholds reads the --threshold expressions and refuses those that no
// result of the fleet can have a figure for.
func parseThresholds(expressions []string, fleet *profiles.Fleet) ([]result.Threshold, error) {
	var names []string
	for _, m := range fleet.Members {
		names = append(names, m.Profile.Name)
	}
	var list []result.Threshold
	var errs []error
	for _, e := range expressions {
		t, err := result.ParseThreshold(e, names, judgedRules(false)...)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, t)
	}
	return list, errors.Join(errs...)
}

// judgedRules are the rules for clients that a judge of traffic decides, those for
// server-side clients only when they are asked for.
func judgedRules(serverSide bool) (ids []string) {
	for _, r := range audit.Rules() {
		if r.Judged() && (!r.ServerSide || serverSide) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
