package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// MaxBody bounds the body of a request, in bytes; a larger one is answered 413.
const MaxBody = 1 << 20

// Proxy listens until Close.
type Proxy struct {
	options  Options
	http     *http.Server
	url      string
	started  time.Time
	served   chan struct{}
	failure  error
	recorder *recorder

	mu       sync.Mutex
	provoker *provoker
}

// Start listens and serves until Close. The context bounds the start alone.
func Start(ctx context.Context, o Options) (*Proxy, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	config, err := o.certificate()
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %q: %w", o.Listen, err)
	}
	p := &Proxy{
		options: o, started: o.Now(), served: make(chan struct{}),
		recorder: newRecorder(&o), provoker: newProvoker(o.Provocations), url: "http://" + listener.Addr().String(),
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(config != nil)
	protocols.SetUnencryptedHTTP2(config == nil)
	p.http = &http.Server{
		Handler: p, Protocols: protocols, TLSConfig: config, DisableGeneralOptionsHandler: true,
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(p.served)
		if config == nil {
			p.failure = p.http.Serve(listener)
			return
		}
		p.failure = p.http.ServeTLS(listener, "", "")
	}()
	if config != nil {
		p.url = "https://" + listener.Addr().String()
	}
	return p, nil
}

// URL is where the proxy listens.
func (p *Proxy) URL() string { return p.url }

// Done is closed when the proxy has stopped serving, for whatever reason.
func (p *Proxy) Done() <-chan struct{} { return p.served }

// Close stops accepting, waits for the requests under way until ctx ends, cuts
// off what is left, and returns when every exchange was observed.
func (p *Proxy) Close(ctx context.Context) error {
	err := p.http.Shutdown(ctx)
	if err != nil {
		_ = p.http.Close() // cutting off is what is wanted
	}
	<-p.served
	p.recorder.wait()
	if p.failure != nil && !errors.Is(p.failure, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", p.failure)
	}
	return nil
}

// ServeHTTP forwards one request.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := p.options.Now()
	in := api.HTTPRequest{Method: r.Method, Target: wire.RequestTarget(r), Header: forwardable(r.Header), Peer: wire.PeerHost(r.RemoteAddr)}
	op, _, known := api.Match(in.Method, in.Path())
	var t *ticket
	if known && r.Method != http.MethodOptions || audit.Legacy(in.Path()) {
		t = p.recorder.enter(arrived, op)
	}
	defer func() { p.recorder.leave(t) }()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		http.Error(w, "request body too large or broken", http.StatusRequestEntityTooLarge)
		return
	}
	in.Body = body
	var out api.HTTPResponse
	kind := p.answer(r.Context(), op, &in, &out)
	// The client may act on an answer as soon as its first byte is out.
	received := p.options.Now()
	if out.Status == 0 {
		http.Error(w, "no answer from the service: "+kind.String(), http.StatusBadGateway)
	} else {
		write(w, &out)
	}
	if t != nil {
		t.complete(received, &in, &out, kind)
	}
}

// answer forwards a request, or answers it as a provocation does.
func (p *Proxy) answer(ctx context.Context, op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) api.ErrKind {
	p.mu.Lock()
	delay, answered := p.provoker.decide(p.options.Now().Sub(p.started), op, in, out)
	p.mu.Unlock()
	if answered {
		return api.ErrNone
	}
	_, kind := p.options.Upstream.Do(ctx, in, out)
	if kind != api.ErrNone {
		out.Reset()
	}
	if delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return kind
}

// hop are the header fields that end at a proxy (RFC 9110 section 7.6.1), and
// those that the transports write themselves.
var hop = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Te": true, "Trailer": true,
	"Transfer-Encoding": true, "Upgrade": true, "Content-Length": true, "Host": true, "Expect": true,
}

func forwardable(h http.Header) api.Header {
	var list api.Header
	for name, values := range h {
		// The answer is read here, so that it may not come compressed.
		if hop[name] || name == "Accept-Encoding" {
			continue
		}
		for _, value := range values {
			list = append(list, api.Field{Name: name, Value: value})
		}
	}
	return list
}

func write(w http.ResponseWriter, out *api.HTTPResponse) {
	header := w.Header()
	for _, f := range out.Header {
		if !hop[http.CanonicalHeaderKey(f.Name)] {
			header.Add(f.Name, f.Value)
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(out.Body)))
	w.WriteHeader(out.Status)
	_, _ = w.Write(out.Body) // a client that went away is no error of the proxy
}
