package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Time      string      `xml:"time,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string       `xml:"name,attr"`
	Class   string       `xml:"classname,attr"`
	Time    string       `xml:"time,attr"`
	Skipped *junitSkip   `xml:"skipped"`
	Error   *junitResult `xml:"error"`
	Failure *junitResult `xml:"failure"`
	Out     string       `xml:"system-out,omitempty"`
}

type junitSkip struct {
	Message string `xml:"message,attr"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes what the document decides as JUnit XML: the verdict itself, every
// threshold, every finding and every check. A finding of level must is a failure,
// a lower one passes with its text as output; a failure that an expectation
// accepts passes, a stale expectation fails, and a check that could not be made is
// skipped. A verdict other than passed and failed is an error of the run; one that
// checks explain has no case of its own.
func JUnit(w io.Writer, doc *result.Document) error {
	length := seconds(doc.Ended.Sub(doc.Started))
	all := junitSuites{Name: "dcrbench " + printable(doc.Kind), Time: length}
	if len(doc.Checks) == 0 || doc.Verdict.Status != result.StatusPassed && doc.Verdict.Status != result.StatusFailed {
		all.add(junitSuite{Name: "Verdict", Time: length, Cases: []junitCase{verdictCase(doc)}}, doc)
	}
	all.add(junitSuite{Name: "Thresholds", Cases: thresholdCases(doc)}, doc)
	all.add(junitSuite{Name: "Rules for clients", Cases: ruleCases(doc)}, doc)
	all.add(junitSuite{Name: "Documented contract", Cases: findingCases(doc)}, doc)
	for _, g := range groups(doc) {
		s := junitSuite{Name: "Checks: " + printable(g.title())}
		for _, c := range g.checks {
			s.Cases = append(s.Cases, checkCase(c))
		}
		all.add(s, doc)
	}
	all.add(junitSuite{Name: "Expectations", Cases: expectationCases(doc)}, doc)
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

func seconds(d time.Duration) string {
	return strconv.FormatFloat(max(0, d).Seconds(), 'f', 3, 64)
}

// add counts the cases of a suite; one without any is left out.
func (all *junitSuites) add(s junitSuite, doc *result.Document) {
	if len(s.Cases) == 0 {
		return
	}
	if s.Time == "" {
		s.Time = "0.000"
	}
	if !doc.Started.IsZero() {
		s.Timestamp = doc.Started.UTC().Format("2006-01-02T15:04:05")
	}
	s.Tests = len(s.Cases)
	for i := range s.Cases {
		c := &s.Cases[i]
		c.Time = "0.000"
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	all.Suites = append(all.Suites, s)
	all.Tests += s.Tests
	all.Failures += s.Failures
	all.Errors += s.Errors
}

func verdictCase(doc *result.Document) junitCase {
	c := junitCase{Name: "verdict", Class: "dcrbench.verdict"}
	why := printable(strings.Join(doc.Verdict.Reasons, "\n"))
	r := &junitResult{Message: printable(headline(doc)), Type: printable(string(doc.Verdict.Status)), Text: why}
	switch doc.Verdict.Status {
	case result.StatusPassed:
		c.Out = why
	case result.StatusFailed:
		c.Failure = r
	default:
		c.Error = r
	}
	return c
}

func thresholdCases(doc *result.Document) []junitCase {
	var cases []junitCase
	for _, t := range doc.Thresholds {
		c := junitCase{Name: printable(t.Expr), Class: "dcrbench.thresholds"}
		if t.Met {
			c.Out = "it was " + t.Was()
		} else {
			c.Failure = &junitResult{Message: "it was " + t.Was(), Type: "threshold"}
		}
		cases = append(cases, c)
	}
	return cases
}

func findingCases(doc *result.Document) []junitCase {
	var cases []junitCase
	for _, f := range doc.Compliance.Findings {
		c := junitCase{Name: printable(strings.TrimSpace(f.Endpoint + " " + f.ID + " " + f.Detail)), Class: "dcrbench.contract"}
		text := printable(fmt.Sprintf("%s, %s times, such as exchange %d", explain(f), count(f.Count), f.SampleExchange))
		if f.Level == result.LevelMust {
			c.Failure = &junitResult{Message: printable(explain(f)), Type: f.Level, Text: text}
		} else {
			c.Out = f.Level + ": " + text
		}
		cases = append(cases, c)
	}
	if len(cases) == 0 && doc.Compliance.Exchanges > 0 {
		cases = append(cases, junitCase{Name: "every answer is as documented", Class: "dcrbench.contract"})
	}
	return cases
}

// expectationCases fail for every expectation that does not hold any more.
func expectationCases(doc *result.Document) []junitCase {
	if doc.Release == nil {
		return nil
	}
	var cases []junitCase
	for _, x := range doc.Release.Expectations {
		c := junitCase{Name: printable(x.Check + " " + x.Verdict), Class: "dcrbench.expectations", Out: printable(fmt.Sprintf("until %s: %s", x.Expires, x.Reason))}
		if x.Stale != "" {
			c.Failure, c.Out = &junitResult{Message: printable(x.Stale), Type: "stale"}, ""
		}
		cases = append(cases, c)
	}
	return cases
}

func checkCase(c result.Check) junitCase {
	out := junitCase{Name: printable(c.ID), Class: "dcrbench.checks." + printable(c.Group)}
	message := printable(c.Message)
	switch {
	case c.Verdict == verdictFail && c.Expected:
		out.Out = "expected failure: " + message
	case c.Verdict == verdictFail:
		text := c.Title + "\n" + strings.Join(c.Refs, "; ") + "\n" + exchangeWords(c.Exchanges)
		out.Failure = &junitResult{message, printable(c.Level), printable(strings.TrimSpace(text))}
	case c.Verdict == verdictError:
		out.Error = &junitResult{Message: message, Type: printable(c.Level)}
	case !slices.Contains(ranVerdicts, c.Verdict):
		out.Skipped = &junitSkip{printable(c.Verdict) + ": " + message}
	case c.Verdict != verdictPass:
		out.Out = printable(c.Verdict) + ": " + message
	}
	return out
}

// printable drops what XML cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0xfffd && r <= 0xffff {
			return -1
		}
		return r
	}, s)
}
