package audit

import (
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
)

// maxInFlight bounds the requests of a device whose answers are awaited.
const maxInFlight = 64

// idle is the silence after which an app may have been restarted, so that what
// it kept in memory may be gone.
const idle = 15 * time.Minute

// Device judges one device by its exchanges, which come in the order in which
// they were sent. Its memory is bounded, however long it is used. Make one with
// NewDevice; it belongs to one goroutine at a time.
type Device struct {
	options *Options
	reader  reader
	codes   *codes
	// number and name tell the device from others of its Trail.
	number int
	name   string
	epoch  uint32

	scores   [numRules]score
	breaches []Breach
	// pending are exchanges whose answers the device has not had yet at the time
	// of the last request, the earliest answer first.
	pending []event
	// current is the memory of the exchange at hand.
	current event

	acts     []Act
	about    api.DeviceInfo
	browser  bool
	agent    uint64
	launches uint32

	requests    uint64
	first, last int64

	credentials
	tokens
	throttled
	configured
	viewer
	polling
	decisions
	repeats
	steady
}

// score counts the occasions of one rule.
type score struct{ kept, broken, unsure uint32 }

// Breach is one breach of one rule.
type Breach struct {
	Rule *Rule
	// Exchanges are the numbers of the exchanges concerned, the guilty one last,
	// and Times when their requests were sent.
	Exchanges []uint64
	Times     []time.Time
	// What says in words what the client did.
	What string
}

// NewDevice returns a device without a past. The options are shared and must not
// change.
func NewDevice(o *Options) *Device {
	c := newCodes()
	return newDevice(o, &c)
}

func newDevice(o *Options, c *codes) *Device {
	return &Device{options: o, reader: reader{options: o}, codes: c}
}

// Observe judges an exchange of the device. It keeps nothing of it.
func (d *Device) Observe(x *record.Exchange, s Setting) {
	marks := d.current.marks[:0]
	d.current = event{marks: marks}
	d.reader.read(&d.current, x, s)
	d.take(&d.current)
}

// Restart notes that the app was started again at a time: from then on it knows
// what it keeps in storage, and nothing else.
func (d *Device) Restart(at time.Time) {
	d.flush(at.UnixNano())
	d.restart()
}

// Finish takes in the answers that are still awaited. Call it before Verdict.
func (d *Device) Finish() { d.flush(1<<63 - 1) }

// take judges the request of an event by what the device knew when it sent it,
// and keeps the answer until it arrives.
func (d *Device) take(e *event) {
	d.flush(e.sent)
	if d.requests == 0 {
		d.first = e.sent
	} else if e.sent-d.last > int64(idle) {
		d.forget()
	}
	d.requests++
	d.keepAct(e)
	for _, m := range e.marks {
		d.judge(m.rule, m.verdict, m.what, seen(e))
	}
	d.send(e)
	d.last = max(d.last, e.sent)
	i := len(d.pending)
	for i > 0 && d.pending[i-1].received > e.received {
		i--
	}
	d.pending = slices.Insert(d.pending, i, *e)
	d.pending[i].marks = nil
	if len(d.pending) > maxInFlight {
		d.answer(&d.pending[0])
		d.pending = append(d.pending[:0], d.pending[1:]...)
	}
}

// flush takes in the answers that had arrived by a time.
func (d *Device) flush(now int64) {
	n := 0
	for n < len(d.pending) && d.pending[n].received <= now {
		d.answer(&d.pending[n])
		n++
	}
	if n > 0 {
		rest := copy(d.pending, d.pending[n:])
		clear(d.pending[rest:])
		d.pending = d.pending[:rest]
	}
}

func (d *Device) send(e *event) {
	d.sendPace(e)
	d.sendCredentials(e)
	d.sendTokens(e)
	d.sendReaction(e)
	d.sendConfiguration(e)
	d.sendViewer(e)
	d.sendPoll(e)
	d.sendDecision(e)
	d.sendRepeat(e)
	d.sendSteady(e)
}

func (d *Device) answer(e *event) {
	if e.status == 0 {
		d.answerRepeat(e)
		return
	}
	d.answerPace(e)
	d.answerCredentials(e)
	d.answerTokens(e)
	d.answerConfiguration(e)
	d.answerViewer(e)
	d.answerPoll(e)
	d.answerDecision(e)
	d.answerRepeat(e)
}

// restart forgets what lives in an app's memory, and remembers that the app
// begins anew.
func (d *Device) restart() {
	d.launches++
	d.forget()
	d.begin()
	d.viewer.comeBack()
	d.polling.comeBack()
	d.configured.fetched = 0
}

// forget forgets what an app may have lost without anybody seeing it.
func (d *Device) forget() {
	d.decisions.forget()
	d.viewer.forget()
	d.repeats = repeats{}
	d.throttled.reaction = sight{}
}

// sight is one exchange as a breach names it.
type sight struct {
	seq uint64
	at  int64
}

func seen(e *event) sight { return sight{e.seq, e.sent} }

// kept, broken and unsure note a verdict.
func (d *Device) kept(n number) { d.scores[n].kept++ }

func (d *Device) unsure(n number) { d.scores[n].unsure++ }

func (d *Device) broken(n number, what string, sights ...sight) { d.judge(n, Broken, what, sights...) }

func (d *Device) judge(n number, v Verdict, what string, sights ...sight) {
	switch v {
	case Kept:
		d.kept(n)
		return
	case Undecidable:
		d.unsure(n)
		return
	}
	s := &d.scores[n]
	s.broken++
	if int(s.broken) > d.options.maxBreaches() || d.codes.evidence >= maxKept {
		return
	}
	d.codes.evidence++
	b := Breach{Rule: &rules[n], What: what}
	for _, s := range sights {
		if s.seq != 0 {
			b.Exchanges = append(b.Exchanges, s.seq)
			b.Times = append(b.Times, time.Unix(0, s.at).UTC())
		}
	}
	d.breaches = append(d.breaches, b)
}

// Number counts the devices of a Trail from 1; 0 for a device without one.
func (d *Device) Number() int { return d.number }

// Name is the model and system that X-Device-Info told; empty when it did not.
func (d *Device) Name() string { return d.name }

// Requests counts the exchanges, and First and Last bound their sending.
func (d *Device) Requests() uint64 { return d.requests }

// First is when the device sent its first request.
func (d *Device) First() time.Time { return time.Unix(0, d.first).UTC() }

// Last is when the device sent its last request.
func (d *Device) Last() time.Time { return time.Unix(0, d.last).UTC() }

// Judgement is what a device's traffic says about one rule.
type Judgement struct {
	Rule    *Rule
	Verdict Verdict
	// Kept, Broken and Undecided count the occasions.
	Kept, Broken, Undecided int
}

// Verdicts returns a judgement for every rule, in the order of Rules.
func (d *Device) Verdicts() []Judgement {
	list := make([]Judgement, numRules)
	for i := range list {
		s := d.scores[i]
		j := Judgement{&rules[i], NotObserved, int(s.kept), int(s.broken), int(s.unsure)}
		switch {
		case s.broken > 0:
			j.Verdict = Broken
		case s.kept > 0:
			j.Verdict = Kept
		case s.unsure > 0:
			j.Verdict = Undecidable
		}
		list[i] = j
	}
	return list
}

// Breaches returns the breaches that were kept with their exchanges, in the
// order in which they were found.
func (d *Device) Breaches() []Breach { return d.breaches }
