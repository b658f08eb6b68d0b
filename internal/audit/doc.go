// Package audit judges what a client does: its registrations and tokens, its
// pace, its polling, its retries and the form of its requests, rule by rule and
// device by device.
//
// A Device holds the evaluators of one device and little memory. A Trail finds
// out which exchange belongs to which device, by the chain client id, token,
// bearer, device identifier, and hands it on. Both judge simulated devices and
// recordings of real apps alike.
//
// The package is pure: it reads no clock, opens no file and starts no
// goroutine. It keeps no secret: what it remembers of one is a hash, and no
// text that leaves it holds any part of a message but names of operations,
// parameters and header fields.
package audit
