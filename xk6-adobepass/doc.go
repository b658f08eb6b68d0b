// Package adobepass is the k6 module k6/x/adobepass: the devices of this project
// in k6 scripts.
//
// It is a driver of the one device machine, beside the standalone runner and the
// planner. Devices wait on the context of a k6 VU, send through k6's HTTP stack
// and show up in k6's metrics; what they do is decided by internal/device, what
// their answers mean by internal/api and internal/contract, and what it adds up
// to by internal/tally. Devices belong to the process and not to a VU: a VU is a
// worker that takes a device, drives it and lets it go.
package adobepass
