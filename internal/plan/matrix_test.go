package plan

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/profiles"
)

// TestPlansBreakTheRulesThatTheAuditFinds holds the obligations of plans to the
// matrix that the rules have for the same profiles against the real service.
func TestPlansBreakTheRulesThatTheAuditFinds(t *testing.T) {
	lib := profiles.Builtin()
	fleet := &profiles.Fleet{
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
		fleet.Members = append(fleet.Members, profiles.Member{Profile: &alone, Weight: 1})
	}
	broken := map[string][]string{}
	for seed, service := range []Service{{}, {TokenTTL: 20 * time.Second}, {LoginDelay: 12 * time.Second}, {Throttle: throttle.Limits{Rate: 0.3, Burst: 4}}} {
		p, err := New(Config{
			Fleet: fleet, Devices: 20 * len(fleet.Members), Seed: uint64(seed + 1), Horizon: 20 * time.Minute,
			ResponseTime: ResponseTime{Min: 20 * time.Millisecond, Max: 20 * time.Millisecond}, Service: service, Judge: 20,
		})
		if err != nil {
			t.Fatal(err)
		}
		if !p.Run(t.Context()) {
			t.Fatal("the plan was not played to its end")
		}
		doc := new(result.Document)
		p.Fill(doc)
		for _, f := range doc.Profiles {
			if f.JudgedDevices != 20 {
				t.Errorf("%s: %d devices were judged", f.Name, f.JudgedDevices)
			}
			for _, o := range f.Obligations {
				if o.Verdict == "broken" {
					broken[f.Name] = append(broken[f.Name], o.Rule)
				}
			}
		}
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
