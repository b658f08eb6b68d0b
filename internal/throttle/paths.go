package throttle

import (
	"regexp"
	"slices"
	"strings"
)

// Match says how a path pattern is compared. The throttling page does not say;
// this is the reading of A-30.
type Match uint8

const (
	// MatchExact is the whole path.
	MatchExact Match = iota
	// MatchPrefix is any path that begins with the pattern.
	MatchPrefix
	// MatchRegexp is a regular expression over the whole path.
	MatchRegexp
)

// PathPattern is one entry of the throttling page's list of limited paths.
type PathPattern struct {
	// Pattern is the entry as published.
	Pattern string
	// Match is how it is compared.
	Match Match
}

var paths = []PathPattern{
	{"/o/client/register", MatchExact},
	{"/o/client/token", MatchExact},
	{"/o/client/scopes", MatchExact},
	{"/o/client/validate", MatchExact},
	{"/api/v2/", MatchPrefix},
	{"/api/v1/tokens/usermetadata", MatchPrefix},
	{"/api/v1/tokens/authn", MatchPrefix},
	{"/api/v1/tokens/authz", MatchPrefix},
	{"/api/v1/tokens/media", MatchPrefix},
	{"/api/v1/config/", MatchPrefix},
	{"/api/v1/checkauthn", MatchPrefix},
	{"/api/v1/logout", MatchPrefix},
	{"/api/v1/authorize", MatchPrefix},
	{"/api/v1/preauthorize", MatchPrefix},
	{"/api/v1/mediatoken", MatchPrefix},
	{"/api/v1/authenticate/freepreview", MatchExact},
	{"/api/v1/authenticate/", MatchPrefix},
	{"/api/v1/.+/profile-requests/.+", MatchRegexp},
	{"/api/v1/identities", MatchPrefix},
	{"/adobe-services/config/", MatchPrefix},
	{"/reggie/v1/.+/regcode", MatchRegexp},
	{"/reggie/v1/.+/regcode/.+", MatchRegexp},
}

// Paths returns the 22 patterns of the throttling page, in its order. The caller
// may change the slice.
func Paths() []PathPattern { return slices.Clone(paths) }

// Throttled reports whether requests for path are throttled. The path carries no
// query. Every path is decided by the list alone: with the documented patterns,
// /api/v1/authenticate (without a slash) is free, and so is everything else that
// the list does not name.
func Throttled(path string) bool {
	// The two families that nearly all traffic belongs to need no list.
	if strings.HasPrefix(path, "/api/v2/") {
		return true
	}
	if rest, ok := strings.CutPrefix(path, "/o/client/"); ok {
		return rest == "token" || rest == "register" || rest == "scopes" || rest == "validate"
	}
	return listed(path)
}

// listed goes through the list entry by entry.
func listed(path string) bool {
	for i := range paths {
		if paths[i].matches(path, compiled[i]) {
			return true
		}
	}
	return false
}

func (p PathPattern) matches(path string, re *regexp.Regexp) bool {
	switch p.Match {
	case MatchPrefix:
		return strings.HasPrefix(path, p.Pattern)
	case MatchRegexp:
		return re.MatchString(path)
	default:
		return path == p.Pattern
	}
}

// compiled holds the expressions of the MatchRegexp entries, at their index.
var compiled = func() []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(paths))
	for i, p := range paths {
		if p.Match == MatchRegexp {
			out[i] = regexp.MustCompile("^(?:" + p.Pattern + ")$")
		}
	}
	return out
}()
