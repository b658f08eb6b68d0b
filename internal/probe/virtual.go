package probe

import (
	"context"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// Service answers requests at times that its caller names.
type Service interface {
	Handle(now time.Time, in *api.HTTPRequest, out *api.HTTPResponse)
}

// Virtual drives probes against a service in this process, in virtual time: a
// wait of hours costs nothing.
type Virtual struct {
	Service Service
	// Now is the time at which the run begins.
	Now time.Time
	// Limits are those that the budget assumes; zero stands for documented.
	Limits throttle.Limits
	// Sink takes the exchanges; nil drops them.
	Sink Sink

	now    time.Time
	seq    uint64
	budget *budget
	stats  Stats
}

// turnaround is how long an exchange takes in virtual time.
const turnaround = time.Millisecond

// retryBound is the longest wait after an unplanned 429.
const retryBound = 30 * time.Second

// Run drives the suite to its end, or until ctx ends.
func (v *Virtual) Run(ctx context.Context, s *check.Suite) Stats {
	v.now, v.budget = v.Now, newBudget(v.Limits)
	for phase := range check.Phases {
		for _, m := range s.Phase(phase) {
			v.drive(ctx, m)
		}
	}
	v.stats.Elapsed = v.now.Sub(v.Now)
	return v.stats
}

func (v *Virtual) drive(ctx context.Context, m *check.Machine) {
	defer m.Stop()
	for ctx.Err() == nil {
		step := m.Next(v.now)
		switch step.Kind {
		case check.Done:
			return
		case check.Wait:
			v.now = later(v.now, step.Until)
		case check.Send:
			m.Observe(v.now, v.send(m.Name, &step))
		}
	}
}

func (v *Virtual) send(name string, s *check.Step) []*check.Answer {
	answers := make([]*check.Answer, len(s.Requests))
	for i, r := range s.Requests {
		if !s.Throttling {
			v.now = v.budget.spend(s.Key, v.now)
		}
		answers[i] = v.exchange(name, s, r)
		if s.Throttling || answers[i].Status != 429 {
			continue
		}
		v.stats.Unplanned++
		v.budget.refused(s.Key, v.now, waitAfter(answers[i], retryBound))
		v.now = v.budget.spend(s.Key, v.now)
		answers[i] = v.exchange(name, s, r)
		if answers[i].Status == 429 {
			answers[i].Throttled = true
			v.budget.refused(s.Key, v.now, waitAfter(answers[i], retryBound))
		}
	}
	v.now = v.now.Add(turnaround)
	return answers
}

// The two source addresses of the prober (RFC 5737).
const (
	here      = "192.0.2.1"
	elsewhere = "192.0.2.2"
)

func (v *Virtual) exchange(name string, s *check.Step, r *api.HTTPRequest) *check.Answer {
	a := new(check.Answer)
	in := *r
	in.Peer = here
	if s.Elsewhere {
		in.Peer = elsewhere
	}
	v.Service.Handle(v.now, &in, &a.HTTPResponse)
	v.seq++
	a.Sent, a.Received, a.Exchange = v.now, v.now.Add(turnaround), v.seq
	v.stats.Requests++
	if a.Status == 0 {
		a.Err = api.ErrProtocol
	} else {
		v.stats.Answered++
	}
	if v.Sink != nil {
		v.Sink(name, event(v.seq, s, r, a))
	}
	return a
}
