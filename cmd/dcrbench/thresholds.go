package main

import (
	"errors"

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
		t, err := result.ParseThreshold(e, names)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, t)
	}
	return list, errors.Join(errs...)
}
