package profiles

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "explain", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (try: go test ./profiles -update)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (- want, + got; try: go test ./profiles -update)\n%s", name, diff)
	}
}

func TestExplainProfilesInWords(t *testing.T) {
	lib := Builtin()
	for _, name := range []string{"iphone", "roku", "roku-v4", "android-phone-v4", "webos-v4", "safari", "s2s-web", "second-screen"} {
		p, err := lib.Profile(name)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "profile-"+name, Explain(p))
	}
}

func TestExplainFleetsInWords(t *testing.T) {
	lib := Builtin()
	for _, name := range lib.FleetNames() {
		f, err := lib.Fleet(name)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "fleet-"+name, ExplainFleet(f, 0))
	}
}

func TestExplainFleetTakesAnySize(t *testing.T) {
	f, err := Builtin().Fleet(DefaultFleet)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "size-1", ExplainFleet(f, 1))
	golden(t, "size-too-large", ExplainFleet(f, MaxDevices+1))
}

func TestExplainHandlesAnyProfile(t *testing.T) {
	for i := range uint8(6) {
		p := &Profile{Network: Network{Kind: NetworkKind(i)}, Behaviour: Behaviour{
			Credentials: CredentialPolicy(i), Token: TokenPolicy(i), Throttle: ThrottlePolicy(i)}}
		if Explain(p) == "" {
			t.Errorf("nothing to say about %+v", p)
		}
	}
}
