package profiles

// homes gives addresses to the devices that share a kind of network and a number
// of devices per address. The devices are numbered through, profile by profile,
// and laid over the homes in layers: one device into every home, then a second
// one, and so on. Each layer is shuffled against the one below it, so that the
// neighbours of a profile are a fair sample, with one exception: the devices of
// a profile that begins in one layer and ends in the next are kept apart. So two
// devices of one profile meet in a home only when the profile has more devices
// than there are homes.
type homes struct {
	// first is the number of the first home's address, count the number of
	// homes.
	first, count int
	// joints[k] joins layer k+1 to layer k; the layers above share the last.
	joints []joint
}

// maxJoints bounds how many layers are shuffled: a home of more devices holds a
// fair sample anyhow.
const maxJoints = 7

// joint maps the places of one layer to those of the layer below. The zero
// joint leaves every place where it is.
type joint struct {
	shuffled bool
	// tail is how many last places of the lower layer belong to the profile that
	// goes on in the first head places of the upper one.
	tail, head int
	count      int
	rest, free permutation
}

// at keeps the head out of the tail: only the places behind the head are
// shuffled over all places, and then all but the tail once more.
func (j *joint) at(place int) int {
	if !j.shuffled {
		return place
	}
	if place >= j.head {
		place = j.head + int(j.rest.at(uint64(place-j.head)))
	}
	if place < j.count-j.tail {
		place = int(j.free.at(uint64(place)))
	}
	return place
}

// of returns the home of the device with the given number.
func (h *homes) of(number int) int {
	place := number % h.count
	for k := min(number/h.count, len(h.joints)); k > 0; k-- {
		place = h.joints[k-1].at(place)
	}
	return place
}

// layHomes gives every group its homes.
func (p *Population) layHomes() {
	type class struct {
		kind    NetworkKind
		devices int
	}
	members := map[class][]*group{}
	var order []class
	for i := range p.groups {
		net := p.groups[i].profile.Network
		if net.OmitForwardedFor || p.groups[i].count == 0 {
			continue
		}
		c := class{net.Kind, max(1, net.Devices)}
		if c.kind == NetworkOwn {
			c.devices = 1
		}
		if members[c] == nil {
			order = append(order, c)
		}
		members[c] = append(members[c], &p.groups[i])
	}
	next := 0
	for _, c := range order {
		total := 0
		for _, g := range members[c] {
			g.offset = total
			total += g.count
		}
		h := &homes{first: next, count: (total + c.devices - 1) / c.devices}
		for k := 1; k*h.count < total && k <= maxJoints; k++ {
			h.joints = append(h.joints, newJoint(members[c], h.count, k, mix(p.seed+uint64(next))))
		}
		for _, g := range members[c] {
			g.homes = h
		}
		next += h.count
	}
}

// newJoint joins layer k to the one below it.
func newJoint(groups []*group, count, k int, seed uint64) joint {
	j := joint{shuffled: true, count: count}
	for _, g := range groups {
		if edge := k * count; g.offset < edge && edge < g.offset+g.count {
			j.tail, j.head = edge-g.offset, g.offset+g.count-edge
		}
	}
	if j.tail+j.head > count {
		// The profile fills a layer: left in line, its devices spread evenly.
		return joint{}
	}
	j.rest = newPermutation(uint64(max(1, count-j.head)), seed+uint64(2*k))
	j.free = newPermutation(uint64(max(1, count-j.tail)), seed+uint64(2*k+1))
	return j
}
