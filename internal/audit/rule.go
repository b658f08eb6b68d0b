package audit

// Level is how much a rule weighs in the vendor's own grading.
type Level uint8

// The levels.
const (
	Mandatory Level = iota
	Recommended
)

// String returns the level's name, as it stands in a result.
func (l Level) String() string {
	if l == Recommended {
		return "recommended"
	}
	return "mandatory"
}

// Check says how far traffic can decide a rule.
type Check uint8

const (
	// Full is a rule that traffic alone decides.
	Full Check = iota
	// Partial is a rule for which traffic holds evidence but no proof: a breach
	// is a hint.
	Partial
	// None is a rule that no traffic shows.
	None
)

// String returns the check's name, as it stands in a result.
func (c Check) String() string {
	switch c {
	case Partial:
		return "partial"
	case None:
		return "none"
	}
	return "full"
}

// Rule is one obligation of a client.
type Rule struct {
	// ID is the stable id, such as "DCR-02".
	ID    string
	Level Level
	Check Check
	// ServerSide limits the rule to servers that call on behalf of devices.
	ServerSide bool
	// Title says what a sound client does.
	Title string
	// Cost says what a breach costs, above all under load; empty for a rule that
	// has no evaluator.
	Cost string
	// Refs name the pages and the ambiguities (A-…) behind the rule.
	Refs []string
}

// Judged reports whether this package has an evaluator for the rule.
func (r *Rule) Judged() bool { return r.Cost != "" }

// Rules lists the rules in their order, read only.
func Rules() []Rule { return rules[:] }

// LookupRule returns the rule with that id, read only.
func LookupRule(id string) (*Rule, bool) {
	for i := range rules {
		if rules[i].ID == id {
			return &rules[i], true
		}
	}
	return nil, false
}

// Verdict is what traffic says about a rule and a device.
type Verdict uint8

// The verdicts, the worst first. NotObserved is a rule for which no occasion
// came, and never the same as Kept; Undecidable is one for which an occasion
// came that can be read either way.
const (
	Broken Verdict = iota
	Undecidable
	NotObserved
	Kept
)

// String returns the verdict's name, as it stands in a result.
func (v Verdict) String() string {
	switch v {
	case Broken:
		return "broken"
	case Undecidable:
		return "undecidable"
	case NotObserved:
		return "not-observed"
	}
	return "kept"
}
