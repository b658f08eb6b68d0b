package main

import (
	"errors"
)

// The exit codes of every command.
const (
	exitOK          = 0   // the gate is met
	exitGate        = 1   // the gate is not met
	exitUsage       = 2   // usage, configuration or an empty selection
	exitUntrusted   = 3   // the target cannot be reached, or the run is not to be trusted
	exitInterrupted = 130 // interrupted; the report of what was done is there
)

// statusError ends a command with an exit code. Its message may be empty when
// the report has already said everything.
type statusError struct {
	code int
	err  error
}

func (e *statusError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

// unreachable marks err as a target that cannot be reached.
func unreachable(err error) error { return &statusError{exitUntrusted, err} }

// ended carries the exit code of a verdict that the report explains.
func ended(code int) error {
	if code == exitOK {
		return nil
	}
	return &statusError{code: code}
}

// exitCode maps an error to an exit code: every error that does not say
// otherwise is a mistake in how the command was used.
func exitCode(err error) int {
	var status *statusError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &status):
		return status.code
	}
	return exitUsage
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
