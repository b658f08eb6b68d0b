package tally

import (
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

func TestABookStaysSmall(t *testing.T) {
	if size := unsafe.Sizeof(Book{}); size > 64 {
		t.Errorf("a Book takes %d bytes, want at most 64", size)
	}
}

func TestTokensAreJudgedFromTraffic(t *testing.T) {
	for _, tt := range []struct {
		name  string
		start func(*Book)
		xs    []*record.Exchange
		want  tokens
	}{
		{"a device that registers, fetches a token and calls", nil,
			[]*record.Exchange{registered(0), issued(1), called(2), called(3)},
			tokens{registrations: 1, issued: 1, calls: 2}},
		{"a second registration without a reason", nil,
			[]*record.Exchange{registered(0), issued(1), registered(2)},
			tokens{registrations: 2, reRegistrations: 1, unjustified: 1, issued: 1}},
		{"a registration in spite of stored credentials", (*Book).RestoreCredentials,
			[]*record.Exchange{registered(0)},
			tokens{registrations: 1, reRegistrations: 1, unjustified: 1}},
		{"a registration after invalid_client", nil,
			[]*record.Exchange{registered(0), exchange(api.OpToken, 1, 400, `{"error":"invalid_client"}`), registered(2), issued(3)},
			tokens{registrations: 2, reRegistrations: 1, issued: 1}},
		{"a registration after the action application-registration", nil,
			[]*record.Exchange{registered(0), issued(1), exchange(api.OpProfilesList, 2, 401,
				`{"action":"application-registration","status":401,"code":"invalid_access_token_client_application"}`), registered(3), issued(4)},
			tokens{registrations: 2, reRegistrations: 1, issued: 2, calls: 1}},
		{"a registration after a single plain 401 is not justified", nil,
			[]*record.Exchange{registered(0), issued(1), unauthorizedCall(2), registered(3)},
			tokens{registrations: 2, reRegistrations: 1, unjustified: 1, issued: 1, calls: 1}},
		{"a registration after a 401 that outlived a new token", nil,
			[]*record.Exchange{registered(0), issued(1), unauthorizedCall(2), issued(3), unauthorizedCall(4), registered(5)},
			tokens{registrations: 2, reRegistrations: 1, issued: 2, calls: 2, after401: 1}},
		{"two 401s with a success between do not justify one", nil,
			[]*record.Exchange{registered(0), issued(1), unauthorizedCall(2), issued(3), called(4), unauthorizedCall(5), registered(6)},
			tokens{registrations: 2, reRegistrations: 1, unjustified: 1, issued: 2, calls: 3, after401: 1}},
		{"a refusal that a later success belies justifies nothing", nil,
			[]*record.Exchange{registered(0), issued(1), exchange(api.OpProfilesList, 2, 401,
				`{"action":"application-registration","status":401,"code":"invalid_access_token_client_application"}`), issued(3), called(4), registered(5)},
			tokens{registrations: 2, reRegistrations: 1, unjustified: 1, issued: 2, calls: 2, after401: 1}},
		{"a refused registration counts as none", nil,
			[]*record.Exchange{exchange(api.OpRegister, 0, 400, `{"error":"invalid_request"}`), throttled(api.OpRegister, 1), failed(api.OpRegister, 2, api.ErrTimeout)},
			tokens{}},
		{"a token for each call", nil,
			[]*record.Exchange{registered(0), issued(1), called(2), issued(3), called(4), issued(5), called(6)},
			tokens{registrations: 1, issued: 3, calls: 3, redundant: 2}},
		{"a redundant token request counts even when it is throttled", nil,
			[]*record.Exchange{issued(0), throttled(api.OpToken, 1)},
			tokens{issued: 1, redundant: 1}},
		{"a token in the early window", nil,
			[]*record.Exchange{issued(0), issued(3600 - 359), called(3600)},
			tokens{issued: 2, calls: 1, ahead: 1}},
		{"a token just before the early window", nil,
			[]*record.Exchange{issued(0), issued(3600 - 361)},
			tokens{issued: 2, redundant: 1}},
		{"a token in the first half of a short life", nil,
			[]*record.Exchange{issuedFor(0, 60), issuedFor(29, 60), issuedFor(60, 60)},
			tokens{issued: 3, redundant: 1, ahead: 1}},
		{"a token after the end of the last", nil,
			[]*record.Exchange{issued(0), issued(3601)},
			tokens{issued: 2, expired: 1}},
		{"a call with an expired token", nil,
			[]*record.Exchange{issued(0), called(3599), called(3601)},
			tokens{issued: 1, calls: 2, expiredUses: 1}},
		{"a stored token counts once it is used", func(b *Book) { b.RestoreToken(at(1000), time.Hour) },
			[]*record.Exchange{called(0), called(1)},
			tokens{restored: 1, calls: 2}},
		{"a stored token makes a request redundant", func(b *Book) { b.RestoreToken(at(1000), time.Hour) },
			[]*record.Exchange{issued(0)},
			tokens{issued: 1, redundant: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b Book
			if tt.start != nil {
				tt.start(&b)
			}
			var th throttling
			var got tokens
			for _, x := range tt.xs {
				b.observe(x, &th, &got, true)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(tokens{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestThrottlingIsJudgedFromTraffic(t *testing.T) {
	early := called(2.5)
	early.Sent = at(2.01) // under way before the 429 arrived
	for _, tt := range []struct {
		name      string
		xs        []*record.Exchange
		responses uint64
		devices   uint64
		early     uint64
		recovery  []time.Duration
	}{
		{"a device that waits", []*record.Exchange{throttled(api.OpToken, 0), called(1.020)}, 1, 1, 0, []time.Duration{1020 * time.Millisecond}},
		{"a device that hammers", []*record.Exchange{throttled(api.OpToken, 0), throttled(api.OpToken, 0.1), called(1)}, 2, 1, 2, []time.Duration{time.Second}},
		{"a hair too early", []*record.Exchange{throttled(api.OpToken, 0), called(1.019)}, 1, 1, 1, []time.Duration{1019 * time.Millisecond}},
		{"a request already under way", []*record.Exchange{throttled(api.OpToken, 2), early}, 1, 1, 0, []time.Duration{500 * time.Millisecond}},
		{"a failure is no recovery", []*record.Exchange{throttled(api.OpToken, 0), failed(api.OpToken, 2, api.ErrReset)}, 1, 1, 0, nil},
		{"an error is one", []*record.Exchange{throttled(api.OpToken, 0), unauthorizedCall(2)}, 1, 1, 0, []time.Duration{2 * time.Second}},
		{"two penalties of one device", []*record.Exchange{throttled(api.OpToken, 0), called(2), throttled(api.OpToken, 3), called(5)}, 2, 1, 0,
			[]time.Duration{2 * time.Second, 2 * time.Second}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b Book
			var got throttling
			var k tokens
			for _, x := range tt.xs {
				b.observe(x, &got, &k, true)
			}
			if got.responses != tt.responses || got.devices != tt.devices || got.retriedEarly != tt.early {
				t.Errorf("got %d responses, %d devices, %d early; want %d, %d, %d",
					got.responses, got.devices, got.retriedEarly, tt.responses, tt.devices, tt.early)
			}
			if n := int(got.recovery.Count()); n != len(tt.recovery) {
				t.Fatalf("got %d recoveries, want %d", n, len(tt.recovery))
			}
			if len(tt.recovery) > 0 && got.recovery.Max() != tt.recovery[len(tt.recovery)-1] {
				t.Errorf("recovered in %v, want %v", got.recovery.Max(), tt.recovery)
			}
		})
	}
}

func TestADeviceIsToBlameForWhatItsOwnBucketWouldHaveRefused(t *testing.T) {
	var b Book
	var got throttling
	var k tokens
	b.observe(throttled(api.OpToken, 0), &got, &k, true)
	if got.selfInflicted != 0 {
		t.Error("the first request of all cannot be too many")
	}
	// The timetable, of which the documented limit refuses three.
	var other Book
	for _, row := range throttle.Timetable() {
		other.observe(throttled(api.OpToken, 100+row.Offset.Seconds()), &got, &k, true)
	}
	if got.selfInflicted != 3 {
		t.Errorf("got %d, want the 3 refusals of the documented timetable", got.selfInflicted)
	}
}

func TestRetryAfterIsSorted(t *testing.T) {
	for value, want := range map[string]throttling{
		"":                              {absent: 1},
		"1":                             {present: 1},
		"0":                             {present: 1},
		"Sun, 01 Mar 2026 12:00:01 GMT": {present: 1},
		"soon":                          {invalid: 1},
		"-1":                            {invalid: 1},
	} {
		x := throttled(api.OpToken, 0)
		if value != "" {
			x.Answer.Header = append(x.Answer.Header, api.Field{Name: "retry-after", Value: value})
			x.Response.RetryAfter = api.RetryAfter(x.Answer.Header)
		}
		var got throttling
		got.countRetryAfter(x)
		if got.present != want.present || got.absent != want.absent || got.invalid != want.invalid {
			t.Errorf("%q: got %d present, %d absent, %d invalid", value, got.present, got.absent, got.invalid)
		}
	}
}
