package backend

import (
	"fmt"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// BenchmarkHandle measures one request of a device among a thousand.
func BenchmarkHandle(b *testing.B) {
	for _, op := range []api.Op{api.OpRegister, api.OpToken, api.OpConfiguration, api.OpProfilesMVPD, api.OpAuthorize} {
		b.Run(op.String(), func(b *testing.B) { benchmarkHandle(b, op) })
	}
}

func benchmarkHandle(b *testing.B, op api.Op) {
	const devices = 1000
	r := newThrottledRig(b, Config{LoginDelay: -1})
	requests := make([]api.HTTPRequest, devices)
	for i := range requests {
		r.id.ForwardedFor = fmt.Sprintf("10.0.%d.%d", i/250, i%250)
		r.id.DeviceIdentifier = api.DeviceIdentifier(r.id.ForwardedFor)
		r.signOn("app").signIn("Cablevision")
		req := every(r, "")[op]
		req.Op = op
		requests[i] = r.encode(req)
	}
	var out api.HTTPResponse
	now, i := r.now.Add(time.Minute), 0
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Second / devices)
		r.s.Handle(now, &requests[i], &out)
		if out.Status >= 300 {
			b.Fatalf("status %d: %s", out.Status, out.Body)
		}
		if i++; i == devices {
			i = 0
		}
	}
}
