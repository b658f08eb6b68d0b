// Package result holds the result document of a run: its names, which people's
// scripts read, its thresholds, and the one function that turns it into a
// verdict and an exit code. Text, JSON and exit code all come from here.
//
// The package is pure: it reads no file, no clock and no environment.
package result

import "time"

// Schema is the name and version of the document. Members may be added under
// the same version; none is renamed, removed or given another unit.
const Schema = "dcrbench.result/v1"

// The kinds of documents.
const (
	KindRun   = "run"
	KindCheck = "check"
	KindPlan  = "plan"
	KindAudit = "audit"
)

// Document is everything that is known about one run. Its JSON names are the
// contract; units are in the names. The zero Document encodes to a valid, empty
// one but for its schema and kind.
type Document struct {
	// Schema is the constant of that name, Kind one of the Kind constants.
	Schema string `json:"schema"`
	Kind   string `json:"kind"`
	Tool   Tool   `json:"tool"`
	Target Target `json:"target"`
	Fleet  Fleet  `json:"fleet"`
	// Seed is the seed of all randomness.
	Seed uint64 `json:"seed"`
	// Started and Ended bound the run by the clock of the machine that drove it; a
	// plan by the clock that it plays by, which begins in the first night of 2026.
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	// Interrupted reports that a person or a signal ended the run early.
	Interrupted bool    `json:"interrupted"`
	Verdict     Verdict `json:"verdict"`
	// Thresholds are the user's expressions with what became of them.
	Thresholds []ThresholdResult `json:"thresholds"`
	// Notes are what the figures say in plain words, most important first.
	Notes      []string   `json:"notes"`
	Load       Load       `json:"load"`
	Endpoints  []Endpoint `json:"endpoints"`
	Throttling Throttling `json:"throttling"`
	TokenReuse TokenReuse `json:"token_reuse"`
	Compliance Compliance `json:"compliance"`
	Checks     []Check    `json:"checks"`
	Profiles   []Profile  `json:"profiles"`
	Timeline   Timeline   `json:"timeline"`
	// Plan is set for the kind plan only.
	Plan *Plan `json:"plan,omitempty"`
	// Search is set for a run that searched for a capacity; the other figures are
	// then those of the step that it found.
	Search *Search `json:"search,omitempty"`
	// Audit is set for the kind audit only.
	Audit *Audit `json:"audit,omitempty"`
	// Release is set for the kinds check and run.
	Release *Release `json:"release,omitempty"`
}

// Tool says which build wrote the document.
type Tool struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

// Target is what was called.
type Target struct {
	URL string `json:"url"`
	// Simulator reports whether the target is this project's simulator.
	Simulator bool `json:"simulator"`
	// HTTPVersion is such as "1.1" or "2"; empty when nothing was answered.
	HTTPVersion string `json:"http_version"`
	TLS         bool   `json:"tls"`
}

// Fleet is who called.
type Fleet struct {
	Name     string         `json:"name"`
	Devices  int            `json:"devices"`
	Profiles []FleetProfile `json:"profiles"`
}

// FleetProfile is one device profile of the fleet, as it was configured.
type FleetProfile struct {
	Name     string `json:"name"`
	Platform string `json:"platform"`
	// Devices is how many devices have the profile.
	Devices int `json:"devices"`
	// ForwardsAddress reports whether its requests carry X-Forwarded-For.
	ForwardsAddress bool `json:"forwards_address"`
	// DevicesPerAddress is how many devices share one address and with it one
	// throttle bucket: 1 for a device with its own, all of them when no
	// address is forwarded.
	DevicesPerAddress float64 `json:"devices_per_address"`
}

// Load is what the generator meant to do and did.
type Load struct {
	// Launch is the schedule by which devices started, such as constant:20; empty
	// when that is not known.
	Launch string `json:"launch"`
	// Scheduled counts the device launches that the schedule asked for, Sent the
	// requests, Completed the answers whatever their status, Dropped the launches
	// and requests that the generator could not make in time.
	Scheduled uint64 `json:"scheduled"`
	Sent      uint64 `json:"sent"`
	Completed uint64 `json:"completed"`
	Dropped   uint64 `json:"dropped"`
	// HeldBack counts the devices whose next request the ceiling on the request
	// rate still held back when the run ended: load that was wanted and not made,
	// on purpose.
	HeldBack uint64 `json:"held_back"`
	// Errors counts the requests that got no answer, of every kind.
	Errors uint64 `json:"errors"`
	// InFlightMax is the most requests that were under way at once.
	InFlightMax int `json:"in_flight_max"`
	// Generator is how the generator's machine fared; nil when nobody looked.
	Generator *Generator `json:"generator,omitempty"`
	// LatenessUS is how long after its device could send it each request was sent.
	// What a slow answer held up is in the latency of the requests that depend on
	// it, not here.
	LatenessUS Quantiles `json:"lateness_us"`
	// WarmUpExcluded counts the requests of the warm-up; no other figure holds them.
	WarmUpExcluded uint64 `json:"warm_up_excluded"`
	// DurationS is the time from the first intended send to the last answer, and
	// RequestsPerSecond what was sent over it.
	DurationS         float64 `json:"duration_s"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	// FailureRatio is the share of the requests that got no answer or a 5xx
	// status; Finish computes it.
	FailureRatio float64 `json:"failure_ratio"`
}

// Quantiles are the short summary of a distribution, in the unit of its name.
type Quantiles struct {
	P50 int64 `json:"p50"`
	P99 int64 `json:"p99"`
	Max int64 `json:"max"`
}

// Distribution is the long summary of a distribution, in the unit of its name.
// All is zero when nothing was measured.
type Distribution struct {
	Min  int64 `json:"min"`
	P50  int64 `json:"p50"`
	P90  int64 `json:"p90"`
	P99  int64 `json:"p99"`
	P999 int64 `json:"p999"`
	Max  int64 `json:"max"`
	Mean int64 `json:"mean"`
}

// Endpoint is the traffic of one operation.
type Endpoint struct {
	// Endpoint is the operation's name, Path its template.
	Endpoint string `json:"endpoint"`
	Method   string `json:"method"`
	Path     string `json:"path"`
	// Requests counts what was sent: the sum of Status and Errors.
	Requests uint64 `json:"requests"`
	// Status counts the answers by HTTP status, Errors the lack of one by kind.
	Status map[string]uint64 `json:"status"`
	Errors map[string]uint64 `json:"errors"`
	// LatencyUS counts from the intended send, WireUS from the actual one; both
	// are of answered requests only.
	LatencyUS Distribution `json:"latency_us"`
	WireUS    Distribution `json:"wire_us"`
	// LatencyCurveUS is the latency over nines: entry i is the quantile
	// 1-10^(-i/4), so the minimum, at 4 the 90th, at 8 the 99th percentile, and last
	// the maximum. Only the endpoints of a whole run have it.
	LatencyCurveUS []int64 `json:"latency_curve_us,omitempty"`
	BytesSent      int64   `json:"bytes_sent"`
	BytesReceived  int64   `json:"bytes_received"`
}
