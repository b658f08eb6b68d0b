package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/result"
)

// releaseSection is the head of the compliance report before a release: what was
// tested, what was and was not checked, what deviates, and what was accepted.
func releaseSection(doc *result.Document) section {
	s := section{ID: "release", Title: "Release report", Text: []string{sentence(afterColon(headline(doc))) + " " + safe(doc)}}
	s.Tables = append(s.Tables, *testedTable(doc), *coverageTable(doc))
	if t := deviationTable(doc); len(t.Rows) > 0 {
		s.Tables = append(s.Tables, *t)
	} else {
		s.Text = append(s.Text, "No deviation from the documents was found.")
	}
	if r := doc.Release; r != nil && len(r.Expectations) > 0 {
		s.Tables = append(s.Tables, *expectationTable(r.Expectations))
	} else {
		s.Text = append(s.Text, "No expectation was applied: every deviation counts.")
	}
	return s
}

// testedTable says what was tested and by which rules.
func testedTable(doc *result.Document) *table {
	t := tableOf("What was tested", "what", "value")
	t.add("target", cmp.Or(target(doc), "not named"))
	r := doc.Release
	if r == nil {
		r = &result.Release{}
	}
	t.add("build under test", cmp.Or(r.Build, "not named (see --build)"))
	if r.RuleSet != "" {
		reading := "recommendations warn, contradictory documents are read tolerantly"
		if r.Strict {
			reading = "recommendations fail, contradictory documents are read strictly"
		}
		t.add("rule set", r.RuleSet+": "+reading)
	}
	if doc.Kind == result.KindCheck {
		probes := "left out"
		if r.Intrusive {
			probes = "made"
		}
		t.add("intrusive probes", probes)
	}
	if doc.Fleet.Name != "" {
		t.add("fleet", fmt.Sprintf("%s, %s devices", doc.Fleet.Name, count(doc.Fleet.Devices)))
	}
	t.add("requests", fmt.Sprintf("%s, %s answered", count(doc.Load.Sent), count(doc.Load.Completed)))
	if when := stamp(doc.Started); when != "" {
		t.add("when", when)
	}
	return t
}

// coverageTable says what was checked, what was not, and why.
func coverageTable(doc *result.Document) *table {
	if doc.Kind == result.KindCheck {
		return checkCoverage(doc)
	}
	t := tableOf("What was and was not checked", "endpoint", "#answers judged", "why the others were not")
	called := map[string]*result.Endpoint{}
	for i := range doc.Endpoints {
		called[doc.Endpoints[i].Endpoint] = &doc.Endpoints[i]
	}
	for _, name := range api.OpNames() {
		e := called[name]
		if e == nil || e.Requests == 0 {
			t.add(name, "0", "no device of the fleet called it")
			continue
		}
		var answered, lost uint64
		for _, n := range e.Status {
			answered += n
		}
		for _, n := range e.Errors {
			lost += n
		}
		why := ""
		if lost > 0 {
			why = count(lost) + " requests got no answer"
		}
		if doc.Compliance.Evaluations == 0 {
			answered, why = 0, "answers were not judged against the contract"
		}
		t.add(name, count(answered), why)
	}
	return t
}

// checkCoverage counts the requirements of every group: those that were checked,
// and the others by their reason.
func checkCoverage(doc *result.Document) *table {
	t := tableOf("What was and was not checked", "group", "#requirements", "state", "why")
	for _, g := range groups(doc) {
		ran := 0
		var reasons []string
		open := map[string]int{}
		for _, c := range g.checks {
			if slices.Contains(ranVerdicts, c.Verdict) {
				ran++
				continue
			}
			why := strings.ToLower(c.Verdict) + ": " + c.Message
			if open[why] == 0 {
				reasons = append(reasons, why)
			}
			open[why]++
		}
		if ran > 0 {
			t.add(g.title(), count(ran), "checked", "")
			t.mark(2, "pass")
		}
		for _, why := range reasons {
			t.add(g.title(), count(open[why]), "not checked", why)
			t.mark(2, "should")
		}
	}
	if doc.Release != nil {
		for _, n := range doc.Release.NotSelected {
			t.add((&group{name: n.Group}).title(), count(n.Checks), "not selected", n.Why)
			t.mark(2, "note")
		}
	}
	return t
}

