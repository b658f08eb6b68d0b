package check

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"testing"

	"github.com/dcrbench/dcrbench/internal/spec"
)

// junitForm is what readers of JUnit XML accept: the attributes of each element,
// the required ones first, and the elements inside.
var junitForm = map[string]struct {
	attributes []string
	required   int
	inside     []string
}{
	"":           {inside: []string{"testsuites"}},
	"testsuites": {[]string{"name", "tests", "failures", "errors", "time"}, 0, []string{"testsuite"}},
	"testsuite":  {[]string{"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"}, 4, []string{"testcase", "properties"}},
	"testcase":   {[]string{"name", "classname", "time"}, 1, []string{"failure", "error", "skipped", "system-out", "system-err"}},
	"failure":    {[]string{"message", "type"}, 0, nil},
	"error":      {[]string{"message", "type"}, 0, nil},
	"skipped":    {[]string{"message", "type"}, 0, nil},
	"system-out": {},
}

func TestJUnitKeepsToTheFormThatReadersAccept(t *testing.T) {
	all := spec.All()
	var r Report
	for i, v := range []Verdict{Pass, Fail, Warn, Info, Skip, BlockedBy, Inconclusive, Error} {
		c := all[i*7]
		r.Results = append(r.Results, Result{Check: c, Level: spec.Must, Verdict: v, Message: "a < b & \"c\" \x00\x1b", Exchanges: []uint64{1, 2}})
	}
	r.Stale = []string{"row 1 is stale"}
	var b bytes.Buffer
	if err := r.JUnit(&b, "http://example.com/?a=1&b=2"); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	path := []string{""}
	d := xml.NewDecoder(&b)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			counts[e.Name.Local]++
			junitElement(t, path[len(path)-1], e)
			path = append(path, e.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
	for name, want := range map[string]int{"testcase": 9, "failure": 2, "error": 1, "skipped": 3, "system-out": 2} {
		if counts[name] != want {
			t.Errorf("%s: got %d, want %d", name, counts[name], want)
		}
	}
}

func junitElement(t *testing.T, parent string, e xml.StartElement) {
	t.Helper()
	form, known := junitForm[e.Name.Local]
	if !known || !slices.Contains(junitForm[parent].inside, e.Name.Local) {
		t.Errorf("%s does not belong into %s", e.Name.Local, parent)
	}
	var names []string
	for _, a := range e.Attr {
		names = append(names, a.Name.Local)
		if !slices.Contains(form.attributes, a.Name.Local) {
			t.Errorf("%s has the attribute %s", e.Name.Local, a.Name.Local)
		}
		if slices.Contains([]string{"tests", "failures", "errors", "skipped"}, a.Name.Local) {
			if n, err := strconv.Atoi(a.Value); err != nil || n < 0 {
				t.Errorf("%s of %s is %q, want a number", a.Name.Local, e.Name.Local, a.Value)
			}
		}
	}
	for _, want := range form.attributes[:form.required] {
		if !slices.Contains(names, want) {
			t.Errorf("%s lacks %s", e.Name.Local, want)
		}
	}
}
