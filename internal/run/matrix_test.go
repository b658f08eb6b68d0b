package run

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/profiles"
)

// anyStatement approves every statement.
type anyStatement struct{}

func (anyStatement) Verify(token string, _ time.Time) (statement.Claims, error) {
	return statement.Claims{SoftwareID: token, Scopes: []string{backend.ScopeV2}}, nil
}

// everybody is a fleet of all profiles, each device with an address of its own,
// so that no device draws a 429 by the doing of another.
func everybody(t *testing.T) *profiles.Fleet {
	t.Helper()
	lib := profiles.Builtin()
	f := &profiles.Fleet{
		Name: "everybody", Devices: 1, ServiceProvider: "EXAMPLE", MVPDs: []string{"Cablevision"},
		Resources:  []string{"news", "sport", "movies", "kids", "music", "drama"},
		DomainName: "example.com", RedirectURL: "https://example.com/done?x=1",
	}
	for _, name := range lib.ProfileNames() {
		p, err := lib.Profile(name)
		if err != nil {
			t.Fatal(err)
		}
		alone := *p
		alone.Network.Kind, alone.Network.Devices = profiles.NetworkOwn, 1
		f.Members = append(f.Members, profiles.Member{Profile: &alone, Weight: 1})
	}
	return f
}

// TestRunsBreakTheRulesThatTheAuditFinds holds the obligations of runs to the
// matrix that the rules have for the same profiles in virtual time.
func TestRunsBreakTheRulesThatTheAuditFinds(t *testing.T) {
	fleet := everybody(t)
	broken := map[string][]string{}
	for seed, service := range []backend.Config{
		{}, {TokenTTL: 20 * time.Second}, {LoginDelay: 12 * time.Second},
		{TokenTTL: 20 * time.Second, Unauthorized: backend.UnauthorizedEmpty},
		{Throttle: throttle.Limits{Rate: 0.3, Burst: 4}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, err := backend.New(service, [32]byte{1}, anyStatement{})
			if err != nil {
				t.Fatal(err)
			}
			devices := 4 * len(fleet.Members)
			schedule, err := pace.Spec{Shape: pace.Constant, Rate: 8}.Schedule(devices, 1)
			if err != nil {
				t.Fatal(err)
			}
			doc := finish(t, t.Context(), Config{
				Fleet: fleet, Devices: devices, Seed: uint64(seed + 1), Schedule: schedule, Duration: 20 * time.Minute,
				Statement: "a.b.c", Transport: &direct{service: s}, Judge: 3,
			})
			for _, p := range doc.Profiles {
				if p.JudgedDevices < 2 || p.JudgedDevices > 3 || len(p.Obligations) < 60 {
					t.Errorf("%s: %d devices were judged by %d rules", p.Name, p.JudgedDevices, len(p.Obligations))
				}
				for _, o := range p.Obligations {
					if o.Verdict == "broken" {
						broken[p.Name] = append(broken[p.Name], o.Rule)
					}
				}
			}
		})
	}
	var b strings.Builder
	for _, m := range fleet.Members {
		list := broken[m.Profile.Name]
		slices.Sort(list)
		fmt.Fprintf(&b, "%s: %s\n", m.Profile.Name, strings.Join(slices.Compact(list), " "))
	}
	want, err := os.ReadFile("../audit/testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}
