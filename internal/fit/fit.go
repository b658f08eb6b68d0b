// Package fit makes device profiles of recorded clients: what they do in a
// session, how long they think, what they keep and how they react to refusals.
// A fleet of such profiles repeats at scale what one client did.
//
// What a client does to its credentials and tokens is taken from the verdicts
// of internal/audit, so that a fitted profile breaks the rules that its model
// broke. The package is pure.
package fit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/profiles"
)

// maxProfiles bounds the profiles that one recording makes.
const maxProfiles = 50

// Fitted is one profile with what it was fitted to.
type Fitted struct {
	Profile profiles.Profile
	// Devices and Exchanges count what was recorded of it.
	Devices, Exchanges int
	// Lost are the rules that the recorded client broke and that no profile can
	// break, because they concern the form of requests.
	Lost []string
}

// build is one build of an app on one kind of device.
type build struct {
	devices []*audit.Device
	visits  [][]visit
	broken  map[string]bool
}

// Profiles fits one profile to each build of an app on each kind of device among
// the devices, the most frequent first. Devices that never went past their
// registration and token are left out.
func Profiles(devices []*audit.Device) []Fitted {
	var all []Fitted
	for _, b := range builds(devices) {
		f := Fitted{Profile: b.profile(), Devices: len(b.devices)}
		if len(f.Profile.Session) == 0 {
			continue
		}
		for _, d := range b.devices {
			f.Exchanges += len(d.Acts())
		}
		f.Lost = b.lost()
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(x, y Fitted) int { return cmp.Compare(y.Devices, x.Devices) })
	all = all[:min(len(all), maxProfiles)]
	for i := range all {
		all[i].Profile.Name = "recorded"
		if len(all) > 1 {
			all[i].Profile.Name = fmt.Sprintf("recorded-%d", i+1)
		}
	}
	return all
}

func builds(devices []*audit.Device) []*build {
	var order []*build
	by := map[string]*build{}
	for _, d := range devices {
		if len(d.Acts()) == 0 {
			continue
		}
		key := fmt.Sprintf("%s %x", d.About().AppendJSON(nil), d.Build())
		b := by[key]
		if b == nil {
			b = &build{}
			by[key] = b
			order = append(order, b)
		}
		b.devices = append(b.devices, d)
		b.visits = append(b.visits, visits(d.Acts()))
	}
	for _, b := range order {
		b.judge()
	}
	return order
}

// judge finds the rules that the build breaks: those that a quarter of the
// devices broke that had an occasion to.
func (b *build) judge() {
	broken, kept := map[string]int{}, map[string]int{}
	for _, d := range b.devices {
		for _, j := range d.Verdicts() {
			switch j.Verdict {
			case audit.Broken:
				broken[j.Rule.ID]++
			case audit.Kept:
				kept[j.Rule.ID]++
			}
		}
	}
	b.broken = map[string]bool{}
	for id, n := range broken {
		b.broken[id] = 3*n >= kept[id]
	}
}

// conduct are the rules that a profile can break: by its behaviour, its network
// and its session.
var conduct = []string{
	"DCR-02", "DCR-03", "DCR-04", "DCR-05", "DCR-06", "DCR-07", "DCR-08", "DCR-15", "DCR-19", "DCR-20", "THR-01", "THR-02", "THR-03",
	"THR-04", "CFG-01", "CFG-03", "AUT-03", "AUT-07", "AUT-09", "POL-03", "PRE-03", "ERR-04", "HDR-03", "HDR-10",
}

func (b *build) lost() []string {
	var list []string
	for id, broken := range b.broken {
		if broken && !slices.Contains(conduct, id) {
			list = append(list, id)
		}
	}
	slices.Sort(list)
	return list
}

func (b *build) profile() profiles.Profile {
	first := b.devices[0]
	p := profiles.Profile{
		Title: "Recorded client", Platform: "recorded",
		Network: profiles.Network{Kind: profiles.NetworkOwn, Devices: 1, OmitForwardedFor: b.broken["THR-04"]},
	}
	if first.Name() != "" {
		p.Title += ": " + first.Name()
	}
	b.describe(&p, first)
	p.Behaviour = b.behaviour()
	p.Session = b.session()
	return p
}

// describe says what kind of device it is. A description that no profile may
// have gives way to none.
func (b *build) describe(p *profiles.Profile, d *audit.Device) {
	if d.Browser() {
		p.Platform, p.UserAgent = "browser", "Mozilla/5.0"
	}
	p.DeviceInfo = d.About()
	if len(p.DeviceInfo) == 0 || len(p.DeviceInfo.Validate(false)) > 0 {
		p.DeviceInfo, p.OmitDeviceInfo = nil, len(d.About()) == 0
		if !p.OmitDeviceInfo {
			p.DeviceInfo = plainDevice
		}
		return
	}
	if name, ok := p.DeviceInfo.Get("osName"); ok && !d.Browser() {
		if text, ok := name.(string); ok {
			p.Platform = slug(text)
		}
	}
}

// plainDevice stands in for a description with values that are not allowed.
var plainDevice = api.DeviceInfo{
	{Key: "primaryHardwareType", Value: "SetTopBox"}, {Key: "model", Value: "recorded"}, {Key: "version", Value: "1"},
	{Key: "manufacturer", Value: "recorded"}, {Key: "vendor", Value: "recorded"}, {Key: "osName", Value: "Linux"},
	{Key: "osVersion", Value: "1"}, {Key: "connectionType", Value: "LAN"},
}

// slug makes a name of a text.
func slug(s string) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			return c
		case c >= 'A' && c <= 'Z':
			return c | 0x20
		}
		return '-'
	}, s)
	if name = strings.Trim(name, "-"); name == "" {
		return "recorded"
	}
	return name
}
