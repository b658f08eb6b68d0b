package api

import (
	"fmt"
	"slices"
	"strings"
)

// DeviceInfoProblem is one way in which a DeviceInfo departs from the table of
// the X-Device-Info page.
type DeviceInfoProblem struct {
	// Key is the member's name.
	Key string
	// Value is what it holds, as text; "" when it is missing or empty.
	Value string
	// Want says what would be right.
	Want string
}

// String returns the problem in words.
func (p DeviceInfoProblem) String() string {
	if p.Value == "" {
		return fmt.Sprintf("%s: want %s", p.Key, p.Want)
	}
	return fmt.Sprintf("%s: %q: want %s", p.Key, p.Value, p.Want)
}

// Validate returns every problem: missing required keys first, in the table's
// order, then the fields in their own order. The strict reading takes the closed
// lists literally and reports unknown and repeated keys; the tolerant one also
// takes values that platforms really send, and ignores unknown keys.
func (d DeviceInfo) Validate(strict bool) []DeviceInfoProblem {
	var problems []DeviceInfoProblem
	for i := range deviceInfoKeys {
		key := &deviceInfoKeys[i]
		value, ok := d.Get(key.Name)
		if key.Required && (!ok || value == "") {
			problems = append(problems, DeviceInfoProblem{Key: key.Name, Want: "a value: the key is required"})
		}
	}
	for i := range d {
		if want := d.wanted(i, strict); want != "" {
			problems = append(problems, DeviceInfoProblem{d[i].Key, scalarText(d[i].Value), want})
		}
	}
	return problems
}

// wanted says what should stand in place of field i; "" when it is right.
func (d DeviceInfo) wanted(i int, strict bool) string {
	field := d[i]
	key, known := LookupDeviceInfoKey(field.Key)
	switch {
	case !known && strict:
		return "a documented key"
	case !known:
		return ""
	case strict && slices.ContainsFunc(d[:i], func(f DeviceInfoField) bool { return f.Key == field.Key }):
		return "the key only once"
	case field.Value == nil:
		return "a string, number or boolean"
	case key.Values == nil, key.Required && field.Value == "":
		return ""
	}
	value := scalarText(field.Value)
	if slices.Contains(key.Values, value) || !strict && slices.Contains(key.Also, value) {
		return ""
	}
	return "one of " + strings.Join(key.Values, ", ")
}

func scalarText(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
