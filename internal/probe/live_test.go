package probe

import (
	"context"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// live runs a selection against a served simulator, in real time.
func live(t *testing.T, o server.Options, sel spec.Selection, patience time.Duration) (*check.Suite, check.Report, Stats) {
	t.Helper()
	sim, err := server.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close(context.Background()) })
	base, err := url.Parse(sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	client, err := wire.New(base, wire.Options{Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	checks, err := sel.Pick()
	if err != nil {
		t.Fatal(err)
	}
	suite := check.NewSuite(check.Kit{
		Statement: sim.SoftwareStatement(), Foreign: testKeys().Foreign(), Reserved: Reserved(),
		ServiceProvider: "DCRBENCH", Patience: patience, Loopback: true,
	}, checks)
	l := Live{Client: client}
	stats := l.Run(t.Context(), suite)
	return suite, check.Judge(suite.Results(), check.Gate{Answered: stats.Answered > 0}), stats
}

func TestRegistrationOverTheNetworkKeepsWithinTheLimit(t *testing.T) {
	_, report, stats := live(t, server.Options{}, spec.Selection{Groups: []string{"reg"}}, time.Second)
	for _, id := range red(report) {
		t.Errorf("%s is red", id)
	}
	if stats.Unplanned > 0 || report.Count(check.Pass) < 20 {
		t.Errorf("got %d unplanned 429 and %d passes", stats.Unplanned, report.Count(check.Pass))
	}
}

func TestTheWholeSuiteOverTheNetwork(t *testing.T) {
	if os.Getenv("DCRBENCH_SLOW") == "" {
		t.Skip("it takes a minute; set DCRBENCH_SLOW to run it")
	}
	suite, report, stats := live(t, server.Options{}, spec.Selection{}, 20*time.Second)
	for i := range report.Results {
		r := &report.Results[i]
		if r.Verdict != check.Pass && r.Verdict != check.Info && r.Verdict != check.Skip {
			t.Errorf("%s is %s: %s", r.Check.ID, r.Verdict, r.Message)
		}
	}
	t.Logf("%+v; %s %v; %s", stats, report.Status, report.Reasons, suite.Throttle.Model())
}
