// Package nearest finds the name that was probably meant by a wrong one, for
// the hints of error messages.
package nearest

import "strings"

// maxLength bounds the names that are compared, in bytes: a longer one is no
// slip of the finger.
const maxLength = 128

// Name returns the known name that was most likely meant by name, or "" when
// none is close. The first of equally close names wins.
func Name(name string, known []string) string {
	return Within(name, known, max(1, len(name)/3))
}

// Within is Name for names that may differ by up to limit edits.
func Within(name string, known []string, limit int) string {
	if len(name) > maxLength {
		return ""
	}
	name = strings.ToLower(name)
	best, least := "", 1+limit
	for _, k := range known {
		if len(k) > maxLength {
			continue
		}
		if d := distance(name, strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the number of bytes to insert, delete, replace or swap with their
// neighbour to get from a to b (optimal string alignment).
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	above := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
