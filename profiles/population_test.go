package profiles

import (
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dcrbench/dcrbench/internal/api"
)

// drawFleet makes a fleet of a few profiles on all kinds of networks.
func drawFleet(t *rapid.T) *Fleet {
	f := defaultFleet()
	f.Name = "drawn"
	// Half of the fleets live on one kind of network, where homes are shared most.
	common := rapid.Bool().Draw(t, "common")
	shared := Network{Kind: NetworkHousehold, Devices: rapid.IntRange(2, 12).Draw(t, "shared")}
	f.MVPDs = f.MVPDs[:rapid.IntRange(1, 4).Draw(t, "mvpds")]
	for i := range rapid.IntRange(1, 8).Draw(t, "members") {
		p := defaultProfile()
		p.Name = "p" + string(rune('a'+i))
		p.DeviceInfo = api.DeviceInfo{{Key: "model", Value: p.Name}}
		p.Network.Kind = NetworkKind(rapid.IntRange(0, 2).Draw(t, "kind"))
		if p.Network.Kind != NetworkOwn {
			p.Network.Devices = rapid.IntRange(1, 6).Draw(t, "devices")
		}
		if common {
			p.Network = shared
		}
		p.Network.OmitForwardedFor = rapid.IntRange(0, 9).Draw(t, "omit") == 0
		weight := rapid.Float64Range(0.001, 100).Draw(t, "weight")
		f.Members = append(f.Members, Member{Profile: &p, Weight: weight})
	}
	return &f
}

func drawPopulation(t *rapid.T) *Population {
	f := drawFleet(t)
	size := rapid.IntRange(1, 700).Draw(t, "size")
	p, err := NewPopulation(f, size, rapid.Uint64().Draw(t, "seed"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryProfileGetsItsExactShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPopulation(t)
		total := 0.0
		for _, m := range p.Fleet().Members {
			total += m.Weight
		}
		counted := make([]int, len(p.Profiles()))
		for i := range p.Size() {
			counted[p.Profile(i)]++
		}
		if diff := cmp.Diff(p.Counts(), counted); diff != "" {
			t.Fatalf("Counts does not say what Profile does: %s", diff)
		}
		for i, n := range counted {
			exact := float64(p.Size()) * p.Fleet().Members[i].Weight / total
			if math.Abs(float64(n)-exact) >= 1 {
				t.Fatalf("member %d has %d devices, its share is %.3f", i, n, exact)
			}
		}
	})
}

func TestIdentifiersAreUniqueAndOwnAddressesToo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPopulation(t)
		seen := map[string]int{}
		kinds := map[string]Network{}
		for i := range p.Size() {
			id := p.Identity(i)
			if !api.ValidDeviceIdentifier(id.DeviceIdentifier) {
				t.Fatalf("device %d: identifier %q", i, id.DeviceIdentifier)
			}
			if other, ok := seen[id.DeviceIdentifier]; ok {
				t.Fatalf("devices %d and %d have the same identifier", other, i)
			}
			seen[id.DeviceIdentifier] = i
			net := p.Profiles()[p.Profile(i)].Network
			if net.OmitForwardedFor {
				if id.ForwardedFor != "" {
					t.Fatalf("device %d sends X-Forwarded-For %q", i, id.ForwardedFor)
				}
				continue
			}
			other, taken := kinds[id.ForwardedFor]
			if taken && (net.Kind == NetworkOwn || other.Kind != net.Kind || other.Devices != net.Devices) {
				t.Fatalf("device %d on %v shares %s with one on %v", i, net, id.ForwardedFor, other)
			}
			kinds[id.ForwardedFor] = net
		}
		if len(kinds) != p.Addresses() {
			t.Fatalf("%d addresses are in use, Addresses says %d", len(kinds), p.Addresses())
		}
	})
}

