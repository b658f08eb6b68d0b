package audit

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// maxActs bounds the acts that all devices of a Trail keep, and maxActsEach
// those of one.
const (
	maxActs     = 200_000
	maxActsEach = 20_000
)

// Act is one exchange of a device as a timeline shows it and a profile is fitted
// to it: what was asked when, and how that ended. It holds no part of a message.
type Act struct {
	// Seq numbers the exchange in its recording.
	Seq            uint64
	Sent, Received time.Time
	Op             api.Op
	// Status is 0 when no answer came.
	Status  int
	Outcome api.Outcome
	// Request tells one request from another: repeats have the same.
	Request uint64
	// Profiles counts the profiles of the answer.
	Profiles int
	// Life is how long an issued token is to live; 0 for none.
	Life time.Duration
	// Launch counts the starts of the app that the recording tells of.
	Launch int
}

// keepAct remembers an exchange while there is room.
func (d *Device) keepAct(e *event) {
	if !d.codes.keepActs || len(d.acts) >= maxActsEach || d.codes.acts >= maxActs {
		return
	}
	d.codes.acts++
	d.acts = append(d.acts, Act{
		Seq: e.seq, Sent: time.Unix(0, e.sent).UTC(), Received: time.Unix(0, e.received).UTC(), Op: e.op, Status: e.status,
		Outcome: e.outcome, Request: e.key, Profiles: e.profiles, Life: time.Duration(e.life), Launch: int(d.launches),
	})
}

// Acts returns the exchanges of a device of a Trail in the order of their
// sending, as far as there was room for them.
func (d *Device) Acts() []Act { return d.acts }

// About returns what X-Device-Info told of the device, as far as that names no
// person and no address: nil when it told nothing.
func (d *Device) About() api.DeviceInfo { return d.about }

// Browser reports whether the device called itself a browser.
func (d *Device) Browser() bool { return d.browser }

// Build tells one build of an app from another, by its User-Agent; 0 for none.
func (d *Device) Build() uint64 { return d.agent }

// public are the members of X-Device-Info that name a kind of device and nothing
// else.
var public = []string{
	"primaryHardwareType", "model", "version", "manufacturer", "vendor", "osName", "osFamily", "osVendor", "osVersion",
	"browserName", "browserVendor", "browserVersion", "displayWidth", "displayHeight", "connectionType", "connectionSecure",
}

// publicInfo keeps what names a kind of device.
func publicInfo(info api.DeviceInfo) api.DeviceInfo {
	var kept api.DeviceInfo
	for _, key := range public {
		value, ok := info.Get(key)
		if text, isText := value.(string); !ok || isText && !showable(text) {
			continue
		}
		switch value.(type) {
		case string, bool, int, float64:
			kept = append(kept, api.DeviceInfoField{Key: key, Value: value})
		}
	}
	return kept
}
