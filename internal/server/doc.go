// Package server is the HTTP shell over package backend: the simulator that
// runs call by default. It listens, maps messages, reads the clock once per
// request, locks, waits out a configured latency, and answers questions about
// itself under /_sim/, which are neither throttled nor counted.
//
// All rules of the service are in package backend. Nothing here prints, and no
// error carries a secret.
package server
