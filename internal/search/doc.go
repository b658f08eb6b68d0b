// Package search finds the highest rate that a target bears: Search says which
// rate to try next, Trial when a try has shown enough, and of what it convinces.
//
// The package is pure: it sends nothing and reads no clock. A driver runs a step
// at the rate it is told, shows the Trial what is measured meanwhile, and tells
// the Search how it ended.
package search
