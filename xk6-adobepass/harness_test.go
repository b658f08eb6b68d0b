package adobepass

import (
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"go.k6.io/k6/js/modulestest"
	"go.k6.io/k6/lib"
	"go.k6.io/k6/metrics"

	"github.com/dcrbench/dcrbench/internal/throttle"
)

// script is a module in a runtime of its own, with what a VU has.
type script struct {
	*modulestest.Runtime
	t       *testing.T
	root    *root
	samples chan metrics.SampleContainer
	state   *lib.State
}

// newScript runs the init code, which finds the module's exports in the global
// variable adobepass, and moves on to the VU context. A nil root makes a new one.
func newScript(t *testing.T, r *root, init string, options lib.Options) *script {
	t.Helper()
	if r == nil {
		r = newRoot()
	}
	s := &script{Runtime: modulestest.NewRuntime(t), t: t, root: r, samples: make(chan metrics.SampleContainer, 10000)}
	if err := s.SetupModuleSystem(map[string]any{"k6/x/adobepass": r}, nil, nil); err != nil {
		t.Fatal(err)
	}
	s.run("const QUICK = `" + quick + "`;")
	s.run(`const adobepass = require("k6/x/adobepass"); const { Fleet } = adobepass;`)
	s.run(init)
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	registry := metrics.NewRegistry()
	s.state = &lib.State{
		Options: options, BuiltinMetrics: s.BuiltinMetrics, Logger: logger, Transport: transport,
		BufferPool: lib.NewBufferPool(), Samples: s.samples, Tags: lib.NewVUStateTags(registry.RootTagSet()),
	}
	s.state.Options.SystemTags = &metrics.DefaultSystemTagSet
	s.MoveToVUContext(s.state)
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		for _, f := range r.order {
			if f.simulator != nil {
				if err := closeServer(f.simulator); err != nil {
					t.Error(err)
				}
				f.simulator = nil
			}
		}
	})
	return s
}

// run runs code that must not throw and returns what it comes to.
func (s *script) run(code string) any {
	s.t.Helper()
	v, err := s.RunOnEventLoop(code)
	if err != nil {
		s.t.Fatalf("%s: %v", code, err)
	}
	return v.Export()
}

// throws runs code that must throw and returns the message.
func (s *script) throws(code string) string {
	s.t.Helper()
	v, err := s.RunOnEventLoop(code)
	if err == nil {
		s.t.Fatalf("%s: came to %v, want an error", code, v)
	}
	return err.Error()
}

// counts sums up the counters and counts the other samples so far, by metric.
func (s *script) counts() map[string]float64 {
	sums := map[string]float64{}
	for {
		select {
		case container := <-s.samples:
			for _, sample := range container.GetSamples() {
				if sample.Metric.Type == metrics.Counter || sample.Metric.Type == metrics.Rate {
					sums[sample.Metric.Name] += sample.Value
				} else {
					sums[sample.Metric.Name]++
				}
			}
		default:
			return sums
		}
	}
}

// eventually waits for a condition that another goroutine brings about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// quick is a fleet whose sessions take no time.
const quick = `
profiles:
  - name: quick
    extends: roku
    network: {kind: own}
    behaviour:
      limiter: none
      poll: {every: 10ms, for: 1m}
      relaunch: {times: 1, after: 10ms}
    session:
      - {do: configuration, when: signed-out}
      - {do: sessions.create, when: signed-out}
      - {do: authenticate, when: signed-out}
      - {do: profiles.code, when: signed-out}
      - {do: decisions.authorize}
fleet:
  name: quick
  title: Devices without patience
  story: For tests.
  devices: 3
  duration: 5s
  launch: {shape: constant, rate: 100}
  members:
    - {profile: quick, weight: 1}
`

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func mustLimits(t *testing.T, text string) throttle.Limits {
	t.Helper()
	l, err := throttle.ParseLimits(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
