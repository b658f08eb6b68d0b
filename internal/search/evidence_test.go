package search

import (
	"math"
	"testing"

	"github.com/dcrbench/dcrbench/internal/result"
)

func threshold(t *testing.T, expr string) result.Threshold {
	t.Helper()
	r, err := result.ParseThreshold(expr, []string{"roku"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAThresholdIsWeighedByTheEventsBehindIt(t *testing.T) {
	list := result.Endpoint{Endpoint: "profiles.list", Requests: 1000, Status: map[string]uint64{"200": 1000},
		LatencyUS: result.Distribution{Min: 100, P50: 1000, P90: 2000, P99: 4000, P999: 9000, Max: 10000},
		WireUS:    result.Distribution{Min: 100, P50: 500, P90: 600, P99: 700, P999: 800, Max: 900}}
	doc := &result.Document{
		Endpoints: []result.Endpoint{list},
		Load:      result.Load{Sent: 2000, Completed: 1900, FailureRatio: 0.05},
	}
	doc.Throttling.Ratio = 0.02
	doc.Profiles = []result.Profile{{Name: "roku", Requests: 500, Endpoints: []result.Endpoint{list}, Throttling: result.Throttling{Ratio: 0.5}}}
	for _, tt := range []struct {
		expr string
		want Evidence
	}{
		{"throttling.ratio<1%", Evidence{Share: true, Hits: 38, Of: 1900, Limit: 0.01, Below: true}},
		{"throttling.ratio>=1%", Evidence{Met: true, Share: true, Hits: 38, Of: 1900, Limit: 0.01}},
		{"throttling.ratio==0", Evidence{}},
		{"throttling.ratio<=0", Evidence{Hits: 38, Of: 1900, Below: true}},
		{"load.failure_ratio<10%", Evidence{Met: true, Share: true, Hits: 100, Of: 2000, Limit: 0.1, Below: true}},
		{"profiles.roku.throttling.ratio<60%", Evidence{Met: true, Share: true, Hits: 250, Of: 500, Limit: 0.6, Below: true}},
		{"endpoints.profiles.list.latency_us.p99<4ms", Evidence{Share: true, Hits: 10, Of: 1000, Limit: 0.01, Below: true}},
		{"endpoints.profiles.list.latency_us.p99<20ms", Evidence{Met: true, Share: true, Hits: 0, Of: 1000, Limit: 0.01, Below: true}},
		{"endpoints.profiles.list.wire_us.p90<500us", Evidence{Share: true, Hits: 500, Of: 1000, Limit: 0.1, Below: true}},
		{"endpoints.profiles.list.latency_us.p50<1us", Evidence{Share: true, Hits: 1000, Of: 1000, Limit: 0.5, Below: true}},
		{"endpoints.profiles.list.latency_us.mean<1s", Evidence{Met: true, Below: true}},
		{"endpoints.token.latency_us.p99<1s", Evidence{Below: true}},
	} {
		got := Weigh(doc, []result.Threshold{threshold(t, tt.expr)})[0]
		if got.Met != tt.want.Met || got.Share != tt.want.Share || got.Below != tt.want.Below || math.Abs(got.Hits-tt.want.Hits) > 1e-6 || got.Of != tt.want.Of || got.Limit != tt.want.Limit {
			t.Errorf("%s: %+v, want %+v", tt.expr, got, tt.want)
		}
	}
}

func TestAMarginIsPositiveWhereTheThresholdIsMet(t *testing.T) {
	below := Evidence{Share: true, Hits: 0, Of: 7000, Limit: 0.01, Below: true}
	above := below
	above.Below = false
	if below.margin() < 4 || above.margin() != -below.margin() {
		t.Errorf("margins %.2f and %.2f", below.margin(), above.margin())
	}
	if m := (Evidence{Share: true, Limit: 0.01, Below: true}).margin(); m != 0 {
		t.Errorf("without an event the margin is %g", m)
	}
}
