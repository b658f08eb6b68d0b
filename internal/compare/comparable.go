package compare

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/result"
)

// The differences between two runs that still count as the same experiment.
const (
	// sameDuration is the relative difference in how long two runs took; the last
	// answers come a little earlier or later.
	sameDuration = 0.2
	// sameStart is the difference in the share of devices that had no credentials.
	sameStart = 0.1
)

// incomparable says what makes the sides different experiments, so that their
// figures cannot be held against each other.
func incomparable(before, after []Run) []string {
	list := []string{}
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	a := before[0].Doc
	for _, r := range slices.Concat(before[1:], after) {
		d := r.Doc
		switch {
		case a.Fleet.Name != d.Fleet.Name:
			say("other fleet: %q in %s, %q in %s", a.Fleet.Name, before[0].Name, d.Fleet.Name, r.Name)
		case a.Fleet.Devices != d.Fleet.Devices:
			say("other number of devices: %d in %s, %d in %s", a.Fleet.Devices, before[0].Name, d.Fleet.Devices, r.Name)
		case mix(a) != mix(d) && a.Seed == d.Seed:
			say("fleet %q has other profiles in %s than in %s", a.Fleet.Name, before[0].Name, r.Name)
		case !near(a.Load.DurationS, d.Load.DurationS) && d.Load.Completed > 0 && a.Load.Completed > 0:
			say("other length: %.1f s in %s, %.1f s in %s", a.Load.DurationS, before[0].Name, d.Load.DurationS, r.Name)
		}
	}
	for _, r := range slices.Concat(before, after) {
		if r.Doc.Interrupted {
			say("%s was interrupted", r.Name)
		}
	}
	return slices.Compact(list)
}

// mix writes down the profiles of a fleet and how many devices have each.
func mix(doc *result.Document) string {
	var b strings.Builder
	for _, p := range doc.Fleet.Profiles {
		fmt.Fprintf(&b, "%s=%d ", p.Name, p.Devices)
	}
	return b.String()
}

// near reports whether two lengths, in seconds, are of the same kind of run.
func near(a, b float64) bool {
	return math.Abs(a-b) <= max(sameDuration*max(a, b), 1)
}

// cautions say what else differs, or is missing, that a reader should know.
func cautions(before, after []Run, otherStart bool) []string {
	list := []string{}
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	a, b := describe(before), describe(after)
	if otherStart {
		say("the sides began differently: %s of the launched devices asked for credentials before and %s after; figures of throttling, token reuse and statuses are not judged (--vault none makes every run begin anew)",
			percent(newcomers(before)), percent(newcomers(after)))
	}
	if !slices.Equal(a.Seeds, b.Seeds) {
		say("other seeds: %v before, %v after; the devices made other draws", a.Seeds, b.Seeds)
	}
	if place(a.Target) != place(b.Target) {
		say("other target: %s before, %s after", a.Target, b.Target)
	}
	x, y := before[0].Doc, after[0].Doc
	if x.Target.HTTPVersion != y.Target.HTTPVersion && x.Target.HTTPVersion != "" && y.Target.HTTPVersion != "" {
		say("other protocol: HTTP/%s before, HTTP/%s after", x.Target.HTTPVersion, y.Target.HTTPVersion)
	}
	if a.Tool != b.Tool {
		say("other build of dcrbench: %s before, %s after", a.Tool, b.Tool)
	}
	for _, r := range slices.Concat(before, after) {
		// No reason to give up: how late the generator was is in what counts as a
		// difference.
		if v := r.Doc.Verdict; v.Status == result.StatusUnreliable && len(v.Reasons) > 0 {
			say("%s is not to be trusted: %s", r.Name, v.Reasons[0])
		}
	}
	if us := latest(slices.Concat(before, after)); us > tooLate {
		say("one percent of the requests of a run left more than %d ms late: only the least time on the wire is judged, because it alone does not depend on the generator", us/1000)
	}
	if n := min(len(before), len(after)); n < enoughRuns && x.Kind != result.KindCheck && x.Kind != result.KindAudit {
		say("%d and %d runs: the tests rest on the spread within them; %d or more on each side tell what differs from run to run", len(before), len(after), enoughRuns)
	}
	return list
}

// place is a target without its port where that is on this machine, because an
// embedded simulator has another one each time.
func place(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" && u.Hostname() != "::1" {
		return target
	}
	return u.Scheme + "://this machine" + u.Path
}

// startDiffers reports whether the devices of one side had credentials from
// before and those of the other had not.
func startDiffers(before, after []Run) bool {
	return math.Abs(newcomers(before)-newcomers(after)) > sameStart
}

// newcomers is the share of the launched devices that asked for credentials,
// whatever the service answered. One that has them from an earlier run does not.
func newcomers(runs []Run) float64 {
	devices, asked := 0.0, 0.0
	for _, r := range runs {
		devices += float64(r.Doc.Load.Scheduled)
		for _, e := range r.Doc.Endpoints {
			if e.Endpoint == api.OpRegister.String() {
				asked += min(float64(e.Requests), float64(r.Doc.Load.Scheduled))
			}
		}
	}
	if devices == 0 {
		return 0
	}
	return asked / devices
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }
