package profiles

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// decoder collects the problems of one file while its values are read.
type decoder struct {
	file     string
	problems Problems
}

// report adds a problem at n.
func (d *decoder) report(n *node, path, reason, want string) {
	d.reportValue(n, path, "", reason, want)
}

// reportValue adds a problem about a value that stands at n.
func (d *decoder) reportValue(n *node, path, value, reason, want string) {
	d.problems = append(d.problems, Problem{
		File: d.file, Line: n.line, Column: n.column,
		Path: path, Value: value, Reason: reason, Want: want,
	})
}

// refuse reports the scalar at n.
func (d *decoder) refuse(n *node, path, reason, want string) {
	if n.text == "" {
		reason = "an empty value " + reason
	}
	d.reportValue(n, path, n.text, reason, want)
}

// is checks the kind of n.
func (d *decoder) is(n *node, path string, k kind, want string) bool {
	if n.kind == k {
		return true
	}
	switch n.kind {
	case kindNull:
		d.report(n, path, "has no value", want)
	case kindMap, kindList:
		d.report(n, path, "is "+kindNames[n.kind], want)
	default:
		d.refuse(n, path, "is "+kindNames[n.kind]+", not "+kindNames[k], want)
	}
	return false
}

// key is one key that a map may have, and what to do with its value.
type key struct {
	name string
	read func(n *node, path string)
}

// fields reads a map: each key once, unknown ones reported with the nearest
// known one.
func (d *decoder) fields(n *node, path string, keys ...key) {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	if !d.is(n, path, kindMap, "give it some of the keys "+strings.Join(names, ", ")) {
		return
	}
next:
	for i, have := range n.keys {
		for _, k := range keys {
			if k.name == have.text {
				k.read(n.items[i], join(path, k.name))
				continue next
			}
		}
		d.reportValue(have, path, have.text, "is not a key here",
			"use one of "+strings.Join(names, ", ")+didYouMean(have.text, names))
	}
}

// list reads a list of at least one and at most limit items.
func (d *decoder) list(n *node, path string, limit int, item func(n *node, path string)) {
	if !d.is(n, path, kindList, "write it as a list") {
		return
	}
	if len(n.items) == 0 {
		d.report(n, path, "is empty", "give it at least one item")
		return
	}
	if len(n.items) > limit {
		d.report(n, path, fmt.Sprintf("has %d items", len(n.items)), fmt.Sprintf("keep it to %d", limit))
		return
	}
	for i, it := range n.items {
		item(it, path+"["+strconv.Itoa(i)+"]")
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// words reads text of one line, not empty.
func (d *decoder) words(n *node, path string, to *string) {
	if !d.is(n, path, kindText, "write text, in quotes if it looks like something else") {
		return
	}
	if strings.TrimSpace(n.text) == "" {
		d.refuse(n, path, "says nothing", "write some text")
		return
	}
	if strings.ContainsFunc(n.text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		d.refuse(n, path, "holds a control character", "keep to one line of text")
		return
	}
	*to = n.text
}

// story reads text that may have several lines, which it joins.
func (d *decoder) story(n *node, path string, to *string) {
	if d.is(n, path, kindText, "write text") {
		*to = strings.Join(strings.Fields(n.text), " ")
	}
}

// name reads the name of a profile or fleet.
func (d *decoder) name(n *node, path string, to *string) {
	const want = "use lower-case letters, digits and hyphens, at most 63, such as living-room"
	if !d.is(n, path, kindText, want) {
		return
	}
	if !validName(n.text) {
		d.refuse(n, path, "is not a name", want)
		return
	}
	*to = n.text
}

func validName(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}

func (d *decoder) boolean(n *node, path string, to *bool) {
	if d.is(n, path, kindBool, "use true or false") {
		*to = strings.EqualFold(n.text, "true")
	}
}

// choice reads one of a closed set of words and returns its index.
func (d *decoder) choice(n *node, path, what string, names []string) (int, bool) {
	want := "use one of " + strings.Join(names, ", ")
	if !d.is(n, path, kindText, want) {
		return 0, false
	}
	for i, name := range names {
		if name == n.text {
			return i, true
		}
	}
	d.refuse(n, path, "is not "+what, want+didYouMean(n.text, names))
	return 0, false
}

func (d *decoder) integer(n *node, path string, lowest, highest int, to *int) {
	want := fmt.Sprintf("use a whole number from %d to %d", lowest, highest)
	if !d.is(n, path, kindNumber, want) {
		return
	}
	v, err := strconv.Atoi(n.text)
	if err != nil {
		d.refuse(n, path, "is not a whole number in reach", want)
		return
	}
	if v < lowest || v > highest {
		d.refuse(n, path, "is out of reach", want)
		return
	}
	*to = v
}

// number reads a number above lowest and up to highest; a lowest below 0 lets 0
// pass, and nothing less.
func (d *decoder) number(n *node, path string, lowest, highest float64, to *float64) {
	want := fmt.Sprintf("use a number above %g and up to %g", lowest, highest)
	if lowest < 0 {
		want = fmt.Sprintf("use a number from 0 to %g", highest)
	}
	if !d.is(n, path, kindNumber, want) {
		return
	}
	v, err := strconv.ParseFloat(strings.TrimPrefix(n.text, "+"), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		d.refuse(n, path, "is not a number in reach", want)
		return
	}
	if v <= lowest || v < 0 || v > highest {
		d.refuse(n, path, "is out of reach", want)
		return
	}
	*to = v
}

// duration reads one duration within bounds, both included.
func (d *decoder) duration(n *node, path string, lowest, highest time.Duration, to *time.Duration) {
	want := fmt.Sprintf("use a duration from %s to %s, such as 3s or 500ms", short(lowest), short(highest))
	if !d.isTime(n, path, want) {
		return
	}
	if v, ok := d.parseDuration(n, path, n.text, want, lowest, highest); ok {
		*to = v
	}
}

// span reads a range of durations: 3s, or 2s..5s.
func (d *decoder) span(n *node, path string, lowest, highest time.Duration, to *Range) {
	want := fmt.Sprintf("use a duration or a range such as 2s..5s, from %s to %s", short(lowest), short(highest))
	if !d.isTime(n, path, want) {
		return
	}
	from, upTo, ranged := strings.Cut(n.text, "..")
	if !ranged {
		upTo = from
	}
	var r Range
	var ok bool
	if r.Min, ok = d.parseDuration(n, path, from, want, lowest, highest); !ok {
		return
	}
	if r.Max, ok = d.parseDuration(n, path, upTo, want, lowest, highest); !ok {
		return
	}
	if r.Min > r.Max {
		d.refuse(n, path, "ends before it begins", "put the shorter duration first")
		return
	}
	*to = r
}

// isTime checks that n is text, with a hint for numbers without a unit.
func (d *decoder) isTime(n *node, path, want string) bool {
	if n.kind == kindNumber {
		d.refuse(n, path, "has no unit", want)
		return false
	}
	return d.is(n, path, kindText, want)
}

func (d *decoder) parseDuration(n *node, path, text, want string, lowest, highest time.Duration) (time.Duration, bool) {
	v, err := time.ParseDuration(text)
	if err != nil {
		d.refuse(n, path, "is not a duration", want)
		return 0, false
	}
	if v < lowest || v > highest {
		d.refuse(n, path, "is out of reach", want)
		return 0, false
	}
	return v, true
}

// short formats a duration without the zero units that time.Duration leaves at
// the end.
func short(v time.Duration) string {
	s := v.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
