package audit

import (
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/profiles"
)

var t0 = time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)

// anyStatement approves every statement.
type anyStatement struct{}

func (anyStatement) Verify(token string, _ time.Time) (statement.Claims, error) {
	return statement.Claims{SoftwareID: token, Scopes: []string{backend.ScopeV2}}, nil
}

// play runs one device of a profile against the simulated service in virtual
// time and hands every exchange to observe, and every start of the app but the
// first to restarted.
func play(t testing.TB, p *profiles.Profile, seed uint64, cfg backend.Config, observe func(*record.Exchange), restarted func(time.Time)) {
	t.Helper()
	fleet := &profiles.Fleet{
		Name: "one", Devices: 1, ServiceProvider: "EXAMPLE", MVPDs: []string{"Cablevision"},
		Resources:  []string{"news", "sport", "movies", "kids", "music", "drama"},
		DomainName: "example.com", RedirectURL: "https://example.com/done?x=1",
		Members: []profiles.Member{{Profile: p, Weight: 1}},
	}
	program, err := device.Compile(p, fleet, "header.payload.signature")
	if err != nil {
		t.Fatal(err)
	}
	population, err := profiles.NewPopulation(fleet, 1, seed)
	if err != nil {
		t.Fatal(err)
	}
	service, err := backend.New(cfg, [32]byte{1}, anyStatement{})
	if err != nil {
		t.Fatal(err)
	}
	id := population.Identity(0)
	d := program.New(seed, 0, "Cablevision", t0)
	var (
		req    api.Request
		wire   api.HTTPRequest
		ans    api.HTTPResponse
		res    api.Response
		doc    jsondoc.Doc
		number uint64
	)
	now := t0
	for launches := 0; number < 5000; {
		step := d.Next(now, &req)
		if n := d.Launches(); n > launches {
			if launches > 0 {
				restarted(now)
			}
			launches = n
		}
		switch step.Kind {
		case device.Done:
			return
		case device.Wait:
			now = step.At
			continue
		}
		number++
		req.Encode(&id, &wire)
		wire.Peer = "192.0.2.1"
		sent := now
		service.Handle(now.Add(10*time.Millisecond), &wire, &ans)
		now = now.Add(20 * time.Millisecond)
		api.Decode(req.Op, &ans, &doc, &res)
		observe(&record.Exchange{
			Seq: number, Intended: sent, Sent: sent, Received: now, Request: &req, Response: &res,
			Wire: &wire, Answer: &ans, JSON: doc.Root(),
		})
		d.Observe(now, &res)
	}
}

// judged plays a profile and returns the device's judgements.
func judged(t testing.TB, p *profiles.Profile, seed uint64, cfg backend.Config, o Options) *Device {
	t.Helper()
	d := NewDevice(&o)
	play(t, p, seed, cfg, func(x *record.Exchange) { d.Observe(x, Setting{}) }, d.Restart)
	d.Finish()
	return d
}

func brokenRules(d *Device) []string {
	var list []string
	for _, j := range d.Verdicts() {
		if j.Verdict == Broken {
			list = append(list, j.Rule.ID)
		}
	}
	return list
}
