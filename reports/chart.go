package reports

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"
)

// chart is what a drawing is made from. A value that is not a number is a gap.
type chart struct {
	// steps is how many steps the horizontal axis has, and label what is written
	// at one. With intervalS, the steps are so many seconds apart and only some
	// have a label; with every, only each so-manieth has.
	steps     int
	label     func(step int) string
	intervalS float64
	every     int
	lines     []line
	// stacked draws the lines as areas on top of each other.
	stacked bool
	// log puts powers of ten on the vertical axis.
	log bool
	// unit writes a figure of the vertical axis.
	unit func(float64) string
}

// line is one series of a chart: its name and the number of its color.
type line struct {
	name   string
	color  int
	values []float64
}

// The numbers of the colors that mean something wherever they appear; others
// only tell series apart.
const (
	colorOK        = 1
	colorThrottled = 2
	colorFailed    = 3
	colorRemark    = 6
	colorNone      = 9
)

// The library knows colors as numbers only. It is given these, which no chart
// has otherwise, and they become variables of the style sheet, so that the page
// can be light and dark.
var (
	inkOfText = charts.Color{R: 1, G: 1, B: 1, A: 255}
	inkOfGrid = charts.Color{R: 1, G: 1, B: 2, A: 255}
)

func inkOf(color int) charts.Color { return charts.Color{R: 1, G: 2, B: uint8(color), A: 255} }

var (
	inks       = regexp.MustCompile(`rgba?\(1,2,(\d+)(?:,[0-9.]+)?\)`)
	fontFamily = regexp.MustCompile(`;font-family:[^"]*`)
	outlines   = regexp.MustCompile(`^stroke-width:[0-9.]+;stroke:var\(--s\d+\);fill:none$`)
	background = regexp.MustCompile(`^stroke:none;fill:(?:none|rgba\(0,0,0,0\.0\))$`)
	fixedWords = strings.NewReplacer("rgb(1,1,1)", "var(--ink)", "rgb(1,1,2)", "var(--grid)", "\nL ", "L",
		` xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"`, "")
)

// size is how large a drawing is, in pixels, how its text is set, in points, and
// for how many labels of time there is room.
type size struct {
	width, height int
	font          float64
	ticks         int
	class         string
}

// Every chart is drawn for a wide column and for a phone, so that its text can be
// read in both.
var sizes = []size{{width: 540, height: 230, font: 9.75, ticks: 7, class: "wide"}, {width: 340, height: 200, font: 9, ticks: 4, class: "narrow"}}

// draw returns the chart as SVG, once for every size.
func (c *chart) draw() (string, error) {
	var b strings.Builder
	for _, s := range sizes {
		svg, err := c.drawAt(s)
		if err != nil {
			return "", err
		}
		b.WriteString(svg)
	}
	return b.String(), nil
}

func (c *chart) drawAt(s size) (string, error) {
	top, unit := c.scale()
	labels, ticks := c.labels(s.ticks)
	option := charts.NewLineChartOptionWithData(c.values(len(labels)))
	option.Theme = c.theme()
	option.Padding = charts.NewBox(4, 10, 14, 4)
	option.Legend.Show = charts.Ptr(false)
	option.Symbol = charts.Symbol{Shape: charts.SymbolNone}
	option.LineStrokeWidth = 2
	option.StackSeries = charts.Ptr(c.stacked)
	option.FillOpacity = 255
	font := charts.NewFontStyleWithSize(s.font)
	option.XAxis = charts.XAxisOption{Labels: labels, LabelCount: ticks, LabelFontStyle: font, BoundaryGap: charts.Ptr(c.intervalS == 0 && c.every == 0)}
	option.YAxis = []charts.YAxisOption{{
		Min: charts.Ptr(top.low), Max: charts.Ptr(top.high), LabelCount: top.steps + 1, LabelFontStyle: font, ValueFormatter: unit,
		PreferNiceIntervals: charts.Ptr(false), RangeValuePaddingScale: charts.Ptr(0.0),
	}}
	option.ValueFormatter = unit
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: s.width, Height: s.height})
	if err := p.LineChart(option); err != nil {
		return "", fmt.Errorf("chart: %w", err)
	}
	raw, err := p.Bytes()
	if err != nil {
		return "", fmt.Errorf("chart: %w", err)
	}
	svg := dress(string(raw), s)
	if c.stacked {
		// The line around an area would make much of what is next to nothing.
		svg = without(svg, outlines)
	}
	return svg, nil
}

// values are those of the lines as the library wants them. A time axis ends with
// the end of the last step, so that the last value holds until there; after it
// there is nothing.
func (c *chart) values(steps int) [][]float64 {
	all := make([][]float64, len(c.lines))
	for i, l := range c.lines {
		all[i] = make([]float64, steps)
		for j := range all[i] {
			v := math.NaN()
			switch n := len(l.values); {
			case j < n:
				v = l.values[j]
			case j == n && n > 0 && c.intervalS > 0:
				v = l.values[n-1]
			}
			switch {
			case math.IsNaN(v) && c.stacked:
				v = 0
			case math.IsNaN(v):
				v = charts.GetNullValue()
			case c.log:
				v = math.Log10(v)
			}
			all[i][j] = v
		}
	}
	return all
}

// roundTimes are the distances of labels that read well, in seconds.
var roundTimes = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400, 172800, 604800}

