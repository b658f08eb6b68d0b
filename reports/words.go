package reports

import (
	"cmp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// integer is what counts come in.
type integer interface{ ~int | ~int64 | ~uint64 }

// count writes n with commas between its thousands.
func count[N integer](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// dotted writes n, and a dot for none, so that what is there stands out.
func dotted[N integer](n N) string {
	if n == 0 {
		return "·"
	}
	return count(n)
}

// share writes a part of a whole as a percentage.
func share(f float64) string {
	switch {
	case f == 0:
		return "0 %"
	case f < 0.001:
		return "<0.1 %"
	case f > 0.999 && f < 1:
		return ">99.9 %"
	}
	return strconv.FormatFloat(100*f, 'f', 1, 64) + " %"
}

func ratio[N integer](part, whole N) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// millis writes microseconds as milliseconds to about three figures.
func millis(us int64) string {
	ms := float64(us) / 1000
	switch {
	case us == 0:
		return "·"
	case ms < 10:
		return strconv.FormatFloat(ms, 'f', 2, 64)
	case ms < 100:
		return strconv.FormatFloat(ms, 'f', 1, 64)
	}
	return count(int64(ms + 0.5))
}

// decimal writes a figure to one place.
func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// wrap breaks text into lines of at most width characters, the first after the
// mark and the others below it.
func wrap(text, mark string, width int) string {
	var b strings.Builder
	hang := strings.Repeat(" ", utf8.RuneCountInString(mark))
	b.WriteString(mark)
	column := utf8.RuneCountInString(mark)
	for i, word := range strings.Fields(text) {
		length := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+length > width:
			b.WriteString("\n" + hang)
			column = len(hang)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += length
	}
	b.WriteByte('\n')
	return b.String()
}

// descending orders by a figure, the greatest first.
func descending[N integer](a, b N) int { return cmp.Compare(b, a) }
