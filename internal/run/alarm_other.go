//go:build !linux

package run

// NewAlarm returns the most precise alarm of this system, which is the Go
// runtime's.
func NewAlarm() (Alarm, error) { return newRuntimeAlarm(), nil }
