package tally

import (
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
)

// MaxFindings bounds how many different findings a result lists.
const MaxFindings = 500

// findingKey tells findings apart.
type findingKey struct {
	rule   *contract.Rule
	op     api.Op
	detail string
}

// findingCount is how often one came.
type findingCount struct {
	finding  contract.Finding
	sample   uint64
	profiles []uint64
}

// findings counts findings by rule, operation and detail.
type findings struct {
	profiles int
	counts   map[findingKey]*findingCount
	overflow uint64
}

func newFindings(profiles int) findings {
	return findings{profiles: profiles, counts: map[findingKey]*findingCount{}}
}

func (f *findings) record(found contract.Finding, profile int, seq uint64) {
	if c := f.entry(found, seq); c != nil {
		c.profiles[profile]++
		c.sample = min(c.sample, seq)
		return
	}
	f.overflow++
}

// entry returns the counts of a finding, made when there is room, or nil.
func (f *findings) entry(found contract.Finding, seq uint64) *findingCount {
	if c := f.counts[findingKey{found.Rule, found.Op, found.Detail}]; c != nil {
		return c
	}
	if len(f.counts) >= MaxFindings {
		return nil
	}
	found.Detail = strings.Clone(found.Detail)
	found.Got = strings.Clone(found.Got)
	c := &findingCount{finding: found, sample: seq, profiles: make([]uint64, f.profiles)}
	f.counts[findingKey{found.Rule, found.Op, found.Detail}] = c
	return c
}

func (f *findings) merge(other *findings) {
	f.overflow += other.overflow
	for _, o := range other.sorted() {
		c := f.entry(o.finding, o.sample)
		if c == nil {
			f.overflow += o.count()
			continue
		}
		c.sample = min(c.sample, o.sample)
		for i, n := range o.profiles {
			c.profiles[i] += n
		}
	}
}

func (c *findingCount) count() (n uint64) {
	for _, p := range c.profiles {
		n += p
	}
	return n
}

// sorted lists the findings, worst first: by level, count, then name.
func (f *findings) sorted() []*findingCount {
	list := make([]*findingCount, 0, len(f.counts))
	for _, c := range f.counts {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *findingCount) int {
		x, y := a.finding, b.finding
		if d := int(x.Rule.Level) - int(y.Rule.Level); d != 0 {
			return d
		}
		if m, n := a.count(), b.count(); m != n {
			if m > n {
				return -1
			}
			return 1
		}
		if d := strings.Compare(x.Rule.ID, y.Rule.ID); d != 0 {
			return d
		}
		if d := int(x.Op) - int(y.Op); d != 0 {
			return d
		}
		return strings.Compare(x.Detail, y.Detail)
	})
	return list
}
