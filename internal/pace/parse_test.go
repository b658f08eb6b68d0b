package pace

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseSpec(t *testing.T) {
	tests := []struct {
		in   string
		want Spec
	}{
		{"constant:20", Spec{Shape: Constant, Rate: 20}},
		{"0.5", Spec{Shape: Constant, Rate: 0.5}},
		{"poisson:20", Spec{Shape: Poisson, Rate: 20}},
		{"ramp:1..50/30s", Spec{Shape: Ramp, From: 1, To: 50, Over: 30 * time.Second}},
		{"ramp:0.5..2.5/1m30s", Spec{Shape: Ramp, From: 0.5, To: 2.5, Over: 90 * time.Second}},
		{"steps:10/5s,50/10s", Spec{Shape: Steps, Steps: []Step{{10, 5 * time.Second}, {50, 10 * time.Second}}}},
		{"spike:base=2,at=10s,width=2s,share=0.7", Spec{Shape: Spike, Base: 2, At: 10 * time.Second, Width: 2 * time.Second, Share: 0.7}},
		{"spike:share=1,width=1s,decay=3s", Spec{Shape: Spike, Width: time.Second, Share: 1, Decay: 3 * time.Second}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseSpec(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseSpecErrorsShowWhatWouldBeRight(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", []string{`schedule "" has no known shape`, "constant:20", "ramp:1..50/30s", "spike:base=2"}},
		{"an unknown shape", "wave:3", []string{`"wave:3"`, "poisson:20"}},
		{"a shape alone", "ramp", []string{"is not FROM..TO/DURATION", "try: ramp:1..50/30s"}},
		{"a rate in words", "constant:fast", []string{`rate "fast" is not a number`, "try: constant:20"}},
		{"a rate of zero", "0", []string{"rate must be more than 0"}},
		{"a negative rate", "poisson:-2", []string{"not -2", "try: poisson:20"}},
		{"a ramp without a duration", "ramp:1..5", []string{"FROM..TO/DURATION"}},
		{"a ramp without dots", "ramp:1-5/3s", []string{"FROM..TO/DURATION"}},
		{"a ramp with a bad end", "ramp:1..x/3s", []string{`to "x" is not a number`}},
		{"a ramp with a bare number of seconds", "ramp:1..5/3", []string{`over "3" is not a duration such as 30s`}},
		{"a step without a duration", "steps:10/5s,50", []string{`step 2 "50" is not RATE/DURATION`}},
		{"a step with a bad rate", "steps:a/5s", []string{`rate of step 1 "a"`}},
		{"a spike with an unknown key", "spike:height=3", []string{`"height" is unknown, want base, at, width, share or decay`}},
		{"a spike with a key twice", "spike:at=1s,at=2s", []string{"at is given twice"}},
		{"a spike without values", "spike:base", []string{`"base" is not KEY=VALUE`}},
		{"several problems at once", "spike:base=2,share=3", []string{"width must be", "share must be", "try: spike:"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseSpec(tt.in)
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("ParseSpec(%q) error = %v, want it to contain %q", tt.in, err, want)
				}
			}
		})
	}
}

func TestEveryShownFormIsAccepted(t *testing.T) {
	for shape, form := range forms {
		got, err := ParseSpec(form)
		if err != nil || got.Shape != shape || got.String() != canonical(t, form) {
			t.Errorf("%s: got %v, %v", form, got, err)
		}
	}
	if len(forms) != len(shapes) {
		t.Errorf("%d forms for %d shapes", len(forms), len(shapes))
	}
}

func canonical(t *testing.T, text string) string {
	t.Helper()
	s, err := ParseSpec(text)
	if err != nil {
		t.Fatal(err)
	}
	return s.String()
}

func TestSpecPrintsAsItParses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := drawSpec(t)
		got, err := ParseSpec(spec.String())
		if err != nil || !cmp.Equal(spec, got) {
			t.Fatalf("%s parses to %v, %v", spec, got, err)
		}
	})
}

func FuzzParseSpec(f *testing.F) {
	for _, form := range forms {
		f.Add(form)
	}
	for _, s := range []string{"", ":", "ramp:../", "steps:,", "spike:=,=", "constant:1e400", "ramp:0..1e6/1ns", "steps:0/1h,1000000/1ns"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := ParseSpec(text)
		if err != nil {
			return
		}
		again, err := ParseSpec(spec.String())
		if err != nil || !cmp.Equal(spec, again) {
			t.Fatalf("%q prints as %q, which parses to %v, %v", text, spec, again, err)
		}
		s, err := spec.Schedule(50, 1)
		if err != nil {
			t.Fatalf("%q parsed but has no schedule: %v", text, err)
		}
		last := time.Duration(0)
		for i := range 50 {
			at, ok := s.At(i)
			if !ok {
				return
			}
			if at < last {
				t.Fatalf("%q: launch %d at %v, before %v", text, i, at, last)
			}
			last = at
		}
	})
}
