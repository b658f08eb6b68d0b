package main

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/run"
)

// metric is one metric of a run: what it is called, and what docs/metrics.md says
// about it. Names carry their unit.
type metric struct {
	name, kind string
	labels     []string
	help       string
	// figure is the figure of result.json that the metric ends as, "" for none.
	figure string
}

// The kinds of metrics.
const (
	counter   = "counter"
	gauge     = "gauge"
	histogram = "histogram"
)

// The metrics of dcrbench run. All but the gauges leave out the warm-up, as the
// result does.
var (
	mInfo = metric{"dcrbench_run_info", gauge, []string{"version", "fleet", "target", "seed"}, "Always 1; its labels say what runs against what.", ""}

	mRequests  = metric{"dcrbench_requests_total", counter, []string{"endpoint", "profile", "status", "outcome"}, "Finished requests. The status is that of HTTP, and empty when no answer came.", "endpoints.E.requests"}
	mThrottled = metric{"dcrbench_throttled_total", counter, []string{"endpoint", "profile"}, "Answers with the status 429.", "throttling.responses"}
	mErrors    = metric{"dcrbench_request_errors_total", counter, []string{"endpoint", "profile", "kind"}, "Requests that got no answer, by the kind of the failure.", "endpoints.E.errors"}
	mSent      = metric{"dcrbench_sent_bytes_total", counter, []string{"endpoint"}, "Bytes of requests.", "endpoints.E.bytes_sent"}
	mReceived  = metric{"dcrbench_received_bytes_total", counter, []string{"endpoint"}, "Bytes of answers.", "endpoints.E.bytes_received"}

	mRegistrations = metric{"dcrbench_registrations_total", counter, []string{"profile"}, "Registrations that succeeded.", "token_reuse.registrations"}
	mAgain         = metric{"dcrbench_re_registrations_total", counter, []string{"profile"}, "Registrations of devices that had credentials already.", "token_reuse.re_registrations"}
	mTokens        = metric{"dcrbench_tokens_issued_total", counter, []string{"profile"}, "Access tokens that the service gave out.", "token_reuse.tokens_issued"}
	mRedundant     = metric{"dcrbench_redundant_token_requests_total", counter, []string{"profile"}, "Token requests of devices that held a live token.", "token_reuse.redundant_token_requests"}
	mCalls         = metric{"dcrbench_calls_total", counter, []string{"profile"}, "Requests to protected operations.", "token_reuse.calls"}
	mExpired       = metric{"dcrbench_expired_token_uses_total", counter, []string{"profile"}, "Calls with a token after its end.", "token_reuse.expired_token_uses"}
	mEarly         = metric{"dcrbench_early_retries_total", counter, []string{"profile"}, "Requests less than a second after the device's 429.", "throttling.retried_early"}
	mThrottledDevs = metric{"dcrbench_throttled_devices", gauge, []string{"profile"}, "Devices that got at least one 429.", "throttling.devices"}
	mFindings      = metric{"dcrbench_findings_total", counter, []string{"rule", "level", "endpoint", "profile"}, "Answers that broke a rule of the documented contract.", "compliance.findings"}

	mDevices  = metric{"dcrbench_devices", gauge, nil, "Devices of the fleet.", "fleet.devices"}
	mLaunched = metric{"dcrbench_devices_launched_total", counter, nil, "Devices that have been launched.", "load.scheduled"}
	mFinished = metric{"dcrbench_devices_finished", gauge, nil, "Devices that are done with everything.", ""}
	mInFlight = metric{"dcrbench_in_flight_requests", gauge, nil, "Requests under way.", ""}
	mElapsed  = metric{"dcrbench_elapsed_seconds", gauge, nil, "Age of the run.", ""}
	mPlanned  = metric{"dcrbench_planned_seconds", gauge, nil, "Planned length of the run.", ""}

	mLatency  = metric{"dcrbench_latency_seconds", histogram, []string{"endpoint"}, "Time from the intended send to the complete answer, of answered requests.", "endpoints.E.latency_us"}
	mWire     = metric{"dcrbench_wire_seconds", histogram, []string{"endpoint"}, "Time from the actual send to the complete answer, of answered requests.", "endpoints.E.wire_us"}
	mLateness = metric{"dcrbench_lateness_seconds", histogram, nil, "How long after its intended time a request was sent.", "load.lateness_us"}
)

// runMetrics lists them in the order of the reference.
var runMetrics = []metric{
	mInfo, mRequests, mThrottled, mErrors, mSent, mReceived,
	mRegistrations, mAgain, mTokens, mRedundant, mCalls, mExpired, mEarly, mThrottledDevs, mFindings,
	mDevices, mLaunched, mFinished, mInFlight, mElapsed, mPlanned,
	mLatency, mWire, mLateness,
}

// latencyBuckets are the classic buckets of every histogram, in seconds, for
// whoever does not scrape native histograms.
var latencyBuckets = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

func (m metric) desc() *prometheus.Desc {
	return prometheus.NewDesc(m.name, m.help, m.labels, nil)
}

func (m metric) counterVec(r prometheus.Registerer) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: m.name, Help: m.help}, m.labels)
	r.MustRegister(v)
	return v
}

