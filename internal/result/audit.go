package result

import (
	"fmt"
	"time"
)

// Audit is what only an audit knows: how a real client kept the rules.
type Audit struct {
	// Strict reports that the strict reading applied, ServerSide that the rules
	// for servers did, and ToleranceMS how far clocks may be off.
	Strict      bool  `json:"strict"`
	ServerSide  bool  `json:"server_side"`
	ToleranceMS int64 `json:"tolerance_ms"`
	// Sources are the recordings, in the order in which they continue each other.
	Sources []AuditSource `json:"sources"`
	// Unattributed counts exchanges of no known device, Overflow those of
	// devices beyond the bound.
	Unattributed uint64 `json:"unattributed"`
	Overflow     uint64 `json:"overflow"`
	// Rules are those that were judged, the worst first.
	Rules []AuditRule `json:"rules"`
	// NotJudged are the ids of the rules that traffic does not show, or not well
	// enough.
	NotJudged []string `json:"not_judged"`
	// DeviceCount counts the devices, Devices shows the ones with most breaches.
	DeviceCount int           `json:"device_count"`
	Devices     []AuditDevice `json:"devices"`
	// Breaches are samples with their evidence, in the order of Rules.
	Breaches []AuditBreach `json:"breaches"`
}

// AuditSource is one recording and what was in it.
type AuditSource struct {
	Name    string `json:"name"`
	Creator string `json:"creator"`
	// Entries counts everything, Exchanges what was judged.
	Entries   uint64 `json:"entries"`
	Exchanges uint64 `json:"exchanges"`
	// FirstExchange is the number of the first entry, in the numbering of the
	// breaches.
	FirstExchange uint64 `json:"first_exchange"`
	Foreign       uint64 `json:"foreign"`
	Preflights    uint64 `json:"preflights"`
	Malformed     uint64 `json:"malformed"`
	Oversized     uint64 `json:"oversized"`
	Zoneless      uint64 `json:"zoneless"`
	Bytes         int64  `json:"bytes"`
	Truncated     bool   `json:"truncated"`
}

// AuditRule is one rule over all devices.
type AuditRule struct {
	ID string `json:"id"`
	// Level is mandatory or recommended, Check full or partial: a breach of a
	// partial one is a hint.
	Level string `json:"level"`
	Check string `json:"check"`
	Title string `json:"title"`
	// Verdict is the worst of the devices: broken, undecidable, not-observed or
	// kept.
	Verdict string `json:"verdict"`
	// The devices by their verdicts.
	BrokenDevices      int `json:"broken_devices"`
	KeptDevices        int `json:"kept_devices"`
	UndecidableDevices int `json:"undecidable_devices"`
	NotObservedDevices int `json:"not_observed_devices"`
	// Breaches counts all breaches, Occasions all occasions for one.
	Breaches  int    `json:"breaches"`
	Occasions int    `json:"occasions"`
	Cost      string `json:"cost"`
	// Expected reports that a row of the expectations file accepts the breaches.
	Expected bool     `json:"expected"`
	Refs     []string `json:"refs"`
}

// AuditDevice is one device.
type AuditDevice struct {
	Number   int       `json:"number"`
	Name     string    `json:"name"`
	Requests uint64    `json:"requests"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Breaches int       `json:"breaches"`
	// Verdicts are those of the judged rules that were observed, by id.
	Verdicts map[string]string `json:"verdicts"`
	// Timeline is what the device did and what of it broke a rule, in the order of
	// time; empty for all but the devices with most breaches.
	Timeline []AuditAct `json:"timeline"`
}

// AuditBreach is one breach with its evidence.
type AuditBreach struct {
	Rule   string `json:"rule"`
	Device int    `json:"device"`
	// Exchanges are numbers of exchanges, the guilty one last, and Times when
	// their requests were sent.
	Exchanges []uint64    `json:"exchanges"`
	Times     []time.Time `json:"times"`
	// Did says what the client did, Should what a sound one does, and Costs what
	// the difference costs.
	Did    string `json:"did"`
	Should string `json:"should"`
	Costs  string `json:"costs"`
}

// FinishAudit computes the notes and the verdict of an audit. The gate is met
// when no mandatory rule that traffic decides is broken.
//
// Breaches that are expected count for nothing; an expectation that is stale and a
// threshold that is not met fail.
func FinishAudit(doc *Document, thresholds ...Threshold) {
	a := doc.Audit
	var failed, advice, hints int
	for i := range a.Rules {
		r := &a.Rules[i]
		switch {
		case r.BrokenDevices == 0 || r.Expected:
		case r.Check != "full":
			hints++
		case r.Level != "mandatory":
			advice++
		default:
			failed++
		}
	}
	doc.Notes = a.notes(advice, hints)
	doc.Thresholds = EvaluateThresholds(doc, thresholds)
	reasons := []string{}
	if failed > 0 {
		reasons = append(reasons, plural(uint64(failed), "mandatory rule", "mandatory rules")+" broken")
	}
	reasons = append(reasons, staleReasons(doc)...)
	for _, t := range doc.Thresholds {
		if !t.Met {
			reasons = append(reasons, fmt.Sprintf("threshold %s not met: it was %s", t.Expr, t.Was()))
		}
	}
	doc.Verdict = Verdict{StatusFailed, ExitFailed, reasons}
	if len(reasons) == 0 {
		doc.Verdict = Verdict{StatusPassed, ExitPassed, []string{"no mandatory rule broken"}}
	}
	if doc.Interrupted {
		doc.Verdict.Status, doc.Verdict.ExitCode = StatusInterrupted, ExitInterrupted
	}
}

// staleReasons are the expectations that do not hold any more.
func staleReasons(doc *Document) (list []string) {
	if doc.Release == nil {
		return nil
	}
	for _, x := range doc.Release.Expectations {
		if x.Stale != "" {
			list = append(list, x.Stale)
		}
	}
	return list
}

func (a *Audit) notes(advice, hints int) []string {
	notes := []string{}
	if advice > 0 {
		notes = append(notes, plural(uint64(advice), "recommended rule", "recommended rules")+" broken")
	}
	if hints > 0 {
		notes = append(notes, plural(uint64(hints), "hint", "hints")+" that a rule is broken which traffic cannot prove")
	}
	for i := range a.Sources {
		s := &a.Sources[i]
		if s.Truncated {
			notes = append(notes, s.Name+" ends before its end; what is whole was judged")
		}
		if n := s.Malformed + s.Oversized; n > 0 {
			notes = append(notes, fmt.Sprintf("%s: %d of %d entries could not be read", s.Name, n, s.Entries))
		}
		if s.Zoneless > 0 {
			notes = append(notes, fmt.Sprintf("%s: the times of %d entries name no zone and were read as UTC", s.Name, s.Zoneless))
		}
	}
	if a.Unattributed > 0 {
		notes = append(notes, fmt.Sprintf("%d exchanges belong to no device that the recording identifies", a.Unattributed))
	}
	if a.Overflow > 0 {
		notes = append(notes, fmt.Sprintf("%d exchanges of further devices were not judged", a.Overflow))
	}
	return notes
}
