package spec

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTheCatalogueIsLargeEnoughAndEveryRowIsWhole(t *testing.T) {
	if len(All()) < 140 {
		t.Errorf("got %d checks, want at least 140", len(All()))
	}
	id := regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)
	seen := map[string]bool{}
	for _, c := range All() {
		switch {
		case !id.MatchString(c.ID):
			t.Errorf("id %q is no slug", c.ID)
		case seen[c.ID]:
			t.Errorf("id %q stands twice", c.ID)
		case !slices.Contains(Groups(), c.Group()) || GroupTitle(c.Group()) == "":
			t.Errorf("%s: group %q is not listed", c.ID, c.Group())
		case !strings.HasSuffix(c.Title, ".") || !strings.HasSuffix(c.Why, "."):
			t.Errorf("%s: title %q and reason %q want to be sentences", c.ID, c.Title, c.Why)
		case len(c.Refs) == 0 || c.Fault == "":
			t.Errorf("%s: refs %v and fault %q want to be given", c.ID, c.Refs, c.Fault)
		}
		seen[c.ID] = true
		for _, r := range RuleSets() {
			if c.Level(r) == "" {
				t.Errorf("%s has no level under %s", c.ID, r)
			}
		}
	}
}

func TestADocumentedDeviationNeverFailsByDefault(t *testing.T) {
	for _, c := range All() {
		if c.Deviation != "" && c.Levels.AdobeDoc.Binding() && c.Fault == FaultNone {
			t.Errorf("%s: deviates, and yet has the level %s", c.ID, c.Levels.AdobeDoc)
		}
	}
}

func TestSelectionsPickWhatTheySay(t *testing.T) {
	for _, tt := range []struct {
		name string
		s    Selection
		want func(c Check) bool
	}{
		{"everything but the intrusive", Selection{}, func(c Check) bool { return !c.Intrusive }},
		{"a glob over one group", Selection{IDs: []string{"reg.*"}}, func(c Check) bool { return c.Group() == "reg" && !c.Intrusive }},
		{"a group", Selection{Groups: []string{"thr"}}, func(c Check) bool { return c.Group() == "thr" && !c.Intrusive }},
		{"a level in any case", Selection{Levels: []string{"must"}}, func(c Check) bool { return c.Levels.AdobeDoc == Must && !c.Intrusive }},
		{"a level under another rule set", Selection{Levels: []string{"MUST"}, Rules: RFC, Intrusive: true}, func(c Check) bool { return c.Levels.RFC == Must }},
		{"a reference", Selection{Refs: []string{"rfc 7591"}}, func(c Check) bool {
			return !c.Intrusive && strings.Contains(strings.Join(c.Refs, "\n"), "RFC 7591")
		}},
	} {
		got, err := tt.s.Pick()
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		want := slices.DeleteFunc(slices.Clone(All()), func(c Check) bool { return !tt.want(c) })
		if len(got) != len(want) {
			t.Errorf("%s: got %d checks, want %d", tt.name, len(got), len(want))
		}
	}
	if _, err := (&Selection{IDs: []string{"nothing.*"}}).Pick(); err != ErrEmpty {
		t.Errorf("an empty selection: got %v, want ErrEmpty", err)
	}
}

func TestWrongSelectionsAreToldAllAtOnce(t *testing.T) {
	s := Selection{IDs: []string{"["}, Groups: []string{"x"}, Levels: []string{"x"}, Rules: "x"}
	if got := len(s.Validate()); got != 4 {
		t.Errorf("got %d problems, want 4", got)
	}
	if errs := new(Selection).Validate(); errs != nil {
		t.Errorf("the zero selection: %v", errs)
	}
}

func TestBadRowsAreRefusedByName(t *testing.T) {
	for _, data := range []string{
		`- {id: a.b, level: "MUST"}`, `- {id: a.b, level: "MUST MUST WILL"}`, `- {id: a.b, colour: red}`, `- [`,
	} {
		if _, err := read([]byte(data)); err == nil {
			t.Errorf("%s: got no error", data)
		}
	}
}

func FuzzSelectionsNeverPanic(f *testing.F) {
	f.Add("reg.*", "RFC")
	f.Add("[", "")
	f.Fuzz(func(t *testing.T, id, ref string) {
		s := Selection{IDs: []string{id}, Refs: []string{ref}}
		s.Validate()
		s.Pick()
	})
}
