package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the generated pages of docs anew")

// generated holds a page of docs against what the code says, or writes it.
func generated(t *testing.T, name string, want []byte) {
	t.Helper()
	path := filepath.Join("../../docs", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), string(want)); diff != "" {
		t.Errorf("%s is out of date; go test ./cmd/dcrbench -run Docs -update writes it:\n%s", path, diff)
	}
}

const metricsHead = `# The metrics of a run

Written by ` + "`go test ./cmd/dcrbench -run Docs -update`" + ` from the code.

` + "`dcrbench run --metrics-listen 127.0.0.1:9464`" + ` serves these metrics at ` + "`http://127.0.0.1:9464/metrics`" + `
while the run goes on. They end with the command; ` + "`--metrics-linger 30s`" + ` keeps
them for a last scrape. Port 0 picks a free port and prints it. An address that
others can reach is allowed and warned of: the metrics hold no secret, but they
name the target and the fleet.

Counters begin at 0 with the run and leave out the warm-up; at the end each equals
the figure of ` + "`result.json`" + ` in the last column, where E is an endpoint. Histograms
are served as classic ones with the buckets below, and as native ones to a scraper
that asks for them. No metric has a label for single devices.

[scripts/grafana/dcrbench.json](../scripts/grafana/dcrbench.json) is a dashboard
for these metrics: import it in Grafana and choose the Prometheus data source.

`

const metricsTail = `
## The metrics of the k6 extension

A k6 script that imports ` + "`k6/x/adobepass`" + ` has these metrics beside those of k6
itself. k6 exports them by its own means, such as ` + "`--out experimental-prometheus-rw`" + `.

| Metric | Type | Meaning |
|---|---|---|
`

// k6Meanings says what the metrics of the k6 extension mean.
var k6Meanings = map[string]string{
	"calls":            "Requests to protected operations.",
	"registrations":    "Registrations that succeeded.",
	"tokens":           "Access tokens that the service gave out.",
	"throttled":        "Answers with the status 429.",
	"reauthorizations": "Answers that send a device back for a token, credentials or a sign-in.",
	"findings":         "Answers that broke a rule of the documented contract.",
	"call_failed":      "Share of the requests that failed; a 429 or a refused token is no failure.",
	"calls_failed":     "Requests that failed; counters can be added up over instances, rates cannot.",
	"token_reused":     "Share of the calls with a token that was used before.",
	"tokens_reused":    "Calls with a token that was used before.",
	"call_duration":    "Time of a request.",
	"wait_duration":    "Time that a device waited of its own.",
	"devices":          "Devices of the fleet.",
}

var k6Metric = regexp.MustCompile(`add\("(\w+)", metrics\.(\w+)`)

// k6Metrics reads the metrics of the extension out of its source, because this
// program never links k6.
func k6Metrics(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../../xk6-adobepass/metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, m := range k6Metric.FindAllStringSubmatch(string(source), -1) {
		meaning, ok := k6Meanings[m[1]]
		if !ok {
			t.Errorf("no meaning of the k6 metric adobepass_%s", m[1])
		}
		fmt.Fprintf(&b, "| `adobepass_%s` | %s | %s |\n", m[1], strings.ToLower(m[2]), meaning)
	}
	return b.String()
}

func TestDocsOfTheMetricsAreAsTheCode(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(metricsHead)
	b.WriteString("| Metric | Type | Labels | Meaning | Figure of the result |\n|---|---|---|---|---|\n")
	code := func(words ...string) string {
		if len(words) == 0 || words[0] == "" {
			return "–"
		}
		return "`" + strings.Join(words, "`, `") + "`"
	}
	for _, m := range runMetrics {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", m.name, m.kind, code(m.labels...), m.help, code(m.figure))
	}
	b.WriteString("\nBuckets of the classic histograms, in seconds:")
	for i, le := range latencyBuckets {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %g", le)
	}
	b.WriteString(".\n" + metricsTail + k6Metrics(t))
	generated(t, "metrics.md", b.Bytes())
}
