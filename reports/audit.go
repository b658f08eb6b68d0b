package reports

import (
	"fmt"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// auditSections are the parts of an audit: the rules with their verdicts and the
// evidence of breaches, the devices, the answers, and what was read.
func auditSections(doc *result.Document) []section {
	if doc.Audit == nil {
		return nil
	}
	all := []section{rulesSection(doc.Audit), devicesSection(doc.Audit), recordingSection(doc.Audit)}
	if len(doc.Endpoints) > 0 {
		s := section{ID: "endpoints", Title: "Answers"}
		s.Tables = []table{*statusTable(doc)}
		all = append(all, s)
	}
	return all
}

// verdictMark is the class of a verdict on a rule.
func verdictMark(r *result.AuditRule) string {
	switch {
	case r.Verdict == "kept":
		return "pass"
	case r.Verdict != "broken" || r.Check != "full" || r.Expected:
		return "note"
	case r.Level == "mandatory":
		return "must"
	}
	return "should"
}

// verdictWord is the verdict on a rule, and whether its breaches are accepted.
func verdictWord(r *result.AuditRule) string {
	if r.Expected {
		return r.Verdict + " (expected)"
	}
	return r.Verdict
}

// bindingWord is the level of a rule, or that a breach of it is only a hint.
func bindingWord(r *result.AuditRule) string {
	if r.Check != "full" {
		return "hint"
	}
	return r.Level
}

func rulesSection(a *result.Audit) section {
	s := section{ID: "rules", Title: "Rules for clients"}
	t := tableOf("What the traffic shows of each rule, the worst first", "rule", "verdict", "level", "#devices", "#breaches", "#occasions", "what a sound client does", "documents")
	var quiet []string
	kept, broken := 0, 0
	for i := range a.Rules {
		r := &a.Rules[i]
		devices := r.KeptDevices
		switch r.Verdict {
		case "not-observed":
			quiet = append(quiet, r.ID)
			continue
		case "broken":
			broken++
			devices = r.BrokenDevices
			s.Folds = append(s.Folds, breachFold(a, r))
		case "undecidable":
			devices = r.UndecidableDevices
		default:
			kept++
		}
		t.add(r.ID, verdictWord(r), bindingWord(r), count(devices), count(r.Breaches), count(r.Occasions), r.Title, strings.Join(r.Refs, "; "))
		t.mark(1, verdictMark(r))
	}
	s.Text = []string{fmt.Sprintf("%d rules were judged: %d broken, %d kept, %d undecidable, %d not observed. %d others cannot be told from traffic.",
		len(a.Rules), broken, kept, len(a.Rules)-broken-kept-len(quiet), len(quiet), len(a.NotJudged))}
	if len(quiet) > 0 {
		s.Text = append(s.Text, "Not observed: "+strings.Join(quiet, ", ")+".")
	}
	if len(t.Rows) > 0 {
		s.Tables = []table{*t}
	}
	return s
}

// maxBreaches bounds the breaches of a rule that are shown.
const maxBreaches = 10

// breachFold has the evidence of a broken rule.
func breachFold(a *result.Audit, r *result.AuditRule) fold {
	f := fold{Mark: verdictMark(r), Level: bindingWord(r), Title: fmt.Sprintf("%s: %s", r.ID, strings.TrimSuffix(r.Title, "."))}
	shown := 0
	for i := range a.Breaches {
		b := &a.Breaches[i]
		if b.Rule != r.ID {
			continue
		}
		if shown == 0 {
			f.Facts = present([]answer{{"Instead", b.Should}, {"It costs", b.Costs}, {"Documents", strings.Join(r.Refs, "; ")}})
		}
		if shown++; shown > maxBreaches {
			continue
		}
		f.Facts = append(f.Facts, answer{fmt.Sprintf("Device %d", b.Device), fmt.Sprintf("%s (%s)", b.Did, seenAt(b))})
	}
	if more := r.Breaches - min(shown, maxBreaches); more > 0 {
		f.Facts = append(f.Facts, answer{"More", fmt.Sprintf("%s further breaches", count(more))})
	}
	return f
}

// seenAt names the exchanges of a breach with their times.
func seenAt(b *result.AuditBreach) string {
	parts := make([]string, len(b.Exchanges))
	for i, n := range b.Exchanges {
		parts[i] = fmt.Sprintf("#%d", n)
		if i < len(b.Times) {
			parts[i] += " at " + b.Times[i].UTC().Format("15:04:05.000")
		}
	}
	return strings.Join(parts, ", ")
}

func devicesSection(a *result.Audit) section {
	t := tableOf("Devices, those with most breaches first", "device", "name", "#requests", "#breaches", "#rules kept", "#rules broken", "first seen", "last seen")
	for _, d := range a.Devices {
		kept, broken := 0, 0
		for _, v := range d.Verdicts {
			switch v {
			case "kept":
				kept++
			case "broken":
				broken++
			}
		}
		t.add(count(d.Number), d.Name, count(d.Requests), count(d.Breaches), count(kept), count(broken), stamp(d.First), stamp(d.Last))
	}
	s := section{ID: "devices", Title: "Devices", Text: []string{fmt.Sprintf("%s devices were told apart.", count(a.DeviceCount))}}
	if a.DeviceCount == 1 {
		s.Text = []string{"One device was seen."}
	}
	if len(t.Rows) > 0 {
		s.Tables = []table{*t}
	}
	s.Figures = timelines(a)
	return s
}

func recordingSection(a *result.Audit) section {
	reading := "tolerantly"
	if a.Strict {
		reading = "strictly"
	}
	s := section{ID: "recordings", Title: "What was read", Text: []string{fmt.Sprintf(
		"Where the documents contradict themselves they were read %s; clocks may be off by %s.", reading, millisWord(a.ToleranceMS))}}
	t := tableOf("Recordings, in the order in which they continue each other", "recording", "written by", "#entries", "#judged", "#of other services", "#preflights", "#unreadable", "whole")
	for _, x := range a.Sources {
		whole := "yes"
		if x.Truncated {
			whole = "no"
		}
		t.add(x.Name, x.Creator, count(x.Entries), count(x.Exchanges), count(x.Foreign), count(x.Preflights), count(x.Malformed+x.Oversized), whole)
	}
	if len(t.Rows) > 0 {
		s.Tables = []table{*t}
	}
	return s
}
