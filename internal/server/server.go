package server

import (
	"context"
	crand "crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// Server is a simulator. Its methods are safe for concurrent use.
type Server struct {
	options   Options
	statement string
	// signer made the statement.
	signer *statement.Signer
	ca     []byte

	mu      sync.Mutex
	service *backend.Service
	rng     *rand.Rand

	url      string
	listener net.Listener
	http     *http.Server
	served   chan struct{}
	failure  error
}

// New makes a simulator that does not listen: it answers through RoundTrip and
// ServeHTTP, as tests with a clock of their own want it. Errors are those of
// Options.Validate, joined, and a statement that cannot be made.
func New(o Options) (*Server, error) {
	if errs := o.Validate(); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	var seed [32]byte
	if o.Seed != nil {
		seed = *o.Seed
	} else if _, err := crand.Read(seed[:]); err != nil {
		return nil, fmt.Errorf("drawing a seed: %w", err)
	}
	text, signer, verifier, err := makeStatement(&o)
	if err != nil {
		return nil, err
	}
	if o.Verifier != nil {
		verifier = o.Verifier
	}
	service, err := backend.New(o.Backend, seed, verifier)
	if err != nil {
		return nil, err
	}
	draws := rand.New(rand.NewPCG(binary.LittleEndian.Uint64(seed[:8]), binary.LittleEndian.Uint64(seed[8:16])))
	return &Server{options: o, statement: text, signer: signer, service: service, rng: draws}, nil
}

// Start makes a simulator and serves until Close. The context bounds the start
// alone.
func Start(ctx context.Context, o Options) (*Server, error) {
	s, err := New(o)
	if err != nil {
		return nil, err
	}
	address := o.Listen
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening on %q: %w", address, err)
	}
	if err := s.serve(listener); err != nil {
		_ = listener.Close() // nothing was served yet
		return nil, err
	}
	return s, nil
}

// serve starts the one goroutine of the server, which Close waits for.
func (s *Server) serve(listener net.Listener) error {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(s.options.TLS && !s.options.HTTP1)
	s.http = &http.Server{
		Handler:                      s,
		Protocols:                    protocols,
		DisableGeneralOptionsHandler: true,
		ReadHeaderTimeout:            10 * time.Second,
		IdleTimeout:                  2 * time.Minute,
		ErrorLog:                     log.New(io.Discard, "", 0),
	}
	var idle unused
	s.http.ConnState = idle.watch
	s.http.RegisterOnShutdown(idle.drop)
	scheme := "http"
	if s.options.TLS {
		scheme = "https"
		certificate, err := s.certificate(listener)
		if err != nil {
			return err
		}
		s.http.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	}
	s.listener = listener
	s.url = scheme + "://" + reachable(listener.Addr())
	s.served = make(chan struct{})
	go func() {
		defer close(s.served)
		if s.options.TLS {
			s.failure = s.http.ServeTLS(listener, "", "")
		} else {
			s.failure = s.http.Serve(listener)
		}
	}()
	return nil
}

// reachable turns a listening address into one that can be dialled: a wildcard
// becomes the loopback address.
func reachable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return address.String()
	}
	host := "127.0.0.1"
	if tcp.IP.To4() == nil {
		host = "::1"
	}
	return net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

// URL is the base URL, such as http://127.0.0.1:18080; "" when not listening.
func (s *Server) URL() string { return s.url }

// Done is closed when the server has stopped serving, for whatever reason; nil
// when it never listened.
func (s *Server) Done() <-chan struct{} { return s.served }

// SoftwareStatement is the statement that GET /_sim/software-statement hands
// out, the same as long as the server lives. It is a secret.
func (s *Server) SoftwareStatement() string { return s.statement }

// Close stops accepting, lets the requests in flight finish until ctx ends, and
// then cuts off what is left. It returns when nothing is served any more; the
// error says that something was cut off or that serving had failed before.
func (s *Server) Close(ctx context.Context) error {
	if s.http == nil {
		return nil
	}
	err := s.http.Shutdown(ctx)
	if err != nil {
		_ = s.http.Close() // cutting off is what is wanted
	}
	<-s.served
	if s.failure != nil && !errors.Is(s.failure, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", s.failure)
	}
	if err != nil {
		return fmt.Errorf("requests cut off: %w", err)
	}
	return nil
}

// RoundTrip answers in at now, without a socket and without latency: the same
// service that listens, for callers with a clock of their own. in.Peer is the
// client's address. Paths under /_sim/ are not known here.
func (s *Server) RoundTrip(now time.Time, in *api.HTTPRequest, out *api.HTTPResponse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.options.ErrorRate > 0 && s.rng.Float64() < s.options.ErrorRate {
		s.service.Fail(now, in, out)
		return
	}
	s.service.Handle(now, in, out)
}

// latency draws how long the next answer is held back.
func (s *Server) latency() time.Duration {
	l := s.options.Latency
	if l.Max <= l.Min {
		return l.Min
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return l.Min + time.Duration(s.rng.Int64N(int64(l.Max-l.Min)+1))
}

// Ledger returns what was answered since the start or the last reset.
func (s *Server) Ledger() backend.Ledger {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.service.Ledger()
}

// LedgerByDevice returns each device's share.
func (s *Server) LedgerByDevice() []backend.LedgerDevice {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.service.LedgerByDevice()
}

// ResetLedger forgets the counts.
func (s *Server) ResetLedger() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.service.ResetLedger()
}
