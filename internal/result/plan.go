package result

// Plan is what only a plan knows: a day in virtual time. Times of the day are
// texts such as "20:31:05", and offsets count in seconds from the beginning.
type Plan struct {
	// HorizonS is the time that was planned, BeginsAt the time of the day at
	// which it begins.
	HorizonS float64 `json:"horizon_s"`
	BeginsAt string  `json:"begins_at"`
	// DevicesPlayed counts the devices that the figures cover: all of them, or
	// as many as there was time for when the plan was interrupted.
	DevicesPlayed uint64 `json:"devices_played"`
	// PlayedUntilS is how far in the plan they got: to its horizon, unless an
	// interruption cut a large group off that shares one address.
	PlayedUntilS float64 `json:"played_until_s"`
	// AppStarts counts the starts of the app.
	AppStarts uint64 `json:"app_starts"`
	// Assumptions say in plain words what was assumed of devices and service.
	Assumptions []string `json:"assumptions"`
	// Notes say what the figures of the plan mean, most important first.
	Notes []string `json:"notes"`
	// Peaks has the entry "all" for everything first, then one for each endpoint.
	Peaks      []PlanPeak      `json:"peaks"`
	Throttling PlanThrottling  `json:"throttling"`
	Refresh    PlanRefresh     `json:"refresh"`
	Events     []PlanEvent     `json:"events"`
	Costs      []PlanCost      `json:"costs"`
	WhatIf     *PlanComparison `json:"what_if,omitempty"`
}

// PlanPeak is when an endpoint was busiest.
type PlanPeak struct {
	Endpoint string `json:"endpoint"`
	// PerSecond is the highest rate over OverS seconds, which began at AtS or At.
	PerSecond float64 `json:"per_second"`
	OverS     float64 `json:"over_s"`
	AtS       float64 `json:"at_s"`
	At        string  `json:"at"`
	// MeanPerSecond is the rate over the whole plan.
	MeanPerSecond float64 `json:"mean_per_second"`
}

// PlanThrottling is the 429s by cause.
type PlanThrottling struct {
	// Own counts the 429s that the device would have drawn with an address of
	// its own, Shared those that only its neighbours at the address account for.
	Own    uint64 `json:"own"`
	Shared uint64 `json:"shared"`
	// OwnDevices and SharedDevices count the devices that drew one; a device may
	// be in both.
	OwnDevices    uint64 `json:"own_devices"`
	SharedDevices uint64 `json:"shared_devices"`
	// WaitedMS is how long the devices that drew any waited in all.
	WaitedMS Quantiles `json:"waited_ms"`
	// WaitedMeanMS is the mean of that.
	WaitedMeanMS float64 `json:"waited_mean_ms"`
}

// PlanRefresh is how the token requests bunch up.
type PlanRefresh struct {
	// Requests counts the token requests, by intervals of OverS seconds.
	Requests uint64  `json:"requests"`
	OverS    float64 `json:"over_s"`
	// PeakPerSecond is the highest rate, which began at PeakAt, and
	// MeanPerSecond the rate over the whole plan.
	PeakPerSecond float64 `json:"peak_per_second"`
	PeakAtS       float64 `json:"peak_at_s"`
	PeakAt        string  `json:"peak_at"`
	MeanPerSecond float64 `json:"mean_per_second"`
	// PeakToMean is the one over the other; TrafficPeakToMean is the same for all
	// requests: token requests that bunch up more than the traffic are a wave.
	PeakToMean        float64 `json:"peak_to_mean"`
	TrafficPeakToMean float64 `json:"traffic_peak_to_mean"`
}

// PlanEvent is an outage or a deploy with what came of it.
type PlanEvent struct {
	// Name is outage or deploy.
	Name  string  `json:"name"`
	FromS float64 `json:"from_s"`
	From  string  `json:"from"`
	// ForS is the length of an outage, 0 for a deploy.
	ForS float64 `json:"for_s"`
	// BeforePerSecond is the rate of requests in the ten minutes before it, and
	// PeakPerSecond the highest rate from its beginning until half an hour after
	// its end. The same follow for token requests alone.
	BeforePerSecond      float64 `json:"before_per_second"`
	PeakPerSecond        float64 `json:"peak_per_second"`
	TokenBeforePerSecond float64 `json:"token_before_per_second"`
	TokenPeakPerSecond   float64 `json:"token_peak_per_second"`
}

// PlanCost is what the devices of one profile cost.
type PlanCost struct {
	Profile string `json:"profile"`
	Devices int    `json:"devices"`
	// WellBehaved reports that the profile breaks no client rule on purpose.
	WellBehaved bool `json:"well_behaved"`
	// The figures are per device and day of 24 hours.
	RequestsPerDeviceDay      float64 `json:"requests_per_device_day"`
	RegistrationsPerDeviceDay float64 `json:"registrations_per_device_day"`
	TokensPerDeviceDay        float64 `json:"tokens_per_device_day"`
	ThrottledPerDeviceDay     float64 `json:"throttled_per_device_day"`
	// TimesWellBehaved is its requests over those of a well-behaved device of
	// the fleet; 0 when the fleet has none.
	TimesWellBehaved float64 `json:"times_well_behaved"`
}

// PlanComparison sets a variant beside the plan.
type PlanComparison struct {
	// Changes are what the variant changes, as they were given.
	Changes []string         `json:"changes"`
	Figures []PlanDifference `json:"figures"`
}

// PlanDifference is one figure of the plan and of the variant.
type PlanDifference struct {
	// Figure names it as the document does; Unit is for people.
	Figure     string  `json:"figure"`
	Unit       string  `json:"unit"`
	Baseline   float64 `json:"baseline"`
	Variant    float64 `json:"variant"`
	Difference float64 `json:"difference"`
	// Ratio is the variant over the baseline; null when the baseline is 0.
	Ratio *float64 `json:"ratio"`
}
