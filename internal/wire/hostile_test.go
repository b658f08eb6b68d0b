package wire

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// deed is what the hostile server does with a request that it has read whole.
// It returns when it has nothing more to say on this connection's request.
type deed struct {
	h1 func(c *peer1)
	h2 func(c *peer2, stream uint32)
}

// hostile serves one deed for the first request and a plain answer for all
// later ones. It listens on a raw socket; the protocol on top is hand-made.
type hostile struct {
	ln       net.Listener
	tls      *tls.Config
	h2       bool
	deed     deed
	requests atomic.Int32
	conns    atomic.Int32
	release  chan struct{} // closed at the end: lets a stalling deed go
	wg       sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]struct{}
}

// transport names a way to speak to the hostile server.
type transport struct {
	name string
	tls  bool
	h2   bool
}

var transports = []transport{
	{"http1", false, false}, {"https1", true, false}, {"http2", false, true}, {"https2", true, true},
}

func newHostile(t *testing.T, tr transport, d deed) *hostile {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &hostile{ln: ln, h2: tr.h2, deed: d, release: make(chan struct{}), open: map[net.Conn]struct{}{}}
	if tr.tls {
		proto := "http/1.1"
		if tr.h2 {
			proto = "h2"
		}
		s.tls = &tls.Config{Certificates: []tls.Certificate{serverCert(t)}, NextProtos: []string{proto}}
	}
	s.wg.Go(s.accept)
	t.Cleanup(s.close)
	return s
}

func (s *hostile) close() {
	s.ln.Close()
	close(s.release)
	s.mu.Lock()
	for c := range s.open {
		c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

func (s *hostile) accept() {
	for {
		c, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.conns.Add(1)
		s.mu.Lock()
		s.open[c] = struct{}{}
		s.mu.Unlock()
		s.wg.Go(func() {
			s.serve(c)
			c.Close()
			s.mu.Lock()
			delete(s.open, c)
			s.mu.Unlock()
		})
	}
}

func (s *hostile) serve(raw net.Conn) {
	conn := raw
	if s.tls != nil {
		tc := tls.Server(raw, s.tls)
		if tc.Handshake() != nil {
			return
		}
		conn = tc
	}
	if s.h2 {
		(&peer2{s: s, Conn: conn, raw: raw.(*net.TCPConn), br: bufio.NewReader(conn)}).serve()
		return
	}
	p := &peer1{s: s, Conn: conn, raw: raw.(*net.TCPConn), br: bufio.NewReader(conn)}
	for !p.over && p.readRequest() {
		if s.requests.Add(1) == 1 {
			s.deed.h1(p)
		} else {
			p.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlater")
		}
	}
}

// peer1 is the server's end of an HTTP/1.1 connection.
type peer1 struct {
	net.Conn
	s    *hostile
	raw  *net.TCPConn
	br   *bufio.Reader
	over bool
}

func (p *peer1) readRequest() bool {
	r, err := http.ReadRequest(p.br)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil
}

func (p *peer1) write(s string) { io.WriteString(p.Conn, s) }

// stall waits until the test is over.
func (p *peer1) stall() { <-p.s.release; p.over = true }

// hangUp closes the connection in order.
func (p *peer1) hangUp() { p.Conn.Close(); p.over = true }

// reset breaks the connection.
func (p *peer1) reset() { p.raw.SetLinger(0); p.raw.Close(); p.over = true }

// peer2 is the server's end of an HTTP/2 connection: just enough of RFC 9113 to
// answer and to misbehave.
type peer2 struct {
	net.Conn
	s    *hostile
	raw  *net.TCPConn
	br   *bufio.Reader
	over bool
}

const (
	frameData, frameHeaders, frameReset, frameSettings = 0, 1, 3, 4
	framePing, frameGoAway, frameContinuation          = 6, 7, 9
	flagEndStream, flagAck, flagEndHeaders             = 1, 1, 4
)

func (p *peer2) serve() {
	if _, err := p.br.Discard(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")); err != nil {
		return
	}
	p.frame(frameSettings, 0, 0, nil)
	for !p.over {
		var h [9]byte
		if _, err := io.ReadFull(p.br, h[:]); err != nil {
			return
		}
		body := make([]byte, int(h[0])<<16|int(h[1])<<8|int(h[2]))
		if _, err := io.ReadFull(p.br, body); err != nil {
			return
		}
		kind, flags, stream := h[3], h[4], binary.BigEndian.Uint32(h[5:])
		switch {
		case kind == frameSettings && flags&flagAck == 0:
			p.frame(frameSettings, flagAck, 0, nil)
		case kind == framePing && flags&flagAck == 0:
			p.frame(framePing, flagAck, 0, body)
		case (kind == frameHeaders || kind == frameData) && flags&flagEndStream != 0:
			p.request(stream)
		}
	}
}

func (p *peer2) request(stream uint32) {
	if p.s.requests.Add(1) == 1 {
		p.s.deed.h2(p, stream)
		return
	}
	p.headers(stream, 0, ":status", "200")
	p.frame(frameData, flagEndStream, stream, []byte("later"))
}

func (p *peer2) frame(kind, flags byte, stream uint32, body []byte) error {
	n := len(body)
	b := append([]byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags}, 0, 0, 0, 0)
	binary.BigEndian.PutUint32(b[5:], stream)
	_, err := p.Conn.Write(append(b, body...))
	return err
}

// headers sends fields, given as names and values, in one frame.
func (p *peer2) headers(stream uint32, flags byte, fields ...string) {
	p.frame(frameHeaders, flags|flagEndHeaders, stream, literals(fields...))
}

func (p *peer2) stall()  { <-p.s.release; p.over = true }
func (p *peer2) hangUp() { p.Conn.Close(); p.over = true }
func (p *peer2) reset()  { p.raw.SetLinger(0); p.raw.Close(); p.over = true }

// literals encodes fields as literals without indexing (RFC 7541 section 6.2.2).
func literals(fields ...string) []byte {
	var b []byte
	for i := 0; i < len(fields); i += 2 {
		b = append(b, 0)
		for _, s := range fields[i : i+2] {
			if len(s) < 127 {
				b = append(b, byte(len(s)))
			} else {
				b = append(b, 127)
				b = binary.AppendUvarint(b, uint64(len(s)-127))
			}
			b = append(b, s...)
		}
	}
	return b
}

// client returns a client of the server, with o completed.
func (s *hostile) client(t *testing.T, tr transport, o Options) Client {
	t.Helper()
	o.Version = Version1
	if tr.h2 {
		o.Version = Version2
	}
	if o.TLS == nil && tr.tls {
		o.TLS = &tls.Config{RootCAs: trusted(t)}
	}
	c, err := New(s.url(tr), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (s *hostile) url(tr transport) *url.URL {
	u := &url.URL{Scheme: "http", Host: s.ln.Addr().String()}
	if tr.tls {
		u.Scheme = "https"
	}
	return u
}

// get sends a bare GET.
func get(ctx context.Context, c Client, out *api.HTTPResponse) (Timing, api.ErrKind) {
	return c.Do(ctx, &api.HTTPRequest{Method: "GET", Target: "/x"}, out)
}

var testCA struct {
	sync.Once
	cert tls.Certificate
	pool *x509.CertPool
}

func makeCert() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"service.test"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	testCA.cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
	testCA.pool = x509.NewCertPool()
	testCA.pool.AddCert(leaf)
}

func serverCert(testing.TB) tls.Certificate {
	testCA.Do(makeCert)
	return testCA.cert
}

func trusted(testing.TB) *x509.CertPool {
	testCA.Do(makeCert)
	return testCA.pool
}
