package main

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	virtual "github.com/dcrbench/dcrbench/internal/plan"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/run"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/internal/wire"
	"github.com/dcrbench/dcrbench/profiles"
)

// answerTime is how long the services of these tests take.
const answerTime = 4 * time.Millisecond

// inProcess carries requests to the simulator's service without a wire.
type inProcess struct {
	mu      sync.Mutex
	service *backend.Service
}

func (d *inProcess) Do(_ context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (wire.Timing, api.ErrKind) {
	d.mu.Lock()
	d.service.Handle(time.Now(), in, out)
	d.mu.Unlock()
	time.Sleep(answerTime)
	return wire.Timing{Received: time.Now()}, api.ErrNone
}

// counts are the answers by endpoint and status.
func counts(doc *result.Document) map[string]map[string]uint64 {
	m := map[string]map[string]uint64{}
	for _, e := range doc.Endpoints {
		m[e.Endpoint] = e.Status
	}
	return m
}

// realRun drives the fleet with the runner, in a bubble of time.
func realRun(t *testing.T, o *planOptions, c virtual.Config) *result.Document {
	t.Helper()
	doc := &result.Document{Schema: result.Schema}
	synctest.Test(t, func(t *testing.T) {
		signer, err := statement.NewThrowaway(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		text, err := signer.Sign(statement.Claims{Issuer: "test", Subject: "app", SoftwareID: "app"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		verifier, err := statement.NewVerifier(statement.VerifierOptions{Keys: []statement.TrustedKey{signer.Trusted("test")}})
		if err != nil {
			t.Fatal(err)
		}
		service, err := backend.New(backend.Config{TokenTTL: o.tokenTTL, LoginDelay: o.loginDelay}, [32]byte{1}, verifier)
		if err != nil {
			t.Fatal(err)
		}
		schedule, err := c.Launch.Schedule(c.Devices, c.Seed)
		if err != nil {
			t.Fatal(err)
		}
		runner, err := run.New(run.Config{
			Fleet: c.Fleet, Devices: c.Devices, Seed: c.Seed, Schedule: schedule, Duration: c.Horizon,
			Statement: text, Transport: &inProcess{service: service},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := runner.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		runner.Fill(doc)
	})
	return doc
}

// TestAPlanCountsWhatARunCounts compares the two drivers as a user would: the
// same flags, and the figures of the two results.
func TestAPlanCountsWhatARunCounts(t *testing.T) {
	for _, fleet := range profiles.Builtin().FleetNames() {
		t.Run(fleet, func(t *testing.T) {
			o := &planOptions{
				fleet: fleet, devices: 150, horizon: 45 * time.Second, seed: 11, begin: "00:00",
				latency: answerTime.String(), throttle: "on", tokenTTL: 20 * time.Second, loginDelay: 4 * time.Second, format: "text",
			}
			cmd := newPlan()
			if err := cmd.Flags().Set("devices", "150"); err != nil {
				t.Fatal(err)
			}
			c, err := o.prepare(cmd)
			if err != nil {
				t.Fatal(err)
			}
			want := realRun(t, o, c)
			planner, err := virtual.New(c)
			if err != nil {
				t.Fatal(err)
			}
			planner.Run(t.Context())
			got := &result.Document{Schema: result.Schema}
			planner.Fill(got)
			if diff := cmp.Diff(counts(want), counts(got)); diff != "" {
				t.Errorf("answers differ (-run +plan):\n%s", diff)
			}
			if diff := cmp.Diff(want.TokenReuse, got.TokenReuse); diff != "" {
				t.Errorf("token reuse differs (-run +plan):\n%s", diff)
			}
			if diff := cmp.Diff(want.Throttling, got.Throttling); diff != "" {
				t.Errorf("throttling differs (-run +plan):\n%s", diff)
			}
		})
	}
}
