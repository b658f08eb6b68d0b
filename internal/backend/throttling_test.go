package backend

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// at asks for the configuration at a time after the epoch.
func at(r *rig, after time.Duration, header ...api.Field) int {
	r.now = epoch.Add(after)
	r.send(api.HTTPRequest{Method: "GET", Target: "/api/v2/REF30/configuration", Header: header})
	return r.status
}

func forwarded(value string) api.Field { return api.Field{Name: "x-forwarded-for", Value: value} }

func TestThePublishedTimetable(t *testing.T) {
	r := newThrottledRig(t, Config{})
	for _, row := range throttle.Timetable() {
		want := 429
		if row.Admitted {
			want = 401
		}
		if got := at(r, row.Offset, forwarded("192.0.2.1")); got != want {
			t.Errorf("at %v: %d, want %d", row.Offset, got, want)
		}
	}
}

func TestThe429IsTheSampleOfThePage(t *testing.T) {
	r := newThrottledRig(t, Config{})
	for range 12 {
		at(r, 0)
	}
	if r.status != 429 || len(r.body) != 166 || strings.Count(r.body, "\r\n") != 7 {
		t.Errorf("%d with %d bytes: %q", r.status, len(r.body), r.body)
	}
	if r.header.Get("Content-Type") != "text/html" || r.header.Get("Server") != "openresty" || r.header.Has("Retry-After") {
		t.Errorf("header %v", r.header)
	}
}

func TestOneBucketOverAllThrottledPaths(t *testing.T) {
	paths := []string{
		"/o/client/register", "/o/client/token", "/o/client/scopes", "/o/client/validate",
		"/api/v2/REF30/profiles?x=y", "/api/v2/authenticate/REF30/X", "/api/v2/no/such/thing/at/all", "/api/v1/checkauthn", "/reggie/v1/REF30/regcode",
	}
	r := newThrottledRig(t, Config{})
	for i := range 11 {
		r.send(api.HTTPRequest{Method: "PUT", Target: paths[i%len(paths)]})
		if r.status == 429 {
			t.Fatalf("request %d was refused", i+1)
		}
	}
	for _, path := range paths {
		if r.send(api.HTTPRequest{Method: "POST", Target: path}); r.status != 429 {
			t.Errorf("%s: %d, want 429", path, r.status)
		}
		if r.send(api.HTTPRequest{Method: "OPTIONS", Target: path}); r.status == 429 {
			t.Errorf("OPTIONS %s counts (A-31)", path)
		}
	}
	for _, path := range []string{"/", "/o/client", "/o/client/token/", "/api/v1/authenticate", "/favicon.ico"} {
		if r.send(api.HTTPRequest{Method: "GET", Target: path}); r.status != 404 {
			t.Errorf("%s: %d, want 404", path, r.status)
		}
	}
}

func TestWhoseBucketItIs(t *testing.T) {
	peer := "198.51.100.9"
	tests := []struct {
		key       ThrottleKey
		header    api.Header
		want, ids string
	}{
		{KeyFirstForwarded, nil, peer, peer},
		{KeyFirstForwarded, api.Header{forwarded("192.0.2.1")}, "192.0.2.1", ""},
		{KeyFirstForwarded, api.Header{forwarded(" 192.0.2.1 , 192.0.2.2")}, "192.0.2.1", ""},
		{KeyFirstForwarded, api.Header{forwarded("unknown,, 192.0.2.1:80, 2001:DB8:0::1")}, "2001:db8::1", ""},
		{KeyFirstForwarded, api.Header{forwarded("x"), forwarded("192.0.2.3")}, "192.0.2.3", ""},
		{KeyFirstForwarded, api.Header{forwarded("::ffff:192.0.2.4")}, "192.0.2.4", ""},
		{KeyFirstForwarded, api.Header{forwarded("fe80::1%eth0")}, "fe80::1", ""},
		{KeyFirstForwarded, api.Header{forwarded("300.1.1.1, localhost")}, peer, ""},
		{KeyLastForwarded, api.Header{forwarded("192.0.2.1, 192.0.2.2, x")}, "192.0.2.2", ""},
		{KeyLastForwarded, nil, peer, ""},
		{KeyDeviceIdentifier, api.Header{forwarded("192.0.2.1"), {Name: "AP-Device-Identifier", Value: device1}}, device1, ""},
		{KeyDeviceIdentifier, api.Header{forwarded("192.0.2.1")}, peer, ""},
	}
	for _, tt := range tests {
		s := newRig(t, Config{ThrottleKey: tt.key}).s
		c := &call{in: &api.HTTPRequest{Header: tt.header, Peer: peer}}
		c.address = s.address(c.in)
		if got := s.throttleKey(c); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.header, got, tt.want)
		}
	}
}

func TestConfiguredLimits(t *testing.T) {
	r := newThrottledRig(t, Config{Throttle: throttle.Limits{Rate: 2, Burst: 1}})
	got := fmt.Sprint(at(r, 0), at(r, 0), at(r, 0), at(r, 500*time.Millisecond), at(r, 500*time.Millisecond))
	if want := "401 401 429 401 429"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
