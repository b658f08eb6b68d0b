package result

import (
	"strings"
	"testing"
)

var fleet = []string{"roku", "apple-tv", "v4.2"}

func TestThresholdsAreRead(t *testing.T) {
	for _, tt := range []struct {
		expr, path, operator string
		limit                float64
	}{
		{"throttling.ratio<0.01", "throttling.ratio", "<", 0.01},
		{" throttling.ratio <= 1 % ", "throttling.ratio", "<=", 0.01},
		{"endpoints.token.latency_us.p99<500ms", "endpoints.token.latency_us.p99", "<", 500000},
		{"endpoints.sessions.create.latency_us.p50<2500", "endpoints.sessions.create.latency_us.p50", "<", 2500},
		{"throttling.recovery_ms.p99<1.5s", "throttling.recovery_ms.p99", "<", 1500},
		{"throttling.first_at_s>1m", "throttling.first_at_s", ">", 60},
		{"profiles.roku.token_reuse.calls_per_token>20", "profiles.roku.token_reuse.calls_per_token", ">", 20},
		{"profiles.v4.2.endpoints.token.status.429==0", "profiles.v4.2.endpoints.token.status.429", "==", 0},
		{"endpoints.logout.status.418!=3", "endpoints.logout.status.418", "!=", 3},
		{"endpoints.logout.errors.timeout>=1", "endpoints.logout.errors.timeout", ">=", 1},
		{"load.lateness_us.p99<=10ms", "load.lateness_us.p99", "<=", 10000},
		{"compliance.warnings<1e3", "compliance.warnings", "<", 1000},
	} {
		got, err := ParseThreshold(tt.expr, fleet)
		if err != nil {
			t.Errorf("%s: %v", tt.expr, err)
			continue
		}
		want := Threshold{Expr: strings.TrimSpace(tt.expr), Path: tt.path, Operator: tt.operator, Limit: tt.limit}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", tt.expr, got, want)
		}
	}
}

func TestWrongThresholdsSayWhatWouldBeRight(t *testing.T) {
	for expr, want := range map[string]string{
		"":                                       "no operator",
		"throttling.ratio":                       "no operator",
		"throttling.ratio=1":                     "no operator",
		"<3":                                     "no figure before",
		"throttling.ratio<":                      "no limit after",
		"throttling.ratio<NaN":                   "no finite number",
		"throttling.ratio<5ms":                   "is not one",
		"throttling.responses<5%":                "not a ratio",
		"throttling.ratio<x%":                    "no percentage",
		"throttling.ration<1%":                   `did you mean "throttling.ratio"?`,
		"throttling.rati<1":                      `did you mean "throttling.ratio"?`,
		"endpoints.tokens.latency_us.p99<1s":     `did you mean "endpoints.token.latency_us.p99"?`,
		"endpoints.token.latency_us.p95<1s":      `did you mean "endpoints.token.latency_us.p9`,
		"endpoints.token.latency_us.p95<1000":    `did you mean "endpoints.token.latency_us.p9`,
		"profiles.rokku.requests<1":              `did you mean "profiles.roku.requests"?`,
		"endpoints.token.status.42<1":            `did you mean "endpoints.token.status.429"?`,
		"endpoints.token.errors.gremlins<1":      "no figure is called",
		"profiles.nobody.endpoints.x.requests<1": "no figure is called",
		"verdict.exit_code==0":                   "no figure is called",
		"seed<1":                                 "no figure is called",
		"timeline.interval_s<1":                  "no figure is called",
		"throttling.ratoi<5ms":                   `did you mean "throttling.ratio"?`,
		"profiles.rokku.requests<many":           `did you mean "profiles.roku.requests"?`,
		"endpoints.tokn.latency_us.p99<1":        `did you mean "endpoints.token.latency_us.p99"?`,
		"throttling.ratio=<1":                    "no operator",
		"endpoints.token.latency_us.p99<500 mss": "such as 500ms",
		"throttling.ratio<one":                   "neither a number",
		"endpoints[0].requests<1":                "no figure is called",
		"compliance.findings[0].count<1":         "no figure is called",
		"load.dropped<5%":                        "not a ratio",
		"throttling<1":                           "no figure is called",
		"xyz<1":                                  `such as "throttling.ratio"`,
	} {
		_, err := ParseThreshold(expr, fleet)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", expr, err, want)
		}
	}
}

func TestThresholdsAreEvaluated(t *testing.T) {
	doc := sample()
	for _, tt := range []struct {
		expr    string
		met     bool
		missing bool
		was     string
	}{
		{"throttling.ratio<10%", true, false, "5 %"},
		{"throttling.ratio<5%", false, false, "5 %"},
		{"throttling.ratio<=5%", true, false, "5 %"},
		{"throttling.responses>=5", true, false, "5"},
		{"throttling.responses>5", false, false, "5"},
		{"throttling.responses!=5", false, false, "5"},
		{"endpoints.token.latency_us.p99<500ms", true, false, "12 ms"},
		{"endpoints.token.status.429==5", true, false, "5"},
		{"endpoints.token.status.503==0", true, false, "0"},
		{"endpoints.token.errors.timeout<1", true, false, "0"},
		{"endpoints.logout.requests==0", true, false, "0"},
		{"endpoints.logout.latency_us.p99<1s", false, true, "not measured"},
		{"endpoints.register.latency_us.p99<1s", false, true, "not measured"},
		{"throttling.first_at_s>1", true, false, "2 s"},
		{"profiles.roku.throttling.first_at_s>1h", true, true, "not measured"},
		{"profiles.roku.throttling.first_at_s<1h", false, true, "not measured"},
		{"profiles.roku.token_reuse.calls_per_token>1", false, true, "not measured"},
		{"token_reuse.calls_per_token>1", true, false, "8.5"},
	} {
		threshold, err := ParseThreshold(tt.expr, fleet)
		if err != nil {
			t.Errorf("%s: %v", tt.expr, err)
			continue
		}
		got := EvaluateThresholds(doc, []Threshold{threshold})[0]
		if got.Met != tt.met || got.Missing != tt.missing || got.Was() != tt.was || (got.Actual == nil) != tt.missing {
			t.Errorf("%s: got %+v, was %s", tt.expr, got, got.Was())
		}
	}
}

func FuzzParseThreshold(f *testing.F) {
	for _, seed := range []string{"throttling.ratio<1%", "endpoints.token.latency_us.p99<=500ms", "a!=b", "<", "..<1h"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		threshold, err := parseThreshold(expr)
		if err != nil {
			return
		}
		again, err := parseThreshold(threshold.Expr)
		if err != nil || again != threshold {
			t.Errorf("%q: %+v reads again as %+v, %v", expr, threshold, again, err)
		}
		_ = EvaluateThresholds(&Document{}, []Threshold{threshold})[0].Was()
	})
}
