package reports

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"
)

// bars is a drawing of figures for each of several names, from the top down: one
// figure each, or several parts that lie end to end.
type bars struct {
	names []string
	parts []line
	// most ends the axis; 0 leaves room for the longest bar.
	most float64
	// figures writes the figure at the end of its bar; it suits one part.
	figures bool
}

// barHeight is the room of one bar with its name, in pixels.
const barHeight = 22

// draw returns the bars as SVG, once for every size.
func (b *bars) draw() (string, error) {
	var out strings.Builder
	for _, s := range sizes {
		svg, err := b.drawAt(s)
		if err != nil {
			return "", err
		}
		out.WriteString(svg)
	}
	return out.String(), nil
}

func (b *bars) drawAt(s size) (string, error) {
	names, values, longest := b.fromBelow()
	s.height = 16 + len(names)*barHeight
	s.class += " bars"
	font := charts.NewFontStyleWithSize(s.font)
	option := charts.NewBarChartOptionWithData(values)
	c := chart{lines: b.parts}
	option.Theme = c.theme()
	option.Padding = charts.NewBox(4, 4, 30, 4)
	option.Horizontal = true
	option.StackSeries = charts.Ptr(len(b.parts) > 1)
	option.Legend.Show = charts.Ptr(false)
	option.CategoryAxis = charts.CategoryAxisOption{Labels: names, LabelFontStyle: font, LabelCount: len(names)}
	// Every bar has its figure, or is a share of a whole: the axis would only repeat it.
	option.ValueAxis = []charts.ValueAxisOption{{
		Show: charts.Ptr(false), Min: charts.Ptr(0.0), Max: charts.Ptr(longest),
		PreferNiceIntervals: charts.Ptr(false), RangeValuePaddingScale: charts.Ptr(0.0),
	}}
	if b.figures {
		option.SeriesList[0].Label = charts.SeriesLabel{Show: charts.Ptr(true), FontStyle: charts.FontStyle{FontSize: s.font, FontColor: inkOfText}, ValueFormatter: decimal}
	}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: s.width, Height: s.height})
	if err := p.BarChart(option); err != nil {
		return "", fmt.Errorf("chart: %w", err)
	}
	raw, err := p.Bytes()
	if err != nil {
		return "", fmt.Errorf("chart: %w", err)
	}
	return alignNames(dress(string(raw), s)), nil
}

var (
	spine   = regexp.MustCompile(`<path d="M (\d+) \d+L(\d+) \d+"`)
	barName = regexp.MustCompile(`<text x="\d+"([^>]*>[^<]*?)\x{a0}+</text>`)
)

// alignNames ends every name at the axis: the library reckons with the widths of a
// font that the page may not have.
func alignNames(svg string) string {
	m := spine.FindStringSubmatch(svg)
	if m == nil || m[1] != m[2] {
		return svg
	}
	x, err := strconv.Atoi(m[1])
	if err != nil {
		return svg
	}
	return barName.ReplaceAllString(svg, fmt.Sprintf(`<text x="%d" text-anchor="end"$1</text>`, x-8))
}

// fromBelow are the names and values in the library's order, which puts the first
// at the bottom, and where the axis ends.
func (b *bars) fromBelow() (names []string, values [][]float64, longest float64) {
	n := len(b.names)
	names, longest = make([]string, n), b.most
	for i := range n {
		// Hard spaces leave room for a wider font.
		names[n-1-i] = b.names[i] + strings.Repeat("\u00a0", 3+len(b.names[i])/5)
	}
	for _, part := range b.parts {
		reversed := make([]float64, n)
		for i, v := range part.values {
			reversed[n-1-i] = v
			if b.most == 0 {
				// A tenth of the room is for the figure.
				longest = max(longest, 1.1*v)
			}
		}
		values = append(values, reversed)
	}
	return names, values, max(longest, 1e-9)
}
