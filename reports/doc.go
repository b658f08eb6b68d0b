// Package reports renders a result document for people and for machines. It
// reads the document and computes nothing of its own: whatever it says stands
// in the document too.
package reports
