package audit

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/tally"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/profiles"
)

var update = flag.Bool("update", false, "write the golden files anew")

// services are the conditions under which profiles are judged.
var services = []struct {
	name string
	cfg  backend.Config
}{
	{"plain", backend.Config{}},
	{"short tokens", backend.Config{TokenTTL: 20 * time.Second}},
	{"slow logins", backend.Config{LoginDelay: 12 * time.Second}},
	{"bare 401", backend.Config{TokenTTL: 20 * time.Second, Unauthorized: backend.UnauthorizedEmpty}},
	// Others at the device's address leave it a part of the allowance.
	{"crowded address", backend.Config{Throttle: throttle.Limits{Rate: 0.3, Burst: 4}}},
}

// implied are the rules that a device breaks as well when it breaks another on
// purpose: each says the same of a part of the traffic.
var implied = map[string][]string{
	"DCR-02": {"DCR-06", "DCR-19", "DCR-20"},
	"DCR-03": {"DCR-02", "DCR-06", "DCR-20"},
	"DCR-04": {"DCR-05", "DCR-19"},
	"DCR-05": {"DCR-04", "DCR-19"},
	"POL-03": {"THR-03"},
}

func TestProfilesBreakWhatTheyShould(t *testing.T) {
	lib := profiles.Builtin()
	var b strings.Builder
	for _, name := range lib.ProfileNames() {
		p, err := lib.Profile(name)
		if err != nil {
			t.Fatal(err)
		}
		allowed := map[string]bool{}
		for _, m := range profiles.Misbehaviours(p) {
			allowed[m.Rule] = true
			for _, id := range implied[m.Rule] {
				allowed[id] = true
			}
		}
		var all []string
		for _, s := range services {
			for seed := range uint64(5) {
				all = append(all, brokenRules(judged(t, p, seed+1, s.cfg, Options{ServerSide: p.Network.OmitForwardedFor}))...)
			}
		}
		slices.Sort(all)
		all = slices.Compact(all)
		for _, id := range all {
			if !allowed[id] {
				t.Errorf("%s breaks %s, which it does not on purpose", name, id)
			}
		}
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(all, " "))
	}
	golden(t, "matrix.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// TestTheTallyCountsTheSame holds the figures of the tally beside the breaches
// of the strict reading without tolerance: what both count, they count alike.
func TestTheTallyCountsTheSame(t *testing.T) {
	lib := profiles.Builtin()
	for _, name := range lib.ProfileNames() {
		p, _ := lib.Profile(name)
		for _, s := range services {
			d := NewDevice(&Options{Strict: true, Tolerance: -1})
			var conduct tally.Conduct
			var book tally.Book
			play(t, p, 3, s.cfg, func(x *record.Exchange) {
				d.Observe(x, Setting{})
				conduct.Observe(x, &book)
			}, d.Restart)
			d.Finish()
			throttling, tokens := conduct.Figures(t0, 0, 0)
			count := func(n number) uint64 { return uint64(d.scores[n].broken) }
			for _, c := range []struct {
				rule        number
				tally, mine uint64
			}{
				{dcr02, tokens.ReRegistrationsUnjustified, count(dcr02)},
				{dcr07, tokens.ExpiredTokenUses, count(dcr07)},
				{thr01, throttling.RetriedEarly, count(thr01)},
			} {
				if c.tally != c.mine {
					t.Errorf("%s, %s: %s: the tally counts %d, the audit %d", name, s.name, rules[c.rule].ID, c.tally, c.mine)
				}
			}
			// A token for other credentials is redundant for the tally, which
			// knows no client ids, and no breach of DCR-04.
			if perLaunch := p.Behaviour.Credentials == profiles.CredentialsPerLaunch; !perLaunch && tokens.RedundantTokenRequests != count(dcr04) {
				t.Errorf("%s, %s: the tally counts %d redundant token requests, the audit %d", name, s.name, tokens.RedundantTokenRequests, count(dcr04))
			}
		}
	}
}

// TestATrailJudgesAsADeviceDoes plays devices into one trail and compares.
func TestATrailJudgesAsADeviceDoes(t *testing.T) {
	lib := profiles.Builtin()
	for _, name := range []string{"roku", "roku-v4", "apple-tv", "android-phone-v4"} {
		p, err := lib.Profile(name)
		if err != nil {
			t.Fatal(err)
		}
		trail := NewTrail(Options{}, 0)
		play(t, p, 7, backend.Config{}, func(x *record.Exchange) { trail.Observe(x, Setting{}) }, func(time.Time) { trail.Restart() })
		devices := trail.Finish()
		if len(devices) != 1 {
			t.Fatalf("%s: %d devices, want 1", name, len(devices))
		}
		want := judged(t, p, 7, backend.Config{}, Options{})
		if diff := cmp.Diff(brokenRules(want), brokenRules(devices[0])); diff != "" || want.Requests() != devices[0].Requests() {
			t.Errorf("%s: %s; %d and %d requests", name, diff, want.Requests(), devices[0].Requests())
		}
	}
}
