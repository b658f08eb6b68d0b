package result

import (
	"fmt"
	"slices"
	"strings"
)

// sharedAddressNotes names profiles whose devices all count as one because they
// send no X-Forwarded-For (THR-04).
func sharedAddressNotes(doc *Document) []string {
	var notes []string
	for _, m := range members(doc) {
		n := m.Throttling.Responses
		if !m.oneBucket() || n == 0 {
			continue
		}
		notes = append(notes, fmt.Sprintf(
			"%s went to %s, which sends no X-Forwarded-For: every device shares one address and with it one bucket, so its %s are throttled as if they were one.",
			shareOf429(n, doc), m.Name, plural(uint64(m.Devices), "device", "devices")))
	}
	return notes
}

// shareOf429 begins a sentence about some of the 429s.
func shareOf429(n uint64, doc *Document) string {
	switch total := doc.Throttling.Responses; {
	case n == 1 && total == 1:
		return "The only 429"
	case n == total:
		return fmt.Sprintf("All %s 429s", count(n))
	default:
		return fmt.Sprintf("%s of the %s 429s (%s)", count(n), count(total), percent(n, total))
	}
}

// culpritNotes names the profiles whose own traffic shows faults, what they are,
// and how many of the 429s they have to answer for.
func culpritNotes(doc *Document) []string {
	var names []string
	var devices, throttled, own uint64
	var sum TokenReuse
	var early uint64
	for _, m := range culprits(doc) {
		names = append(names, m.Name)
		devices += uint64(m.Devices)
		throttled += m.Throttling.Responses
		own += m.Throttling.SelfInflicted
		early += m.Throttling.RetriedEarly
		sum.ReRegistrationsUnjustified += m.TokenReuse.ReRegistrationsUnjustified
		sum.RedundantTokenRequests += m.TokenReuse.RedundantTokenRequests
	}
	if len(names) == 0 {
		return nil
	}
	faults := faultPhrases(sum, early)
	if throttled > 0 {
		// Only traffic that is too much for a bucket of its own is a cause; on a
		// shared one a device may pay for its neighbours.
		all := plural(doc.Throttling.Responses, "429", "429s")
		phrase := fmt.Sprintf("caused %s of the %s", percent(own, doc.Throttling.Responses), all)
		if own < throttled {
			phrase = fmt.Sprintf("drew %s of the %s, %s by their own traffic alone", percent(throttled, doc.Throttling.Responses), all, percent(own, doc.Throttling.Responses))
		}
		faults = append(faults, phrase)
	}
	return []string{fmt.Sprintf("%s %s %s: they %s.", whose(devices, doc), verbRun(devices), list(names), join(faults))}
}

// culprits are the profiles that misbehave, the most throttled first.
func culprits(doc *Document) []member {
	bad := slices.DeleteFunc(members(doc), func(m member) bool { return !m.misbehaves() })
	slices.SortStableFunc(bad, func(a, b member) int {
		switch x, y := a.Throttling.Responses, b.Throttling.Responses; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return bad
}

func faultPhrases(k TokenReuse, early uint64) []string {
	var phrases []string
	if n := k.ReRegistrationsUnjustified; n > 0 {
		phrases = append(phrases, fmt.Sprintf("registered again %s without need", plural(n, "time", "times")))
	}
	if n := k.RedundantTokenRequests; n > 0 {
		phrases = append(phrases, fmt.Sprintf("asked %s for a token while they held a live one", plural(n, "time", "times")))
	}
	if n := early; n > 0 {
		phrases = append(phrases, fmt.Sprintf("sent %s less than a second after a 429", plural(n, "request", "requests")))
	}
	return phrases
}

func whose(devices uint64, doc *Document) string {
	all := uint64(doc.Fleet.Devices)
	if devices >= all {
		return fmt.Sprintf("All %s", plural(devices, "device", "devices"))
	}
	return fmt.Sprintf("%s of %s (%s)", count(devices), plural(all, "device", "devices"), percent(devices, all))
}

func verbRun(devices uint64) string {
	if devices == 1 {
		return "runs"
	}
	return "run"
}

func join(phrases []string) string {
	if n := len(phrases); n > 1 {
		return strings.Join(phrases[:n-1], ", ") + " and " + phrases[n-1]
	}
	return strings.Join(phrases, "")
}

// victimNotes speaks of 429s that went to devices without a fault: neighbours
// behind one address, and devices whose plain traffic is too much.
func victimNotes(doc *Document) []string {
	var shared, own []string
	var sharedCount, ownCount uint64
	perAddress := map[float64]bool{}
	for _, m := range members(doc) {
		// What the documented limit would not have refused has another cause,
		// which predictionNotes names.
		n := min(m.Throttling.Responses, m.Throttling.Predicted)
		switch {
		case n == 0 || m.misbehaves() || m.oneBucket():
		case m.shares():
			shared = append(shared, m.Name)
			perAddress[m.fleet.DevicesPerAddress] = true
			sharedCount += n
		default:
			own = append(own, m.Name)
			ownCount += n
		}
	}
	var notes []string
	if sharedCount > 0 {
		notes = append(notes, fmt.Sprintf("%s went to devices that did nothing wrong but share their address, and so their bucket, with others: %s.",
			shareOf429(sharedCount, doc), list(shared)+apiece(perAddress)))
	}
	if ownCount > 0 {
		notes = append(notes, fmt.Sprintf("%s went to devices with an address of their own and no fault but their pace: %s.",
			shareOf429(ownCount, doc), list(own)))
	}
	return notes
}

// apiece says how many devices share an address, where it is the same for all.
func apiece(perAddress map[float64]bool) string {
	for n := range perAddress {
		if len(perAddress) == 1 {
			return fmt.Sprintf(" (%s devices to an address)", figure(n))
		}
	}
	return ""
}

// predictionNotes compares what was refused with what the documented bucket
// would have refused at the same times.
func predictionNotes(doc *Document) []string {
	got, want := doc.Throttling.Responses, doc.Throttling.Predicted
	off := got - want
	if want > got {
		off = want - got
	}
	switch {
	case got == 0 && want > 0:
		return []string{fmt.Sprintf("The target refused nothing, though the documented limit would have refused %s: it does not throttle, or by another key.", plural(want, "request", "requests"))}
	case want == 0 && got > 0:
		return []string{fmt.Sprintf("The target refused %s, though the documented limit would have refused none: it is stricter than documented, or sees another address than was sent.", plural(got, "request", "requests"))}
	case off > 10 && off*10 > want:
		how, why := "laxer", ""
		if got > want {
			how, why = "stricter", ", or it still counted requests from before this run"
		}
		return []string{fmt.Sprintf("The target refused %s where the documented limit would have refused %s: it is %s than documented%s.", plural(got, "request", "requests"), count(want), how, why)}
	}
	return nil
}