func TestHomesAreAsFullAsTheirProfilesSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPopulation(t)
		type home struct {
			net     Network
			members []int
		}
		homes := map[string]*home{}
		devices := map[Network]int{}
		for i := range p.Size() {
			at := p.Profile(i)
			net := p.Profiles()[at].Network
			if net.OmitForwardedFor {
				continue
			}
			devices[net]++
			address := p.Identity(i).ForwardedFor
			if homes[address] == nil {
				homes[address] = &home{net: net}
			}
			homes[address].members = append(homes[address].members, at)
		}
		number := map[Network]int{}
		for _, h := range homes {
			number[h.net]++
		}
		for address, h := range homes {
			if len(h.members) > h.net.Devices {
				t.Fatalf("%s has %d devices, want at most %d", address, len(h.members), h.net.Devices)
			}
			if len(h.members) < devices[h.net]/number[h.net] {
				t.Fatalf("%s has %d devices, others are fuller", address, len(h.members))
			}
			profilesHere := map[int]int{}
			for _, at := range h.members {
				profilesHere[at]++
			}
			for at, n := range profilesHere {
				if most := (p.Counts()[at] + number[h.net] - 1) / number[h.net]; n > most {
					t.Fatalf("%s has %d of one profile, %d would do", address, n, most)
				}
			}
		}
		for net, n := range number {
			if want := (devices[net] + net.Devices - 1) / net.Devices; n != want {
				t.Fatalf("%v: %d homes for %d devices, want %d", net, n, devices[net], want)
			}
		}
	})
}

func TestNeighboursOfOldAppsAreAFairSample(t *testing.T) {
	f, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPopulation(f, 3000, 1)
	if err != nil {
		t.Fatal(err)
	}
	homes := map[string][]string{}
	for i := range p.Size() {
		address := p.Identity(i).ForwardedFor
		homes[address] = append(homes[address], p.Profiles()[p.Profile(i)].Name)
	}
	neighbours := map[string]int{}
	for _, h := range homes {
		if at := slices.Index(h, "roku-v4"); at >= 0 && len(h) == 2 {
			neighbours[h[1-at]]++
		}
	}
	for _, name := range []string{"roku", "fire-tv", "apple-tv"} {
		if neighbours[name] == 0 {
			t.Errorf("no %s lives with an old Roku app: %v", name, neighbours)
		}
	}
}

func TestShardsInAnyOrderAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFleet(t)
		size, seed := rapid.IntRange(1, 200).Draw(t, "size"), rapid.Uint64().Draw(t, "seed")
		whole, err := NewPopulation(f, size, seed)
		if err != nil {
			t.Fatal(err)
		}
		shard, err := NewPopulation(f, size, seed)
		if err != nil {
			t.Fatal(err)
		}
		all := make([]api.Identity, size)
		for i := range size {
			all[i] = whole.Identity(i)
		}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, size-1), 1, 40).Draw(t, "indices") {
			if diff := cmp.Diff(all[i], shard.Identity(i)); diff != "" {
				t.Fatalf("device %d: %s", i, diff)
			}
			if whole.Viewer(i) != shard.Viewer(i) {
				t.Fatalf("device %d has two viewers", i)
			}
		}
	})
}

func TestALargerPopulationHoldsTheDevicesOfASmallerOne(t *testing.T) {
	f, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		t.Fatal(err)
	}
	identifiers := func(size int) map[string]bool {
		p, err := NewPopulation(f, size, 7)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]bool{}
		for i := range size {
			all[p.Identity(i).DeviceIdentifier] = true
		}
		return all
	}
	small, large := identifiers(200), identifiers(1000)
	for id := range small {
		if !large[id] {
			t.Fatalf("device %s of 200 is none of 1000", id)
		}
	}
}

func TestSeedsGiveOtherDevicesAndAnotherOrder(t *testing.T) {
	f, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := NewPopulation(f, 500, 1)
	b, _ := NewPopulation(f, 500, 2)
	same := 0
	for i := range 500 {
		if a.Identity(i).DeviceIdentifier == b.Identity(i).DeviceIdentifier {
			t.Fatalf("device %d is the same", i)
		}
		if a.Profile(i) == b.Profile(i) {
			same++
		}
	}
	if same > 150 {
		t.Errorf("%d of 500 devices have the same profile, want about 60", same)
	}
}

func TestProfilesAreWellMixedOverTheIndex(t *testing.T) {
	f, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		t.Fatal(err)
	}
	const size, window = 10_000, 500
	for seed := range uint64(5) {
		p, err := NewPopulation(f, size, seed)
		if err != nil {
			t.Fatal(err)
		}
		for start := 0; start < size; start += window {
			counted := make([]int, len(p.Profiles()))
			for i := start; i < start+window; i++ {
				counted[p.Profile(i)]++
			}
			for at, n := range counted {
				share := float64(p.Counts()[at]) / size
				mean := share * window
				// Five standard deviations: one window in some millions of a fair
				// shuffle is further off.
				if math.Abs(float64(n)-mean) > 5*math.Sqrt(mean*(1-share))+1 {
					t.Errorf("seed %d, devices %d to %d: %d of %s, want about %.0f",
						seed, start, start+window-1, n, p.Profiles()[at].Name, mean)
				}
			}
		}
	}
}

