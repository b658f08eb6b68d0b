package check

import "github.com/dcrbench/dcrbench/internal/result"

// statuses maps the status of a run to that of a result document, which knows
// fewer words; the first reason of the document has the exact one.
var statuses = map[Status]result.Status{
	Conformant: result.StatusPassed, Partial: result.StatusPassed, Nonconformant: result.StatusFailed,
	Unreliable: result.StatusUnreliable, Interrupted: result.StatusInterrupted,
}

// Fill writes the report into a document of the kind check, with how many
// requests were sent and how many of them were answered. What was checked, by
// what and when is left to the caller.
func (r *Report) Fill(doc *result.Document, sent, answered int) {
	doc.Interrupted = r.Status == Interrupted
	doc.Verdict = result.Verdict{Status: statuses[r.Status], ExitCode: r.ExitCode, Reasons: append([]string{string(r.Status)}, r.Reasons...)}
	if sent > 0 && answered == 0 {
		doc.Verdict.Status = result.StatusUnreachable
	}
	doc.Load.Sent, doc.Load.Completed = uint64(sent), uint64(answered)
	doc.Load.Errors = doc.Load.Sent - doc.Load.Completed
	if r.Model != "" {
		doc.Notes = append(doc.Notes, "Throttle: "+r.Model)
	}
	for i := range r.Results {
		x := &r.Results[i]
		doc.Checks = append(doc.Checks, result.Check{
			ID: x.Check.ID, Group: x.Check.Group(), Level: string(x.Level), Verdict: string(x.Verdict),
			Title: x.Check.Title, Refs: x.Check.Refs, Message: x.Message, Exchanges: x.Exchanges,
			Expected: x.Expected != nil,
		})
	}
}
