package probe

import (
	"crypto/rand"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// limiter puts a throttle of its own before a service that has none.
type limiter struct {
	Service
	key    func(in *api.HTTPRequest) string
	fresh  func() throttle.Model
	models map[string]throttle.Model
}

func (l *limiter) Handle(now time.Time, in *api.HTTPRequest, out *api.HTTPResponse) {
	key := l.key(in)
	m := l.models[key]
	if m == nil {
		m = l.fresh()
		l.models[key] = m
	}
	if m.Allow(now) {
		l.Service.Handle(now, in, out)
		return
	}
	out.Reset()
	out.Status = 429
	out.Body = append(out.Body, "too many"...)
}

// fixedWindow admits n in every window, aligned to the wall clock.
type fixedWindow struct {
	n, used int
	length  time.Duration
	window  int64
}

func (w *fixedWindow) Allow(t time.Time) bool {
	if at := t.UnixNano() / int64(w.length); at != w.window {
		w.window, w.used = at, 0
	}
	w.used++
	return w.used <= w.n
}

func forwarded(in *api.HTTPRequest) string { return in.Header.Get("X-Forwarded-For") }

func bucket(rate float64, burst int) func() throttle.Model {
	return func() throttle.Model { return throttle.NewBucket(throttle.Limits{Rate: rate, Burst: burst}) }
}

func identified(t *testing.T, cfg backend.Config, wrap func(Service) Service) (*check.Identification, check.Report) {
	t.Helper()
	suite, report, _ := checked(t, cfg, spec.Selection{Groups: []string{"thr"}}, wrap, nil)
	return suite.Throttle, report
}

func limited(key func(*api.HTTPRequest) string, fresh func() throttle.Model) func(Service) Service {
	return func(s Service) Service { return &limiter{s, key, fresh, map[string]throttle.Model{}} }
}

func TestThrottlesAreIdentifiedByRateBurstKeyAndModel(t *testing.T) {
	documented := throttle.DocumentedLimits
	for _, tt := range []struct {
		name  string
		key   func(in *api.HTTPRequest) string
		fresh func() throttle.Model
		rate  float64
		burst int
		words []string
	}{
		{"the documented bucket", forwarded, bucket(1, 10), 1, 10, []string{"refilled evenly", "the address in X-Forwarded-For"}},
		{"a smaller burst", forwarded, bucket(1, 3), 1, 3, []string{"refilled evenly"}},
		{"a larger burst", forwarded, bucket(1, 20), 1, 20, []string{"refilled evenly"}},
		{"no burst at all", forwarded, bucket(1, 0), 1, 0, nil},
		{"a slower rate", forwarded, bucket(0.5, 10), 0.5, 10, []string{"refilled evenly"}},
		{"a faster rate", forwarded, bucket(5, 10), 5, 10, []string{"refilled evenly"}},
		{"a much faster rate", forwarded, bucket(20, 40), 20, 40, []string{"refilled evenly"}},
		{"keyed by the device identifier", func(in *api.HTTPRequest) string { return in.Header.Get("AP-Device-Identifier") }, bucket(1, 10), 1, 10, []string{"AP-Device-Identifier"}},
		{"keyed by the connection", func(in *api.HTTPRequest) string { return in.Peer }, bucket(1, 10), 1, 10, []string{"the address of the connection"}},
		{"one for everybody", func(*api.HTTPRequest) string { return "" }, bucket(1, 10), 1, 10, []string{"the same for everybody"}},
		{"one for each path", func(in *api.HTTPRequest) string { return in.Path() + forwarded(in) }, bucket(1, 10), 1, 10, []string{"X-Forwarded-For"}},
		{"a burst that is granted once", forwarded, func() throttle.Model { return throttle.NewOneTimePool(documented) }, 1, 10, []string{"granted once"}},
		{"a bucket refilled once a second", forwarded, func() throttle.Model { return throttle.NewIntegerRefill(documented) }, 1, 10, []string{"refilled once a period"}},
		{"a fixed window", forwarded, func() throttle.Model { return &fixedWindow{n: 5, length: 5 * time.Second} }, 0, 0, []string{"fixed window"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x, _ := identified(t, backend.Config{ThrottleOff: true}, limited(tt.key, tt.fresh))
			if x.Refusal == nil {
				t.Fatal("no limit was found")
			}
			if tt.rate > 0 && (math.Abs(x.Rate-tt.rate) > 0.05*tt.rate || x.Capacity-1 != tt.burst) {
				t.Errorf("got rate %.3f and burst %d, want %g and %d (%+v)", x.Rate, x.Capacity-1, tt.rate, tt.burst, x)
			}
			for _, w := range tt.words {
				if !strings.Contains(x.Model(), w) {
					t.Errorf("got %q, want %q in it", x.Model(), w)
				}
			}
		})
	}
}

func TestOtherThrottlesTurnTheirChecksRed(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  backend.Config
		wrap func(Service) Service
		want string
	}{
		{"no throttle", backend.Config{ThrottleOff: true}, nil, "thr.limits"},
		{"a penalty after a refusal", backend.Config{ThrottleOff: true}, limited(forwarded, func() throttle.Model {
			return throttle.NewPenalty(throttle.NewBucket(throttle.DocumentedLimits), 3*time.Second)
		}), "thr.min-wait"},
		{"a smaller burst", backend.Config{ThrottleOff: true}, limited(forwarded, bucket(1, 5)), "thr.burst"},
		{"a larger burst", backend.Config{ThrottleOff: true}, limited(forwarded, bucket(1, 20)), "thr.burst"},
		{"a slower rate", backend.Config{ThrottleOff: true}, limited(forwarded, bucket(0.9, 10)), "thr.rate"},
		{"one for each path", backend.Config{ThrottleOff: true}, limited(func(in *api.HTTPRequest) string { return in.Path() + forwarded(in) }, bucket(1, 10)), "thr.scope"},
		{"one for everybody", backend.Config{ThrottleOff: true}, limited(func(*api.HTTPRequest) string { return "" }, bucket(1, 10)), "thr.key-isolation"},
		{"none for registrations", backend.Config{ThrottleOff: true}, limited(func(in *api.HTTPRequest) string {
			if op, _, _ := api.Match(in.Method, in.Path()); op == api.OpRegister {
				return rand.Text()
			}
			return forwarded(in)
		}, bucket(1, 10)), "thr.scope"},
		{"keyed by the device identifier", backend.Config{ThrottleOff: true}, limited(func(in *api.HTTPRequest) string { return in.Header.Get("AP-Device-Identifier") }, bucket(1, 10)), "thr.key"},
	} {
		_, report := identified(t, tt.cfg, tt.wrap)
		if !slices.Contains(red(report), tt.want) {
			t.Errorf("%s: got %v red, want %s", tt.name, red(report), tt.want)
		}
	}
}
