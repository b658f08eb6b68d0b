package check

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/spec"
)

// TextOptions say what a text report shows beside the results.
type TextOptions struct {
	// Target names what was checked.
	Target string
	Rules  spec.RuleSet
	// All shows the checks that passed as well.
	All bool
	// Curl gives a command line for an exchange, "" for none; nil gives none.
	Curl func(exchange uint64) string
	// Width is where lines are broken, 0 for 100; command lines never are.
	Width int
	// Expectations are rows to paste, shown at the end.
	Expectations string
}

// Text writes the report for people. The error is the writer's.
func (r *Report) Text(w io.Writer, o TextOptions) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, held against %s: %d checks\n\n", o.Target, o.Rules, len(r.Results))
	r.table(&b)
	order := []Verdict{Error, Fail, Warn, Inconclusive, BlockedBy, Skip, Info}
	if o.All {
		order = append(order, Pass)
	}
	for _, v := range order {
		r.list(&b, v, o)
	}
	if r.Model != "" {
		fmt.Fprintf(&b, "\nThrottle: %s\n", r.Model)
	}
	fmt.Fprintf(&b, "\nVerdict: %s (exit code %d): %s\n", r.Status, r.ExitCode, strings.Join(r.Reasons, "; "))
	if o.Expectations != "" {
		b.WriteString("\nExpectations to paste, once each has a reason:\n" + o.Expectations)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table counts the verdicts of each group.
func (r *Report) table(b *strings.Builder) {
	columns := []Verdict{Pass, Fail, Warn, Info, Skip, BlockedBy, Inconclusive, Error}
	columns = slices.DeleteFunc(columns, func(v Verdict) bool { return v != Pass && v != Fail && r.Count(v) == 0 })
	fmt.Fprintf(b, "%-28s", "")
	for _, v := range columns {
		fmt.Fprintf(b, "%*s", len(v)+2, strings.ToLower(string(v)))
	}
	b.WriteByte('\n')
	row := func(name string, fits func(c *spec.Check) bool) {
		counts := map[Verdict]int{}
		total := 0
		for i := range r.Results {
			if fits(&r.Results[i].Check) {
				counts[r.Results[i].Verdict]++
				total++
			}
		}
		if total == 0 {
			return
		}
		fmt.Fprintf(b, "%-28s", name)
		for _, v := range columns {
			n := "."
			if counts[v] > 0 {
				n = fmt.Sprint(counts[v])
			}
			fmt.Fprintf(b, "%*s", len(v)+2, n)
		}
		b.WriteByte('\n')
	}
	for _, g := range spec.Groups() {
		row(spec.GroupTitle(g), func(c *spec.Check) bool { return c.Group() == g })
	}
	row("total", func(*spec.Check) bool { return true })
}

// longList is how many results without a finding of their own are listed.
const longList = 12

func (r *Report) list(b *strings.Builder, v Verdict, o TextOptions) {
	n := 0
	for i := range r.Results {
		x := &r.Results[i]
		if x.Verdict != v {
			continue
		}
		if n++; n == 1 {
			b.WriteByte('\n')
		}
		if v == BlockedBy && n > longList {
			continue
		}
		fmt.Fprintf(b, "%-12s %s\n", v, x.Check.ID)
		if v == Pass {
			continue
		}
		o.wrap(b, x.Message)
		if v == Fail || v == Warn {
			r.detail(b, x, o)
		}
	}
	if v == BlockedBy && n > longList {
		fmt.Fprintf(b, "             and %d more that depend on these findings\n", n-longList)
	}
}

func (r *Report) detail(b *strings.Builder, x *Result, o TextOptions) {
	o.wrap(b, fmt.Sprintf("rule: %s (%s, %s)", x.Check.Title, x.Level, strings.Join(x.Check.Refs, "; ")))
	if x.Expected != nil {
		fmt.Fprintf(b, "             expected until %s: %s\n", x.Expected.Expires, x.Expected.Reason)
	}
	if len(x.Exchanges) > 0 {
		fmt.Fprintf(b, "             exchanges: %s\n", strings.Trim(fmt.Sprint(x.Exchanges), "[]"))
		if o.Curl != nil {
			if line := o.Curl(x.Exchanges[0]); line != "" {
				fmt.Fprintf(b, "             %s\n", line)
			}
		}
	}
	target := ""
	if strings.Contains(o.Target, "://") {
		target = " --target " + o.Target
	}
	fmt.Fprintf(b, "             again: dcrbench check%s --replay %s\n", target, x.Check.ID)
}

// wrap writes text under the id of a check, broken between words.
func (o *TextOptions) wrap(b *strings.Builder, text string) {
	const indent = "             "
	width := o.Width
	if width <= 0 {
		width = 100
	}
	room := max(width-len(indent), 30)
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > room {
			b.WriteString(indent + line + "\n")
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	b.WriteString(indent + line + "\n")
}

// List writes rows of the catalogue for people. The error is the writer's.
func List(w io.Writer, checks []spec.Check, rules spec.RuleSet) error {
	var b strings.Builder
	group := ""
	for i := range checks {
		c := &checks[i]
		if c.Group() != group {
			group = c.Group()
			fmt.Fprintf(&b, "\n%s (%s)\n", spec.GroupTitle(group), group)
		}
		intrusive := ""
		if c.Intrusive {
			intrusive = " [intrusive]"
		}
		fmt.Fprintf(&b, "  %-7s %s%s\n          %s\n          %s\n", c.Level(rules), c.ID, intrusive, c.Title, strings.Join(c.Refs, "; "))
		if c.Deviation != "" {
			fmt.Fprintf(&b, "          documented deviation: %s\n", c.Deviation)
		}
	}
	fmt.Fprintf(&b, "\n%d checks\n", len(checks))
	_, err := io.WriteString(w, strings.TrimPrefix(b.String(), "\n"))
	return err
}
