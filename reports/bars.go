package reports

import (
	"fmt"
	"strings"

	"github.com/go-analyze/charts"
)

// bars is a drawing of one figure for each of several names, from the top down.
type bars struct {
	names  []string
	values []float64
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
	// The library puts the first category at the bottom.
	n := len(b.names)
	names, values := make([]string, n), make([]float64, n)
	highest := 0.0
	for i := range n {
		// A hard space keeps the name off the axis.
		names[n-1-i], values[n-1-i] = b.names[i]+"\u00a0", b.values[i]
		highest = max(highest, b.values[i])
	}
	s.height = 40 + n*barHeight
	font := charts.NewFontStyleWithSize(s.font)
	option := charts.NewBarChartOptionWithData([][]float64{values})
	c := chart{lines: []line{{color: 4}}}
	option.Theme = c.theme()
	option.Padding = charts.NewBox(4, 4, 30, 4)
	option.Horizontal = true
	option.Legend.Show = charts.Ptr(false)
	option.CategoryAxis = charts.CategoryAxisOption{Labels: names, LabelFontStyle: font, LabelCount: n}
	c = chart{steps: 1, unit: plain, lines: []line{{values: []float64{highest}}}}
	axis, unit := c.scale()
	option.ValueAxis = []charts.ValueAxisOption{{
		Min: charts.Ptr(axis.low), Max: charts.Ptr(axis.high), LabelCount: axis.steps + 1, LabelFontStyle: font, ValueFormatter: unit,
		PreferNiceIntervals: charts.Ptr(false), RangeValuePaddingScale: charts.Ptr(0.0),
	}}
	option.SeriesList[0].Label = charts.SeriesLabel{Show: charts.Ptr(true), FontStyle: charts.FontStyle{FontSize: s.font, FontColor: inkOfText}, ValueFormatter: decimal}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: s.width, Height: s.height})
	if err := p.BarChart(option); err != nil {
		return "", fmt.Errorf("chart: %w", err)
	}
	raw, err := p.Bytes()
	if err != nil {
		return "", fmt.Errorf("chart: %w", err)
	}
	return dress(string(raw), s), nil
}
