package plan

import (
	"context"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/tally"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/internal/timers"
	"github.com/dcrbench/dcrbench/profiles"
)

// drawStream keeps the draws of a plan apart from those of the devices, which
// must be the same in a plan and in a run.
const drawStream = 0x706c616e2f647261

// slot is one device with what its driver and its service remember of it.
type slot struct {
	machine device.Device
	account account
	book    tally.Book
	// draws are the plan's own: launches and response times.
	draws    draws
	launches launches
	// alone is the bucket that the device would have with an address of its own.
	alone throttle.Lean
	// arrives is when the answer under way arrives, 0 when there is none.
	arrives int64
	ends    int64
	// throttledSince is when the device got the first 429 of a row, 0 for none;
	// waited is what it has waited in all, until the next other answer or until it
	// gave up.
	throttledSince, waited int64

	profile, index int32
	op             api.Op
	kind           kind
	own, shared    bool
	// judged: the rules for clients are applied, and exchanges counts for them.
	judged    bool
	exchanges uint32
}

// worker plays groups, one after the other.
type worker struct {
	*Planner
	figures  *figures
	slots    []slot
	members  []profiles.GroupMember
	queue    timers.Queue
	bucket   throttle.Lean
	shares   bool
	request  api.Request
	response api.Response
	exchange record.Exchange
	judgement
}

// checkEvery is how many events of one group pass between two looks at whether
// the plan was interrupted.
const checkEvery = 1 << 14

// group plays the devices of one address from the beginning to the horizon. It
// reports false when ctx ended before that.
func (w *worker) group(ctx context.Context, members []profiles.GroupMember) bool {
	w.open(len(members))
	for i := range members {
		w.join(i, &members[i])
	}
	return w.close(ctx)
}

// crowd plays the devices without an address like a group. They may be the whole
// fleet, so that no list of them is made.
func (w *worker) crowd(ctx context.Context) bool {
	w.open(w.population.Hidden())
	for i, k := 0, 0; k < len(w.slots); i++ {
		profile := w.population.Profile(i)
		if w.population.Profiles()[profile].Network.OmitForwardedFor {
			w.join(k, &profiles.GroupMember{Device: i, Profile: profile, Viewer: w.population.Viewer(i)})
			k++
		}
	}
	return w.close(ctx)
}

// open makes room for a group of n devices.
func (w *worker) open(n int) {
	w.queue.Reset()
	w.queue.Grow(n)
	w.bucket = throttle.Lean{}
	w.shares = n > 1
	w.slots = grow(w.slots, n)
}

// join adds member k to the group.
func (w *worker) join(k int, m *profiles.GroupMember) {
	if at, ok := w.begin(&w.slots[k], m); ok {
		w.queue.Push(timers.Timer{At: at, Device: int32(k)})
	}
}

// close plays the group to its end.
func (w *worker) close(ctx context.Context) bool {
	done := w.play(ctx, len(w.slots))
	for i := range w.slots {
		w.forget(&w.slots[i])
	}
	return done
}

// grow returns a slice of n slots, in the memory of the old one if it is large
// enough. Memory of an exceptionally large group is not kept.
func grow(s []slot, n int) []slot {
	if cap(s) < n {
		return make([]slot, n, max(n, 8))
	}
	return s[:n]
}

// begin makes a device and returns when it starts its app first.
func (w *worker) begin(s *slot, m *profiles.GroupMember) (int64, bool) {
	*s = slot{profile: int32(m.Profile), index: int32(m.Device), judged: w.sample.Judges(m.Device)}
	s.draws = newDraws(w.cfg.Seed, m.Device)
	w.figures.devices++
	w.figures.profiles[m.Profile].played++
	left, at, ok := w.launcher.begin(m.Device, &s.draws)
	if !ok {
		return 0, false
	}
	s.launches = left
	s.machine = w.programs[m.Profile].New(w.cfg.Seed, uint64(m.Device), m.Viewer, w.at(at))
	w.figures.launched++
	return epoch + int64(at), true
}

// at is an offset as an instant.
func (w *worker) at(offset time.Duration) time.Time { return time.Unix(0, epoch+int64(offset)) }

// play lets the devices act, the earliest first, until none has anything left
// to do before the horizon.
func (w *worker) play(ctx context.Context, members int) bool {
	if w.queue.Len() == 0 {
		return true
	}
	top := w.queue.Pop()
	for events := 1; ; events++ {
		if events%checkEvery == 0 {
			if ctx.Err() != nil {
				w.cutAt.Store(top.At - epoch)
				return false
			}
			w.advanced(members, top.At-epoch)
		}
		next, more := w.act(&w.slots[top.Device], top.At)
		switch {
		case more:
			top = w.queue.Swap(timers.Timer{At: next, Device: top.Device})
		case w.queue.Len() == 0:
			return true
		default:
			top = w.queue.Pop()
		}
	}
}

