package profiles

import (
	"fmt"
	"strings"
)

// ExplainFleet says in plain words whom a fleet represents, how size devices
// split over its profiles, what their sessions cost, and which profiles break
// client rules. A size below 1 stands for the fleet's own.
func ExplainFleet(f *Fleet, size int) string {
	if size < 1 {
		size = f.Devices
	}
	var w writer
	w.line("%s: %s", f.Name, f.Title)
	if f.Story != "" {
		w.line("")
		for _, l := range wrap(f.Story, 78) {
			w.line("  %s", l)
		}
	}
	w.line("")
	population, err := NewPopulation(f, size, 0)
	if err != nil {
		w.line("  %s", err)
		return w.String()
	}
	w.item("devices", explainAddresses(population))
	w.item("launch", f.Launch.String())
	w.item("duration", short(f.Duration))
	w.item("service", fmt.Sprintf("%s; %s, %s", f.ServiceProvider,
		plural(len(f.MVPDs), "TV provider"), plural(len(f.Resources), "resource")))
	w.section("Profiles")
	bad, all, byBad := explainMembers(&w, population)
	w.section("What it costs")
	w.line("  One session of every device is about %s.", plural(round(all), "request"))
	if bad > 0 {
		w.line("  Devices that break client rules on purpose: %d (%s). They make %s of these requests.",
			bad, percent(float64(bad)/float64(size)), percent(byBad/all))
	} else {
		w.line("  Every device is well behaved.")
	}
	return w.String()
}

// explainMembers writes the table of profiles and sums up: devices that
// misbehave, the requests of one first session of all, and of the misbehaving.
func explainMembers(w *writer, p *Population) (bad int, all, byBad float64) {
	width := 0
	for _, profile := range p.list {
		width = max(width, len(profile.Name))
	}
	for i, profile := range p.list {
		requests := sessionCost(profile, true).total()
		all += requests * float64(p.counts[i])
		rules := make([]string, 0, 8)
		for _, m := range Misbehaviours(profile) {
			rules = append(rules, m.Rule)
		}
		note := "well behaved"
		if len(rules) > 0 {
			bad += p.counts[i]
			byBad += requests * float64(p.counts[i])
			note = "breaks " + strings.Join(rules, ", ")
		}
		w.line("  %-*s  %7d  %6s  %s", width, profile.Name, p.counts[i],
			percent(float64(p.counts[i])/float64(p.size)), note)
	}
	return bad, all, byBad
}

func explainAddresses(p *Population) string {
	text := fmt.Sprint(p.size)
	hidden := 0
	for i, profile := range p.list {
		if profile.Network.OmitForwardedFor {
			hidden += p.counts[i]
		}
	}
	if hidden < p.size {
		text += fmt.Sprintf(" at %d addresses", p.Addresses())
	}
	if hidden > 0 {
		text += fmt.Sprintf(", %d of them without X-Forwarded-For: the service sees one address", hidden)
	}
	return text
}

// wrap breaks text into lines of at most width bytes where words allow.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
