package result

// sample is a small document that adds up.
func sample() *Document {
	first, perToken := 2.0, 8.5
	register := Endpoint{Endpoint: "register", Requests: 1, Errors: map[string]uint64{"reset": 1}}
	token := Endpoint{Endpoint: "token", Requests: 15, Status: map[string]uint64{"201": 10, "429": 5}, LatencyUS: Distribution{Min: 1, P50: 900, P99: 12000, Max: 13000}}
	list := Endpoint{Endpoint: "profiles.list", Requests: 85, Status: map[string]uint64{"200": 84, "404": 1}, LatencyUS: Distribution{P99: 1}}
	throttling := Throttling{
		Responses: 5, Ratio: 0.05, Devices: 2, FirstAtS: &first, Predicted: 5,
		RecoveryMS: Quantiles{P50: 1000, P99: 1000, Max: 1000}, RetryAfter: RetryAfter{Absent: 5},
	}
	reuse := TokenReuse{TokensIssued: 10, Calls: 85, CallsPerToken: &perToken, Registrations: 0}
	finding := Finding{ID: "contract.status", Level: LevelShould, Endpoint: "profiles.list", Detail: "404", Count: 1, Message: "m: 404", Profiles: map[string]uint64{"apple-tv": 1}}
	compliance := Compliance{Exchanges: 100, Evaluations: 900, Warnings: 1, Findings: []Finding{finding}}
	return &Document{
		Schema: Schema, Kind: KindRun,
		Fleet: Fleet{Name: "f", Devices: 20, Profiles: []FleetProfile{
			{Name: "apple-tv", Devices: 18, ForwardsAddress: true, DevicesPerAddress: 1},
			{Name: "roku", Devices: 2, ForwardsAddress: true, DevicesPerAddress: 1},
		}},
		Load:       Load{Scheduled: 20, Sent: 101, Completed: 100, Errors: 1, LatenessUS: Quantiles{P50: 10, P99: 900, Max: 1000}},
		Endpoints:  []Endpoint{register, token, list},
		Throttling: throttling, TokenReuse: reuse, Compliance: compliance,
		Profiles: []Profile{
			{Name: "apple-tv", Devices: 18, Requests: 100, Endpoints: []Endpoint{token, list}, Throttling: throttling, TokenReuse: reuse, Compliance: compliance},
			{Name: "roku", Devices: 2, Requests: 1, Endpoints: []Endpoint{register}},
		},
		Timeline: Timeline{IntervalS: 1, Series: []Series{
			{Endpoint: "register", Requests: []uint64{1}, OK: []uint64{0}, Throttled: []uint64{0}, Failed: []uint64{1}},
			{Endpoint: "token", Requests: []uint64{15}, OK: []uint64{10}, Throttled: []uint64{5}, Failed: []uint64{0}},
			{Endpoint: "profiles.list", Requests: []uint64{85}, OK: []uint64{84}, Throttled: []uint64{0}, Failed: []uint64{1}},
		}},
	}
}
