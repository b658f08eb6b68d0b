package profiles

import "slices"

// GroupMember is one device of an address group.
type GroupMember struct {
	// Device is the device's index in the population, Profile what
	// Population.Profile says of it, and Viewer what Population.Viewer does.
	Device, Profile int
	Viewer          string
}

// AddressGroups returns into how many groups the addresses divide the devices:
// one for each address, and one for all devices together that leave
// X-Forwarded-For out. Devices of different groups share nothing that the
// service could see, so that each group can be simulated for itself.
func (p *Population) AddressGroups() int {
	n := p.Addresses()
	if p.Hidden() > 0 {
		n++
	}
	return n
}

// AddressGroup appends the devices of group g, in the order of their indices,
// to the given slice. It computes no identity and costs about half a microsecond
// a device. It panics when g is not in [0, AddressGroups()).
func (p *Population) AddressGroup(g int, to []GroupMember) []GroupMember {
	from := len(to)
	if h, home := p.homeOf(g); h != nil {
		to = p.household(h, home, to)
	} else {
		for i := range p.groups {
			if at := &p.groups[i]; at.homes == nil {
				for ordinal := range at.count {
					to = append(to, p.member(i, at.start+ordinal))
				}
			}
		}
	}
	if len(to) == from {
		panic("profiles: no such address group")
	}
	slices.SortFunc(to[from:], func(a, b GroupMember) int { return a.Device - b.Device })
	return to
}

// homeOf returns the homes that address g belongs to and its place among them,
// or nil for the group without addresses.
func (p *Population) homeOf(g int) (*homes, int) {
	for i := range p.groups {
		if h := p.groups[i].homes; h != nil && g >= h.first && g < h.first+h.count {
			return h, g - h.first
		}
	}
	if g != p.Addresses() {
		panic("profiles: no such address group")
	}
	return nil, 0
}

// household appends the devices of one home, layer by layer.
func (p *Population) household(h *homes, home int, to []GroupMember) []GroupMember {
	for layer, place := 0, home; ; layer++ {
		if layer > 0 && layer <= len(h.joints) {
			place = h.joints[layer-1].inverse(place)
		}
		number := layer*h.count + place
		more := false
		for i := range p.groups {
			at := &p.groups[i]
			if at.homes != h {
				continue
			}
			if number >= at.offset && number < at.offset+at.count {
				to = append(to, p.member(i, at.start+number-at.offset))
			}
			more = more || (layer+1)*h.count < at.offset+at.count
		}
		if !more {
			return to
		}
	}
}

// inverse returns the place that at takes to the given one.
func (j *joint) inverse(place int) int {
	if !j.shuffled {
		return place
	}
	if place < j.count-j.tail {
		place = int(j.free.inverse(uint64(place)))
	}
	if place >= j.head {
		place = j.head + int(j.rest.inverse(uint64(place-j.head)))
	}
	return place
}

func (p *Population) member(profile, slot int) GroupMember {
	m := GroupMember{Device: int(p.shuffle.inverse(uint64(slot))), Profile: profile}
	if n := len(p.fleet.MVPDs); n > 0 {
		m.Viewer = p.fleet.MVPDs[slot%n]
	}
	return m
}

// Hidden counts the devices that leave X-Forwarded-For out.
func (p *Population) Hidden() (n int) {
	for i := range p.groups {
		if p.groups[i].profile.Network.OmitForwardedFor {
			n += p.groups[i].count
		}
	}
	return n
}

// inverse returns what at takes to j.
func (p *permutation) inverse(j uint64) uint64 {
	for {
		row, column := j/p.columns, j%p.columns
		for r := len(p.keys) - 2; r >= 0; r -= 2 {
			column = minus(column, mix(row^p.keys[r+1]), p.columns)
			row = minus(row, mix(column^p.keys[r]), p.rows)
		}
		j = row*p.columns + column
		if j < p.n {
			return j
		}
	}
}

// minus is a - b modulo m, for a below m.
func minus(a, b, m uint64) uint64 { return (a + m - b%m) % m }
