package spec

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Selection picks checks. Its zero value picks all that are not intrusive. The
// lists narrow each other; the entries of one list add up.
type Selection struct {
	// IDs are globs of ids, where * matches any text.
	IDs []string
	// Groups are names of groups.
	Groups []string
	// Levels are levels under Rules, in any case.
	Levels []string
	// Refs are parts of references, in any case, such as "7591" or "A-05".
	Refs []string
	// Rules is the rule set; "" stands for AdobeDoc.
	Rules RuleSet
	// Intrusive adds the intrusive checks.
	Intrusive bool
}

// ErrEmpty is returned for a selection that picks nothing: a suite that ran
// nothing must not pass.
var ErrEmpty = errors.New("no check is selected")

// Validate reports everything that is wrong with s and changes nothing.
func (s *Selection) Validate() []error {
	var errs []error
	for _, g := range s.IDs {
		if _, err := path.Match(g, ""); err != nil {
			errs = append(errs, fmt.Errorf("id %q is no pattern (try: reg.*)", g))
		}
	}
	for _, g := range s.Groups {
		if !slices.Contains(groups, g) {
			errs = append(errs, fmt.Errorf("group %q does not exist (try one of: %s)", g, strings.Join(groups, ", ")))
		}
	}
	for _, l := range s.Levels {
		switch Level(strings.ToUpper(l)) {
		case Must, Doc, Should, BCP, May:
		default:
			errs = append(errs, fmt.Errorf("level %q does not exist (try one of: must, doc, should, bcp, may)", l))
		}
	}
	if s.Rules != "" && !slices.Contains(RuleSets(), s.Rules) {
		errs = append(errs, fmt.Errorf("rule set %q does not exist (try one of: adobe-doc, rfc, harden)", s.Rules))
	}
	return errs
}

// Pick returns the selected rows in report order, ErrEmpty when there are none.
func (s *Selection) Pick() ([]Check, error) {
	var picked []Check
	for _, c := range catalogue() {
		if s.has(&c) {
			picked = append(picked, c)
		}
	}
	if len(picked) == 0 {
		return nil, ErrEmpty
	}
	return picked, nil
}

func (s *Selection) has(c *Check) bool {
	matches := func(list []string, fits func(string) bool) bool {
		return len(list) == 0 || slices.ContainsFunc(list, fits)
	}
	return (s.Intrusive || !c.Intrusive) &&
		matches(s.IDs, func(g string) bool { return Glob(g, c.ID) }) &&
		matches(s.Groups, func(g string) bool { return g == c.Group() }) &&
		matches(s.Levels, func(l string) bool { return strings.EqualFold(l, string(c.Level(s.Rules))) }) &&
		matches(s.Refs, func(r string) bool {
			return slices.ContainsFunc(c.Refs, func(ref string) bool {
				return strings.Contains(strings.ToLower(ref), strings.ToLower(r))
			})
		})
}

// Glob reports whether a pattern, in which * stands for any text, matches an id.
func Glob(pattern, id string) bool {
	ok, err := path.Match(pattern, id)
	return err == nil && ok
}
