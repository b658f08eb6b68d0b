package fit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dcrbench/dcrbench/profiles"
)

// YAML writes a file of the profiles and a fleet of them, as profiles.Parse reads
// it. It holds names of products, operations and times, and nothing else of the
// recording.
func YAML(list []Fitted) []byte {
	w := &writer{}
	w.line(0, "# Fitted to a recording by dcrbench audit --to-profile. It asks for what the")
	w.line(0, "# simulator has; set service_provider, mvpds and resources for another target.")
	w.line(0, "profiles:")
	devices := 0
	for i := range list {
		w.profile(&list[i])
		devices += list[i].Devices
	}
	w.line(0, "fleet:")
	w.line(1, "name: recorded-fleet")
	w.line(1, "title: What was recorded")
	w.line(1, "devices: %d", max(devices, 1))
	w.line(1, "duration: 2m")
	w.line(1, "members:")
	for i := range list {
		w.line(2, "- {profile: %s, weight: %d}", list[i].Profile.Name, list[i].Devices)
	}
	return []byte(w.b.String())
}

type writer struct{ b strings.Builder }

func (w *writer) line(indent int, format string, args ...any) {
	w.b.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(&w.b, format, args...)
	w.b.WriteByte('\n')
}

func (w *writer) profile(f *Fitted) {
	p := &f.Profile
	w.line(1, "# %d devices, %d exchanges.", f.Devices, f.Exchanges)
	if len(f.Lost) > 0 {
		w.line(1, "# Not repeated, for it is the form of requests or beyond a profile: %s.", strings.Join(f.Lost, " "))
	}
	w.line(1, "- name: %s", p.Name)
	w.line(2, "title: %s", strconv.Quote(p.Title))
	w.line(2, "platform: %s", p.Platform)
	if p.OmitDeviceInfo {
		w.line(2, "omit_device_info: true")
	} else {
		w.line(2, "device_info:")
		for _, field := range p.DeviceInfo {
			if text, ok := field.Value.(string); ok {
				w.line(3, "%s: %s", field.Key, strconv.Quote(text))
				continue
			}
			w.line(3, "%s: %v", field.Key, field.Value)
		}
	}
	if p.UserAgent != "" {
		w.line(2, "user_agent: %s", strconv.Quote(p.UserAgent))
	}
	if p.Network.OmitForwardedFor {
		w.line(2, "network: {kind: own, omit_forwarded_for: true}")
	} else {
		w.line(2, "network: {kind: own}")
	}
	w.behaviour(&p.Behaviour)
	w.line(2, "session:")
	for i := range p.Session {
		w.step(&p.Session[i])
	}
}

func (w *writer) behaviour(b *profiles.Behaviour) {
	w.line(2, "behaviour:")
	w.line(3, "credentials: %s", b.Credentials)
	w.line(3, "token: %s", b.Token)
	if b.Token == profiles.TokenAhead {
		w.line(3, "ahead: %s", b.Ahead)
	}
	w.line(3, "throttle: {reaction: %s, wait: %s, retries: %d}", b.Throttle, b.ThrottleWait, b.ThrottleRetries)
	w.line(3, "retry: {max: %d, wait: %s}", b.Retries, b.RetryWait)
	on401 := "refresh"
	if b.RegisterOn401 {
		on401 = "register"
	}
	w.line(3, "on_401: %s", on401)
	if b.Limiter == nil {
		w.line(3, "limiter: none")
	} else {
		w.line(3, "limiter: {rate: %g, burst: %d}", b.Limiter.Rate, b.Limiter.Burst)
	}
	w.line(3, "poll: {every: %s, for: %s}", b.PollEvery, b.PollFor)
	w.line(3, "relaunch: {times: %d, after: %s}", b.Relaunches, b.RelaunchAfter)
}

func (w *writer) step(s *profiles.Step) {
	parts := []string{"do: " + s.Op.String()}
	if s.When != profiles.WhenAlways {
		parts = append(parts, "when: "+s.When.String())
	}
	if s.Chance < 1 {
		parts = append(parts, fmt.Sprintf("chance: %g", s.Chance))
	}
	parts = append(parts, "think: "+s.Think.String())
	if s.Times > 1 {
		parts = append(parts, fmt.Sprintf("times: %d", s.Times), "every: "+s.Every.String())
	}
	w.line(3, "- {%s}", strings.Join(parts, ", "))
}