// deviationTable lists what is not as documented, with the sections of the
// documents, the worst first.
func deviationTable(doc *result.Document) *table {
	t := tableOf("Deviations", "requirement", "level", "found", "documents", "accepted")
	for _, c := range notPassed(doc) {
		if c.Verdict != verdictFail && c.Verdict != verdictWarn {
			continue
		}
		accepted := "no"
		if c.Expected {
			accepted = "yes"
		}
		t.add(c.ID, c.Level, c.Message, strings.Join(c.Refs, "; "), accepted)
		mark := markOf(c.Verdict)
		if c.Expected {
			mark = "note"
		}
		t.mark(1, mark)
	}
	for _, f := range doc.Compliance.Findings {
		if f.Level == result.LevelNote {
			continue
		}
		t.add(f.ID, f.Level, fmt.Sprintf("%s: %s (%s times)", f.Endpoint, explain(f), count(f.Count)), strings.Join(f.Refs, "; "), "no")
		t.mark(1, f.Level)
	}
	return t
}

func expectationTable(list []result.Expectation) *table {
	t := tableOf("Expectations applied", "check", "verdict", "reason", "decided", "until", "covers", "holds")
	for _, x := range list {
		holds, mark := "yes", "pass"
		if x.Stale != "" {
			holds, mark = x.Stale, "must"
		}
		t.add(x.Check, x.Verdict, x.Reason, x.Link, x.Expires, strings.Join(x.Applied, ", "), holds)
		t.mark(6, mark)
	}
	return t
}

// obligationSection says how the devices of each profile keep the rules for
// clients.
func obligationSection(doc *result.Document) section {
	s := section{ID: "obligations", Title: "Obligations of the client, by profile"}
	by := tableOf("Rules for clients, by profile", "profile", "#kept", "#broken", "#hints", "#undecidable", "#not observed")
	broken := tableOf("Rules that a profile breaks", "profile", "rule", "level", "#devices", "#times", "what a sound client does", "what it costs")
	total := 0
	for _, p := range doc.Profiles {
		n := map[string]int{}
		hints := 0
		for _, o := range p.Obligations {
			if o.Verdict != "broken" {
				n[o.Verdict]++
				continue
			}
			level, mark := o.Level, "should"
			switch {
			case o.Check != "full" && o.Check != "":
				hints++
				level, mark = "hint", "note"
			case o.Level == "mandatory":
				n[o.Verdict]++
				mark = "must"
			default:
				n[o.Verdict]++
			}
			broken.add(p.Name, o.Rule, level, count(o.Devices), count(o.Count), o.Title, o.Cost)
			broken.mark(2, mark)
		}
		if len(p.Obligations) > 0 {
			total++
			by.add(p.Name, count(n["kept"]), count(n["broken"]), count(hints), count(n["undecidable"]), count(n["not-observed"]))
			if n["broken"] > 0 {
				by.mark(2, "must")
			}
		}
	}
	if total == 0 {
		s.Text = []string{"The rules for clients were not judged: this document has no verdict on them."}
		return s
	}
	s.Text = []string{"What the traffic of the devices shows of the rules for clients. A hint is a breach that traffic cannot prove."}
	s.Tables = []table{*by}
	if len(broken.Rows) > 0 {
		s.Tables = append(s.Tables, *broken)
	}
	return s
}

// signatureSection says who wrote the document, by which catalogue, and how to
// tell that its evidence has not been changed.
func signatureSection(doc *result.Document) section {
	s := section{ID: "signature", Title: "Origin and signature"}
	t := tableOf("Where these figures come from", "what", "value")
	add := func(name, value string) {
		if value != "" {
			t.add(name, value)
		}
	}
	add("target", target(doc))
	add("fleet", doc.Fleet.Name)
	if doc.Fleet.Devices > 0 {
		add("devices", count(doc.Fleet.Devices))
	}
	if doc.Kind != result.KindCheck && doc.Kind != result.KindAudit {
		add("seed", fmt.Sprint(doc.Seed))
	}
	add("started", stamp(doc.Started))
	add("ended", stamp(doc.Ended))
	add("written by", strings.TrimSpace("dcrbench "+doc.Tool.Version))
	add("commit", doc.Tool.Commit)
	add("built with", doc.Tool.Go)
	add("document", doc.Schema)
	if r := doc.Release; r != nil {
		add("build under test", r.Build)
		if r.CatalogueVersion != "" {
			add("catalogue", fmt.Sprintf("version %s, %s requirements", r.CatalogueVersion, count(r.CatalogueChecks)))
		}
		if len(r.Evidence) > 0 {
			files := tableOf("Files of evidence", "file", "#bytes", "SHA-256")
			for _, e := range r.Evidence {
				files.add(e.File, count(e.Bytes), e.SHA256)
			}
			s.Tables = append(s.Tables, *files)
		}
	}
	s.Tables = append([]table{*t}, s.Tables...)
	s.Text = []string{"SHA256SUMS, beside this report, has the digest of every file of the result; sha256sum -c SHA256SUMS verifies them."}
	return s
}
