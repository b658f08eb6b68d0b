package profiles

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// What the service admits from one address: ten at once on top of the first,
// and one more per second (throttling page; the timetable fits a capacity of
// eleven).
const (
	serviceBurst = 11
	serviceRate  = 1.0
)

// loginTime is how long a viewer is taken to need for the provider's login
// page where the cost of polling is worked out.
const loginTime = 4 * time.Second

// budgetLaunches bounds how many launches are played through to see whether a
// device stays within its budget; after a few the pattern repeats.
const budgetLaunches = 4

// cost is the number of requests of one session, chances counted as fractions.
type cost struct {
	registrations, tokens, calls, polls float64
}

func (c cost) total() float64 { return c.registrations + c.tokens + c.calls + c.polls }

// sessionCost counts the requests of one session in which nothing fails: the
// first on a new device, or a later one of a viewer who is signed in.
func sessionCost(p *Profile, first bool) cost {
	var c cost
	b := &p.Behaviour
	forgets := b.Credentials == CredentialsPerLaunch
	if first || forgets {
		c.registrations = 1
	}
	protected := 0.0
	for i := range p.Session {
		s := &p.Session[i]
		if !happens(s, first || forgets) {
			continue
		}
		n := s.Chance * float64(s.Times)
		if s.Op == api.OpProfilesCode {
			n = s.Chance * polls(b, s)
			c.polls += n
		} else {
			c.calls += n
		}
		if s.Op.Protected() {
			protected += n
		}
	}
	switch {
	case b.Token == TokenPerCall:
		c.tokens = protected
	case first || forgets || b.Token == TokenPerLaunch:
		c.tokens = 1
	}
	return c
}

// polls is how often a device asks until the login is done.
func polls(b *Behaviour, s *Step) float64 {
	left := loginTime - mean(s.Think)
	if left <= 0 {
		return 1
	}
	return 1 + float64((left+mean(b.PollEvery)-1)/max(1, mean(b.PollEvery)))
}

func mean(r Range) time.Duration { return (r.Min + r.Max) / 2 }

// happens reports whether a step belongs to the sessions of a viewer who is
// signed out, or in.
func happens(s *Step, signedOut bool) bool {
	switch s.When {
	case WhenSignedOut:
		return signedOut
	case WhenSignedIn:
		return !signedOut
	}
	return true
}

// staysWithinBudget reports whether a device that has its address for itself is
// never throttled: its limiter sees to that, or even its fastest sessions,
// answered in no time, stay below what the service admits.
func staysWithinBudget(p *Profile) bool {
	if l := p.Behaviour.Limiter; l != nil {
		return l.Rate <= serviceRate && l.Burst <= serviceBurst && !(l.Rate == serviceRate && l.Burst == serviceBurst)
	}
	b := budget{ok: true}
	for launch := range min(p.Behaviour.Relaunches+1, budgetLaunches) {
		b.session(p, launch == 0)
		b.pass(p.Behaviour.RelaunchAfter.Min)
	}
	return b.ok
}

// budget follows the service's bucket for one address.
type budget struct {
	level float64
	ok    bool
}

func (b *budget) pass(d time.Duration) {
	b.level = max(0, b.level-d.Seconds()*serviceRate)
}

func (b *budget) send(n int) {
	b.level += float64(n)
	b.ok = b.ok && b.level <= serviceBurst
}

// session plays the fastest session of p.
func (b *budget) session(p *Profile, first bool) {
	behaviour := &p.Behaviour
	forgets := behaviour.Credentials == CredentialsPerLaunch
	signedOut := first || forgets
	if signedOut {
		b.send(1)
	}
	if behaviour.Token != TokenPerCall && (signedOut || behaviour.Token == TokenPerLaunch) {
		b.send(1)
	}
	for i := range p.Session {
		s := &p.Session[i]
		if !happens(s, signedOut) {
			continue
		}
		weight := 1
		if s.Op.Protected() && behaviour.Token == TokenPerCall {
			weight = 2
		}
		b.pass(s.Think.Min)
		b.send(weight)
		if s.Op == api.OpProfilesCode {
			for t := s.Think.Min; t < loginTime; t += max(behaviour.PollEvery.Min, shortestWait) {
				b.pass(behaviour.PollEvery.Min)
				b.send(weight)
			}
		}
		for range s.Times - 1 {
			b.pass(s.Every.Min)
			b.send(weight)
		}
	}
}