// act does what a device wants at now and returns when it wants to be asked
// again, and false when it has nothing left to do before the horizon.
func (w *worker) act(s *slot, now int64) (int64, bool) {
	at := time.Unix(0, now)
	if s.arrives != 0 {
		w.deliver(s, at)
	}
	for {
		step := s.machine.Next(at, &w.request)
		switch step.Kind {
		case device.Wait:
			next := step.At.UnixNano()
			return next, next < w.end
		case device.Done:
			offset, ok := w.launcher.next(&s.launches, time.Duration(now-epoch), &s.draws)
			if !ok || !s.machine.Relaunch(w.at(offset)) {
				return 0, false
			}
			return epoch + int64(offset), true
		}
		if now >= w.end {
			return 0, false
		}
		if arrives := w.send(s, now, at); arrives != now {
			return arrives, true
		}
		w.deliver(s, at)
	}
}

// send has the service answer the pending request and counts the exchange. It
// returns when the answer arrives.
func (w *worker) send(s *slot, now int64, at time.Time) int64 {
	answer := w.service.handle(&s.account, &w.bucket, &w.request, now, &s.draws)
	op := w.request.Op
	s.op, s.kind, s.ends = op, answer.kind, answer.ends
	took := w.fixed
	if !w.isFixed {
		took = w.cfg.ResponseTime.draw(&s.draws)
	}
	s.arrives = now + took

	known := w.answers[op][answer.kind].Outcome
	c := w.figures.cell(int(s.profile), op)
	c.statuses[w.status[op][answer.kind]]++
	if w.isFixed {
		c.latency.count(took/int64(time.Microsecond), 1)
	} else {
		c.latency.add(took / int64(time.Microsecond))
	}
	w.figures.sent(op, now-epoch, known)
	w.blame(s, now, known)

	x := &w.exchange
	x.Intended, x.Sent, x.Received = at, at, at
	if took > 0 {
		x.Received = time.Unix(0, s.arrives)
	}
	x.Response = &w.answers[op][answer.kind]
	w.figures.profiles[s.profile].conduct.Observe(x, &s.book)
	if s.judged {
		s.exchanges++
		w.judge(s)
	}
	if w.trace != nil {
		w.trace(int(s.index), now, op, x.Response)
	}
	return s.arrives
}

// blame finds out whose doing a 429 is, and keeps the time that devices wait.
// A device alone at its address would be refused by its own bucket only: a 429
// that it would not have drawn then is its neighbours' doing.
func (w *worker) blame(s *slot, now int64, outcome api.Outcome) {
	admitted := !w.shares || w.service.ThrottleOff || s.alone.Allow(w.service.flow, now)
	if outcome != api.OutcomeThrottled {
		if s.throttledSince != 0 {
			s.waited += s.arrives - s.throttledSince
			s.throttledSince = 0
		}
		return
	}
	if s.throttledSince == 0 {
		s.throttledSince = s.arrives
	}
	p := &w.figures.profiles[s.profile]
	if w.shares && admitted {
		p.shared++
		s.shared = true
	} else {
		p.own++
		s.own = true
	}
}

// deliver tells the device what came back.
func (w *worker) deliver(s *slot, at time.Time) {
	s.arrives = 0
	known := &w.answers[s.op][s.kind]
	if s.judged {
		known = w.named(s)
	}
	if s.kind == answerThrottled {
		_, before := s.machine.Sessions()
		s.machine.Observe(at, known)
		if _, after := s.machine.Sessions(); after > before {
			// The device gave up: it waits no longer.
			s.waited += at.UnixNano() - s.throttledSince
			s.throttledSince = 0
		}
		return
	}
	if s.ends == 0 {
		s.machine.Observe(at, known)
		return
	}
	w.response = *known
	// Answers carry times in whole milliseconds.
	w.response.NotAfter = time.UnixMilli(s.ends / int64(time.Millisecond))
	s.machine.Observe(at, &w.response)
}

// forget adds up what is known of a device at its end.
func (w *worker) forget(s *slot) {
	p := &w.figures.profiles[s.profile]
	if s.own {
		p.ownDevices++
	}
	if s.shared {
		p.sharedDevices++
	}
	if s.own || s.shared {
		p.waits.add(s.waited / int64(time.Millisecond))
	}
	w.figures.starts += uint64(s.machine.Launches())
	s.machine = device.Device{}
}
