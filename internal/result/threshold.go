package result

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Threshold is one condition on a figure of the document, from an expression
// such as "throttling.ratio<1%" or "endpoints.token.latency_us.p99<500ms".
type Threshold struct {
	// Expr is the expression as it was given.
	Expr string
	// Path names the figure by the document's own names, joined by dots; the
	// elements of endpoints and profiles go by their names.
	Path string
	// Operator is one of < <= > >= == !=.
	Operator string
	// Limit is in the unit of the figure.
	Limit float64
}

// ThresholdResult is what became of a Threshold.
type ThresholdResult struct {
	Expr string `json:"expr"`
	// Actual is the figure in its own unit; null when the run has none.
	Actual *float64 `json:"actual"`
	Limit  float64  `json:"limit"`
	Met    bool     `json:"met"`
	// Missing reports that the run measured nothing of the kind. Such a
	// threshold is not met, except one on when something first happened, which
	// holds as if that lay beyond all times.
	Missing bool `json:"missing"`
}

// Was says what the figure was, with its unit, in a word or two.
func (r ThresholdResult) Was() string {
	t, err := parseThreshold(r.Expr)
	if r.Actual == nil || err != nil {
		return "not measured"
	}
	return FormatFigure(t.Path, *r.Actual)
}

// FormatFigure writes the value of the figure at path for a person: a share as a
// percentage, a duration in the unit that suits it, everything else as a number.
func FormatFigure(path string, value float64) string {
	switch {
	case isShare(path):
		return figure(100*value) + " %"
	case unitOf(path) != 0:
		return brief(time.Duration(value * float64(unitOf(path))))
	}
	return figure(value)
}

// operators are in the order in which they are looked for: long before short.
var operators = []string{"<=", ">=", "==", "!=", "<", ">"}

const thresholdExample = `try: "throttling.ratio<1%" or "endpoints.token.latency_us.p99<500ms"`

// ParseThreshold reads an expression: a path, an operator and a limit. A limit
// is a number, a percentage for a ratio, or a duration such as 500ms for a
// figure whose name ends in _us, _ms or _s. The path must be one that the result
// of a fleet with these profiles can have, each judged by these rules for clients;
// the error names the nearest.
func ParseThreshold(expr string, profiles []string, rules ...string) (Threshold, error) {
	t, value, err := splitThreshold(expr)
	if err != nil {
		return Threshold{}, err
	}
	// A wrong name often makes the limit look wrong as well: the name comes first.
	if err := checkPath(t, profiles, rules); err != nil {
		return Threshold{}, err
	}
	return t.limited(value)
}

func parseThreshold(expr string) (Threshold, error) {
	t, value, err := splitThreshold(expr)
	if err != nil {
		return Threshold{}, err
	}
	return t.limited(value)
}

// splitThreshold finds the path and the operator, and returns the text of the
// limit.
func splitThreshold(expr string) (t Threshold, value string, err error) {
	at, operator := findOperator(expr)
	if at < 0 {
		return t, "", fmt.Errorf("threshold %q has no operator, want one of < <= > >= == != (%s)", expr, meant(expr))
	}
	path := strings.TrimSpace(expr[:at])
	if path == "" {
		return t, "", fmt.Errorf("threshold %q has no figure before the operator (%s)", expr, thresholdExample)
	}
	return Threshold{Expr: strings.TrimSpace(expr), Path: path, Operator: operator}, strings.TrimSpace(expr[at+len(operator):]), nil
}

// limited reads the limit in the unit of the figure.
func (t Threshold) limited(value string) (Threshold, error) {
	limit, err := parseLimit(t.Path, value)
	if err != nil {
		return Threshold{}, fmt.Errorf("threshold %q: %w (%s)", t.Expr, err, thresholdExample)
	}
	t.Limit = limit
	return t, nil
}

