// Package check holds the conformance probes: small machines without I/O and
// without a clock that provoke answers and judge them, in the shape of the
// device machine, so that one kind of driver serves load and compliance.
//
// A probe is written as a plain function that sends, waits and rules. It runs
// as a coroutine inside Machine.Next: nothing happens between two steps, and no
// goroutine of its own ever runs beside its driver. One probe feeds many checks:
// the status, each header and each member are rulings of their own.
//
// Rulings say what was seen; Assess turns them into verdicts under a rule set.
package check
