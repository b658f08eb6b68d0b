package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/dcrbench/dcrbench/internal/result"
)

// scrape reads all metrics as Prometheus does when it wants native histograms.
func scrape(t *testing.T, url string) map[string]*dto.MetricFamily {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", string(expfmt.NewFormat(expfmt.TypeProtoDelim)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	families := map[string]*dto.MetricFamily{}
	d := expfmt.NewDecoder(res.Body, expfmt.ResponseFormat(res.Header))
	for {
		f := new(dto.MetricFamily)
		switch err := d.Decode(f); {
		case err == io.EOF:
			return families
		case err != nil:
			t.Fatal(err)
		}
		families[f.GetName()] = f
	}
}

// sum adds up a counter or gauge over the series that have the labels.
func sum(f *dto.MetricFamily, labels ...string) (total uint64) {
	for _, m := range f.GetMetric() {
		all := true
		for i := 0; i < len(labels); i += 2 {
			all = all && slices.ContainsFunc(m.GetLabel(), func(l *dto.LabelPair) bool { return l.GetName() == labels[i] && l.GetValue() == labels[i+1] })
		}
		if all {
			total += uint64(m.GetCounter().GetValue() + m.GetGauge().GetValue())
		}
	}
	return total
}

func TestTheMetricsEndAsTheResult(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := newProcess(ctx, t, "run", "old-apps", "--devices", "60", "--duration", "6s", "--warm-up", "1s", "--max-lateness", unhurried,
		"--error-rate", "0.05", "--throttle", "1:2",
		"--metrics-listen", "127.0.0.1:0", "--metrics-linger", "1m", "--out", "out")
	p.Stderr = nil
	log, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.start(t)
	lines := bufio.NewScanner(log)
	url := ""
	for url == "" && lines.Scan() {
		url, _ = strings.CutPrefix(lines.Text(), "metrics: ")
		if !strings.HasPrefix(url, "http://127.0.0.1:") {
			url = ""
		}
	}
	during := scrape(t, url)
	if got := sum(during["dcrbench_devices"]); got != 60 && got != 0 {
		t.Errorf("dcrbench_devices is %d", got)
	}
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "page: ") {
	}
	last := scrape(t, url)
	_ = p.Process.Signal(syscall.SIGTERM) // ends the lingering
	for lines.Scan() {
	}
	o := p.end(t)
	wantCounts(t, last, o.saved(t))
	for _, m := range runMetrics {
		if _, ok := last[m.name]; !ok && m.name != mErrors.name {
			t.Errorf("no metric %s in the scrape", m.name)
		}
	}
	for name := range last {
		if !slices.ContainsFunc(runMetrics, func(m metric) bool { return m.name == name }) {
			t.Errorf("metric %s is not in the reference", name)
		}
	}
}

