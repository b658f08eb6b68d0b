package adobepass

import (
	"errors"
	"strings"
	"time"

	"go.k6.io/k6/metrics"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
)

// metricSet are the metrics of the module. Every rate has a counter beside it:
// rates and percentiles of several instances cannot be merged, counters can.
// None is tagged by device, or a fleet would become as many time series.
type metricSet struct {
	calls, registrations, tokens, throttled *metrics.Metric
	reauthorizations, findings              *metrics.Metric
	callFailed, callsFailed                 *metrics.Metric
	tokenReused, tokensReused               *metrics.Metric
	callDuration, waitDuration              *metrics.Metric
	devices                                 *metrics.Metric
}

func registerMetrics(r *metrics.Registry) (*metricSet, error) {
	var errs []error
	add := func(name string, kind metrics.MetricType, value ...metrics.ValueType) *metrics.Metric {
		m, err := r.NewMetric("adobepass_"+name, kind, value...)
		errs = append(errs, err)
		return m
	}
	m := &metricSet{
		calls:            add("calls", metrics.Counter),
		registrations:    add("registrations", metrics.Counter),
		tokens:           add("tokens", metrics.Counter),
		throttled:        add("throttled", metrics.Counter),
		reauthorizations: add("reauthorizations", metrics.Counter),
		findings:         add("findings", metrics.Counter),
		callFailed:       add("call_failed", metrics.Rate),
		callsFailed:      add("calls_failed", metrics.Counter),
		tokenReused:      add("token_reused", metrics.Rate),
		tokensReused:     add("tokens_reused", metrics.Counter),
		callDuration:     add("call_duration", metrics.Trend, metrics.Time),
		waitDuration:     add("wait_duration", metrics.Trend, metrics.Time),
		devices:          add("devices", metrics.Gauge),
	}
	return m, errors.Join(errs...)
}

// sampler gathers the samples of one exchange and hands them over together.
type sampler struct {
	base    *metrics.TagSet
	meta    map[string]string
	at      time.Time
	samples []metrics.Sample
}

func (s *sampler) add(m *metrics.Metric, tags *metrics.TagSet, value float64) {
	s.samples = append(s.samples, metrics.Sample{
		TimeSeries: metrics.TimeSeries{Metric: m, Tags: tags}, Time: s.at, Metadata: s.meta, Value: value,
	})
}

// failed reports whether the answer is a failed call: a 429 or a refused token is
// part of the protocol, and the device knows what to do. A request that the end of
// the test cut off says nothing about the service.
func failed(r *api.Response) bool {
	if r.Err == api.ErrCanceled {
		return false
	}
	switch r.Outcome {
	case api.OutcomeOK, api.OutcomeThrottled, api.OutcomeUnauthorized, api.OutcomeClientRejected, api.OutcomeReauthenticate:
		return false
	}
	return true
}

// sendsBack reports whether the outcome sends a device back for a new token, new
// credentials or a new sign-in.
func sendsBack(o api.Outcome) bool {
	return o == api.OutcomeUnauthorized || o == api.OutcomeClientRejected || o == api.OutcomeReauthenticate
}

// observe emits what one exchange adds to the metrics.
func (c *caller) observe(b *bench, profile string, took time.Duration, reused bool) {
	op, outcome := b.request.Op, b.response.Outcome
	m := c.in.metrics
	tags := c.base.Tags.With("profile", profile).With("operation", c.operation(op))
	tags = tags.With("outcome", outcome.String())
	s := sampler{base: tags, meta: c.base.Metadata, at: time.Now(), samples: make([]metrics.Sample, 0, 8)}
	s.add(m.callDuration, tags, metrics.D(took))
	bad := 0.0
	if failed(&b.response) {
		bad = 1
		s.add(m.callsFailed, tags, 1)
	}
	s.add(m.callFailed, tags, bad)
	switch {
	case op == api.OpRegister && outcome == api.OutcomeOK:
		s.add(m.registrations, tags, 1)
	case op == api.OpToken && outcome == api.OutcomeOK:
		s.add(m.tokens, tags, 1)
	case op.Protected():
		s.add(m.calls, tags, 1)
		again := 0.0
		if reused {
			again = 1
			s.add(m.tokensReused, tags, 1)
		}
		s.add(m.tokenReused, tags, again)
	}
	if outcome == api.OutcomeThrottled {
		s.add(m.throttled, tags, 1)
	}
	if sendsBack(outcome) {
		s.add(m.reauthorizations, tags, 1)
	}
	for _, found := range b.findings {
		s.add(m.findings, tags.With("rule", found.ID).With("level", found.Level), 1)
	}
	c.push(&s)
}

// operation is the tag of an operation; a raw request may be none.
func (c *caller) operation(op api.Op) string {
	if op == api.OpUnknown {
		return "raw"
	}
	return op.String()
}

// waited emits a wait of a device's own.
func (c *caller) waited(profile string, d time.Duration) {
	tags := c.base.Tags.With("profile", profile)
	s := sampler{base: tags, meta: c.base.Metadata, at: time.Now()}
	s.add(c.in.metrics.waitDuration, tags, metrics.D(d))
	c.push(&s)
}

// counted emits how many devices of this instance have done something.
func (c *caller) counted(n int64) {
	s := sampler{base: c.base.Tags, meta: c.base.Metadata, at: time.Now()}
	s.add(c.in.metrics.devices, c.base.Tags, float64(n))
	c.push(&s)
}

func (c *caller) push(s *sampler) {
	metrics.PushIfNotDone(c.ctx, c.state.Samples, metrics.ConnectedSamples{Samples: s.samples, Tags: s.base, Time: s.at})
}

// findingOf is a finding as scripts see it.
func findingOf(f contract.Finding) finding {
	return finding{ID: f.Rule.ID, Level: f.Rule.Level.String(), Operation: f.Op.String(), Detail: strings.Clone(f.Detail), Message: f.Message()}
}
