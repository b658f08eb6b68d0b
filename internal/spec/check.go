package spec

import "strings"

// Level says what it means when a requirement is not met.
type Level string

// The levels. MUST and DOC fail; SHOULD and BCP warn, and fail when strict; MAY
// informs.
const (
	// Must is a requirement of an RFC.
	Must Level = "MUST"
	// Doc is a statement of the vendor's own documentation.
	Doc Level = "DOC"
	// Should is a recommendation of an RFC or of the vendor.
	Should Level = "SHOULD"
	// BCP is hardening beyond the base documents (RFC 8725, RFC 9700).
	BCP Level = "BCP"
	// May is an observation that is never wrong.
	May Level = "MAY"
)

// Binding reports whether a requirement of this level fails when it is not met.
func (l Level) Binding() bool { return l == Must || l == Doc }

// RuleSet names the documents that a target is held against.
type RuleSet string

// The rule sets.
const (
	// AdobeDoc is the vendor's documentation: what it says wins over the RFCs.
	AdobeDoc RuleSet = "adobe-doc"
	// RFC is the RFCs to the letter.
	RFC RuleSet = "rfc"
	// Harden is the RFCs with the security practices promoted to requirements.
	Harden RuleSet = "harden"
)

// RuleSets lists the rule sets, the default one first.
func RuleSets() []RuleSet { return []RuleSet{AdobeDoc, RFC, Harden} }

// Levels are the levels of one check under the rule sets.
type Levels struct {
	AdobeDoc Level `json:"adobe-doc" yaml:"doc"`
	RFC      Level `json:"rfc" yaml:"rfc"`
	Harden   Level `json:"harden" yaml:"harden"`
}

// Check is one row of the catalogue.
type Check struct {
	// ID is group.slug, stable for ever.
	ID string `json:"id" yaml:"id"`
	// Title says in a sentence what a conforming service does.
	Title string `json:"title" yaml:"title"`
	// Why says what goes wrong otherwise.
	Why string `json:"why" yaml:"why"`
	// Refs are the sections behind it, such as "RFC 6749 section 5.1".
	Refs []string `json:"refs" yaml:"refs"`
	// Levels are the levels under each rule set.
	Levels Levels `json:"levels" yaml:"levels"`
	// Deviation says how the vendor's documents depart from the RFC here; empty
	// when they do not.
	Deviation string `json:"deviation,omitempty" yaml:"deviation"`
	// Cost is how many requests the check needs beyond those that it shares.
	Cost int `json:"cost" yaml:"cost"`
	// Intrusive checks may annoy a server and are off by default.
	Intrusive bool `json:"intrusive" yaml:"intrusive"`
	// Fault is the id of the simulator's fault that turns the check red; "proxy"
	// when only something in between can; "none" when nothing can, because the
	// check only reports.
	Fault string `json:"fault" yaml:"fault"`
}

// The values of Check.Fault that are no fault of the simulator.
const (
	FaultProxy = "proxy"
	FaultNone  = "none"
)

// Group is the part of the id before its first dot.
func (c *Check) Group() string {
	group, _, _ := strings.Cut(c.ID, ".")
	return group
}

// Level returns the check's level under a rule set.
func (c *Check) Level(r RuleSet) Level {
	switch r {
	case RFC:
		return c.Levels.RFC
	case Harden:
		return c.Levels.Harden
	}
	return c.Levels.AdobeDoc
}
