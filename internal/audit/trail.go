package audit

import (
	"container/heap"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
)

const (
	// DefaultWindow is how many exchanges a Trail holds to bring them into the
	// order of their sending.
	DefaultWindow = 4096
	// MaxDevices bounds the devices of a Trail.
	MaxDevices = 10_000
	// maxKnown bounds the credentials, tokens and names that are remembered.
	maxKnown = 1 << 16
)

// Trail finds out whose exchanges are whose, and has each device judged.
//
// A registration leads to a client id, that to tokens, a token to the calls that
// carry it, and such a call to the device identifier. Clients whose calls carry
// the same identifier are one device that registered again. What leads to no
// identifier counts for the device of the same address and description, if
// there is one only. The address alone identifies nobody; it is the throttle
// key.
//
// A Trail's memory is bounded. It belongs to one goroutine at a time.
type Trail struct {
	options Options
	reader  reader
	codes   codes
	window  int
	waiting byTime
	epoch   uint32

	devices     []*Device
	clients     recent[uint64, *Device]
	bearers     recent[uint64, *Device]
	identifiers recent[uint64, *Device]
	origins     recent[uint64, neighbours]
	strays
	// creators are the devices that asked for a code, known before the device
	// itself has had the answer.
	creators recent[uint64, *Device]

	// platforms are the last configuration calls of a server (CFG-04).
	platforms recent[uint64, sightEnd]

	// Ignored counts exchanges that could be attributed to nobody, Overflow those
	// of devices beyond MaxDevices.
	Ignored, Overflow uint64
}

// neighbours are the devices that look alike: the last one, and whether there
// are more.
type neighbours struct {
	device *Device
	many   bool
}

type sightEnd struct {
	sight
	end int64
}

// NewTrail returns a Trail without devices. A window of 0 stands for
// DefaultWindow, a negative one for exchanges that come in the order of their
// sending.
func NewTrail(o Options, window int) *Trail {
	if window == 0 {
		window = DefaultWindow
	}
	t := &Trail{
		options: o, codes: newCodes(), window: max(window, 0),
		clients: newRecent[uint64, *Device](maxKnown), bearers: newRecent[uint64, *Device](maxKnown),
		identifiers: newRecent[uint64, *Device](maxKnown), origins: newRecent[uint64, neighbours](maxKnown),
		platforms: newRecent[uint64, sightEnd](4096), strays: newStrays(), creators: newRecent[uint64, *Device](maxCodes),
	}
	t.reader.options, t.reader.names = &t.options, true
	t.codes.keepActs = true
	return t
}

// Observe takes an exchange in. It keeps nothing of it.
func (t *Trail) Observe(x *record.Exchange, s Setting) {
	e := new(event)
	t.reader.read(e, x, s)
	e.epoch = t.epoch
	heap.Push(&t.waiting, e)
	for len(t.waiting) > t.window {
		t.route(heap.Pop(&t.waiting).(*event))
	}
}

// Restart notes that every app was started again, after everything that was
// observed and before everything that will be.
func (t *Trail) Restart() {
	t.drain()
	t.epoch++
}

func (t *Trail) drain() {
	for len(t.waiting) > 0 {
		t.route(heap.Pop(&t.waiting).(*event))
	}
}

// Finish judges what was held back, and returns the devices in the order in
// which they were identified.
func (t *Trail) Finish() []*Device {
	t.drain()
	for len(t.order) > 0 {
		t.settle(t.order[0], 0)
	}
	for _, d := range t.devices {
		d.Finish()
	}
	return t.devices
}

// Devices returns the devices so far.
func (t *Trail) Devices() []*Device { return t.devices }

// route finds the device of an event, or keeps it until the device is known.
func (t *Trail) route(e *event) {
	switch {
	case e.op == api.OpRegister:
		t.routeRegistration(e)
	case e.op == api.OpToken:
		t.routeToken(e)
	case e.op == api.OpAuthenticate:
		t.routeBrowser(e)
	case e.op == api.OpUnknown:
		if d, ok := t.bearers.get(e.bearer); ok && e.legacy && e.bearer != 0 {
			t.deliver(d, e)
			return
		}
		t.Ignored++
	default:
		t.routeCall(e)
	}
}

func (t *Trail) routeRegistration(e *event) {
	s := t.looseAt(e.origin)
	s.add(e)
	if e.newClient != 0 {
		t.tie(s, e.newClient)
	}
	t.bound(s, e)
}

