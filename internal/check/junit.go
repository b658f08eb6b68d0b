package check

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/dcrbench/dcrbench/internal/spec"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string       `xml:"name,attr"`
	Class   string       `xml:"classname,attr"`
	Failure *junitResult `xml:"failure"`
	Error   *junitResult `xml:"error"`
	Skipped *junitResult `xml:"skipped"`
	Out     string       `xml:"system-out,omitempty"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes the report as JUnit XML: a suite for each group, a failure for
// each unexpected FAIL, an error for each ERROR, and skipped for what was not
// checked. Stale expectations fail in a suite of their own.
func (r *Report) JUnit(w io.Writer, target string) error {
	all := junitSuites{Name: "dcrbench check " + target}
	for _, g := range spec.Groups() {
		s := junitSuite{Name: spec.GroupTitle(g)}
		for i := range r.Results {
			if x := &r.Results[i]; x.Check.Group() == g {
				s.add(junitOf(x, g))
			}
		}
		all.add(s)
	}
	stale := junitSuite{Name: "Expectations"}
	for _, text := range r.Stale {
		stale.add(junitCase{Name: text, Class: "expectations", Failure: &junitResult{Message: clean(text), Type: "stale"}})
	}
	all.add(stale)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (all *junitSuites) add(s junitSuite) {
	if s.Tests == 0 {
		return
	}
	all.Suites = append(all.Suites, s)
	all.Tests += s.Tests
	all.Failures += s.Failures
	all.Errors += s.Errors
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func junitOf(x *Result, group string) junitCase {
	c := junitCase{Name: x.Check.ID, Class: group}
	message := clean(x.Message)
	switch {
	case x.Failing():
		c.Failure = &junitResult{message, string(x.Level), clean(fmt.Sprintf("%s\n%s\nexchanges %v", x.Check.Title, strings.Join(x.Check.Refs, "; "), x.Exchanges))}
	case x.Verdict == Error:
		c.Error = &junitResult{Message: message}
	case x.Verdict == Skip || x.Verdict == BlockedBy || x.Verdict == Inconclusive:
		c.Skipped = &junitResult{Message: string(x.Verdict) + ": " + message}
	case x.Verdict != Pass:
		c.Out = string(x.Verdict) + ": " + message
	}
	return c
}

// clean drops what XML cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffd || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
}
