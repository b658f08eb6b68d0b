package result

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// count writes n with commas between its thousands.
func count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural writes n and what it counts.
func plural(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// percent writes a share as a whole percentage, and a small one so that it does
// not read as nothing.
func percent(part, whole uint64) string {
	if whole == 0 {
		return "0 %"
	}
	share := 100 * float64(part) / float64(whole)
	switch {
	case part > 0 && share < 0.1:
		return "under 0.1 %"
	case share < 9.95 && share != float64(int(share)):
		return strconv.FormatFloat(share, 'f', 1, 64) + " %"
	case part < whole && share > 99:
		return "over 99 %"
	}
	return strconv.FormatFloat(share, 'f', 0, 64) + " %"
}

// figure writes a measured figure without needless digits.
func figure(f float64) string {
	if f >= 0 && f < 1e15 && f == float64(uint64(f)) {
		return count(uint64(f))
	}
	return strconv.FormatFloat(f, 'g', 4, 64)
}

// brief writes a duration to three figures in the unit that suits it.
func brief(d time.Duration) string {
	switch {
	case d >= 10*time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return short(d.Seconds()) + " s"
	}
	return short(float64(d)/1e6) + " ms"
}

func short(f float64) string { return strconv.FormatFloat(f, 'g', 3, 64) }

// list joins names with commas, the first few of them.
func list(names []string) string {
	const most = 4
	if len(names) > most {
		return strings.Join(names[:most-1], ", ") + fmt.Sprintf(" and %d more", len(names)-most+1)
	}
	return strings.Join(names, ", ")
}
