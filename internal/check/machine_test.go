package check

import (
	"slices"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/spec"
)

var t0 = time.Date(2026, 9, 6, 20, 0, 0, 0, time.UTC)

func scripted(script func(*probe), ids ...string) *Machine {
	p := &probe{kit: &Kit{ServiceProvider: "X"}, shared: &shared{}, evaluator: contract.NewEvaluator(contract.Options{})}
	return newMachine("scripted", ids, p, script)
}

func answered(status int, body string) []*Answer {
	return []*Answer{{HTTPResponse: api.HTTPResponse{Status: status, Body: []byte(body)}, Sent: t0, Received: t0, Exchange: 1}}
}

func TestAMachineSaysTheSameUntilSomethingHappens(t *testing.T) {
	m := scripted(func(p *probe) {
		p.send(api.OpUnknown, &api.HTTPRequest{Method: "GET", Target: "/"})
		p.wait(time.Second)
	})
	defer m.Stop()
	for range 3 {
		if s := m.Next(t0); s.Kind != Send || len(s.Requests) != 1 || s.Key == "" {
			t.Fatalf("got %+v, want a request", s)
		}
	}
	m.Observe(t0, nil)
	if s := m.Next(t0); s.Kind != Send {
		t.Error("the wrong number of answers counted as an observation")
	}
	m.Observe(t0, answered(200, ""))
	m.Observe(t0, answered(500, ""))
	for _, at := range []time.Time{t0, t0.Add(time.Second - 1)} {
		if s := m.Next(at); s.Kind != Wait || !s.Until.Equal(t0.Add(time.Second)) {
			t.Errorf("at %v got %+v, want the wait", at, s)
		}
	}
	for range 2 {
		if s := m.Next(t0.Add(time.Second)); s.Kind != Done {
			t.Errorf("got %+v, want the end", s)
		}
	}
}

func TestAMachineMayBeStoppedAtAnyTime(t *testing.T) {
	m := scripted(func(p *probe) { p.wait(time.Second) })
	m.Stop()
	m = scripted(func(p *probe) { p.wait(time.Second) }, "reg.body")
	m.Next(t0)
	m.Stop()
	m.Stop()
	if s := m.Next(t0); s.Kind != Done || m.Rulings().Get("reg.body") != nil {
		t.Errorf("got %+v and a ruling after the stop", s)
	}
}

func TestAPanicIsAnErrorOfItsOwnChecksOnly(t *testing.T) {
	m := scripted(func(p *probe) {
		p.know("reg.body", Met, "")
		panic("broken")
	}, "reg.body", "reg.client-id")
	if s := m.Next(t0); s.Kind != Done {
		t.Fatalf("got %+v, want the end", s)
	}
	if got := m.Rulings().Get("reg.client-id"); got == nil || got.Kind != Crashed {
		t.Errorf("got %+v, want a crash", got)
	}
	if got := m.Rulings().Get("reg.body"); got.Kind != Met {
		t.Errorf("got %+v, want what was known before", got)
	}
}

func TestWhatAFailureKeepsFromBeingCheckedIsBlockedByIt(t *testing.T) {
	m := scripted(func(p *probe) { p.rule(answered(200, "")[0], "reg.body", false, "a", "b") }, "reg.body", "reg.client-id")
	m.Next(t0)
	if got := m.Rulings().Get("reg.client-id"); got == nil || got.Kind != Blocked || got.Got != "reg.body" {
		t.Errorf("got %+v, want BLOCKED by reg.body", got)
	}
}

func TestNothingIsSaidAboutAnAnswerThatNeverCame(t *testing.T) {
	for _, a := range []*Answer{nil, {Err: api.ErrTimeout}, {Throttled: true, HTTPResponse: api.HTTPResponse{Status: 429}}} {
		m := scripted(func(p *probe) { p.rule(a, "reg.body", false, "a", "b") }, "reg.body")
		m.Next(t0)
		if got := m.Rulings().Get("reg.body"); got.Kind != Unclear {
			t.Errorf("got %+v, want no conclusion", got)
		}
	}
}

func TestEveryCheckBelongsToExactlyOneProbe(t *testing.T) {
	for _, c := range spec.All() {
		var names []string
		for _, p := range parts {
			if p.rules(c.ID) {
				names = append(names, p.name)
			}
		}
		if len(names) != 1 && !(c.ID == "tok.access-token" && slices.Contains(names, "registration")) {
			t.Errorf("%s is ruled on by %v", c.ID, names)
		}
	}
}

func TestDevicesOfTwoProbesNeverShareAnAddress(t *testing.T) {
	k := Kit{Addresses: 0x1ffc0}
	seen := map[string]bool{}
	for n := range len(parts) * devicesEach {
		address := k.device(n).address
		if seen[address] {
			t.Fatalf("%s stands twice", address)
		}
		seen[address] = true
	}
}
