// Package reports renders a result document for people and for machines. It
// reads nothing but the document: the same document gives the same report, byte
// for byte, on any machine and without a network.
package reports

//go:generate ../scripts/samples
