package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/reports"
)

// evidenceSchema names the form of evidence.ndjson.
const evidenceSchema = "dcrbench.evidence/v1"

// evidenceHeader is the first line of evidence.ndjson: everything that the report
// of the run was made of, beside the exchanges that follow.
type evidenceHeader struct {
	Schema string `json:"schema"`
	// Rules is the rule set, Base what stands before the targets of exchanges.
	Rules string `json:"rules"`
	Base  string `json:"base"`
	// Status is the verdict in the words of a check.
	Status check.Status `json:"status"`
	Model  string       `json:"model"`
	Stale  []string     `json:"stale"`
	// Expected are the expectations that were fulfilled, by check.
	Expected map[string]expected `json:"expected"`
	// Result is the result document.
	Result json.RawMessage `json:"result"`

	httpVersion string
}

type expected struct {
	Reason  string `json:"reason"`
	Expires string `json:"expires"`
}

func headerOf(r *checkRun, doc *result.Document, base, rules string) *evidenceHeader {
	h := &evidenceHeader{
		Schema: evidenceSchema, Rules: rules, Base: base, Status: r.report.Status, Model: r.report.Model, Stale: r.report.Stale,
		Expected: map[string]expected{}, httpVersion: r.httpVersion,
	}
	for i := range r.report.Results {
		if x := &r.report.Results[i]; x.Expected != nil {
			h.Expected[x.Check.ID] = expected{x.Expected.Reason, x.Expected.Expires}
		}
	}
	var b, line bytes.Buffer
	// A document that cannot be encoded leaves an empty one, which reading
	// refuses; result.json has the same document and its own error.
	if reports.JSON(&b, doc) == nil && json.Compact(&line, b.Bytes()) == nil {
		h.Result = line.Bytes()
	}
	return h
}

// redactResults replaces secrets that a target has put where its answers are
// quoted from.
func redactResults(r *record.Redactor, results []check.Result) {
	for i := range results {
		x := &results[i]
		x.Message, x.Want, x.Got = r.Text(x.Message), r.Text(x.Want), r.Text(x.Got)
	}
}

// evidenceAt finds the log of a check at a path: the file itself, or the one in a
// folder.
func evidenceAt(path string) (string, bool) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, evidenceLog)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", false
	}
	defer f.Close()
	start := make([]byte, 64)
	n, _ := io.ReadFull(f, start)
	return path, bytes.HasPrefix(start[:n], []byte(`{"schema":"dcrbench.evidence/`))
}

// inFolder is the result in a folder, or the path itself.
func inFolder(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, "result.json")
	}
	return path
}

// showEvidence renders the report of a check from its log.
func showEvidence(w io.Writer, path, format string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var h evidenceHeader
	entries, err := record.ReadNDJSON(data, &h)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if h.Schema != evidenceSchema {
		return fmt.Errorf("%s: line 1: schema %q: want %q", path, h.Schema, evidenceSchema)
	}
	doc, err := result.Decode(bytes.NewReader(h.Result))
	if err != nil {
		return fmt.Errorf("%s: line 1: result: %w", path, err)
	}
	if format != "text" {
		return reports.Write(w, doc, format, textOptions(w))
	}
	report := h.report(doc)
	return report.Text(w, check.TextOptions{Target: doc.Target.URL, Rules: spec.RuleSet(h.Rules), Curl: curls(h.Base, entries)})
}

// report is the report of a check as its result document keeps it.
func (h *evidenceHeader) report(doc *result.Document) *check.Report {
	r := &check.Report{Status: h.Status, ExitCode: doc.Verdict.ExitCode, Model: h.Model, Stale: h.Stale}
	for _, reason := range doc.Verdict.Reasons {
		if reason != string(h.Status) {
			r.Reasons = append(r.Reasons, reason)
		}
	}
	for _, c := range doc.Checks {
		x := check.Result{
			Check: spec.Check{ID: c.ID, Title: c.Title, Refs: c.Refs}, Level: spec.Level(strings.ToUpper(c.Level)),
			Verdict: check.Verdict(c.Verdict), Message: c.Message, Exchanges: c.Exchanges,
		}
		if e, ok := h.Expected[c.ID]; ok {
			x.Expected = &check.Expectation{Check: c.ID, Reason: e.Reason, Expires: e.Expires}
		}
		r.Results = append(r.Results, x)
	}
	return r
}
