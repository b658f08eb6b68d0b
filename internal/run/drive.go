package run

import (
	"context"
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/profiles"
)

// drive does what device i wants from its time on until it waits, is done, or the
// run is over.
func (r *Runner) drive(ctx context.Context, i int, from time.Time, b *bench) {
	s := &r.slots[i]
	identity := r.population.Identity(i)
	if !s.known {
		s.known = true
		if err := r.recall(s, identity.DeviceIdentifier); err != nil {
			r.fail(err)
			return
		}
	}
	at := moment{own: from, real: from}
	for now, first := r.clock.now(), true; ; now, first = at.real, false {
		over := r.over()
		if over && !first {
			return
		}
		step := s.machine.Next(at.own, &b.request)
		switch step.Kind {
		case device.Done:
			r.retire()
			return
		case device.Wait:
			r.park(i, step.At)
			return
		}
		due := step.At.Add(at.behind())
		if !step.At.Before(r.end) {
			return
		}
		if over {
			// It was due, and stood in line until the end of the grace.
			r.lost.Add(1)
			return
		}
		if due = r.admit(s, due, now); due.After(now) {
			s.machine.Postpone(due)
			r.park(i, due)
			return
		}
		var more bool
		if at, more = r.exchange(ctx, i, s, b, &identity, due.Add(-at.behind()), due, now); !more {
			return
		}
	}
}

// over reports that nothing more is to be sent.
func (r *Runner) over() bool { return r.halted.Load() }

// admit asks the ceiling once for each request and returns when the request is
// to be sent: when it was due, or later when the ceiling holds it back. Being
// held back on purpose is no lateness; whatever comes on top is.
func (r *Runner) admit(s *slot, due, now time.Time) time.Time {
	if r.ceiling == nil {
		return due
	}
	if s.admitted == 0 {
		r.mu.Lock()
		at := r.ceiling.Reserve(now)
		r.mu.Unlock()
		if !at.After(now) {
			return due
		}
		s.admitted = at.UnixNano()
	}
	at := time.Unix(0, s.admitted)
	if !at.After(now) {
		s.admitted = 0
	}
	return at
}

// exchange sends the pending request of device i, which its own clock wanted at
// own and which could be sent from due on, tallies what came back and tells the
// device at the time it returns. It reports false when the run cannot go on.
func (r *Runner) exchange(ctx context.Context, i int, s *slot, b *bench, identity *api.Identity, own, due, now time.Time) (moment, bool) {
	b.request.Encode(identity, &b.wire)
	b.answer.Reset()
	r.took(r.inFlight.Add(1))
	profile := int(s.profile)
	if n := uint16(s.machine.Launches()); n != s.launches {
		s.launches, s.behind = n, 0
	}
	intended := s.behind.intended(own)
	r.tallies.predict(profile, &b.wire, intended, now)
	timing, failure := r.cfg.Transport.Do(ctx, &b.wire, &b.answer)
	sent, received := r.clock.span(now, timing.Sent, timing.Received)
	r.inFlight.Add(-1)

	d := desks.Get().(*desk)
	defer desks.Put(d)
	root := d.read(b, failure)
	d.exchange = record.Exchange{
		Device: i, Profile: profile,
		Intended: intended, Due: due, Sent: sent, Received: received,
		BytesSent: timing.BytesSent, BytesReceived: timing.BytesReceived,
		Request: &b.request, Response: &d.response,
		Wire: &b.wire, Answer: &b.answer, JSON: root,
	}
	return r.settle(ctx, s, b, d, identity, own)
}

// read makes sense of the answer, or of its absence, and returns its JSON.
func (d *desk) read(b *bench, failure api.ErrKind) jsondoc.Node {
	if failure != api.ErrNone {
		api.TransportFailure(failure, &d.response)
		return jsondoc.Node{}
	}
	doc := &d.json
	if b.request.Op == api.OpConfiguration {
		doc = &d.configuration
	}
	api.Decode(b.request.Op, &b.answer, doc, &d.response)
	return doc.Root()
}

// settle tallies an exchange and tells its device. It returns when the device can
// go on, and false when the run cannot.
func (r *Runner) settle(ctx context.Context, s *slot, b *bench, d *desk, identity *api.Identity, own time.Time) (moment, bool) {
	x := &d.exchange
	if d.response.Outcome == api.OutcomeOK {
		r.expected.learn(b.request.Op, x.Received.Sub(x.Sent))
	}
	at := answered(own, x)
	s.behind.add(r.expected.excess(b.request.Op, at.own.Sub(own)))
	r.tallies.record(x, &s.book)
	if r.sample.Judges(x.Device) {
		x.Launch = s.machine.Launches()
		r.sample.Observe(x)
	}
	if r.cfg.Observer != nil {
		r.cfg.Observer(x)
	}
	kept, err := r.keep(ctx, s, identity, b, d)
	if err != nil {
		if ctx.Err() == nil {
			r.fail(fmt.Errorf("keeping credentials: %w", err))
		}
		return at, false // when ctx has ended, this registration was in flight
	}
	if kept {
		at = at.until(r.clock.now())
	}
	s.machine.Observe(at.own, &d.response)
	return at, true
}

// took notes the highest number of requests under way.
func (r *Runner) took(n int64) {
	for {
		high := r.maxInFlight.Load()
		if n <= high || r.maxInFlight.CompareAndSwap(high, n) {
			return
		}
	}
}

// recall gives a device what it kept in an earlier run.
func (r *Runner) recall(s *slot, identifier string) error {
	if r.cfg.Store == nil {
		return nil
	}
	c, ok, err := r.cfg.Store.Load(r.storeName(identifier))
	if err != nil || !ok {
		return err
	}
	s.machine.Restore(c)
	switch {
	case !s.machine.Registered():
	case c.AccessToken != "":
		s.book.RestoreToken(c.TokenExpires, c.TokenExpires.Sub(c.TokenIssued))
	default:
		s.book.RestoreCredentials()
	}
	return nil
}

// keep stores new credentials before the device goes on, and a new token in
// passing. A profile that does not persist them has nothing kept. It reports
// whether that took time.
func (r *Runner) keep(ctx context.Context, s *slot, identity *api.Identity, b *bench, d *desk) (bool, error) {
	if r.cfg.Store == nil || d.response.Outcome != api.OutcomeOK ||
		s.machine.Profile().Behaviour.Credentials != profiles.CredentialsPersisted {
		return false, nil
	}
	name := r.storeName(identity.DeviceIdentifier)
	switch b.request.Op {
	case api.OpRegister:
		return true, r.cfg.Store.Keep(ctx, name, device.Credentials{
			ClientID: d.response.ClientID, ClientSecret: d.response.ClientSecret,
		})
	case api.OpToken:
		r.cfg.Store.KeepToken(name, device.Credentials{
			ClientID: b.request.ClientID, ClientSecret: b.request.ClientSecret,
			AccessToken:  d.response.AccessToken,
			TokenIssued:  d.exchange.Received,
			TokenExpires: d.exchange.Received.Add(d.response.ExpiresIn),
		})
	}
	return false, nil
}
