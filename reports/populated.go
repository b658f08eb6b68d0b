package reports

import (
	"slices"

	"github.com/dcrbench/dcrbench/internal/result"
)

// populated are the profiles that a device of the run had, in a slice of its own: a
// small run leaves the rare profiles of a fleet without any, and a row of nothing
// tells nothing. A result without a single device keeps all of them.
func populated(doc *result.Document) []result.Profile {
	list := slices.DeleteFunc(slices.Clone(doc.Profiles), func(p result.Profile) bool { return p.Devices == 0 })
	if len(list) == 0 {
		return slices.Clone(doc.Profiles)
	}
	return list
}
