// Package throttle models the service's request limits as functions of explicit
// times: the documented bucket of one device, a table of such buckets for many
// devices, two rival readings of the same documentation, and a ceiling for
// drivers.
//
// The reference model is a token bucket that refills continuously, starts full
// and holds one more than the documented burst. It is the only integer capacity
// that reproduces the published timetable (see Timetable), and it decides like
// nginx's limit_req with nodelay.
//
// The package is pure: it reads no clock and starts no goroutine. Nothing here
// is safe for concurrent use unless its comment says so; callers that share a
// value guard it.
package throttle
