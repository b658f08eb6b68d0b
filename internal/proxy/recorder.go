package proxy

import (
	"sync"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/recording"
)

// recorder hands exchanges on in the order of their sending: one that takes
// long holds up those behind it, which wait redacted.
type recorder struct {
	options *Options
	redact  func(*record.Exchange, *jsondoc.Doc)

	mu    sync.Mutex
	queue []*ticket
	seq   uint64
	empty *sync.Cond
}

// ticket is the place of one exchange in the order.
type ticket struct {
	r    *recorder
	sent time.Time
	op   api.Op
	// x is the redacted exchange; nil until it is complete, and for good when the
	// request never was.
	x    *record.Exchange
	peer string
	done bool
}

func newRecorder(o *Options) *recorder {
	r := &recorder{options: o, redact: recording.Redact(o.Key)}
	r.empty = sync.NewCond(&r.mu)
	return r
}

func (r *recorder) enter(sent time.Time, op api.Op) *ticket {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := &ticket{r: r, sent: sent, op: op}
	r.queue = append(r.queue, t)
	return t
}

// complete takes the messages of an exchange, which are its own from now on.
func (t *ticket) complete(received time.Time, in *api.HTTPRequest, out *api.HTTPResponse, kind api.ErrKind) {
	x := &record.Exchange{
		Intended: t.sent, Sent: t.sent, Received: received, Wire: in, Answer: out,
		Request: &api.Request{Op: t.op}, Response: &api.Response{},
		BytesSent: int64(len(in.Body)), BytesReceived: int64(len(out.Body)),
	}
	doc := &jsondoc.Doc{}
	if out.Status == 0 {
		api.TransportFailure(kind, x.Response)
	} else {
		api.Decode(t.op, out, doc, x.Response)
	}
	x.JSON = doc.Root()
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.r.redact(x, doc)
	t.x, t.peer = x, in.Peer
}

// leave says that nothing more comes of a ticket, and hands on what it held up.
func (r *recorder) leave(t *ticket) {
	if t == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t.done = true
	for len(r.queue) > 0 && r.queue[0].done {
		first := r.queue[0]
		r.queue = r.queue[1:]
		if first.x != nil && r.options.Observe != nil {
			r.seq++
			first.x.Seq = r.seq
			r.options.Observe(first.x, audit.Setting{Peer: first.peer})
		}
	}
	if len(r.queue) == 0 {
		r.empty.Broadcast()
	}
}

// wait returns when every ticket has left.
func (r *recorder) wait() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.queue) > 0 {
		r.empty.Wait()
	}
}
