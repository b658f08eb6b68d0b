package api

import (
	"slices"
	"strings"
)

// MemberType is the JSON type that a member must have.
type MemberType uint8

const (
	// TypeAny is any JSON value: the documents give no type, or several.
	TypeAny MemberType = iota
	// TypeString is a string.
	TypeString
	// TypeInteger is a number without a fraction.
	TypeInteger
	// TypeMillis is an integer count of milliseconds since the epoch. Read
	// tolerantly, a string of digits will do.
	TypeMillis
	// TypeMillisText is a string of digits counting milliseconds since the
	// epoch. Read tolerantly, an integer will do.
	TypeMillisText
	// TypeBool is true or false.
	TypeBool
	// TypeURL is a string that holds an absolute URL.
	TypeURL
	// TypeReference is a string that holds an absolute URL or one relative to
	// the API's base.
	TypeReference
	// TypeObject is an object with the documented member names.
	TypeObject
	// TypeMap is an object whose names are data, such as TV provider ids. It may
	// be empty.
	TypeMap
	// TypeArray is an array, maybe empty.
	TypeArray
	// TypeStrings is an array of strings, maybe empty.
	TypeStrings

	numMemberTypes
)

var memberTypeNames = [numMemberTypes]string{
	"any value", "string", "integer", "integer of milliseconds", "string of milliseconds", "boolean",
	"absolute url", "url", "object", "map", "array", "array of strings",
}

// String names the type as a finding does.
func (t MemberType) String() string {
	if t < numMemberTypes {
		return memberTypeNames[t]
	}
	return "unknown"
}

// Member is one documented member of an answer's body.
//
// A path names a member from the root: names joined by dots, a star for every
// name of a map, and [] after the name of an array for each of its elements, as
// in "profiles.*.notAfter" and "decisions[].authorized". What a member says
// holds only where its parent is present and of its own type.
type Member struct {
	// Path is where the member stands.
	Path string
	// Type is its JSON type.
	Type MemberType
	// Required reports that an answer without it is not as documented. Members
	// that a table calls required but its own samples lack are not.
	Required bool
	// Forbidden reports that the member must not be there.
	Forbidden bool
	// Enum lists the documented values of a string; nil is open. The vendor may
	// add values.
	Enum []string
	// FoldCase reports that the values of Enum compare case-insensitively.
	FoldCase bool
	// Ref is the section of the documents, and the note on how it is read.
	Ref string
}

// Permits reports whether Enum is open or holds value.
func (m *Member) Permits(value string) bool {
	if m.Enum == nil {
		return true
	}
	if m.FoldCase {
		return slices.ContainsFunc(m.Enum, func(v string) bool { return strings.EqualFold(v, value) })
	}
	return slices.Contains(m.Enum, value)
}

// Combination says which values and members go with one actionName.
type Combination struct {
	// Within is the path of the object that holds actionName, in the form of
	// Member.Path; "" is the root.
	Within string
	// ActionName is the value that the combination is about.
	ActionName string
	// ActionType is the actionType that goes with it; "" when any does.
	ActionType string
	// ReasonTypes are the values of reasonType that go with it; nil when any do.
	ReasonTypes []string
	// Has are the members that must be there, Lacks those that must not.
	Has, Lacks []string
	// URL is the path that the url member leads to, in the form of
	// Operation.Template; "" when the documents do not say.
	URL string
	// Ref is the section of the documents, and the note on how it is read.
	Ref string
}

// Members returns the documented members of the operation's success body, read
// only, each parent before its children; nil for an operation without one.
func (o Op) Members() []Member {
	if o >= NumOps {
		return nil
	}
	return memberTables[o]
}

// Combinations returns what goes with each actionName in the operation's
// success body, read only. A name that is missing here is unconstrained.
func (o Op) Combinations() []Combination {
	switch o {
	case OpSessionsCreate:
		return createCombinations
	case OpSessionsResume:
		return resumeCombinations
	case OpSSOSessions:
		return partnerCombinations
	case OpLogout:
		return logoutCombinations
	}
	return nil
}

// EnhancedErrorMembers returns the documented members of an enhanced error,
// with paths from the error object itself, read only (enhanced error codes
// page, A-39).
func EnhancedErrorMembers() []Member { return enhancedErrorMembers }

// DCRErrorMembers returns the documented members of an error of a DCR
// operation, read only; nil for any other operation.
func DCRErrorMembers(op Op) []Member {
	switch op {
	case OpRegister:
		return registerErrorMembers
	case OpToken:
		return tokenErrorMembers
	}
	return nil
}

// below returns the members with their paths moved below prefix.
func below(prefix string, members []Member) []Member {
	moved := slices.Clone(members)
	for i := range moved {
		moved[i].Path = prefix + "." + moved[i].Path
	}
	return moved
}
