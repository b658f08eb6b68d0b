package profiles

import "github.com/dcrbench/dcrbench/internal/nearest"

// didYouMean is the end of a message about a wrong name: the known one that was
// probably meant, or nothing when none is close.
func didYouMean(name string, known []string) string {
	if s := nearest.Name(name, known); s != "" {
		return " (did you mean " + s + "?)"
	}
	return ""
}
