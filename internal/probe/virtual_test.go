package probe

import (
	"context"
	"testing"
	"time"

	"sync"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/spec"
)

var testKeys = sync.OnceValue(func() *Keys {
	k, err := NewKeys()
	if err != nil {
		panic(err)
	}
	return k
})

var start = time.Date(2026, 9, 6, 20, 0, 0, 0, time.UTC)

// checked runs the suite on a simulator; wrap may change its answers.
func checked(t testing.TB, cfg backend.Config, sel spec.Selection, wrap func(Service) Service, change func(*check.Kit)) (*check.Suite, check.Report, Stats) {
	t.Helper()
	service, kit, err := Embed(cfg, testKeys(), [32]byte{1}, start)
	if err != nil {
		t.Fatal(err)
	}
	kit.Intrusive, kit.Rules = sel.Intrusive, sel.Rules
	if change != nil {
		change(&kit)
	}
	checks, err := sel.Pick()
	if err != nil {
		t.Fatal(err)
	}
	var s Service = service
	if wrap != nil {
		s = wrap(service)
	}
	suite := check.NewSuite(kit, checks)
	v := Virtual{Service: s, Now: start}
	stats := v.Run(context.Background(), suite)
	return suite, check.Judge(suite.Results(), check.Gate{Answered: stats.Answered > 0}), stats
}

func TestTheCleanSimulatorIsConformant(t *testing.T) {
	suite, report, stats := checked(t, backend.Config{}, spec.Selection{}, nil, nil)
	for _, r := range report.Results {
		if r.Verdict != check.Pass && r.Verdict != check.Info && r.Verdict != check.Skip {
			t.Errorf("%s is %s: %s", r.Check.ID, r.Verdict, r.Message)
		}
		if testing.Verbose() && (r.Verdict == check.Skip || r.Verdict == check.Info) {
			t.Logf("%s is %s: %s", r.Check.ID, r.Verdict, r.Message)
		}
	}
	if report.Status != check.Conformant || report.ExitCode != 0 {
		t.Errorf("got %s %v, want conformant", report.Status, report.Reasons)
	}
	if stats.Unplanned > 0 {
		t.Errorf("%d unplanned 429", stats.Unplanned)
	}
	t.Logf("%+v %d checks; %s", stats, len(report.Results), suite.Throttle.Model())
}
