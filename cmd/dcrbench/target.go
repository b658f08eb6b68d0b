package main

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/dcrbench/dcrbench/internal/guard"
)

// parseTarget reads the base URL of a service from the flag --target.
func parseTarget(raw string) (*url.URL, error) {
	u, err := guard.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("--target: %w", err)
	}
	return u, nil
}

// permit refuses a target that the user has not said to be theirs to test, and
// names the flag that says so.
func permit(target *url.URL, p guard.Permission) error {
	err := guard.Check(target, p)
	var refused *guard.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	if refused.Production {
		return fmt.Errorf("%w; add --allow-production if you have its consent", err)
	}
	return fmt.Errorf("%w: add --authorized if you hold a licence and may load-test it", err)
}
