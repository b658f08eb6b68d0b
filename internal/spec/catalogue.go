package spec

import (
	"slices"
	"strings"
	"sync"
)

// catalogue and index are made when they are first asked for: most commands never
// ask.
var (
	catalogue = sync.OnceValue(build)
	index     = sync.OnceValue(indexByID)
)

// groups is the order of the catalogue.
var groups = []string{"reg", "tok", "ss", "api", "v2", "session", "authenticate", "profile", "decision", "logout", "partner", "err", "thr"}

// build puts the embedded and the generated rows together, group by group. The
// embedded data is part of the program: a mistake in it is a mistake in the
// code, which the tests of this package find.
func build() []Check {
	all, err := read(embedded)
	if err != nil {
		panic(err)
	}
	all = slices.Concat(all, generated())
	slices.SortStableFunc(all, func(a, b Check) int {
		return slices.Index(groups, a.Group()) - slices.Index(groups, b.Group())
	})
	return all
}

func indexByID() map[string]*Check {
	all := catalogue()
	m := make(map[string]*Check, len(all))
	for i := range all {
		m[all[i].ID] = &all[i]
	}
	return m
}

// All returns the catalogue in report order, read only.
func All() []Check { return slices.Clip(catalogue()) }

// Lookup returns the row of an id, read only, and false when there is none.
func Lookup(id string) (*Check, bool) {
	c, ok := index()[id]
	return c, ok
}

// Groups lists the groups in report order.
func Groups() []string { return slices.Clone(groups) }

var groupTitles = map[string]string{
	"reg": "Registration", "tok": "Access tokens", "ss": "Software statements", "api": "Bearer tokens at the API",
	"v2": "Answers of REST API v2", "session": "Authentication sessions", "authenticate": "User agent",
	"profile": "Profiles", "decision": "Decisions", "logout": "Logout", "partner": "Partner single sign-on",
	"err": "Enhanced error codes", "thr": "Throttling",
}

// GroupTitle names a group for people.
func GroupTitle(group string) string { return groupTitles[group] }

// slug turns a member's path into a part of an id: dots between names, words in
// lower case with dashes, "each" for every element of a list or map.
func slug(path string) string {
	path = strings.ReplaceAll(strings.ReplaceAll(path, "[]", ".each"), "*", "each")
	var b strings.Builder
	for i, c := range path {
		upper := 'A' <= c && c <= 'Z'
		if upper && i > 0 && path[i-1] != '.' && !('A' <= path[i-1] && path[i-1] <= 'Z') {
			b.WriteByte('-')
		}
		if upper {
			c += 'a' - 'A'
		}
		if c == '_' {
			c = '-'
		}
		b.WriteRune(c)
	}
	return b.String()
}
