package run

import (
	"context"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/pace"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// canned answers at once, with bodies of about 300 bytes.
type canned struct{ answers map[string]*api.HTTPResponse }

var jsonField = api.Field{Name: "Content-Type", Value: "application/json"}

func newCanned() canned {
	answer := func(status int, body string) *api.HTTPResponse {
		return &api.HTTPResponse{Status: status, Header: api.Header{{Name: "Server", Value: "nginx"}, jsonField}, Body: []byte(body)}
	}
	return canned{map[string]*api.HTTPResponse{
		"/o/client/register": answer(201, `{"client_id":"s6BhdRkqt3-s6BhdRkqt3-s6BhdRkqt3","client_secret":"t7AkePiru4-t7AkePiru4","client_id_issued_at":1763855000,"redirect_uris":["app://com.example.tv"],"grant_types":["client_credentials"],"scopes":["api:client:v2"]}`),
		"/o/client/token":    answer(201, `{"id":"7d2c1f0e-5b0a-4c6f-9a43-0f6f3c3e8a10","access_token":"eyJhbGciOieyJhbGciOieyJhbGciOieyJhbGciOieyJhbGciOieyJhbGciOieyJhbGciOi","created_at":1763855000000,"expires_in":21600,"token_type":"bearer"}`),
		"":                   answer(200, `{"requestor":{"id":"REF30","name":"Reference","displayName":"Reference","mvpds":[{"id":"Cablevision","displayName":"Optimum","logoUrl":"https://example.com/logo.png","isProxy":false,"boardingStatus":"active"}],"domains":["adobe.com"]}}`),
	}}
}

func (c canned) Do(_ context.Context, in *api.HTTPRequest, out *api.HTTPResponse) (wire.Timing, api.ErrKind) {
	a := c.answers[in.Path()]
	if a == nil {
		a = c.answers[""]
	}
	out.Status = a.Status
	out.Header = append(out.Header[:0], a.Header...)
	out.Body = append(out.Body[:0], a.Body...)
	return wire.Timing{}, api.ErrNone
}

// BenchmarkCycle measures what the runner adds to a request: one operation is
// one device's registration, token and call.
func BenchmarkCycle(b *testing.B) {
	fleet := sessionFleet(1)
	fleet.Members[0].Profile.Session[0].Times = 1
	fleet.Members[0].Profile.DeviceInfo = nil
	const devices = 20_000
	schedule, err := pace.Spec{Shape: pace.Constant, Rate: 1e6}.Schedule(devices, 1)
	if err != nil {
		b.Fatal(err)
	}
	var r *Runner
	fresh := func() {
		r, err = New(Config{Fleet: fleet, Devices: devices, Seed: 1, Schedule: schedule, Duration: time.Hour, Statement: benchStatement, Transport: newCanned()})
		if err != nil {
			b.Fatal(err)
		}
		r.begin()
		for i := range r.slots {
			r.slots[i].machine = r.programs[0].New(1, uint64(i), "Cablevision", r.start)
		}
	}
	fresh()
	scratch := new(bench)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		if i == devices {
			b.StopTimer()
			fresh()
			i = 0
			b.StartTimer()
		}
		r.drive(b.Context(), i, r.start, scratch)
		i++
	}
}

var benchStatement = func() string {
	s := make([]byte, 900)
	for i := range s {
		s[i] = "abcdefghijklmnopqrstuvwxyz"[i%26]
	}
	return "eyJhbGciOiJSUzI1NiJ9." + string(s) + ".c2ln"
}()
