package result

// Release is what decides about a release beside the verdict: what was tested,
// by which rules, what was left out, what was accepted, and where the evidence
// is.
type Release struct {
	// Build is the user's name for the build under test; empty for none.
	Build string `json:"build"`
	// RuleSet names the documents that the target was held against. Strict
	// reports that recommendations fail as well, Intrusive that probes were made
	// which could annoy a server.
	RuleSet   string `json:"rule_set"`
	Strict    bool   `json:"strict"`
	Intrusive bool   `json:"intrusive"`
	// CatalogueVersion is the digest of the catalogue of requirements, whose
	// length is CatalogueChecks.
	CatalogueVersion string `json:"catalogue_version"`
	CatalogueChecks  int    `json:"catalogue_checks"`
	// NotSelected are the requirements that nobody asked to check, by group and
	// reason.
	NotSelected []NotSelected `json:"not_selected"`
	// Expectations are the deviations that were accepted before.
	Expectations []Expectation `json:"expectations"`
	// Evidence are the files beside the document that show what was found.
	Evidence []Evidence `json:"evidence"`
}

// NotSelected counts requirements of a group that were left out.
type NotSelected struct {
	Group  string `json:"group"`
	Checks int    `json:"checks"`
	// Why is in plain words.
	Why string `json:"why"`
}

// Expectation is a row of the expectations file that concerns the target.
type Expectation struct {
	// Check is an id or a pattern of ids, Verdict what was expected of it.
	Check   string `json:"check"`
	Verdict string `json:"verdict"`
	// Reason says why it is accepted, Link where that was decided, and Expires
	// the last day on which it is, such as 2026-12-31.
	Reason  string `json:"reason"`
	Link    string `json:"link"`
	Expires string `json:"expires"`
	// Applied are the ids of the checks that it covered.
	Applied []string `json:"applied"`
	// Stale says why it does not hold any more; empty while it does.
	Stale string `json:"stale"`
}

// Evidence is a file in the folder of the document.
type Evidence struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Obligation is a rule for clients (spec/client-rules.yaml) with what the traffic
// of the devices of one profile shows of it.
type Obligation struct {
	// Rule is its id, such as DCR-04, Level mandatory or recommended.
	Rule  string `json:"rule"`
	Level string `json:"level"`
	// Verdict is the worst of the devices: broken, undecidable, not-observed or
	// kept.
	Verdict string `json:"verdict"`
	// Devices counts the devices with that verdict, Count their breaches, and
	// Occasions how often the rule was kept or broken by any device.
	Devices   int    `json:"devices"`
	Count     uint64 `json:"count"`
	Occasions uint64 `json:"occasions"`
	// Check is full or partial: a breach of a partial one is a hint. Title says
	// what a sound client does, and Cost what breaches cost under load; it is empty
	// without any.
	Check string `json:"check"`
	Title string `json:"title"`
	Cost  string `json:"cost"`
}