// wantCounts holds a scrape against the result of the same run.
func wantCounts(t *testing.T, got map[string]*dto.MetricFamily, doc *result.Document) {
	t.Helper()
	want := func(what string, got, want uint64) {
		t.Helper()
		if got != want {
			t.Errorf("%s is %d, the result has %d", what, got, want)
		}
	}
	requests := got[mRequests.name]
	want("all requests", sum(requests), doc.Load.Sent)
	for _, p := range doc.Profiles {
		for _, e := range p.Endpoints {
			for status, n := range e.Status {
				want(fmt.Sprint(p.Name, e.Endpoint, status), sum(requests, "profile", p.Name, "endpoint", e.Endpoint, "status", status), n)
			}
		}
		k, at := p.TokenReuse, func(m metric) uint64 { return sum(got[m.name], "profile", p.Name) }
		want("registrations", at(mRegistrations), k.Registrations)
		want("re-registrations", at(mAgain), k.ReRegistrations)
		want("tokens", at(mTokens), k.TokensIssued)
		want("redundant", at(mRedundant), k.RedundantTokenRequests)
		want("calls", at(mCalls), k.Calls)
		want("expired", at(mExpired), k.ExpiredTokenUses)
		want("429s", at(mThrottled), p.Throttling.Responses)
		want("early retries", at(mEarly), p.Throttling.RetriedEarly)
		want("throttled devices", at(mThrottledDevs), uint64(p.Throttling.Devices))
		want("findings", at(mFindings), p.Compliance.Failures+p.Compliance.Warnings+p.Compliance.Notes)
	}
	want("launched", sum(got[mLaunched.name]), doc.Load.Scheduled)
	want("in flight", sum(got[mInFlight.name]), 0)
	if doc.Load.WarmUpExcluded == 0 || len(doc.Compliance.Findings) == 0 || doc.Throttling.Responses == 0 {
		t.Errorf("the run shows too little to compare: %d in the warm-up, %d findings, %d 429s",
			doc.Load.WarmUpExcluded, len(doc.Compliance.Findings), doc.Throttling.Responses)
	}
	for _, e := range doc.Endpoints {
		sent, answers := uint64(0), uint64(0)
		for _, n := range e.Status {
			answers += n
		}
		for _, m := range got[mLatency.name].GetMetric() {
			if m.GetLabel()[0].GetValue() == e.Endpoint {
				sent = m.GetHistogram().GetSampleCount()
				if len(m.GetHistogram().GetBucket()) == 0 || len(m.GetHistogram().GetPositiveSpan()) == 0 {
					t.Errorf("the latency of %s is not both a classic and a native histogram", e.Endpoint)
				}
			}
		}
		want("latencies of "+e.Endpoint, sent, answers)
		want("bytes to "+e.Endpoint, sum(got[mSent.name], "endpoint", e.Endpoint), uint64(e.BytesSent))
	}
}

func TestAWrongAddressForMetricsIsRefusedBeforeTheRun(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--metrics-listen", "9464"},
		{"--metrics-listen", "127.0.0.1:http-metrics"},
		{"--metrics-listen", "127.0.0.1:70000"},
		{"--metrics-listen", "192.0.2.1:9464"},
		{"--metrics-linger", "5s"},
	} {
		o := dcrbench(t, append([]string{"run", "--duration", "1s"}, args...)...)
		if o.code != exitUsage || !strings.Contains(o.stderr, args[0]) {
			t.Errorf("%v: exit code %d: %s", args, o.code, o.stderr)
		}
		if _, err := os.Stat(filepath.Join(o.folder, "dcrbench-out")); err == nil {
			t.Errorf("%v: something was written", args)
		}
	}
}

func TestEveryQueryOfTheDashboardNamesAMetricThatExists(t *testing.T) {
	raw, err := os.ReadFile("../../scripts/grafana/dcrbench.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
		Templating struct{ List []struct{ Definition string } }
	}
	if err := json.Unmarshal(raw, &dashboard); err != nil {
		t.Fatal(err)
	}
	known := map[string]metric{}
	for _, m := range runMetrics {
		known[m.name] = m
		if m.kind == histogram {
			known[m.name+"_bucket"], known[m.name+"_sum"], known[m.name+"_count"] = m, m, m
			delete(known, m.name)
		}
	}
	name, by := regexp.MustCompile(`dcrbench_\w+`), regexp.MustCompile(`by \(([^)]*)\)`)
	var exprs []string
	for _, p := range dashboard.Panels {
		if len(p.Targets) == 0 {
			t.Errorf("panel %q asks nothing", p.Title)
		}
		for _, target := range p.Targets {
			exprs = append(exprs, target.Expr)
		}
	}
	for _, v := range dashboard.Templating.List {
		if v.Definition != "" {
			exprs = append(exprs, v.Definition)
		}
	}
	if len(exprs) < 15 {
		t.Errorf("%d queries: the dashboard was not read", len(exprs))
	}
	for _, e := range exprs {
		labels := []string{"le", "instance"}
		found := name.FindAllString(e, -1)
		for _, n := range found {
			if _, ok := known[n]; !ok {
				t.Errorf("no metric %q, in %s", n, e)
			}
			labels = append(labels, known[n].labels...)
		}
		for _, group := range by.FindAllStringSubmatch(e, -1) {
			for _, l := range strings.Split(group[1], ", ") {
				if !slices.Contains(labels, l) {
					t.Errorf("no label %q, in %s", l, e)
				}
			}
		}
		if len(found) == 0 {
			t.Errorf("no metric in %s", e)
		}
	}
}
