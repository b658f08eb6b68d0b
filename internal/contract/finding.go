package contract

import (
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Finding is one breach of one rule by one answer.
type Finding struct {
	Rule *Rule
	Op   api.Op
	// Detail is the member, status or code concerned: of few different values,
	// never a secret, at most 40 safe characters unless it is a documented name.
	// It may share the exchange's memory; whoever keeps it copies it.
	Detail string
	// Want and Got say what was expected and what came, where the rule alone
	// does not: constants of this package, never the service's text.
	Want, Got string
}

// Message says in plain words what was found.
func (f Finding) Message() string {
	var b strings.Builder
	b.WriteString(f.Rule.says)
	if f.Detail != "" {
		b.WriteString(": ")
		b.WriteString(f.Detail)
	}
	switch {
	case f.Want != "" && f.Got != "":
		b.WriteString(" (want " + f.Want + ", got " + f.Got + ")")
	case f.Want != "":
		b.WriteString(" (want " + f.Want + ")")
	case f.Got != "":
		b.WriteString(" (got " + f.Got + ")")
	}
	return b.String()
}

// maxDetail bounds what is quoted from a service's answer, in bytes.
const maxDetail = 40

// otherValue stands for a value that is not quoted.
const otherValue = "(other)"
