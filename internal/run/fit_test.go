package run

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/fit"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/profiles"
)

// recorded runs a fleet of one profile and returns what it broke, its result, and
// the devices as an audit of a recording finds them.
func recorded(t *testing.T, fleet *profiles.Fleet, service backend.Config, server bool) (broken []string, doc *result.Document, devices []*audit.Device) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := backend.New(service, [32]byte{1}, anyStatement{})
		if err != nil {
			t.Fatal(err)
		}
		const size = 8
		schedule, err := pace.Spec{Shape: pace.Constant, Rate: 2}.Schedule(size, 1)
		if err != nil {
			t.Fatal(err)
		}
		trail := audit.NewTrail(audit.Options{ServerSide: server}, 0)
		var mu sync.Mutex
		doc = finish(t, t.Context(), Config{
			Fleet: fleet, Devices: size, Seed: 5, Schedule: schedule, Duration: 30 * time.Minute,
			Statement: "a.b.c", Transport: &direct{service: s}, Judge: size,
			Observer: func(x *record.Exchange) {
				mu.Lock()
				trail.Observe(x, audit.Setting{})
				mu.Unlock()
			},
		})
		devices = trail.Finish()
		for _, o := range doc.Profiles[0].Obligations {
			if o.Verdict == "broken" {
				broken = append(broken, o.Rule)
			}
		}
	})
	slices.Sort(broken)
	return broken, doc, devices
}

// TestAFittedProfileDoesWhatItsModelDid records every built-in profile, fits one
// to the recording, and has that do the same.
func TestAFittedProfileDoesWhatItsModelDid(t *testing.T) {
	fleet := everybody(t)
	for _, m := range fleet.Members {
		if m.Profile.Network.OmitForwardedFor {
			continue // devices behind one address that look alike are one until they name themselves
		}
		for name, service := range map[string]backend.Config{"plain": {}, "short tokens": {TokenTTL: 20 * time.Second}} {
			t.Run(m.Profile.Name+", "+name, func(t *testing.T) {
				most := 1.25
				if strings.HasPrefix(m.Profile.Name, "second-screen") {
					most = 2 // half of the viewers never come, and poll for half an hour
				}
				one := *fleet
				one.Members = []profiles.Member{m}
				want, model, devices := recorded(t, &one, service, m.Profile.Network.OmitForwardedFor)
				fitted := fit.Profiles(devices)
				if len(fitted) != 1 {
					t.Fatalf("%d profiles were fitted to %d devices", len(fitted), len(devices))
				}
				text := fit.YAML(fitted)
				file, err := profiles.Parse("fitted.yaml", text)
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				library := profiles.Builtin()
				if err := library.Add(file); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				again, err := library.Fleet(file.FleetNames()[0])
				if err != nil {
					t.Fatal(err)
				}
				got, copied, _ := recorded(t, again, service, m.Profile.Network.OmitForwardedFor)
				if !slices.Equal(want, got) {
					t.Errorf("the model broke %s, the fitted profile %s\n%s", strings.Join(want, " "), strings.Join(got, " "), text)
				}
				if ratio := float64(copied.Load.Sent) / float64(model.Load.Sent); ratio < 1/most || ratio > most {
					t.Errorf("the model sent %d requests, the fitted profile %d\n%s", model.Load.Sent, copied.Load.Sent, text)
				}
			})
		}
	}
}
