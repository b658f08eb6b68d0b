package server

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/wire"
)

var _ http.Handler = (*Server)(nil)

// exchange is the memory of one request.
type exchange struct {
	in  api.HTTPRequest
	out api.HTTPResponse
}

var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// keptBody bounds the memory that waits in the pool, in bytes per message.
const keptBody = 64 << 10

// ServeHTTP answers one request. The ledger counts it when the service has
// answered, whether or not the client waits for it; a request whose body never
// arrives is not answered and not counted.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rest, ok := strings.CutPrefix(r.URL.Path, "/_sim/"); ok {
		s.about(w, r, rest)
		return
	}
	x := exchanges.Get().(*exchange)
	defer x.release()
	if err := x.read(r); err != nil {
		panic(http.ErrAbortHandler)
	}
	s.RoundTrip(s.options.Now(), &x.in, &x.out)
	if !pause(r.Context(), s.latency()) {
		return
	}
	x.write(w)
}

func (x *exchange) release() {
	if cap(x.in.Body) > keptBody || cap(x.out.Body) > keptBody {
		return
	}
	x.in.Reset()
	x.out.Reset()
	exchanges.Put(x)
}

// drained is how much of a body beyond backend.MaxBody is read and thrown away,
// in bytes. A client that is still sending when the connection closes may lose
// the answer, which the ledger has counted.
const drained = 32 << 20

// read takes the request in. Of a body beyond backend.MaxBody only so much is
// kept that its length shows.
func (x *exchange) read(r *http.Request) error {
	x.in.Reset()
	x.in.Method = r.Method
	x.in.Target = wire.RequestTarget(r)
	x.in.Peer = wire.PeerHost(r.RemoteAddr)
	for name, values := range r.Header {
		for _, value := range values {
			x.in.Header = append(x.in.Header, api.Field{Name: name, Value: value})
		}
	}
	if r.ContentLength == 0 {
		return nil
	}
	body := io.LimitReader(r.Body, backend.MaxBody+1)
	for {
		if len(x.in.Body) == cap(x.in.Body) {
			x.in.Body = append(x.in.Body, 0)[:len(x.in.Body)]
		}
		n, err := body.Read(x.in.Body[len(x.in.Body):cap(x.in.Body)])
		x.in.Body = x.in.Body[:len(x.in.Body)+n]
		if err == io.EOF {
			if len(x.in.Body) > backend.MaxBody {
				_, err = io.CopyN(io.Discard, r.Body, drained)
			}
			if err == io.EOF {
				err = nil
			}
			return err
		}
		if err != nil {
			return err
		}
	}
}

// pause waits and reports whether the client is still there.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (x *exchange) write(w http.ResponseWriter) {
	header := w.Header()
	for _, f := range x.out.Header {
		header.Add(f.Name, f.Value)
	}
	header.Set("Content-Length", strconv.Itoa(len(x.out.Body)))
	w.WriteHeader(x.out.Status)
	if len(x.out.Body) > 0 {
		_, _ = w.Write(x.out.Body) // a client that went away is no error of the server
	}
}