func (m metric) histogramVec(r prometheus.Registerer) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: m.name, Help: m.help, Buckets: latencyBuckets,
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 160,
	}, m.labels)
	r.MustRegister(v)
	return v
}

// exporter turns a run into Prometheus metrics. What belongs to one exchange it
// counts as it sees it; what a device's history decides it reads from the run's
// own counts at every scrape.
type exporter struct {
	registry *prometheus.Registry
	runner   *run.Runner
	profiles []string

	requests, throttled, errors, sent, received *prometheus.CounterVec
	latency, wire, lateness                     *prometheus.HistogramVec
}

// newExporter returns an exporter with a registry of its own; attach gives it the
// run.
func newExporter() *exporter {
	r := prometheus.NewRegistry()
	return &exporter{
		registry: r,
		requests: mRequests.counterVec(r), throttled: mThrottled.counterVec(r), errors: mErrors.counterVec(r),
		sent: mSent.counterVec(r), received: mReceived.counterVec(r),
		latency: mLatency.histogramVec(r), wire: mWire.histogramVec(r), lateness: mLateness.histogramVec(r),
	}
}

// runFacts are the labels of dcrbench_run_info.
type runFacts struct{ version, fleet, target, seed string }

// attach makes the run's own figures part of every scrape.
func (e *exporter) attach(r *run.Runner, facts runFacts) {
	e.runner, e.profiles = r, r.Profiles()
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: mInfo.name, Help: mInfo.help}, mInfo.labels)
	info.WithLabelValues(facts.version, facts.fleet, facts.target, facts.seed).Set(1)
	e.registry.MustRegister(info, &runCollector{r})
}

// observe counts one exchange. It is safe for concurrent use.
func (e *exporter) observe(x *record.Exchange) {
	if !e.runner.InResult(x) {
		return
	}
	endpoint, profile := x.Request.Op.String(), e.profiles[x.Profile]
	status := statusLabel(x.Response.Status)
	e.requests.WithLabelValues(endpoint, profile, status, x.Response.Outcome.String()).Inc()
	e.sent.WithLabelValues(endpoint).Add(float64(x.BytesSent))
	e.received.WithLabelValues(endpoint).Add(float64(x.BytesReceived))
	e.lateness.WithLabelValues().Observe(max(x.Lateness(), 0).Seconds())
	switch {
	case status == "":
		e.errors.WithLabelValues(endpoint, profile, x.Response.Err.String()).Inc()
		return
	case x.Response.Status == 429:
		e.throttled.WithLabelValues(endpoint, profile).Inc()
	}
	e.latency.WithLabelValues(endpoint).Observe(x.Latency().Seconds())
	e.wire.WithLabelValues(endpoint).Observe(x.WireTime().Seconds())
}

// statusLabel writes a status as the result does.
func statusLabel(status int) string {
	switch {
	case status == 0:
		return ""
	case status < 100 || status > 999:
		return "999"
	}
	return string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)})
}

// runCollector reads a run at every scrape.
type runCollector struct{ runner *run.Runner }

var _ prometheus.Collector = (*runCollector)(nil)

// perProfile and perRun are the metrics that a runCollector has.
var (
	perProfile = []metric{mRegistrations, mAgain, mTokens, mRedundant, mCalls, mExpired, mEarly, mThrottledDevs}
	perRun     = []metric{mDevices, mLaunched, mFinished, mInFlight, mElapsed, mPlanned}
)

// Describe implements prometheus.Collector.
func (c *runCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, list := range [][]metric{perProfile, perRun, {mFindings}} {
		for _, m := range list {
			ch <- m.desc()
		}
	}
}

// Collect implements prometheus.Collector.
func (c *runCollector) Collect(ch chan<- prometheus.Metric) {
	send := func(m metric, value float64, labels ...string) {
		kind := prometheus.GaugeValue
		if m.kind == counter {
			kind = prometheus.CounterValue
		}
		// A fleet file may hold any text; Prometheus wants UTF-8.
		for i := range labels {
			labels[i] = strings.ToValidUTF8(labels[i], "\uFFFD")
		}
		ch <- prometheus.MustNewConstMetric(m.desc(), kind, value, labels...)
	}
	counts := c.runner.Counts()
	for i := range counts.Profiles {
		p := &counts.Profiles[i]
		k := p.TokenReuse()
		for m, n := range map[*metric]uint64{
			&mRegistrations: k.Registrations, &mAgain: k.ReRegistrations, &mTokens: k.TokensIssued,
			&mRedundant: k.RedundantTokenRequests, &mCalls: k.Calls, &mExpired: k.ExpiredTokenUses,
			&mEarly: p.RetriedEarly, &mThrottledDevs: p.ThrottledDevices,
		} {
			send(*m, float64(n), p.Name)
		}
	}
	for _, f := range counts.Findings() {
		send(mFindings, float64(f.Count), f.Rule, f.Level, f.Endpoint, f.Profile)
	}
	s := c.runner.Snapshot()
	send(mDevices, float64(s.Devices))
	send(mLaunched, float64(s.Launched))
	send(mFinished, float64(s.Finished))
	send(mInFlight, float64(s.InFlight))
	send(mElapsed, s.Elapsed.Seconds())
	send(mPlanned, s.Total.Seconds())
}
