package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// phaseError is an error of connection set-up with its class: a handshake fails
// for many reasons, and only the step that failed tells them apart.
type phaseError struct {
	kind api.ErrKind
	err  error
}

func (e *phaseError) Error() string { return e.err.Error() }
func (e *phaseError) Unwrap() error { return e.err }

var (
	errNoHTTP2 = errors.New("server did not choose HTTP/2")
	errProxy   = errors.New("proxy refused the tunnel")
)

// dial opens a connection to the server, through the proxy if there is one, and
// completes the TLS handshake, offering protos. Errors carry a phaseError.
func (t *target) dial(ctx context.Context, protos ...string) (net.Conn, error) {
	first := t.addr
	if t.Proxy != nil {
		first = Address(t.Proxy)
	}
	raw, err := t.dialTCP(ctx, first)
	if err != nil {
		return nil, &phaseError{dialKind(err), err}
	}
	if l := newLink(raw); l != nil {
		raw = l
	}
	conn := raw
	if t.Proxy != nil {
		if conn, err = t.throughProxy(ctx, conn); err != nil {
			raw.Close()
			return nil, err
		}
	}
	if t.tls == nil {
		return conn, nil
	}
	cfg := t.tls.Clone()
	cfg.NextProtos = protos
	tc, err := handshake(ctx, conn, cfg)
	if err != nil {
		raw.Close()
		return nil, err
	}
	return tc, nil
}

func (t *target) dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	addr = t.resolve(addr)
	if t.Dial != nil {
		return t.Dial(ctx, "tcp", addr)
	}
	return t.dialer.DialContext(ctx, "tcp", addr)
}

func (t *target) resolve(addr string) string {
	if to, ok := t.Resolve[addr]; ok {
		return withPort(to, addr)
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if to, ok := t.Resolve[host]; ok {
		return withPort(to, addr)
	}
	return addr
}

// withPort adds addr's port to a host that has none.
func withPort(to, addr string) string {
	if _, _, err := net.SplitHostPort(to); err == nil {
		return to
	}
	_, port, _ := net.SplitHostPort(addr)
	return net.JoinHostPort(to, port)
}

// handshake returns a TLS connection over conn.
func handshake(ctx context.Context, conn net.Conn, cfg *tls.Config) (*tls.Conn, error) {
	tc := tls.Client(conn, cfg)
	if err := tc.HandshakeContext(ctx); err != nil {
		kind := api.ErrTLS
		if isTimeout(err) {
			kind = api.ErrTimeout
		}
		return nil, &phaseError{kind, err}
	}
	return tc, nil
}

// throughProxy prepares a connection to the proxy for use: TLS when the proxy
// speaks it, and a tunnel (RFC 9110 section 9.3.6) when the server does.
func (t *target) throughProxy(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if t.Proxy.Scheme == "https" {
		cfg := t.TLS.Clone()
		if cfg == nil {
			cfg = &tls.Config{}
		}
		cfg.ServerName = t.Proxy.Hostname()
		cfg.InsecureSkipVerify = cfg.InsecureSkipVerify || t.InsecureSkipVerify
		tc, err := handshake(ctx, conn, cfg)
		if err != nil {
			return nil, err
		}
		conn = tc
	}
	if t.tls == nil && t.Version != Version2 {
		return conn, nil
	}
	return conn, t.tunnel(ctx, conn)
}

func (t *target) tunnel(ctx context.Context, conn net.Conn) error {
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(past) })
	defer stop()
	req := "CONNECT " + t.addr + " HTTP/1.1\r\nHost: " + t.addr + "\r\n"
	if auth := proxyAuth(t.Proxy); auth != "" {
		req += "Proxy-Authorization: " + auth + "\r\n"
	}
	if _, err := conn.Write([]byte(req + "\r\n")); err != nil {
		return &phaseError{connKind(err), err}
	}
	br := bufio.NewReader(conn)
	resp, err := http.ReadResponse(br, &http.Request{Method: "CONNECT"})
	if err != nil {
		return &phaseError{connKind(err), err}
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || br.Buffered() > 0 {
		return &phaseError{api.ErrConnect, fmt.Errorf("%w with status %d", errProxy, resp.StatusCode)}
	}
	return nil
}

// proxyAuth returns the credentials in a proxy's URL as a field value.
func proxyAuth(proxy *url.URL) string {
	if proxy == nil || proxy.User == nil {
		return ""
	}
	password, _ := proxy.User.Password()
	plain := proxy.User.Username() + ":" + password
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(plain))
}

// past is a deadline that ends any wait at once.
var past = time.Unix(1, 0)
