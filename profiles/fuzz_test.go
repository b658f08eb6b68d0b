package profiles

import (
	"errors"
	"testing"
)

// FuzzParse holds that no text makes the parser panic, that every refusal is a
// Problems with a place in the file, and that what is accepted can be explained
// and populated.
func FuzzParse(f *testing.F) {
	for _, tt := range rightFiles {
		f.Add([]byte(tt.src))
	}
	for _, tt := range wrongFiles {
		f.Add([]byte(tt.src))
	}
	for _, s := range []string{"a: &a [*a]", "? ?", "- - -", "{", "fleet: {<<: *x}", "!!a b", "%YAML 1.2\n---\n", "a: |\n  x", "\"\\x\"", "[[]]: 1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := Parse("f.yaml", src)
		if err == nil {
			lib := Builtin()
			if err = lib.Add(file); err == nil {
				useAll(t, lib, file)
				return
			}
		}
		var problems Problems
		if !errors.As(err, &problems) || len(problems) == 0 || err.Error() == "" {
			t.Fatalf("got %#v, want Problems", err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Reason == "" {
				t.Fatalf("no place or reason: %+v", p)
			}
		}
	})
}

func useAll(t *testing.T, lib *Library, file *File) {
	for _, name := range file.ProfileNames() {
		p, err := lib.Profile(name)
		if err != nil {
			t.Fatal(err)
		}
		Explain(p)
	}
	for _, name := range file.FleetNames() {
		fleet, err := lib.Fleet(name)
		if err != nil {
			t.Fatal(err)
		}
		population, err := NewPopulation(fleet, 5, 1)
		if err != nil {
			t.Fatal(err)
		}
		population.Identity(4)
		ExplainFleet(fleet, 3)
	}
}
