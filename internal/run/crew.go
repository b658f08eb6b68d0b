package run

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/timers"
)

// maxIdle bounds the goroutines that are kept for later: a spike may need more,
// and they go when it is over.
const maxIdle = 256

// crew are the goroutines that drive devices, at most as many as requests may be
// under way. What is due beyond that waits in line as a number, not as a
// goroutine. It is guarded by the runner's lock.
type crew struct {
	// idle are the hands without work; the last to rest is the first to go, its
	// memory being the warmest.
	idle []*hand
	size int
	line line
	done bool
	// waiting is since when there is a line, or when it was last looked at, and
	// served how many have left it since.
	waiting time.Time
	served  int

	// least is how many were idle at any time since the last trim.
	least   int
	trimmed time.Time
}

// trimInterval is how long a hand that nobody needs is kept.
const trimInterval = 10 * time.Second

// trim sends those hands home that were idle all the time since it last did: what
// a moment's delay called together goes again. The lock is held.
func (c *crew) trim(now time.Time) {
	if now.Sub(c.trimmed) < trimInterval {
		return
	}
	c.trimmed = now
	for _, h := range c.idle[:c.least] {
		close(h.work)
	}
	c.size -= c.least
	c.idle = slices.Delete(c.idle, 0, c.least)
	c.least = len(c.idle)
}

// hand is one goroutine of the crew.
type hand struct {
	work  chan timers.Timer
	bench bench
}

// requestFields is room for the fields of most requests.
const requestFields = 8

// bench is the scratch memory of one request under way.
type bench struct {
	request api.Request
	wire    api.HTTPRequest
	answer  api.HTTPResponse
}

// desk is the scratch memory of an answer that has come. There are as many as
// answers are read at the same time, not as many as requests wait for one.
type desk struct {
	response api.Response
	json     jsondoc.Doc
	// configuration is a configuration, which is the same for all devices.
	configuration jsondoc.Doc
	exchange      record.Exchange
}

var desks = sync.Pool{New: func() any { return &desk{configuration: jsondoc.Doc{Recurring: true}} }}

// After a moment in which nothing ran, all that was due in it is due at once. Those
// who are overdue by so much wait for a hand to come free, which takes a few
// milliseconds when the service answers as it does. A goroutine and a connection for
// each would take longer, and burden the service with a crowd that is the
// generator's own doing. After patience the crew is doubled, and again, unless the
// line gets shorter so fast that it will be gone after drained times that. Who comes
// meanwhile joins the line.
const (
	overdue  = 2 * time.Millisecond
	patience = 10 * time.Millisecond
	drained  = 5
)

// assign has somebody drive a device whose time has come, now or when a hand is
// free. The lock is held.
func (r *Runner) assign(ctx context.Context, t timers.Timer, now time.Time) {
	r.flying.Add(1)
	c := &r.crew
	late := c.size > 0 && now.Sub(time.Unix(0, t.At)) > overdue
	switch n := len(c.idle); {
	case n > 0:
		h := c.idle[n-1]
		c.idle = c.idle[:n-1]
		c.least = min(c.least, n-1)
		h.work <- t
	case late || c.line.size > 0 || c.size >= r.cfg.MaxInFlight:
		if c.line.size == 0 {
			c.waiting, c.served = now, 0
		}
		c.line.push(t)
	default:
		r.hire(ctx, t)
	}
}

// hire adds a hand to the crew. The lock is held.
func (r *Runner) hire(ctx context.Context, t timers.Timer) {
	r.crew.size++
	r.hands.Add(1)
	go r.toil(ctx, t)
}

// reinforce doubles the crew when the line hardly gets shorter, and returns when to
// look again, the zero time when there is no need to. The lock is held.
func (r *Runner) reinforce(ctx context.Context, now time.Time) time.Time {
	c := &r.crew
	if c.line.size == 0 || c.size >= r.cfg.MaxInFlight {
		return time.Time{}
	}
	if now.Sub(c.waiting) >= patience {
		slow := drained*c.served < c.line.size
		c.waiting, c.served = now, 0
		for n := min(c.size, c.line.size, r.cfg.MaxInFlight-c.size); slow && n > 0; n-- {
			t, _ := c.line.pop()
			r.hire(ctx, t)
		}
	}
	return c.waiting.Add(patience)
}

// toil drives a device and then others, as they come.
func (r *Runner) toil(ctx context.Context, t timers.Timer) {
	defer r.hands.Done()
	h := &hand{work: make(chan timers.Timer, 1)}
	h.bench.wire.Header = make(api.Header, 0, requestFields)
	for more := true; more; {
		r.drive(ctx, int(t.Device), time.Unix(0, t.At), &h.bench)
		t, more = r.next(h)
	}
}

// next ends the work on one device and returns the device to go on with, and
// false when the hand is to go home.
func (r *Runner) next(h *hand) (timers.Timer, bool) {
	r.mu.Lock()
	r.flying.Done()
	if t, ok := r.crew.line.pop(); ok {
		r.crew.served++
		r.mu.Unlock()
		return t, true
	}
	if r.crew.done || len(r.crew.idle) >= maxIdle {
		r.crew.size--
		r.mu.Unlock()
		return timers.Timer{}, false
	}
	r.crew.idle = append(r.crew.idle, h)
	r.mu.Unlock()
	t, more := <-h.work
	return t, more
}

// dismiss sends the crew home and waits for it. Nothing is assigned any more.
func (r *Runner) dismiss() {
	r.mu.Lock()
	r.crew.done = true
	for _, h := range r.crew.idle {
		close(h.work)
	}
	r.crew.idle = nil
	r.mu.Unlock()
	r.hands.Wait()
}

// line is a queue of devices that grows to what it has to hold.
type line struct {
	ring       []timers.Timer
	head, size int
}

func (l *line) push(t timers.Timer) {
	if l.size == len(l.ring) {
		grown := make([]timers.Timer, max(64, 2*len(l.ring)))
		n := copy(grown, l.ring[l.head:])
		copy(grown[n:], l.ring[:l.head])
		l.ring, l.head = grown, 0
	}
	l.ring[(l.head+l.size)%len(l.ring)] = t
	l.size++
}

func (l *line) pop() (timers.Timer, bool) {
	if l.size == 0 {
		return timers.Timer{}, false
	}
	t := l.ring[l.head]
	l.head = (l.head + 1) % len(l.ring)
	l.size--
	return t, true
}
