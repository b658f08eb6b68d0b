package main

import (
	"os"
	"runtime/debug"
)

// seldom is how far the heap may grow between two collections, in percent of what
// is alive.
const seldom = 400

// collectSeldom trades memory for time in a command that keeps little alive and
// soon ends: its garbage is collected when the heap is five times what is alive,
// not twice. Who sets GOGC decides otherwise.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(seldom)
	}
}
