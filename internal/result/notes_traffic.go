package result

import (
	"fmt"
	"time"
)

// wasteNotes says how much of the traffic a client without faults would not
// have sent.
func wasteNotes(doc *Document) []string {
	k := doc.TokenReuse
	wasted := k.ReRegistrationsUnjustified + k.RedundantTokenRequests
	if wasted == 0 {
		return nil
	}
	return []string{fmt.Sprintf(
		"Needless registrations and token requests are %s of the %s (%s); kept credentials and tokens would spare them.",
		count(wasted), plural(doc.Load.Sent, "request", "requests"), percent(wasted, doc.Load.Sent))}
}

func expiredNotes(doc *Document) []string {
	n := doc.TokenReuse.ExpiredTokenUses
	if n == 0 {
		return nil
	}
	var names []string
	for _, m := range members(doc) {
		if m.TokenReuse.ExpiredTokenUses > 0 {
			names = append(names, m.Name)
		}
	}
	return []string{fmt.Sprintf("%s used a token after its end (%s).", plural(n, "call", "calls"), list(names))}
}

func errorNotes(doc *Document) []string {
	if doc.Load.Errors == 0 || doc.Load.Completed == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s of %s (%s) got no answer: %s.",
		count(doc.Load.Errors), plural(doc.Load.Sent, "request", "requests"), percent(doc.Load.Errors, doc.Load.Sent), errorKinds(doc))}
}

// noticeableLateness is where lateness begins to show in latencies.
const noticeableLateness = 10 * time.Millisecond

func latenessNotes(doc *Document) []string {
	late := time.Duration(doc.Load.LatenessUS.P99) * time.Microsecond
	if late <= noticeableLateness {
		return nil
	}
	return []string{fmt.Sprintf("The generator was late: 1 %% of the requests left more than %s after their time, and latencies, which count from that time, contain it.", brief(late))}
}

// omissionNotes says what the figures do not hold.
func omissionNotes(doc *Document) []string {
	var notes []string
	if n := doc.Load.WarmUpExcluded; n > 0 {
		notes = append(notes, plural(n, "request of the warm-up is", "requests of the warm-up are")+" in no figure.")
	}
	if n := doc.Compliance.Overflow; n > 0 {
		notes = append(notes, plural(n, "finding is", "findings are")+" counted but not listed, for there were too many different ones.")
	}
	return notes
}