func (t *Trail) routeToken(e *event) {
	if d, ok := t.clients.get(e.client); ok && e.client != 0 {
		t.deliver(d, e)
		return
	}
	s := t.byClient[e.client]
	if s == nil || e.client == 0 {
		s = t.looseAt(e.origin)
		t.tie(s, e.client)
	}
	s.add(e)
	if e.newToken != 0 {
		t.byBearer[e.newToken] = s
		s.bearers = append(s.bearers, e.newToken)
	}
	t.bound(s, e)
}

// routeBrowser attributes the browser's call by its code: to the second screen
// that used it, else to its creator.
func (t *Trail) routeBrowser(e *event) {
	creator, ok := t.creators.get(e.code)
	if !ok {
		t.Ignored++
		return
	}
	creator.flush(e.sent)
	if s, ok := t.codes.sessions.get(e.code); ok && s.second != nil {
		t.deliver(s.second, e)
		return
	}
	t.deliver(creator, e)
}

func (t *Trail) routeCall(e *event) {
	if d, ok := t.bearers.get(e.bearer); ok && e.bearer != 0 {
		if _, named := t.identifiers.get(e.identifier); e.identifier != 0 && !named {
			t.identifiers.put(e.identifier, d)
		}
		t.deliver(d, e)
		return
	}
	s := t.byBearer[e.bearer]
	if s == nil || e.bearer == 0 {
		if d, ok := t.identifiers.get(e.identifier); ok && e.identifier != 0 {
			t.bearers.put(e.bearer, d)
			t.deliver(d, e)
			return
		}
		s = t.looseFor(e)
		if e.bearer != 0 {
			t.byBearer[e.bearer] = s
			s.bearers = append(s.bearers, e.bearer)
		}
	}
	s.add(e)
	if e.identifier != 0 || e.op.Describe().DeviceHeaders {
		t.settle(s, e.identifier)
		return
	}
	t.bound(s, e)
}

// deliver hands an event to its device.
func (t *Trail) deliver(d *Device, e *event) {
	if d == nil {
		t.Overflow++
		return
	}
	if e.epoch > d.epoch {
		d.Restart(time.Unix(0, e.sent))
		d.epoch = e.epoch
	}
	if e.newToken != 0 {
		t.bearers.put(e.newToken, d)
	}
	if e.client != 0 {
		t.clients.put(e.client, d)
	}
	if n, ok := t.origins.get(e.origin); e.origin != 0 && (!ok || n.device != d) {
		t.origins.put(e.origin, neighbours{d, ok})
	}
	if e.newCode != 0 && e.op != api.OpSessionsResume {
		t.creators.put(e.newCode, d)
	}
	if creator, ok := t.creators.get(e.code); ok && creator != d {
		creator.flush(e.sent)
	}
	if t.options.ServerSide && e.op == api.OpConfiguration {
		t.serverConfiguration(d, e)
	}
	if d.name == "" {
		d.name = e.model
	}
	if d.about == nil {
		d.about = e.about
	}
	d.browser = d.browser || e.browser
	if d.agent == 0 && e.op != api.OpAuthenticate {
		d.agent = e.agent
	}
	d.take(e)
}

// serverConfiguration judges whether a server keeps the configuration of each
// platform.
func (t *Trail) serverConfiguration(d *Device, e *event) {
	key := e.target ^ e.platform
	if last, ok := t.platforms.get(key); ok {
		gap := e.sent - last.end
		d.judge(cfg04, keptIf(gap >= int64(2*time.Minute)-d.eps()), "fetched the configuration of a platform again after "+span(gap), last.sight, seen(e))
	}
	if e.status == 200 {
		t.platforms.put(key, sightEnd{seen(e), e.received})
	}
}

// byTime is a heap of events by the time of their sending.
type byTime []*event

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (h byTime) Len() int { return len(h) }

// Less orders by sending, then by number.
func (h byTime) Less(i, j int) bool {
	if h[i].sent != h[j].sent {
		return h[i].sent < h[j].sent
	}
	return h[i].seq < h[j].seq
}

// Swap exchanges two events.
func (h byTime) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push adds an event.
func (h *byTime) Push(x any) { *h = append(*h, x.(*event)) }

// Pop takes the last event off.
func (h *byTime) Pop() any {
	n := len(*h) - 1
	e := (*h)[n]
	(*h)[n] = nil
	*h = (*h)[:n]
	return e
}