// labels names the steps. A time axis is drawn out until labels at round times
// divide it evenly, at most so many of them; one with every to its next label.
func (c *chart) labels(most int) (labels []string, ticks int) {
	steps, ticks := c.steps, c.steps
	if c.intervalS > 0 {
		every := (steps + most - 2) / (most - 1)
		for _, t := range roundTimes {
			n := int(math.Round(t / c.intervalS))
			if n >= 1 && (steps+n-1)/n < most && math.Abs(float64(n)*c.intervalS-t) < 1e-9*t {
				every = n
				break
			}
		}
		every = max(every, 1)
		parts := max(1, (steps+every-1)/every)
		steps, ticks = parts*every+1, parts+1
	}
	if c.every > 0 {
		parts := max(1, (steps+c.every-2)/c.every)
		steps, ticks = parts*c.every+1, parts+1
	}
	labels = make([]string, steps)
	// The library measures every label, and writes only those at the ticks.
	for i := 0; i < steps; i += max(1, (steps-1)/max(1, ticks-1)) {
		labels[i] = c.label(i)
	}
	return labels, ticks
}

func (c *chart) theme() charts.ColorPalette {
	colors := make([]charts.Color, len(c.lines))
	for i, l := range c.lines {
		colors[i] = inkOf(l.color)
	}
	return charts.MakeTheme(charts.ThemeOption{
		AxisStrokeColor: inkOfGrid, AxisSplitLineColor: inkOfGrid, TextColor: inkOfText, BackgroundColor: charts.ColorTransparent, SeriesColors: colors,
	})
}

// axis is the vertical one: its ends, in the chart's own scale, and how many
// equal steps lie between them.
type axis struct {
	low, high float64
	steps     int
}

// scale chooses a vertical axis with round figures.
func (c *chart) scale() (axis, func(float64) string) {
	low, high := c.bounds()
	if c.log {
		a := axis{low: math.Floor(math.Log10(low)), high: math.Ceil(math.Log10(high))}
		a.high = max(a.high, a.low+1)
		a.steps = int(a.high - a.low)
		return a, func(f float64) string { return c.unit(math.Pow(10, math.Round(f))) }
	}
	step := niceStep(high)
	steps := max(1, int(math.Ceil(high/step-1e-9)))
	return axis{0, step * float64(steps), steps}, c.unit
}

// bounds are the least and greatest value drawn, 1 for a chart without any.
func (c *chart) bounds() (low, high float64) {
	low, high = math.Inf(1), 0
	for i := range c.steps {
		sum := 0.0
		for _, l := range c.lines {
			if i >= len(l.values) || math.IsNaN(l.values[i]) {
				continue
			}
			low, high = min(low, l.values[i]), max(high, l.values[i])
			sum += l.values[i]
		}
		if c.stacked {
			high = max(high, sum)
		}
	}
	if high == 0 {
		return 1, 1
	}
	return low, high
}

// niceStep divides an axis up to high into three to six steps of 1, 2, 2.5 or 5
// times a power of ten.
func niceStep(high float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(high)))
	for _, f := range []float64{0.2, 0.25, 0.5, 1, 2} {
		if high/(f*power) <= 5 {
			return f * power
		}
	}
	return power
}

// dress makes the library's drawing a part of the page: its colors follow the
// style sheet, its text the page's font, and it says nothing to a screen reader,
// for which the figure has words.
func dress(svg string, s size) string {
	svg = within(svg, "(1,2,", inks, "var(--s$1)")
	svg = fixedWords.Replace(svg)
	svg = within(svg, ";font-family:", fontFamily, "")
	svg = without(svg, background)
	attributes := fmt.Sprintf(`<svg class="%s" width="%d" height="%d" aria-hidden="true" focusable="false"`, s.class, s.width, s.height)
	return strings.Replace(svg, "<svg", attributes, 1)
}

// within replaces in those attributes of a drawing only that hold a mark: a search
// by pattern takes a hundred times as long as one for a word.
func within(svg, mark string, pattern *regexp.Regexp, by string) string {
	var b strings.Builder
	b.Grow(len(svg))
	for text := range strings.SplitAfterSeq(svg, `"`) {
		if strings.Contains(text, mark) {
			text = pattern.ReplaceAllString(text, by)
		}
		b.WriteString(text)
	}
	return b.String()
}

// without leaves out the paths of a style.
func without(svg string, style *regexp.Regexp) string {
	var b strings.Builder
	b.Grow(len(svg))
	for tag := range strings.SplitAfterSeq(svg, ">") {
		before, path, _ := strings.Cut(tag, `<path d="`)
		_, end, _ := strings.Cut(path, `" style="`)
		if s, ok := strings.CutSuffix(end, `"/>`); ok && style.MatchString(s) {
			tag = before
		}
		b.WriteString(tag)
	}
	return b.String()
}

// plain writes a figure of an axis with as few digits as it has.
func plain(f float64) string {
	if f >= 1000 {
		return count(int64(f + 0.5))
	}
	return strconv.FormatFloat(f, 'g', 4, 64)
}

// duration writes microseconds in the unit that suits them.
func duration(us float64) string {
	switch {
	case us >= 1e6:
		return strconv.FormatFloat(us/1e6, 'g', 3, 64) + " s"
	case us >= 1e3:
		return strconv.FormatFloat(us/1e3, 'g', 3, 64) + " ms"
	}
	return strconv.FormatFloat(us, 'g', 3, 64) + " µs"
}
