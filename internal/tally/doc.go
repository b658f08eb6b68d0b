// Package tally folds exchanges into the figures of a result: throttling, token
// reuse, compliance, latency, bytes, and all of it over time.
//
// Each worker has a Shard of its own; shards merge. What a device did is judged
// from its traffic alone, by a Book that remembers a little about each device,
// never from what the device's program claims. Memory depends on the number of
// profiles, endpoints and devices, not on how long a run lasts.
//
// The package is pure: it reads no clock and takes no lock. Shards, Books and
// Predictors belong to one goroutine at a time; sharing is the caller's affair.
package tally
