package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/nginxtest"
	"github.com/dcrbench/dcrbench/internal/result"
)

// The short form runs with the tests; scripts/reconcile/nginx.sh asks for more.
var (
	nginxFleets   = flag.String("nginx.fleets", "old-apps", "fleets to send through nginx, with commas between them")
	nginxSeeds    = flag.Int("nginx.seeds", 1, "number of seeds for each of them")
	nginxDevices  = flag.Int("nginx.devices", 200, "devices of each run")
	nginxDuration = flag.Duration("nginx.duration", 8*time.Second, "duration of each run")
	nginxApart    = flag.Float64("nginx.apart", 0.3, "how far the 429s of nginx and the simulator may be apart, as a share")
)

// How far nginx and the simulator may be apart for one fleet and seed, as a share of
// what the simulator did.
//
// What a device gets done is its bucket's doing, and so what they admit is the same. How
// often an impatient device knocks in vain until its bucket has refilled hangs on
// milliseconds: two runs on the same server differ in that as well, by a tenth on a
// machine that is busy with other tests and by less than -nginx.apart on an idle one.
const (
	maxAdmittedDifference = 0.01
	maxPredictionError    = 0.01
)

func TestEveryCountEqualsNginxsAccessLog(t *testing.T) {
	if testing.Short() {
		t.Skip("takes twice the duration of a run")
	}
	if !nginxtest.Installed() && os.Getenv("CI") == "" {
		t.Skip(nginxtest.ErrMissing)
	}
	for _, fleet := range strings.Split(*nginxFleets, ",") {
		for seed := 1; seed <= *nginxSeeds; seed++ {
			t.Run(fmt.Sprintf("%s seed %d", fleet, seed), func(t *testing.T) {
				byNginx, bySimulator := throughNginx(t, fleet, seed), toSimulator(t, fleet, seed)
				a, b := float64(byNginx.Throttling.Responses), float64(bySimulator.Throttling.Responses)
				apart := math.Abs(a-b) / max(b, 1)
				t.Logf("429s: nginx %.0f, simulator %.0f, %.2f %% apart; requests: %d and %d", a, b, 100*apart, byNginx.Load.Sent, bySimulator.Load.Sent)
				if apart > *nginxApart {
					t.Errorf("the 429s of nginx and the simulator are %.2f %% apart, want at most %.0f %%", 100*apart, 100**nginxApart)
				}
				a, b = float64(byNginx.Load.Sent)-a, float64(bySimulator.Load.Sent)-b
				if math.Abs(a-b) > maxAdmittedDifference*b {
					t.Errorf("nginx admitted %.0f requests and the simulator %.0f, more than %.0f %% apart", a, b, 100*maxAdmittedDifference)
				}
			})
		}
	}
}

// holdToPrediction holds the 429s of a run to those that the documented limit predicts
// for the very same requests: here no difference of moments is in the way.
func holdToPrediction(t *testing.T, doc *result.Document) {
	t.Helper()
	got, want := float64(doc.Throttling.Responses), float64(doc.Throttling.Predicted)
	if math.Abs(got-want) > maxPredictionError*max(got, want) {
		t.Errorf("%.0f 429s, where the documented limit predicts %.0f", got, want)
	}
}

// runAt runs the fleet against the target.
func runAt(t *testing.T, target, fleet string, seed int) *result.Document {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), *nginxDuration+time.Minute)
	defer cancel()
	p := newProcess(ctx, t, "run", fleet, "--target", target, "--vault", "none", "--out", "out", "--format", "json",
		"--seed", fmt.Sprint(seed), "--devices", fmt.Sprint(*nginxDevices), "--duration", nginxDuration.String(), "--max-lateness", unhurried)
	p.start(t)
	o := p.end(t)
	if o.code != 0 {
		t.Fatalf("the run ended with %d: %s", o.code, o.stderr)
	}
	doc := soundDocument(t, []byte(o.stdout))
	holdToPrediction(t, doc)
	if doc.Load.Errors > 0 {
		t.Errorf("%d requests got no answer", doc.Load.Errors)
	}
	return doc
}

// throughNginx runs the fleet against a simulator that does not throttle behind
// an nginx that does, and holds the result to nginx's access log.
func throughNginx(t *testing.T, fleet string, seed int) *result.Document {
	t.Helper()
	simulator := serveSimulator(t, "--throttle", "off")
	front, err := nginxtest.Start(t.Context(), strings.TrimPrefix(simulator, "http://"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	doc := runAt(t, "http://"+front.Addr, fleet, seed)
	if err := front.Stop(); err != nil {
		t.Errorf("nginx did not end cleanly: %v", err)
	}
	log, err := os.Open(front.AccessLog)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	want, err := nginxtest.Count(log)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]map[string]int(want), statusCounts(doc)); diff != "" {
		t.Errorf("the result differs from nginx's access log (-log +result):\n%s", diff)
	}
	return doc
}

// toSimulator runs the fleet against the simulator and its own throttle, and
// holds the result to its ledger.
func toSimulator(t *testing.T, fleet string, seed int) *result.Document {
	t.Helper()
	simulator := serveSimulator(t)
	doc := runAt(t, simulator, fleet, seed)
	var ledger backend.Ledger
	askSimulator(t, simulator+"/_sim/ledger", &ledger)
	want := map[string]map[string]int{}
	for _, e := range ledger.Endpoints {
		want[e.Endpoint] = map[string]int{}
		for status, n := range e.Status {
			want[e.Endpoint][status] = int(n)
		}
	}
	if diff := cmp.Diff(want, statusCounts(doc)); diff != "" {
		t.Errorf("the result differs from the simulator's ledger (-ledger +result):\n%s", diff)
	}
	return doc
}

// askSimulator reads what a simulator says of itself.
func askSimulator(t *testing.T, url string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
