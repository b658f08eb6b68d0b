package profiles

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Population spreads the devices of a fleet over the indices 0 to Size()-1. It
// keeps nothing for each device: every answer is a function of the fleet, the
// size, the seed and the index, so that any shard of the indices can be computed
// anywhere and in any order. It is immutable and safe for concurrent use.
//
// What depends on what: the mix, the order of the profiles over the indices and
// the addresses depend on size and seed. A device's identifier does not depend on
// the size: the k-th device of a profile has the same one in a fleet of a hundred
// and of a million, so that a larger run meets the devices of a smaller one
// again.
type Population struct {
	fleet   *Fleet
	size    int
	seed    uint64
	shuffle permutation
	groups  []group
	list    []*Profile
	counts  []int
	// street is where in the benchmarking block the addresses begin.
	street int
}

// group is one profile's devices: slots start to start+count-1 of the
// population.
type group struct {
	profile *Profile
	start   int
	count   int
	// deviceInfo is the encoded header, the same for all of them.
	deviceInfo string
	// prefix is what the stable ids of the devices begin with.
	prefix string
	// homes is where the group's devices get their addresses; nil without
	// X-Forwarded-For.
	homes *homes
	// offset is the number of the group's first device among those that share
	// homes.
	offset int
}

// NewPopulation lays out size devices of fleet. Every profile gets its exact
// share: the largest remainders take the devices that rounding down leaves over.
// The error says which of fleet and size cannot be used.
func NewPopulation(fleet *Fleet, size int, seed uint64) (*Population, error) {
	if fleet == nil || len(fleet.Members) == 0 {
		return nil, fmt.Errorf("a population needs a fleet with members")
	}
	if size < 1 || size > MaxDevices {
		return nil, fmt.Errorf("number of devices %d is out of reach: want 1 to %d", size, MaxDevices)
	}
	counts, err := apportion(fleet.Members, size)
	if err != nil {
		return nil, fmt.Errorf("fleet %q: %w", fleet.Name, err)
	}
	p := &Population{fleet: fleet, size: size, seed: seed, counts: counts,
		shuffle: newPermutation(uint64(size), mix(seed^0x706f70756c617465))}
	start := 0
	for i, m := range fleet.Members {
		g := group{profile: m.Profile, start: start, count: counts[i],
			prefix: m.Profile.Name + "/" + strconv.FormatUint(seed, 10) + "/"}
		if !m.Profile.OmitDeviceInfo {
			g.deviceInfo = m.Profile.DeviceInfo.Encode()
		}
		p.groups = append(p.groups, g)
		p.list = append(p.list, m.Profile)
		start += counts[i]
	}
	p.layHomes()
	p.street = p.chooseStreet()
	return p, nil
}

// apportion splits size by weight with the method of the largest remainder.
func apportion(members []Member, size int) ([]int, error) {
	total := 0.0
	for _, m := range members {
		if m.Profile == nil || !(m.Weight > 0) || math.IsInf(m.Weight, 0) {
			return nil, fmt.Errorf("every member needs a profile and a weight above 0")
		}
		total += m.Weight
	}
	counts := make([]int, len(members))
	rest := make([]float64, len(members))
	order := make([]int, len(members))
	left := size
	for i, m := range members {
		exact := float64(size) * (m.Weight / total)
		counts[i] = int(math.Floor(exact))
		rest[i], order[i] = exact-math.Floor(exact), i
		left -= counts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case rest[a] > rest[b]:
			return -1
		case rest[a] < rest[b]:
			return 1
		}
		return 0
	})
	// Rounding errors of the sum may leave one more or less than there are
	// members, hence the modulus and the sign.
	for k := 0; left > 0; k = (k + 1) % len(order) {
		counts[order[k]]++
		left--
	}
	for k := len(order) - 1; left < 0; k = (k + len(order) - 1) % len(order) {
		if counts[order[k]] > 0 {
			counts[order[k]]--
			left++
		}
	}
	return counts, nil
}

// Size returns the number of devices.
func (p *Population) Size() int { return p.size }

// Fleet returns the fleet that the population was made from.
func (p *Population) Fleet() *Fleet { return p.fleet }

// Profiles returns the fleet's profiles in its order. The slice is shared: do
// not change it.
func (p *Population) Profiles() []*Profile { return p.list }

// Servers says which of the Profiles are servers that call on behalf of devices:
// those that should pass addresses on and do not. Whoever passes them on is
// taken for the devices themselves.
func (p *Population) Servers() []bool {
	servers := make([]bool, len(p.list))
	for i, profile := range p.list {
		servers[i] = profile.Network.OmitForwardedFor
	}
	return servers
}

// Counts returns how many devices each of Profiles has.
func (p *Population) Counts() []int { return slices.Clone(p.counts) }

// Profile returns which of Profiles device i has. Like the other methods it
// panics when i is not in [0, Size()).
func (p *Population) Profile(i int) int {
	group, _ := p.place(i)
	return group
}

// Identity returns the headers that tell device i from all others.
func (p *Population) Identity(i int) api.Identity {
	at, ordinal := p.place(i)
	g := &p.groups[at]
	var name [64]byte
	id := api.Identity{
		DeviceInfo:       g.deviceInfo,
		DeviceIdentifier: api.DeviceIdentifier(string(strconv.AppendInt(append(name[:0], g.prefix...), int64(ordinal), 10))),
		UserAgent:        g.profile.UserAgent,
	}
	if g.homes != nil {
		id.ForwardedFor = address(p.street, g.homes.first+g.homes.of(g.offset+ordinal))
	}
	return id
}

// Viewer returns the TV provider that the viewer of device i chose. The viewers
// of every profile spread evenly over the fleet's providers.
func (p *Population) Viewer(i int) string {
	if len(p.fleet.MVPDs) == 0 {
		return ""
	}
	return p.fleet.MVPDs[p.slot(i)%len(p.fleet.MVPDs)]
}

// Addresses returns how many different addresses the devices have. Devices that
// leave X-Forwarded-For out are not counted.
func (p *Population) Addresses() int {
	total := 0
	seen := map[*homes]bool{}
	for i := range p.groups {
		if h := p.groups[i].homes; h != nil && !seen[h] {
			seen[h] = true
			total += h.count
		}
	}
	return total
}

// place returns the group of device i and its number within the group.
func (p *Population) place(i int) (at, ordinal int) {
	slot := p.slot(i)
	low, high := 0, len(p.groups)-1
	for low < high {
		middle := int(uint(low+high+1) >> 1)
		if p.groups[middle].start <= slot {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low, slot - p.groups[low].start
}

func (p *Population) slot(i int) int {
	if uint(i) >= uint(p.size) {
		panic("profiles: device " + strconv.Itoa(i) + " of a population of " + strconv.Itoa(p.size))
	}
	return int(p.shuffle.at(uint64(i)))
}
