// Package compare says what changed between two sets of results: which figures
// got worse or better by more than chance, which findings are new or gone, which
// checks stopped running, and whether the two can be compared at all.
//
// Repeated runs of each side are tested as benchstat does, by the Mann-Whitney U
// test of golang.org/x/perf/benchmath. With too few of them the spread within the
// runs has to do; test.go says how. A difference counts only when it is also
// large enough to matter and larger than the generator can tell.
//
// The package is pure: documents in, a Diff out.
package compare
