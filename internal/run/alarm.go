package run

import "time"

// Alarm is what a run sleeps on until the next device is due.
type Alarm interface {
	// Sleep returns when d is over, having let go of the processor even if d is
	// not positive, or earlier when Ring was called since the
	// last Sleep returned. It may return early for no reason. One goroutine
	// sleeps at a time.
	Sleep(d time.Duration)
	// Ring ends a Sleep. It may be called at any time, from any goroutine.
	Ring()
	// Close releases the alarm. Nobody may sleep or ring any more.
	Close() error
}

// runtimeAlarm sleeps on a timer of the Go runtime, which rounds to a millisecond
// when nothing else keeps the process awake. It follows the time of a bubble of
// testing/synctest.
type runtimeAlarm struct {
	timer *time.Timer
	bell  chan struct{}
}

var _ Alarm = (*runtimeAlarm)(nil)

func newRuntimeAlarm() *runtimeAlarm {
	return &runtimeAlarm{timer: time.NewTimer(0), bell: make(chan struct{}, 1)}
}

func (a *runtimeAlarm) Sleep(d time.Duration) {
	a.timer.Reset(d)
	select {
	case <-a.timer.C:
	case <-a.bell:
	}
}

func (a *runtimeAlarm) Ring() {
	select {
	case a.bell <- struct{}{}:
	default:
	}
}

func (a *runtimeAlarm) Close() error {
	a.timer.Stop()
	return nil
}
