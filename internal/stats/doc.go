// Package stats holds what a run measures in constant memory: latency histograms
// and counters over time. Both merge without loss, so that the parts of a run
// can be counted apart and put together in any order.
//
// The package is pure: it reads no clock and starts no goroutine. Nothing in it
// is safe for concurrent use; each worker counts for itself and somebody merges.
package stats
