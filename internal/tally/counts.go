package tally

import "github.com/dcrbench/dcrbench/internal/result"

// Counts are the judged counts of a run under way, those of a result: without
// warm-up traffic. Make them with NewCounts, Add every shard.
type Counts struct {
	// Profiles are in the order of the Layout.
	Profiles []ProfileCounts
	findings findings
}

// ProfileCounts are the counts of one profile.
type ProfileCounts struct {
	Name   string
	tokens tokens
	// ThrottledDevices counts the devices that got a 429, RetriedEarly the
	// requests less than a second after one.
	ThrottledDevices, RetriedEarly uint64
	// Failures, Warnings and Notes count the findings by level.
	Failures, Warnings, Notes uint64
}

// TokenReuse shows what the profile's devices did with credentials and tokens.
func (p *ProfileCounts) TokenReuse() result.TokenReuse { return p.tokens.figures() }

// FindingCount is how often answers to one profile broke one rule.
type FindingCount struct {
	Rule, Level, Endpoint, Profile string
	Count                          uint64
}

// NewCounts returns empty counts of the profiles.
func NewCounts(profiles []string) *Counts {
	c := &Counts{Profiles: make([]ProfileCounts, len(profiles)), findings: newFindings(len(profiles))}
	for i, name := range profiles {
		c.Profiles[i].Name = name
	}
	return c
}

// Add takes in what a shard has counted. The caller holds the shard still
// meanwhile; histograms are left alone, so that it takes microseconds.
func (c *Counts) Add(s *Shard) {
	for i := range s.profiles {
		from, to := &s.profiles[i], &c.Profiles[i]
		to.tokens.merge(&from.tokens)
		to.ThrottledDevices += from.throttling.devices
		to.RetriedEarly += from.throttling.retriedEarly
		f := from.compliance.figures()
		to.Failures += f.Failures
		to.Warnings += f.Warnings
		to.Notes += f.Notes
	}
	c.findings.merge(&s.findings)
}

// Findings lists the findings by rule, endpoint and profile, each once. Findings
// beyond MaxFindings different ones are in the counts of the profiles only.
func (c *Counts) Findings() []FindingCount {
	var list []FindingCount
	at := map[FindingCount]int{}
	for _, f := range c.findings.sorted() {
		for i, n := range f.profiles {
			if n == 0 {
				continue
			}
			key := FindingCount{Rule: f.finding.Rule.ID, Level: f.finding.Rule.Level.String(), Endpoint: f.finding.Op.String(), Profile: c.Profiles[i].Name}
			where, ok := at[key]
			if !ok {
				where = len(list)
				at[key] = where
				list = append(list, key)
			}
			list[where].Count += n
		}
	}
	return list
}
