package audit

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
)

// DefaultPerProfile is how many devices of each profile of a simulated fleet
// are judged: enough to meet every habit of a profile, and few enough that
// judging costs a load run next to nothing.
const DefaultPerProfile = 20

// Crowd says who the devices of a simulated fleet are.
type Crowd struct {
	// Devices is their number, and Profile returns the profile of each.
	Devices int
	Profile func(device int) int
	// Counts are the devices of each profile, and Servers the profiles that are
	// servers which call on behalf of devices.
	Counts  []int
	Servers []bool
}

// Sample judges some devices of every profile of a simulated fleet. The devices
// are spread evenly over the fleet, and the same for the same fleet. A nil Sample
// judges nobody.
//
// Observe may be called for different devices at the same time; everything else
// belongs to one goroutine.
type Sample struct {
	client, server Options
	servers        []bool
	from           time.Time
	// judged has a bit for each device, and places says where in devices those
	// with a bit are.
	judged  []uint64
	places  map[int]int32
	members []member
}

// member is one judged device.
type member struct {
	profile int
	// launches is how often its app has started, counted is set once its exchanges
	// count.
	launches int
	counted  bool
	device   *Device
}

// NewSample chooses perProfile devices of each profile, or all of them where
// there are fewer. It is nil for a perProfile of 0.
func NewSample(o Options, c Crowd, perProfile int) *Sample {
	if perProfile <= 0 {
		return nil
	}
	o.MaxBreaches = -1 // a Sample only counts
	s := &Sample{
		client: o, server: o, servers: c.Servers,
		judged: make([]uint64, (c.Devices+63)/64), places: map[int]int32{},
	}
	s.client.ServerSide, s.server.ServerSide = false, true
	seen := make([]int, len(c.Counts))
	for i := range c.Devices {
		p := c.Profile(i)
		step := max(1, (c.Counts[p]+perProfile-1)/perProfile)
		if seen[p]%step == 0 {
			s.judged[i/64] |= 1 << (i % 64)
			s.places[i] = int32(len(s.members))
			s.members = append(s.members, member{profile: p})
		}
		seen[p]++
	}
	return s
}

// Count sets from when on what devices do counts: what they do before is only
// remembered. Without it all counts.
func (s *Sample) Count(from time.Time) {
	if s != nil {
		s.from = from
	}
}

// Judges reports whether the device is one of the sample.
func (s *Sample) Judges(device int) bool {
	return s != nil && s.judged[device/64]>>(device%64)&1 != 0
}

// Observe judges an exchange of a device of the sample, whose exchanges come in
// the order in which they were sent. It keeps nothing of x.
func (s *Sample) Observe(x *record.Exchange) {
	m := &s.members[s.places[x.Device]]
	if m.device == nil {
		m.device = NewDevice(s.options(m.profile))
		m.launches = x.Launch
	}
	if x.Launch > m.launches {
		m.launches = x.Launch
		m.device.Restart(x.Sent)
	}
	if !m.counted && !x.Intended.Before(s.from) {
		m.counted = true
		m.device.overlook()
	}
	m.device.Observe(x, Setting{})
}

// Reinstall notes that the app of a device was installed anew: what it had is gone,
// and what it did stays judged.
func (s *Sample) Reinstall(device int) {
	if !s.Judges(device) || s.members[s.places[device]].device == nil {
		return
	}
	m := &s.members[s.places[device]]
	before := m.device
	before.Finish()
	m.device, m.launches = NewDevice(s.options(m.profile)), 0
	m.device.scores = before.scores
}

func (s *Sample) options(profile int) *Options {
	if s.servers != nil && s.servers[profile] {
		return &s.server
	}
	return &s.client
}

// overlook forgets the verdicts so far, and nothing that they rested on.
func (d *Device) overlook() {
	d.scores = [numRules]score{}
}

// Fill writes the verdicts into the profiles of a result, which come in the
// order of the Crowd. Nothing may be observed any more.
func (s *Sample) Fill(profiles []result.Profile) {
	if s == nil {
		return
	}
	verdicts := make([][][]Judgement, len(profiles))
	for i := range s.members {
		m := &s.members[i]
		if m.device == nil || !m.counted {
			continue
		}
		m.device.Finish()
		verdicts[m.profile] = append(verdicts[m.profile], m.device.Verdicts())
	}
	for i := range profiles {
		profiles[i].JudgedDevices = len(verdicts[i])
		if len(verdicts[i]) > 0 {
			profiles[i].Obligations = s.options(i).obligations(verdicts[i])
		}
	}
}

// obligations lists the rules that apply, the worst first.
func (o *Options) obligations(verdicts [][]Judgement) []result.Obligation {
	order, totals := o.rank(verdicts)
	list := make([]result.Obligation, 0, len(order))
	for _, n := range order {
		t := &totals[n]
		entry := result.Obligation{
			Rule: t.ID, Level: t.Level, Check: t.Check, Title: t.Title, Verdict: t.Verdict,
			Count: uint64(t.Breaches), Occasions: uint64(t.Occasions),
		}
		switch t.Verdict {
		case Broken.String():
			entry.Devices, entry.Cost = t.BrokenDevices, t.Cost
		case Undecidable.String():
			entry.Devices = t.UndecidableDevices
		case Kept.String():
			entry.Devices = t.KeptDevices
		default:
			entry.Devices = t.NotObservedDevices
		}
		list = append(list, entry)
	}
	return list
}
