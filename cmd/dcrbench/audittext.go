package main

import (
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/reports"
)

// endpointCounts counts exchanges by operation and status.
type endpointCounts struct {
	status [api.NumOps]map[int]uint64
	errors [api.NumOps]uint64
}

func (c *endpointCounts) count(x *record.Exchange) {
	op := x.Request.Op
	if x.Response.Status == 0 {
		c.errors[op]++
		return
	}
	if c.status[op] == nil {
		c.status[op] = map[int]uint64{}
	}
	c.status[op][x.Response.Status]++
}

// fill writes the counts into the endpoints and the load of a result.
func (c *endpointCounts) fill(doc *result.Document) {
	for op := range c.status {
		if c.status[op] == nil && c.errors[op] == 0 {
			continue
		}
		facts := api.Op(op).Describe()
		e := result.Endpoint{Endpoint: facts.Name, Method: facts.Method, Path: facts.Template, Status: map[string]uint64{}, Errors: map[string]uint64{}}
		for status, n := range c.status[op] {
			e.Status[strconv.Itoa(status)] = n
			e.Requests += n
		}
		doc.Load.Completed += e.Requests
		if n := c.errors[op]; n > 0 {
			e.Errors[api.ErrReset.String()] = n
			e.Requests += n
			doc.Load.Errors += n
		}
		doc.Load.Sent += e.Requests
		doc.Endpoints = append(doc.Endpoints, e)
	}
	doc.Load.DurationS = doc.Ended.Sub(doc.Started).Seconds()
}

// auditText prints an audit: what was read, the rules with the worst first, and
// the evidence.
func auditText(w io.Writer, doc *result.Document, evidence int) error {
	a := doc.Audit
	for i := range a.Sources {
		s := &a.Sources[i]
		fmt.Fprintf(w, "%s: %d exchanges of %d entries%s\n", s.Name, s.Exchanges, s.Entries, by(s.Creator))
	}
	fmt.Fprintf(w, "%s: %s\n", doc.Verdict.Status, strings.Join(doc.Verdict.Reasons, "; "))
	for _, note := range doc.Notes {
		fmt.Fprintf(w, "  note: %s\n", note)
	}
	fmt.Fprintln(w)
	rows, quiet := auditRows(a)
	if err := reports.Table(w, []string{"rule", "verdict", "level", "devices", "breaches", "what a sound client does"}, rows); err != nil {
		return err
	}
	if len(quiet) > 0 {
		fmt.Fprintf(w, "\nnot observed: %s\n", strings.Join(quiet, " "))
	}
	return auditEvidence(w, a, evidence)
}

func by(creator string) string {
	if creator == "" {
		return ""
	}
	return ", written by " + creator
}

// auditRows are the rules that were observed, and the ids of those that were
// not.
func auditRows(a *result.Audit) (rows [][]string, quiet []string) {
	for i := range a.Rules {
		r := &a.Rules[i]
		if r.Verdict == "not-observed" {
			quiet = append(quiet, r.ID)
			continue
		}
		level := r.Level
		if r.Check != "full" {
			level = "hint"
		}
		devices, breaches := r.KeptDevices, ""
		switch r.Verdict {
		case "broken":
			devices, breaches = r.BrokenDevices, strconv.Itoa(r.Breaches)
		case "undecidable":
			devices = r.UndecidableDevices
		}
		rows = append(rows, []string{r.ID, verdict(r), level, strconv.Itoa(devices), breaches, r.Title})
	}
	sort.Strings(quiet)
	return rows, quiet
}

// auditEvidence prints the first breaches of each rule.
func auditEvidence(w io.Writer, a *result.Audit, most int) error {
	shown, rule := 0, ""
	for i := range a.Breaches {
		b := &a.Breaches[i]
		if b.Rule != rule {
			rule, shown = b.Rule, 0
			if most > 0 {
				fmt.Fprintf(w, "\n%s  %s\n  costs: %s\n", b.Rule, b.Should, b.Costs)
			}
		}
		if shown++; shown > most {
			continue
		}
		fmt.Fprintf(w, "  device %d %s: %s\n", b.Device, sightings(b), b.Did)
	}
	return nil
}

// sightings names the exchanges of a breach with their times.
func sightings(b *result.AuditBreach) string {
	parts := make([]string, len(b.Exchanges))
	for i, n := range b.Exchanges {
		parts[i] = fmt.Sprintf("#%d (%s)", n, b.Times[i].Format("15:04:05.000"))
	}
	return strings.Join(parts, ", ")
}

// verdict is the verdict on a rule, and whether its breaches are accepted.
func verdict(r *result.AuditRule) string {
	if r.Expected {
		return r.Verdict + " (expected)"
	}
	return r.Verdict
}
