//go:build !linux

package wire

// oneStep says that this system has link's one-step exchange.
const oneStep = false

func (l *link) advance(uintptr) bool { return true }
