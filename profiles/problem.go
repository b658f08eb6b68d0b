package profiles

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxProblems bounds how many problems an error text lists.
const maxProblems = 50

// maxShown bounds how much of an offending value an error text repeats, in
// bytes.
const maxShown = 60

// Problem is one thing that is wrong with a file.
type Problem struct {
	// File is the file's name as it was given to Parse.
	File string
	// Line and Column say where the offending text begins, both counted from 1.
	Line, Column int
	// Path is the key inside its profile or fleet, such as "behaviour.token".
	Path string
	// Value is the offending text; empty where something is missing.
	Value string
	// Reason says what is wrong with the value, as the rest of a sentence.
	Reason string
	// Want says what would be right.
	Want string
}

// Error returns the problem in the form
//
//	file.yaml:12:5: behaviour.token: "cachd" is not a token policy; use one of …
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path)
		b.WriteString(": ")
	}
	if p.Value != "" {
		b.WriteString(quote(p.Value))
		b.WriteByte(' ')
	}
	b.WriteString(p.Reason)
	if p.Want != "" {
		b.WriteString("; ")
		b.WriteString(p.Want)
	}
	return b.String()
}

// Problems is everything that is wrong with a file, in the order of the file.
type Problems []Problem

var (
	_ error = Problem{}
	_ error = Problems{}
)

// Error lists the problems, one on a line.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i == maxProblems {
			fmt.Fprintf(&b, "\nand %d more", len(ps)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Error())
	}
	return b.String()
}

// orNil returns the problems in the order of the file, or nil when there are
// none.
func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return ps
}

// quote quotes a value and cuts it off where it is long.
func quote(s string) string {
	if len(s) > maxShown {
		return strconv.Quote(strings.ToValidUTF8(s[:maxShown], "") + "…")
	}
	return strconv.Quote(s)
}
