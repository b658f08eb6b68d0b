package compare

import "github.com/dcrbench/dcrbench/internal/result"

// Schema is the name and version of the Diff. Members may be added under the
// same version; none is renamed, removed or given another unit.
const Schema = "dcrbench.diff/v1"

// Run is one result and what to call it, such as the path of its file.
type Run struct {
	Name string
	Doc  *result.Document
}

// Status is the one-word outcome of a comparison.
type Status string

// The outcomes, and the exit code each stands for when regressions shall fail.
const (
	// StatusSame: nothing that was judged got worse. Exit code 0.
	StatusSame Status = "no regression"
	// StatusRegression: something got worse. Exit code 1.
	StatusRegression Status = "regression"
	// StatusIncomparable: the runs differ in what they did, so that what changed
	// says nothing. Exit code 3.
	StatusIncomparable Status = "not comparable"
)

// Diff is everything that changed between two sides. Its JSON names are a
// contract like those of a result; figures keep the names and units that they
// have there.
type Diff struct {
	Schema string `json:"schema"`
	// Kind is that of every result that was compared.
	Kind   string `json:"kind"`
	Status Status `json:"status"`
	// ExitCode is what a gate on regressions ends with.
	ExitCode int `json:"exit_code"`
	// Reasons say in plain words why Status is what it is, the most important
	// first.
	Reasons []string `json:"reasons"`
	Before  Side     `json:"before"`
	After   Side     `json:"after"`
	// NotComparable names what makes the two sides different experiments;
	// Cautions names what differs, or is missing, and should be known.
	NotComparable []string `json:"not_comparable"`
	Cautions      []string `json:"cautions"`
	// Figures are all figures of the results, the judged ones first.
	Figures    []Figure       `json:"figures"`
	Findings   FindingChanges `json:"findings"`
	Checks     CheckChanges   `json:"checks"`
	Endpoints  NameChanges    `json:"endpoints"`
	Profiles   NameChanges    `json:"profiles"`
	Thresholds []Threshold    `json:"thresholds"`
}

// Side is one of the two things that were compared.
type Side struct {
	// Runs are the names of the results, Verdicts their verdicts in that order.
	Runs     []string        `json:"runs"`
	Verdicts []result.Status `json:"verdicts"`
	Fleet    string          `json:"fleet"`
	Devices  int             `json:"devices"`
	Seeds    []uint64        `json:"seeds"`
	Target   string          `json:"target"`
	Tool     string          `json:"tool"`
}

// The verdicts on a figure.
const (
	// Worse and Better: judged, and changed by more than chance and enough to
	// matter.
	Worse  = "worse"
	Better = "better"
	// Same: no change that could be told from chance, or none that matters.
	Same = "same"
	// Changed: by more than chance, of a figure that has no better direction.
	Changed = "changed"
	// Untested: a figure without a spread, of too few runs to test it.
	Untested = "untested"
)

// Figure is one figure on both sides.
type Figure struct {
	// Figure is its name, as in a threshold. A star stands for all endpoints.
	Figure string `json:"figure"`
	// Judged reports that the figure can make a regression.
	Judged bool `json:"judged"`
	// Before and After are the medians over the runs; null for not measured.
	Before *float64 `json:"before"`
	After  *float64 `json:"after"`
	// Change is (after − before) / before; null from 0 or from nothing.
	Change *float64 `json:"change"`
	// Test names what P comes from, "" for no test.
	Test string `json:"test"`
	// P is the probability of a difference as large by chance alone; null for
	// no test.
	P *float64 `json:"p"`
	// Verdict is one of the constants; Why says why a judged figure that moved
	// was not called worse or better.
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
}

// NameChanges are names that only one side has.
type NameChanges struct {
	Appeared []string `json:"appeared"`
	Vanished []string `json:"vanished"`
}

// Threshold is an expression that both sides had, met by one of them only.
type Threshold struct {
	Expr string `json:"expr"`
	// MetBefore and MetAfter report that every run of the side met it.
	MetBefore bool `json:"met_before"`
	MetAfter  bool `json:"met_after"`
}

// The exit codes of a gate on regressions.
const (
	exitSame         = 0
	exitRegression   = 1
	exitIncomparable = 3
)
