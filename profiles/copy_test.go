package profiles

import "testing"

func TestACopiedFleetChangesAlone(t *testing.T) {
	f, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		t.Fatal(err)
	}
	before := f.Members[0].Profile.Behaviour.Relaunches
	once := f.WithoutRelaunches()
	for i, m := range once.Members {
		if m.Profile.Behaviour.Relaunches != 0 || m.Weight != f.Members[i].Weight || m.Profile.Name != f.Members[i].Profile.Name {
			t.Errorf("member %d is %s with %d relaunches", i, m.Profile.Name, m.Profile.Behaviour.Relaunches)
		}
	}
	if before == 0 || f.Members[0].Profile.Behaviour.Relaunches != before {
		t.Error("the fleet itself changed, or had no relaunches")
	}
}

func TestPopulationsMeetWhenTheyShareAnAddress(t *testing.T) {
	f, err := Builtin().Fleet("well-behaved")
	if err != nil {
		t.Fatal(err)
	}
	met, apart := 0, 0
	for seed := range uint64(60) {
		p, err := NewPopulation(f, 300, 1)
		if err != nil {
			t.Fatal(err)
		}
		o, err := NewPopulation(f, 20_000, seed+1)
		if err != nil {
			t.Fatal(err)
		}
		want := false
		seen := map[string]bool{}
		for i := range 300 {
			seen[p.Identity(i).ForwardedFor] = true
		}
		for i := range 20_000 {
			want = want || seen[o.Identity(i).ForwardedFor]
		}
		if got := p.Meets(o); got != want || o.Meets(p) != want {
			t.Errorf("seed %d: Meets = %v and %v, want %v", seed, got, o.Meets(p), want)
		}
		if want {
			met++
		} else {
			apart++
		}
	}
	if met == 0 || apart == 0 {
		t.Errorf("%d meet and %d do not: one case was not tried", met, apart)
	}
}
