// Package spec is the catalogue of what the conformance suite checks: one row
// for each requirement, with its level under each rule set, its references, and
// the fault that turns it red.
//
// Rows about single conditions are embedded data. Rows about members, statuses
// and error codes are generated from the tables of package api, so that the
// catalogue cannot fall behind the vocabulary. The package is pure.
package spec