// misspelt are operators as they are written elsewhere, long before short.
var misspelt = [][2]string{{"=>", ">="}, {"=<", "<="}, {"≤", "<="}, {"≥", ">="}, {"≠", "!="}, {"=", "=="}}

// meant is the expression with the operator that was probably meant, or an example.
func meant(expr string) string {
	for _, m := range misspelt {
		if strings.Contains(expr, m[0]) {
			return fmt.Sprintf("did you mean %q?", strings.Replace(expr, m[0], m[1], 1))
		}
	}
	return thresholdExample
}

func findOperator(expr string) (int, string) {
	at := strings.IndexAny(expr, "<>=!")
	if at < 0 {
		return -1, ""
	}
	for _, o := range operators {
		if strings.HasPrefix(expr[at:], o) {
			return at, o
		}
	}
	return -1, ""
}

// parseLimit reads the limit of a figure in the figure's own unit.
func parseLimit(path, value string) (float64, error) {
	if value == "" {
		return 0, errors.New("no limit after the operator")
	}
	if share, ok := strings.CutSuffix(value, "%"); ok {
		return parsePercent(path, value, strings.TrimSpace(share))
	}
	if f, err := strconv.ParseFloat(value, 64); err == nil {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return 0, fmt.Errorf("limit %q is no finite number", value)
		}
		return f, nil
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		return 0, fmt.Errorf("limit %q is neither a number, a percentage nor a duration such as 500ms", value)
	}
	unit := unitOf(path)
	if unit == 0 {
		return 0, fmt.Errorf("limit %q is a duration, but %q is not one", value, path)
	}
	return float64(d) / float64(unit), nil
}

func parsePercent(path, value, share string) (float64, error) {
	f, err := strconv.ParseFloat(share, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("limit %q is no percentage", value)
	}
	if !isShare(path) {
		return 0, fmt.Errorf("limit %q is a percentage, but %q is not a ratio", value, path)
	}
	return f / 100, nil
}

// isShare reports whether a figure is a share of something, from 0 to 1.
func isShare(path string) bool {
	name := lastName(path)
	return name == "ratio" || name == "failure_ratio" || name == "share_of_devices"
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// unitOf is the unit that a figure's name carries, 0 for none.
func unitOf(path string) time.Duration {
	name := lastName(path)
	if slices.Contains([]string{"min", "p50", "p90", "p99", "p999", "max", "mean"}, name) {
		name = lastName(strings.TrimSuffix(path, "."+name))
	}
	switch {
	case strings.HasSuffix(name, "_us"):
		return time.Microsecond
	case strings.HasSuffix(name, "_ms"):
		return time.Millisecond
	case strings.HasSuffix(name, "_s"):
		return time.Second
	}
	return 0
}

// EvaluateThresholds compares every threshold with the figures of doc, in order.
func EvaluateThresholds(doc *Document, thresholds []Threshold) []ThresholdResult {
	results := make([]ThresholdResult, 0, len(thresholds))
	if len(thresholds) == 0 {
		return results
	}
	figures := Figures(doc)
	for _, t := range thresholds {
		results = append(results, t.evaluate(figures))
	}
	return results
}

func (t Threshold) evaluate(figures map[string]float64) ThresholdResult {
	r := ThresholdResult{Expr: t.Expr, Limit: t.Limit}
	actual, ok := figures[t.Path]
	if !ok && isCount(t.Path) {
		// What never happened was counted: none.
		ok = true
	}
	if ok {
		r.Met = t.holds(actual)
	}
	r.Missing = !ok || math.IsInf(actual, 1)
	if !r.Missing {
		r.Actual = &actual
	}
	return r
}

func (t Threshold) holds(actual float64) bool {
	switch t.Operator {
	case "<":
		return actual < t.Limit
	case "<=":
		return actual <= t.Limit
	case ">":
		return actual > t.Limit
	case ">=":
		return actual >= t.Limit
	case "==":
		return actual == t.Limit
	case "!=":
		return actual != t.Limit
	}
	return false
}
