package plan

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/profiles"
)

// document plays a plan and returns its document.
func document(t testing.TB, c Config) *result.Document {
	t.Helper()
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Run(t.Context()) {
		t.Fatal("the plan was cut")
	}
	doc := &result.Document{Schema: result.Schema}
	p.Fill(doc)
	result.Finish(doc, result.Gate{})
	return doc
}

func encoded(t testing.TB, doc *result.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := result.Encode(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestThePlanIsTheSameOnAnyNumberOfCores(t *testing.T) {
	for _, r := range []ResponseTime{{}, {Min: time.Millisecond, Max: 90 * time.Millisecond}, {Median: 40 * time.Millisecond, P99: 300 * time.Millisecond}} {
		c := smallDay(t, 3000)
		c.ResponseTime = r
		c.Service.ErrorRate = 0.01
		c.Workers = 1
		want := encoded(t, document(t, c))
		c.Workers = 3
		if diff := cmp.Diff(want, encoded(t, document(t, c))); diff != "" {
			t.Errorf("%v: one worker and three differ:\n%.2000s", r, diff)
		}
		c.Workers = 0
		before := runtime.GOMAXPROCS(1)
		got := encoded(t, document(t, c))
		runtime.GOMAXPROCS(before)
		if got != want {
			t.Errorf("%v: one core and several differ", r)
		}
	}
}

func TestTheFiguresOfAPlanAddUp(t *testing.T) {
	library := profiles.Builtin()
	for _, name := range library.FleetNames() {
		fleet, err := library.Fleet(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, perDay := range []float64{0, 4} {
			t.Run(fmt.Sprintf("%s/%v", name, perDay), func(t *testing.T) {
				c := smallDay(t, 400)
				c.Fleet, c.LaunchesPerDay = fleet, perDay
				if perDay == 0 {
					c.Launch, c.Horizon = &fleet.Launch, 5*time.Minute
				}
				c.Service.Outages = []Outage{{From: time.Minute, For: 20 * time.Second, Status: 503}}
				c.Service.Deploys = []time.Duration{90 * time.Second}
				doc := document(t, c)
				if err := result.Reconcile(doc); err != nil {
					t.Error(err)
				}
				if doc.Kind != result.KindPlan || doc.Verdict.Status != result.StatusPassed {
					t.Errorf("kind %s, verdict %v", doc.Kind, doc.Verdict)
				}
				throttled := uint64(0)
				for _, line := range doc.Timeline.Series {
					for _, n := range line.Throttled {
						throttled += n
					}
				}
				if throttled != doc.Throttling.Responses {
					t.Errorf("the timeline has %d of %d 429s", throttled, doc.Throttling.Responses)
				}
				r := doc.Plan
				if r.Throttling.Own+r.Throttling.Shared != doc.Throttling.Responses {
					t.Errorf("%d own and %d shared 429s of %d", r.Throttling.Own, r.Throttling.Shared, doc.Throttling.Responses)
				}
				if r.DevicesPlayed != 400 || len(r.Events) != 2 || len(r.Costs) != len(doc.Profiles) || len(r.Peaks) != 1+len(doc.Endpoints) {
					t.Errorf("%d devices, %d events, %d costs, %d peaks", r.DevicesPlayed, len(r.Events), len(r.Costs), len(r.Peaks))
				}
				mean := 0.0
				for _, k := range r.Peaks[1:] {
					mean += k.MeanPerSecond
				}
				if math.Abs(mean-r.Peaks[0].MeanPerSecond) > 1e-9 {
					t.Errorf("mean rates add up to %v, not %v", mean, r.Peaks[0].MeanPerSecond)
				}
				for _, b := range strings.Split(encoded(t, doc), "\n") {
					if strings.Contains(b, ": null") && !strings.Contains(b, "first_at_s") && !strings.Contains(b, "calls_per_token") {
						t.Errorf("the document has %s", b)
					}
				}
			})
		}
	}
}

func TestAPlanShowsTheCountsOfItsTraces(t *testing.T) {
	fleet := defaultFleet(t)
	c := Config{
		Fleet: fleet, Devices: 300, Seed: 5, Horizon: time.Minute, Launch: &pace.Spec{Shape: pace.Poisson, Rate: 25},
		ResponseTime: ResponseTime{Min: time.Millisecond, Max: time.Millisecond},
	}
	want := map[string]uint64{}
	for _, lines := range played(t, c) {
		for _, l := range lines {
			words := strings.Fields(l)
			want[words[1]+" "+words[2]]++
		}
	}
	got := map[string]uint64{}
	for _, e := range document(t, c).Endpoints {
		for status, n := range e.Status {
			got[e.Endpoint+" "+status] = n
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts differ (-simulator +plan):\n%s", diff)
	}
}

// neighbours is a fleet in which devices that would be fine alone share an
// address with others.
func neighbours(t testing.TB, devices int) *profiles.Fleet {
	t.Helper()
	f := *defaultFleet(t)
	iphone, err := profiles.Builtin().Profile("iphone")
	if err != nil {
		t.Fatal(err)
	}
	p := *iphone
	p.Network = profiles.Network{Kind: profiles.NetworkCarrier, Devices: devices}
	f.Members = []profiles.Member{{Profile: &p, Weight: 1}}
	return &f
}

func TestA429IsTheNeighboursDoingWhenTheDeviceAloneWouldHavePassed(t *testing.T) {
	for _, n := range []int{1, 4} {
		c := smallDay(t, 400)
		c.Fleet, c.Horizon, c.LaunchesPerDay = neighbours(t, n), time.Minute, 0
		c.Launch = &pace.Spec{Shape: pace.Constant, Rate: 100}
		doc := document(t, c)
		shared, own := doc.Plan.Throttling.Shared, doc.Plan.Throttling.Own
		if n == 1 && (shared != 0 || own != 0) {
			t.Errorf("alone: %d shared and %d own", shared, own)
		}
		if n == 4 && (shared == 0 || own > shared/20) {
			t.Errorf("with %d to an address: %d shared and %d own", n, shared, own)
		}
		if n == 4 && doc.Plan.Throttling.WaitedMS.P50 < 1000 {
			t.Errorf("devices waited for %d ms at the median, less than the second they have to", doc.Plan.Throttling.WaitedMS.P50)
		}
	}
}

func TestA429IsTheDevicesOwnDoingWhenItsPaceIsTooMuch(t *testing.T) {
	fleet, err := profiles.Builtin().Fleet("old-apps")
	if err != nil {
		t.Fatal(err)
	}
	c := smallDay(t, 400)
	c.Fleet = fleet
	got := document(t, c).Plan.Throttling
	if got.Own < 10*got.Shared || got.OwnDevices == 0 {
		t.Errorf("%d own and %d shared on %d devices", got.Own, got.Shared, got.OwnDevices)
	}
	// Old apps hurry and give up after twenty tries: nobody waits until the app is
	// started again hours later.
	if longest := time.Duration(got.WaitedMS.Max) * time.Millisecond; longest > 2*time.Minute || longest < 2*time.Second {
		t.Errorf("the longest wait is %v", longest)
	}
}

func TestADeployDropsAllTokensAtItsMinute(t *testing.T) {
	c := smallDay(t, 500)
	c.Fleet, c.LaunchesPerDay = neighbours(t, 1), 24
	quiet := document(t, c)
	c.Service.Deploys = []time.Duration{20 * time.Hour}
	doc := document(t, c)
	if n := quiet.TokenReuse.Refreshes.After401; n != 0 {
		t.Fatalf("%d refreshes after a 401 without a deploy", n)
	}
	if n := doc.TokenReuse.Refreshes.After401; n < 400 || n > 500 {
		t.Errorf("%d refreshes after a 401, want one for nearly each of 500 devices", n)
	}
	e := doc.Plan.Events[0]
	if e.Name != "deploy" || e.From != "20:00:00" || e.TokenPeakPerSecond <= e.TokenBeforePerSecond {
		t.Errorf("event %+v", e)
	}
}

func TestAnOutageFailsWhatItsThrottleAdmits(t *testing.T) {
	for _, status := range []int{500, 503} {
		c := smallDay(t, 500)
		c.Service.Outages = []Outage{{From: 20 * time.Hour, For: 10 * time.Minute, Status: status}}
		failed := uint64(0)
		for _, e := range document(t, c).Endpoints {
			for name, n := range e.Status {
				if name[0] == '5' {
					if name != fmt.Sprint(status) {
						t.Errorf("status %s in an outage of %d", name, status)
					}
					failed += n
				}
			}
		}
		if failed < 50 {
			t.Errorf("%d requests failed in an outage of ten minutes in the evening", failed)
		}
	}
}

func TestAnInterruptedPlanSaysWhatItCovers(t *testing.T) {
	p, err := New(smallDay(t, 5000))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	sent := 0
	p.trace = func(int, int64, api.Op, *api.Response) {
		if sent++; sent == 2000 {
			cancel()
		}
	}
	p.cfg.Workers = 1
	if p.Run(ctx) {
		t.Fatal("the plan got to its end")
	}
	doc := &result.Document{Schema: result.Schema}
	p.Fill(doc)
	result.Finish(doc, result.Gate{})
	if !doc.Interrupted || doc.Verdict.ExitCode != result.ExitInterrupted || doc.Load.Sent < 2000 || doc.Plan.DevicesPlayed >= 5000 {
		t.Errorf("interrupted %v, exit %d, %d requests of %d devices", doc.Interrupted, doc.Verdict.ExitCode, doc.Load.Sent, doc.Plan.DevicesPlayed)
	}
	if !strings.Contains(doc.Plan.Notes[0], "interrupted") {
		t.Errorf("first note: %s", doc.Plan.Notes[0])
	}
	for i, c := range doc.Plan.Costs {
		if doc.Profiles[i].Requests > 0 && c.RequestsPerDeviceDay < 10 {
			t.Errorf("a %s costs %.2f requests a day, as if all had been played", c.Profile, c.RequestsPerDeviceDay)
		}
	}
	if err := result.Reconcile(doc); err != nil {
		t.Error(err)
	}
}

func TestAnInterruptedGroupOfOneAddressSaysHowFarItGot(t *testing.T) {
	fleet, err := profiles.Builtin().Fleet("s2s-no-forwarded-for")
	if err != nil {
		t.Fatal(err)
	}
	c := smallDay(t, 5000)
	c.Fleet = fleet
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.trace = func(_ int, now int64, _ api.Op, _ *api.Response) {
		if time.Duration(now-epoch) > 12*time.Hour {
			cancel()
		}
	}
	p.Run(ctx)
	doc := &result.Document{Schema: result.Schema}
	p.Fill(doc)
	result.Finish(doc, result.Gate{})
	if got := doc.Plan.PlayedUntilS; got < 12*3600 || got > 18*3600 || !strings.Contains(doc.Plan.Notes[0], "one address") {
		t.Errorf("played until %v s; %s", got, doc.Plan.Notes[0])
	}
}

func TestEveryGroupIsPlayedOnceTheLastOneFirst(t *testing.T) {
	for _, n := range []int64{1, 2, 3, 10, 64, 1000, 7619} {
		o, seen := newOrder(n), map[int64]bool{}
		for i := range n {
			seen[o.at(i)] = true
		}
		if int64(len(seen)) != n || o.at(0) != n-1 {
			t.Errorf("%d of %d groups, beginning with %d", len(seen), n, o.at(0))
		}
	}
}

func TestAVariantIsSetBesideThePlan(t *testing.T) {
	c := smallDay(t, 1000)
	changes := []Change{{"profile.roku-v4.replaced_by", "roku"}}
	v, err := c.Variant(changes)
	if err != nil {
		t.Fatal(err)
	}
	got := Compare(document(t, c), document(t, v), changes)
	for _, f := range got.Figures {
		if f.Figure == "load.sent" && !(f.Variant < f.Baseline && f.Difference == f.Variant-f.Baseline && *f.Ratio < 1) {
			t.Errorf("without old apps: %+v", f)
		}
		if f.Figure == "throttling.responses" && f.Variant > f.Baseline*0.8 {
			t.Errorf("without old apps: %+v", f)
		}
	}
}

func TestAllProblemsOfAConfigurationAreReported(t *testing.T) {
	err := (&Config{Horizon: -1, Begin: -1, LaunchesPerDay: -1, Service: Service{ErrorRate: 2, Deploys: []time.Duration{-1}, Outages: []Outage{{}}}, ResponseTime: ResponseTime{Min: -1}}).Validate()
	for _, want := range []string{"fleet", "devices", "horizon", "begin", "launches per day", "error rate", "deploy", "outage", "response time"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not mention %q", err, want)
		}
	}
	c := smallDay(t, 10)
	c.Fleet = neighbours(t, 1)
	c.Fleet.MVPDs = []string{"sim-temppass"}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "sim-temppass") {
		t.Errorf("a switch of the simulator is taken: %v", err)
	}
}
