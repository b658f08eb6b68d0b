package reports

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

// lanes are the rows of a device's timeline, from the top.
var lanes = []struct {
	what, name string
	color      int
}{
	{result.ActRegistration, "registrations", colorRemark},
	{result.ActToken, "tokens", 4},
	{result.ActCall, "calls", colorOK},
	{result.ActThrottled, "429", colorThrottled},
	{result.ActBreach, "breaches", colorFailed},
}

// The measures of a timeline, in pixels.
const (
	laneHeight  = 22
	laneNames   = 110
	laneWidth   = 600
	laneTopEdge = 6
)

// timelines draws what each of the worst devices did, and when.
func timelines(a *result.Audit) (list []figure) {
	for i := range a.Devices {
		d := &a.Devices[i]
		if len(d.Timeline) == 0 {
			continue
		}
		f := figure{Title: fmt.Sprintf("Device %d over time", d.Number), Says: timelineWords(d)}
		f.SVG = template.HTML(timelineSVG(d, f.Says))
		f.Data = timelineTable(d)
		list = append(list, f)
	}
	return list
}

// timelineWords is the chart in a sentence.
func timelineWords(d *result.AuditDevice) string {
	counts := map[string]int{}
	for _, a := range d.Timeline {
		counts[a.What]++
	}
	last := d.Timeline[len(d.Timeline)-1].At
	text := fmt.Sprintf("In %s: %d registrations, %d token requests, %d calls, %d answers 429 and %d breaches that are shown.",
		duration(float64(last.Sub(d.Timeline[0].At).Microseconds())), counts[result.ActRegistration], counts[result.ActToken],
		counts[result.ActCall], counts[result.ActThrottled], counts[result.ActBreach])
	if done := len(d.Timeline) - counts[result.ActBreach]; uint64(done) < d.Requests {
		text += fmt.Sprintf(" The first %d of %s requests are shown.", done, count(d.Requests))
	}
	return text
}

// timelineSVG draws a row for each kind, with a stroke for each thing. Every
// stroke has its words as a title.
func timelineSVG(d *result.AuditDevice, says string) string {
	first, last := d.Timeline[0].At, d.Timeline[len(d.Timeline)-1].At
	length := max(last.Sub(first), time.Millisecond)
	height := laneTopEdge + len(lanes)*laneHeight + 24
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="timeline" role="img" viewBox="0 0 %d %d" width="100%%" preserveAspectRatio="xMinYMin meet" font-size="12" fill="currentColor"><title>Device %d over time</title><desc>%s</desc>`,
		laneNames+laneWidth+20, height, d.Number, template.HTMLEscapeString(says))
	for row, lane := range lanes {
		y := laneTopEdge + row*laneHeight
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text><path d="M%d %dH%d" stroke="currentColor" stroke-opacity=".25"/>`,
			laneNames-8, y+15, lane.name, laneNames, y+11, laneNames+laneWidth)
		for i := range d.Timeline {
			a := &d.Timeline[i]
			if a.What != lane.what {
				continue
			}
			x := float64(laneNames) + float64(a.At.Sub(first))/float64(length)*laneWidth
			fmt.Fprintf(&b, `<path d="M%.1f %dv16" stroke="var(--s%d)" stroke-width="3"><title>%s</title></path>`,
				x, y+3, lane.color, template.HTMLEscapeString(actWords(a)))
		}
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text><text x="%d" y="%d" text-anchor="end">%s</text></svg>`,
		laneNames, height-6, first.UTC().Format("15:04:05"), laneNames+laneWidth, height-6, last.UTC().Format("15:04:05"))
	return b.String()
}

// actWords is one thing on a timeline.
func actWords(a *result.AuditAct) string {
	text := fmt.Sprintf("%s #%d %s", a.At.UTC().Format("15:04:05.000"), a.Exchange, a.Endpoint)
	switch {
	case a.Rule != "":
		return text + " breaks " + a.Rule
	case a.Status == 0:
		return text + ", no answer"
	}
	return fmt.Sprintf("%s, %d", text, a.Status)
}

func timelineTable(d *result.AuditDevice) *table {
	t := tableOf(fmt.Sprintf("Device %d, what it did when", d.Number), "time", "what", "operation", "#status", "rule", "#exchange")
	for _, a := range d.Timeline {
		status := ""
		if a.Status > 0 {
			status = count(a.Status)
		}
		t.add(a.At.UTC().Format("15:04:05.000"), a.What, a.Endpoint, status, a.Rule, count(a.Exchange))
		if a.What == result.ActBreach {
			t.mark(1, "must")
		}
	}
	return t
}

// ruleCases are the rules of an audit as cases of a test suite: a broken rule that
// decides the gate fails, another passes with what was seen as output, and a rule
// that was not observed or cannot be decided is skipped.
func ruleCases(doc *result.Document) []junitCase {
	if doc.Audit == nil {
		return nil
	}
	var cases []junitCase
	for i := range doc.Audit.Rules {
		r := &doc.Audit.Rules[i]
		c := junitCase{Name: printable(r.ID + " " + r.Title), Class: "dcrbench.rules"}
		switch r.Verdict {
		case "broken":
			text := printable(breachText(doc.Audit, r))
			if r.Level == "mandatory" && r.Check == "full" && !r.Expected {
				c.Failure = &junitResult{Message: fmt.Sprintf("breaches: %s, devices: %s", count(r.Breaches), count(r.BrokenDevices)), Type: r.Level, Text: text}
			} else {
				c.Out = bindingWord(r) + ": " + text
			}
		case "kept":
		default:
			c.Skipped = &junitSkip{Message: r.Verdict}
		}
		cases = append(cases, c)
	}
	return cases
}

// breachText is the evidence of a rule, line by line.
func breachText(a *result.Audit, r *result.AuditRule) string {
	var lines []string
	for i := range a.Breaches {
		if b := &a.Breaches[i]; b.Rule == r.ID && len(lines) < maxBreaches {
			lines = append(lines, fmt.Sprintf("device %d %s (%s)", b.Device, b.Did, seenAt(b)))
		}
	}
	if r.Cost != "" {
		lines = append(lines, "It costs: "+r.Cost)
	}
	return strings.Join(lines, "\n")
}
