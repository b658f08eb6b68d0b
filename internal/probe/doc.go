// Package probe drives the conformance machines of package check: in virtual
// time against a service in the same process, or in real time over a transport.
// Both drivers keep a local model of the target's throttle and never send more
// than it grants; a request that is refused all the same is repeated once after
// the wait, and given up as inconclusive then.
package probe
