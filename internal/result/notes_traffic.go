package result

import (
	"fmt"
	"strings"
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

// failureNotes speaks of answers with a 5xx status: whatever the contract says of
// them, a service that fails so often is not what the other figures are about.
func failureNotes(doc *Document) []string {
	var failed uint64
	for _, e := range doc.Endpoints {
		for status, n := range e.Status {
			if strings.HasPrefix(status, "5") {
				failed += n
			}
		}
	}
	if failed == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s of %s (%s) had a 5xx status.",
		count(failed), plural(doc.Load.Completed, "answer", "answers"), percent(failed, doc.Load.Completed))}
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
	if n := doc.Load.HeldBack; n > 0 {
		notes = append(notes, fmt.Sprintf("The ceiling on the request rate still held back %s when the run ended: the fleet wanted more than it was let.",
			plural(n, "device", "devices")))
	}
	if n, all := doc.Load.Scheduled, uint64(doc.Fleet.Devices); n > 0 && n < all {
		notes = append(notes, fmt.Sprintf("Only %s of %s were launched before the end; shares of devices are of the whole fleet.",
			count(n), plural(all, "device", "devices")))
	}
	if n := doc.Compliance.Overflow; n > 0 {
		notes = append(notes, plural(n, "finding is", "findings are")+" counted but not listed, for there were too many different ones.")
	}
	return notes
}
