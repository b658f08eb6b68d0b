package result

// Throttling is what the service refused with HTTP 429, and how devices took it.
type Throttling struct {
	// Responses counts the 429s, Ratio is their share of all answers.
	Responses uint64  `json:"responses"`
	Ratio     float64 `json:"ratio"`
	// Devices counts the devices that got at least one.
	Devices int `json:"devices"`
	// FirstAtS is when the first came, in seconds from the start; null for none.
	FirstAtS *float64 `json:"first_at_s"`
	// Predicted is how many of the requests the documented bucket would have
	// refused at the times they were sent.
	Predicted uint64 `json:"predicted"`
	// SelfInflicted counts the 429s to devices whose own traffic alone exceeded
	// the documented limit; the others were drawn by sharing an address.
	SelfInflicted uint64 `json:"self_inflicted"`
	// RetriedEarly counts the requests sent less than a second after the device
	// had received a 429 (THR-01); those already under way do not count.
	RetriedEarly uint64 `json:"retried_early"`
	// RecoveryMS is the time from a device's first 429 to its next other answer.
	RecoveryMS Quantiles  `json:"recovery_ms"`
	RetryAfter RetryAfter `json:"retry_after"`
}

// RetryAfter counts the 429s by their Retry-After field (RFC 9110 section
// 10.2.3). The documented 429 has none.
type RetryAfter struct {
	Present uint64 `json:"present"`
	Absent  uint64 `json:"absent"`
	Invalid uint64 `json:"invalid"`
}

// TokenReuse is how devices treated their credentials and tokens, judged from
// the traffic alone.
type TokenReuse struct {
	// Registrations counts the registrations that succeeded, ReRegistrations
	// those of devices that had credentials, and ReRegistrationsUnjustified
	// those whose credentials the service had not refused (DCR-03).
	Registrations              uint64 `json:"registrations"`
	ReRegistrations            uint64 `json:"re_registrations"`
	ReRegistrationsUnjustified uint64 `json:"re_registrations_unjustified"`
	// TokensIssued counts the tokens that the service gave out, TokensRestored
	// those from an earlier run or the warm-up that devices went on to use.
	TokensIssued   uint64 `json:"tokens_issued"`
	TokensRestored uint64 `json:"tokens_restored"`
	// Calls counts the requests to protected operations.
	Calls uint64 `json:"calls"`
	// CallsPerToken is Calls over the tokens issued and restored; null without
	// any token.
	CallsPerToken *float64 `json:"calls_per_token"`
	// RedundantTokenRequests counts the token requests of devices that held a
	// live one, outside its early-refresh window and with no 401 since (DCR-04).
	RedundantTokenRequests uint64    `json:"redundant_token_requests"`
	Refreshes              Refreshes `json:"refreshes"`
	// ExpiredTokenUses counts the calls sent after the device's token had
	// expired (DCR-07).
	ExpiredTokenUses uint64 `json:"expired_token_uses"`
}

// Refreshes counts the tokens that replaced another, by what made them needed.
type Refreshes struct {
	// Expired followed the end of the last token, Ahead came in the last part of
	// its life, After401 followed a 401.
	Expired  uint64 `json:"expired"`
	Ahead    uint64 `json:"ahead"`
	After401 uint64 `json:"after_401"`
}

// Compliance is what the answers said against the documented contract.
type Compliance struct {
	// Exchanges counts the answers that were judged, Evaluations the rules that
	// applied to them.
	Exchanges   uint64 `json:"exchanges"`
	Evaluations uint64 `json:"evaluations"`
	// Failures counts the breaches of level must, Warnings those of level
	// should, Notes the remarks.
	Failures uint64 `json:"failures"`
	Warnings uint64 `json:"warnings"`
	Notes    uint64 `json:"notes"`
	// Findings lists them by rule, endpoint and detail, worst first. Overflow
	// counts the findings that are in no entry, because there were too many
	// different ones.
	Findings []Finding `json:"findings"`
	Overflow uint64    `json:"overflow"`
}

// The levels of findings.
const (
	LevelMust   = "must"
	LevelShould = "should"
	LevelNote   = "note"
)

// Finding is one way in which answers differed from what is documented.
type Finding struct {
	// ID is the rule's slug, such as "contract.member-missing".
	ID string `json:"id"`
	// Level is must, should or note.
	Level    string `json:"level"`
	Endpoint string `json:"endpoint"`
	// Detail is the member, status or code concerned.
	Detail string `json:"detail"`
	Count  uint64 `json:"count"`
	// Refs name the documents and ambiguities behind the rule.
	Refs    []string `json:"refs"`
	Message string   `json:"message"`
	// SampleExchange is the number of one exchange that shows it.
	SampleExchange uint64 `json:"sample_exchange"`
	// Profiles counts the finding by profile.
	Profiles map[string]uint64 `json:"profiles"`
}

// Check is one requirement of the conformance suite with its verdict.
type Check struct {
	ID    string `json:"id"`
	Group string `json:"group"`
	// Title says in a sentence what a conforming service does.
	Title     string   `json:"title"`
	Level     string   `json:"level"`
	Verdict   string   `json:"verdict"`
	Refs      []string `json:"refs"`
	Message   string   `json:"message"`
	Exchanges []uint64 `json:"exchanges"`
	// Expected reports that an expectation accepts the verdict, so that it fails
	// nothing.
	Expected bool `json:"expected"`
}

// Profile is the same figures for the devices of one profile.
type Profile struct {
	Name     string `json:"name"`
	Platform string `json:"platform"`
	Devices  int    `json:"devices"`
	// ShareOfDevices is Devices over the fleet's.
	ShareOfDevices float64 `json:"share_of_devices"`
	// Requests counts what the profile's devices sent.
	Requests   uint64     `json:"requests"`
	Endpoints  []Endpoint `json:"endpoints"`
	Throttling Throttling `json:"throttling"`
	TokenReuse TokenReuse `json:"token_reuse"`
	Compliance Compliance `json:"compliance"`
	// JudgedDevices is how many of Devices were judged by the rules for clients,
	// and Obligations are those rules, the worst first; both are empty where the
	// traffic was not judged so.
	JudgedDevices int          `json:"judged_devices"`
	Obligations   []Obligation `json:"obligations"`
}

// Timeline is the traffic over time.
type Timeline struct {
	// IntervalS is the length of one step, in seconds; the first begins at the
	// start. It grows with the run so that the document does not.
	IntervalS float64  `json:"interval_s"`
	Series    []Series `json:"series"`
}

// Series is one endpoint's timeline. A request counts in the step in which it
// was meant to be sent. All lists have the same length.
type Series struct {
	Endpoint string `json:"endpoint"`
	// Requests is the sum of OK, Throttled and Failed. OK counts the documented
	// successes, Throttled the 429s, Failed everything else.
	Requests  []uint64 `json:"requests"`
	OK        []uint64 `json:"ok"`
	Throttled []uint64 `json:"throttled"`
	Failed    []uint64 `json:"failed"`
	// P99US is the 99th percentile of the latency of answered requests, rounded
	// up to the next step of a coarse scale; 0 without any.
	P99US []int64 `json:"p99_us"`
	// P50US and P90US are the median and the 90th percentile alike. A plan, whose
	// response times are the same in every step, has neither.
	P50US []int64 `json:"p50_us,omitempty"`
	P90US []int64 `json:"p90_us,omitempty"`
}
