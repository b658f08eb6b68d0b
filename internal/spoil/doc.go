// Package spoil changes the answers of a service in one respect each, so that
// one check of the conformance suite turns red: the faults that need no memory
// of the service's own. The simulator applies them when they are switched on.
//
// It is pure, and only as fast as a fault has to be.
package spoil
