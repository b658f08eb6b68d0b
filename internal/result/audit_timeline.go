package result

import "time"

// The kinds of what stands on a device's timeline.
const (
	ActRegistration = "registration"
	ActToken        = "token"
	ActCall         = "call"
	ActThrottled    = "throttled"
	ActBreach       = "breach"
)

// AuditAct is one thing on the timeline of a device.
type AuditAct struct {
	At time.Time `json:"at"`
	// What is one of the Act constants, Endpoint the operation.
	What     string `json:"what"`
	Endpoint string `json:"endpoint"`
	// Status is that of the answer, 0 for none, and Rule the one that was broken;
	// empty for anything but a breach.
	Status int    `json:"status"`
	Rule   string `json:"rule"`
	// Exchange is its number.
	Exchange uint64 `json:"exchange"`
}