func TestViewersSpreadEvenly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPopulation(t)
		counted := map[string]int{}
		for i := range p.Size() {
			counted[p.Viewer(i)]++
		}
		mvpds := p.Fleet().MVPDs
		for _, m := range mvpds {
			if n := counted[m]; n < p.Size()/len(mvpds) || n > p.Size()/len(mvpds)+1 {
				t.Fatalf("%s has %d of %d viewers", m, n, p.Size())
			}
		}
	})
}

func TestIdentityCarriesTheHeadersOfItsProfile(t *testing.T) {
	lib := Builtin()
	f, err := Parse("f.yaml", []byte("fleet: {name: f, title: f, members: [{profile: roku}, {profile: safari}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := lib.Add(f); err != nil {
		t.Fatal(err)
	}
	both, _ := lib.Fleet("f")
	p, err := NewPopulation(both, 10, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Size() {
		id, profile := p.Identity(i), p.Profiles()[p.Profile(i)]
		if id.UserAgent != profile.UserAgent {
			t.Errorf("user agent %q", id.UserAgent)
		}
		want := profile.DeviceInfo.Encode()
		if profile.Name == "safari" {
			want = ""
		}
		if id.DeviceInfo != want {
			t.Errorf("%s: device info %q", profile.Name, id.DeviceInfo)
		}
	}
}

func TestUnusablePopulationsAreRefused(t *testing.T) {
	good := &Profile{Name: "p"}
	for _, tt := range []struct {
		name  string
		fleet *Fleet
		size  int
		want  string
	}{
		{"no fleet", nil, 1, "needs a fleet"},
		{"no members", &Fleet{}, 1, "needs a fleet with members"},
		{"no devices", &Fleet{Members: []Member{{good, 1}}}, 0, "number of devices 0 is out of reach"},
		{"fewer than none", &Fleet{Members: []Member{{good, 1}}}, -3, "number of devices -3"},
		{"too many", &Fleet{Members: []Member{{good, 1}}}, MaxDevices + 1, "out of reach"},
		{"a zero weight", &Fleet{Members: []Member{{good, 0}}}, 1, "weight above 0"},
		{"no number for a weight", &Fleet{Members: []Member{{good, math.NaN()}}}, 1, "weight above 0"},
		{"an infinite weight", &Fleet{Members: []Member{{good, math.Inf(1)}}}, 1, "weight above 0"},
		{"no profile", &Fleet{Members: []Member{{nil, 1}}}, 1, "needs a profile"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewPopulation(tt.fleet, tt.size, 0)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestADeviceBeyondThePopulationPanics(t *testing.T) {
	p, err := NewPopulation(&Fleet{Members: []Member{{&Profile{Name: "p"}, 1}}}, 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{-1, 3} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("device %d exists", i)
				}
			}()
			p.Profile(i)
		}()
	}
}

func TestPermutationIsOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 3000).Draw(t, "n")
		p := newPermutation(n, rapid.Uint64().Draw(t, "seed"))
		seen := make([]bool, n)
		for i := range n {
			to := p.at(i)
			if to >= n || seen[to] {
				t.Fatalf("%d of %d goes to %d, which is taken or outside", i, n, to)
			}
			seen[to] = true
		}
	})
}

func TestAddressesAreCanonicalUniqueAndNobodys(t *testing.T) {
	benchmark, documentation := netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("2001:db8::/32")
	seen := map[string]bool{}
	check := func(id int) {
		s := address(0, id)
		a, err := netip.ParseAddr(s)
		if err != nil || a.String() != s {
			t.Fatalf("address %d is %q: %v", id, s, err)
		}
		if want := id < benchmarkAddresses; benchmark.Contains(a) != want || documentation.Contains(a) == want {
			t.Fatalf("address %d is %s", id, s)
		}
		if seen[s] {
			t.Fatalf("address %d is taken: %s", id, s)
		}
		seen[s] = true
	}
	for id := range 300_000 {
		check(id)
	}
	check(MaxDevices - 1)
}

func BenchmarkIdentity(b *testing.B) {
	f, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		b.Fatal(err)
	}
	p, err := NewPopulation(f, 1_000_000, 1)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p.Identity(i % 1_000_000)
		i++
	}
}

func BenchmarkProfile(b *testing.B) {
	f, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		b.Fatal(err)
	}
	p, err := NewPopulation(f, 1_000_000, 1)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p.Profile(i % 1_000_000)
		i++
	}
}

func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Builtin()
	}
}
