// Package pace says when devices are launched: constant, ramp, steps, Poisson and
// spike ("kick-off") schedules as pure functions from the number of a launch to
// its intended time.
//
// The deterministic shapes invert the integral of their launch rate exactly:
// launch i happens at the moment at which the rate has accumulated to i. Nothing
// is summed up launch by launch, so a schedule does not drift however long it is.
//
// The package is pure: it reads no clock, draws no random number that its caller
// did not seed and starts no goroutine.
package pace
