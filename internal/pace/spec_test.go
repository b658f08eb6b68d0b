package pace

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

func TestSpecValidateNamesFieldAndRemedy(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		name string
		spec Spec
		want []string
	}{
		{"nothing", Spec{}, []string{"shape is missing: want one of constant, ramp, steps, poisson, spike"}},
		{"an unknown shape", Spec{Shape: "wave"}, []string{`shape "wave" is unknown: want one of`}},
		{"a constant rate of zero", Spec{Shape: Constant}, []string{"rate must be more than 0"}},
		{"a negative poisson rate", Spec{Shape: Poisson, Rate: -1}, []string{"not -1"}},
		{"no number", Spec{Shape: Constant, Rate: nan}, []string{"not NaN"}},
		{"infinity", Spec{Shape: Constant, Rate: math.Inf(1)}, []string{"not +Inf"}},
		{"a ramp of nothing", Spec{Shape: Ramp}, []string{"from and to are both 0", "over must be more than 0, such as 30s, not 0s"}},
		{"a ramp wrong throughout", Spec{Shape: Ramp, From: -1, To: nan, Over: -1}, []string{"from must be", "to must be", "over must be"}},
		{"no steps", Spec{Shape: Steps}, []string{"steps is empty"}},
		{"a bad step is numbered", Spec{Shape: Steps, Steps: []Step{{1, 1}, {-2, 0}}}, []string{"steps[1].rate", "steps[1].duration"}},
		{"only pauses", Spec{Shape: Steps, Steps: []Step{{0, 1}}}, []string{"steps are all pauses"}},
		{"an empty spike", Spec{Shape: Spike}, []string{"width must be", "share must be"}},
		{"a spike wrong throughout", Spec{Shape: Spike, Base: -1, At: -1, Width: -1, Share: 2, Decay: -1},
			[]string{"base must be", "at must not", "width must be", "share must be", "decay must not"}},
		{"a rest that never comes", Spec{Shape: Spike, Width: 1, Share: 0.5}, []string{"base must be more than 0 when share is below 1"}},
		{"fields of other shapes", Spec{Shape: Constant, Rate: 1, Over: 1, Share: 0.5},
			[]string{"over has no meaning for shape constant: remove it, or use shape ramp", "share has no meaning"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := tt.spec
			errs := tt.spec.Validate()
			if len(errs) != len(tt.want) {
				t.Fatalf("got %q, want %d problems", errs, len(tt.want))
			}
			for i, err := range errs {
				if !strings.Contains(err.Error(), tt.want[i]) {
					t.Errorf("problem %d is %q, want it to contain %q", i, err, tt.want[i])
				}
			}
			if !cmp.Equal(before, tt.spec, cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })) {
				t.Error("validation changed the spec")
			}
			if s, err := tt.spec.Schedule(10, 1); err == nil || s != nil {
				t.Errorf("Schedule gave %v, %v, want an error", s, err)
			}
		})
	}
}

func TestSpecStrayFieldsAreFoundForEveryField(t *testing.T) {
	full := Spec{
		Rate: 1, From: 1, To: 1, Over: 1, Steps: []Step{{1, 1}},
		Base: 1, At: 1, Width: 1, Share: 0.5, Decay: 1,
	}
	for shape, own := range map[Shape]int{Constant: 1, Poisson: 1, Ramp: 3, Steps: 1, Spike: 5} {
		full.Shape = shape
		if got, want := len(full.Validate()), 10-own; got != want {
			t.Errorf("%s: %d stray fields, want %d", shape, got, want)
		}
	}
}

func TestSpecScheduleRefusesANegativeNumber(t *testing.T) {
	if _, err := (Spec{Shape: Constant, Rate: 1}).Schedule(-1, 0); err == nil || !strings.Contains(err.Error(), "not -1") {
		t.Errorf("error = %v, want one that names -1", err)
	}
}

func TestSpecReadsYAML(t *testing.T) {
	text := `
shape: spike
base: 2
at: 10s
width: 1m30s
share: 0.7
decay: 500ms
steps:
  - {rate: 3, duration: 5s}
over: 30s
`
	want := Spec{
		Shape: Spike, Base: 2, At: 10 * time.Second, Width: 90 * time.Second, Share: 0.7,
		Decay: 500 * ms, Steps: []Step{{3, 5 * time.Second}}, Over: 30 * time.Second,
	}
	var got Spec
	if err := yaml.UnmarshalWithOptions([]byte(text), &got, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	out, err := yaml.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var again Spec
	if err := yaml.Unmarshal(out, &again); err != nil || !cmp.Equal(want, again) {
		t.Errorf("written as %s and read as %v, %v", out, again, err)
	}
}
