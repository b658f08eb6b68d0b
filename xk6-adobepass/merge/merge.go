// Package merge adds up the results of several k6 instances that were parts of
// one fleet. Counts are exact. Percentiles cannot be added: the percentile of the
// whole lies between those of the parts, and the merged result shows the highest,
// so that it never flatters.
//
// The package is pure: it reads no file and no clock.
package merge

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/result"
)

// Note is what every merged result says of its percentiles.
const Note = "Merged from %d instances: counts are exact, percentiles are the highest of any instance, and so upper bounds."

// Documents merges the results of the instances of one test. They must be runs of
// the same fleet and seed. The verdict is judged anew under gate. The documents
// are left as they are.
func Documents(docs []*result.Document, gate result.Gate) (*result.Document, error) {
	if len(docs) == 0 {
		return nil, errors.New("nothing to merge")
	}
	m := *docs[0]
	m.Fleet.Profiles = slices.Clone(m.Fleet.Profiles)
	for i, d := range docs {
		// Each instance may have a simulator of its own.
		elsewhere := d.Target.URL != m.Target.URL && !(d.Target.Simulator && m.Target.Simulator)
		if d.Kind != result.KindRun || d.Seed != m.Seed || d.Fleet.Name != m.Fleet.Name || elsewhere {
			return nil, fmt.Errorf("result %d is of a %s of fleet %q with seed %d against %s, the first of a %s of %q with %d against %s: these are no parts of one test",
				i+1, d.Kind, d.Fleet.Name, d.Seed, d.Target.URL, m.Kind, m.Fleet.Name, m.Seed, m.Target.URL)
		}
	}
	m.Endpoints, m.Profiles, m.Timeline = nil, nil, result.Timeline{}
	m.Load, m.Throttling, m.TokenReuse, m.Compliance = result.Load{}, result.Throttling{}, result.TokenReuse{}, result.Compliance{}
	m.Fleet.Devices = 0
	for i := range m.Fleet.Profiles {
		m.Fleet.Profiles[i].Devices = 0
	}
	for _, d := range docs {
		addDocument(&m, d)
	}
	finish(&m)
	result.Finish(&m, gate)
	m.Notes = append([]string{fmt.Sprintf(Note, len(docs))}, m.Notes...)
	keepFailures(&m, docs)
	return &m, nil
}

// keepFailures lets no merged result pass when an instance failed: thresholds of
// k6 are judged on each instance alone.
func keepFailures(m *result.Document, docs []*result.Document) {
	var reasons []string
	for i, d := range docs {
		if d.Verdict.ExitCode != result.ExitPassed {
			reasons = append(reasons, fmt.Sprintf("instance %d: %s", i+1, strings.Join(d.Verdict.Reasons, "; ")))
		}
	}
	if len(reasons) == 0 {
		return
	}
	if m.Verdict.ExitCode == result.ExitPassed {
		m.Verdict = result.Verdict{Status: result.StatusFailed, ExitCode: result.ExitFailed}
	}
	m.Verdict.Reasons = append(m.Verdict.Reasons, reasons...)
}

func addDocument(m, d *result.Document) {
	if d.Started.Before(m.Started) {
		m.Started = d.Started
	}
	if d.Ended.After(m.Ended) {
		m.Ended = d.Ended
	}
	m.Interrupted = m.Interrupted || d.Interrupted
	m.Fleet.Devices += d.Fleet.Devices
	for i, p := range d.Fleet.Profiles {
		if i < len(m.Fleet.Profiles) {
			m.Fleet.Profiles[i].Devices += p.Devices
		}
	}
	addLoad(&m.Load, &d.Load)
	m.Endpoints = addEndpoints(m.Endpoints, d.Endpoints)
	addThrottling(&m.Throttling, &d.Throttling)
	addTokenReuse(&m.TokenReuse, &d.TokenReuse)
	addCompliance(&m.Compliance, &d.Compliance)
	for _, p := range d.Profiles {
		addProfile(m, p)
	}
	addTimeline(&m.Timeline, &d.Timeline)
}

func addProfile(m *result.Document, p result.Profile) {
	i := slices.IndexFunc(m.Profiles, func(q result.Profile) bool { return q.Name == p.Name })
	if i < 0 {
		i = len(m.Profiles)
		m.Profiles = append(m.Profiles, result.Profile{Name: p.Name, Platform: p.Platform})
	}
	q := &m.Profiles[i]
	q.Devices += p.Devices
	q.Requests += p.Requests
	q.JudgedDevices += p.JudgedDevices
	q.Obligations = audit.AddObligations(q.Obligations, p.Obligations)
	q.Endpoints = addEndpoints(q.Endpoints, p.Endpoints)
	addThrottling(&q.Throttling, &p.Throttling)
	addTokenReuse(&q.TokenReuse, &p.TokenReuse)
	addCompliance(&q.Compliance, &p.Compliance)
}

// finish computes the ratios that follow from the sums.
func finish(m *result.Document) {
	m.Load.RequestsPerSecond = 0
	if m.Load.DurationS > 0 {
		m.Load.RequestsPerSecond = float64(m.Load.Sent) / m.Load.DurationS
	}
	ratios(&m.Throttling, &m.TokenReuse, m.Endpoints)
	sortFindings(m.Compliance.Findings)
	for i := range m.Profiles {
		p := &m.Profiles[i]
		if m.Fleet.Devices > 0 {
			p.ShareOfDevices = float64(p.Devices) / float64(m.Fleet.Devices)
		}
		ratios(&p.Throttling, &p.TokenReuse, p.Endpoints)
		sortFindings(p.Compliance.Findings)
	}
}

func ratios(t *result.Throttling, k *result.TokenReuse, list []result.Endpoint) {
	completed := uint64(0)
	for _, e := range list {
		for _, n := range e.Status {
			completed += n
		}
	}
	t.Ratio = 0
	if completed > 0 {
		t.Ratio = float64(t.Responses) / float64(completed)
	}
	k.CallsPerToken = nil
	if n := k.TokensIssued + k.TokensRestored; n > 0 {
		perToken := float64(k.Calls) / float64(n)
		k.CallsPerToken = &perToken
	}
}

func sortFindings(list []result.Finding) {
	level := map[string]int{result.LevelMust: 0, result.LevelShould: 1, result.LevelNote: 2}
	slices.SortFunc(list, func(a, b result.Finding) int {
		return cmp.Or(cmp.Compare(level[a.Level], level[b.Level]), cmp.Compare(b.Count, a.Count),
			cmp.Compare(a.ID, b.ID), cmp.Compare(a.Endpoint, b.Endpoint), cmp.Compare(a.Detail, b.Detail))
	})
}
