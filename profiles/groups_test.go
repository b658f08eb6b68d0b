package profiles

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAddressGroupsHoldEveryDeviceOnceBesideItsNeighbours(t *testing.T) {
	library := Builtin()
	for _, name := range library.FleetNames() {
		fleet, err := library.Fleet(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{1, 2, 7, 100, 1001} {
			p, err := NewPopulation(fleet, size, 3)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[int]bool{}
			addresses := map[string]int{}
			for g := range p.AddressGroups() {
				members := p.AddressGroup(g, nil)
				if len(members) == 0 {
					t.Fatalf("%s of %d: group %d is empty", name, size, g)
				}
				if !slices.IsSortedFunc(members, func(a, b GroupMember) int { return a.Device - b.Device }) {
					t.Errorf("%s of %d: group %d is out of order", name, size, g)
				}
				for _, m := range members {
					if seen[m.Device] {
						t.Fatalf("%s of %d: device %d is in two groups", name, size, m.Device)
					}
					seen[m.Device] = true
					if got := p.Profile(m.Device); got != m.Profile {
						t.Errorf("profile of %d = %d, want %d", m.Device, m.Profile, got)
					}
					if got := p.Viewer(m.Device); got != m.Viewer {
						t.Errorf("viewer of %d = %q, want %q", m.Device, m.Viewer, got)
					}
					address := p.Identity(m.Device).ForwardedFor
					if other, ok := addresses[address]; ok && other != g {
						t.Errorf("address %q is in groups %d and %d", address, other, g)
					}
					addresses[address] = g
				}
			}
			if len(seen) != size {
				t.Errorf("%s of %d: %d devices in groups", name, size, len(seen))
			}
			if len(addresses) != p.AddressGroups() {
				t.Errorf("%s of %d: %d groups for %d addresses", name, size, p.AddressGroups(), len(addresses))
			}
		}
	}
}

func TestThePermutationIsUndoneByItsInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 1_000_000).Draw(t, "n")
		p := newPermutation(n, rapid.Uint64().Draw(t, "seed"))
		i := rapid.Uint64Range(0, n-1).Draw(t, "i")
		if got := p.inverse(p.at(i)); got != i {
			t.Fatalf("inverse(at(%d)) = %d of %d", i, got, n)
		}
	})
}

func TestAnUnknownAddressGroupPanics(t *testing.T) {
	fleet, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPopulation(fleet, 10, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []int{-1, p.AddressGroups()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("group %d does not panic", g)
				}
			}()
			p.AddressGroup(g, nil)
		}()
	}
}
