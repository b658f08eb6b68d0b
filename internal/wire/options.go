package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"
)

// Version chooses the HTTP version.
type Version uint8

const (
	// VersionAuto negotiates by ALPN on https and speaks HTTP/1.1 on http.
	VersionAuto Version = iota
	// Version1 is HTTP/1.1.
	Version1
	// Version2 is HTTP/2: by ALPN on https, with prior knowledge on http
	// (RFC 9113 section 3.3).
	Version2
)

var versionNames = []string{"auto", "1.1", "2"}

// String returns the version as the command line writes it.
func (v Version) String() string {
	if int(v) < len(versionNames) {
		return versionNames[v]
	}
	return "invalid"
}

// ParseVersion reads auto, 1.1 or 2.
func ParseVersion(s string) (Version, error) {
	for i, name := range versionNames {
		if s == name {
			return Version(i), nil
		}
	}
	return 0, fmt.Errorf("HTTP version %q, want one of auto, 1.1, 2", s)
}

// Defaults of Options.
const (
	DefaultTimeout  = 10 * time.Second
	DefaultMaxConns = 4096
	DefaultMaxBody  = 1 << 20
)

// MaxHead is the largest answer head in bytes, interim answers included on
// HTTP/2, and the largest trailer; a larger one is ErrTooLarge.
const MaxHead = 8 << 10

// idleLimit is how long an unused connection is kept.
const idleLimit = 90 * time.Second

// Options configures a Client. The zero value works.
type Options struct {
	// Version is the HTTP version.
	Version Version
	// Timeout is the time a request may take, from the call of Do to the last
	// byte of its answer, waiting for a connection included; 0 is DefaultTimeout.
	// On sockets it may be a sixty-fourth more.
	Timeout time.Duration
	// MaxConns bounds the open connections; 0 is DefaultMaxConns. A request
	// above it waits for a connection.
	MaxConns int
	// MaxBody bounds the body of an answer in bytes; 0 is DefaultMaxBody. A
	// larger one is ErrTooLarge and its connection is given up.
	MaxBody int

	// TLS is the base of the TLS configuration; it is copied. The name and the
	// protocols to negotiate are set by the client.
	TLS *tls.Config
	// InsecureSkipVerify accepts any certificate.
	InsecureSkipVerify bool
	// CAFile is a PEM file of the only authorities to trust.
	CAFile string
	// CertFile and KeyFile are PEM files of a client certificate and its key.
	CertFile, KeyFile string

	// Resolve replaces an address to connect to: from "host:port" or "host" to
	// "host:port" or "host". Host field and certificate name stay as they are.
	Resolve map[string]string
	// LocalAddr is the IP address to connect from.
	LocalAddr string
	// Proxy is an http or https proxy; nil is none. The environment is not read.
	Proxy *url.URL

	// Dial replaces the opening of TCP connections, for tests and for servers in
	// the same process. Resolve applies before it; LocalAddr does not.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Validate returns every problem of o at once; files are not opened.
func (o *Options) Validate() error {
	var errs []error
	if int(o.Version) >= len(versionNames) {
		errs = append(errs, fmt.Errorf("HTTP version %d is unknown", o.Version))
	}
	if o.Timeout < 0 {
		errs = append(errs, fmt.Errorf("timeout %v is negative", o.Timeout))
	}
	if o.MaxConns < 0 {
		errs = append(errs, fmt.Errorf("connection limit %d is negative", o.MaxConns))
	}
	if o.MaxBody < 0 {
		errs = append(errs, fmt.Errorf("body limit %d is negative", o.MaxBody))
	}
	if (o.CertFile == "") != (o.KeyFile == "") {
		errs = append(errs, errors.New("a client certificate needs both a certificate file and a key file"))
	}
	if o.LocalAddr != "" {
		if _, err := netip.ParseAddr(o.LocalAddr); err != nil {
			errs = append(errs, fmt.Errorf("source address %q is no IP address", o.LocalAddr))
		}
	}
	if p := o.Proxy; p != nil && (p.Scheme != "http" && p.Scheme != "https" || p.Hostname() == "") {
		// It is not shown: without its scheme, a user and password are not seen as such.
		errs = append(errs, errors.New("the proxy is not of the form http://host:port or https://host:port"))
	}
	return errors.Join(errs...)
}

// target is a server and the resolved options: all that a connection needs.
type target struct {
	Options
	scheme string
	addr   string // host:port to connect to, before Resolve
	host   string // the Host field
	prefix string // goes before every request target
	tls    *tls.Config
	dialer net.Dialer
}

func newTarget(base *url.URL, o Options) (*target, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if base == nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" {
		return nil, fmt.Errorf("target %q, want http://host or https://host", redacted(base))
	}
	if base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return nil, fmt.Errorf("target %q, want no user, query or fragment", redacted(base))
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxConns == 0 {
		o.MaxConns = DefaultMaxConns
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	t := &target{
		Options: o, scheme: base.Scheme, host: base.Host, addr: Address(base),
		prefix: strings.TrimSuffix(base.EscapedPath(), "/"),
	}
	if o.LocalAddr != "" {
		t.dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(o.LocalAddr)}
	}
	if base.Scheme == "https" {
		var err error
		if t.tls, err = o.tlsConfig(base.Hostname()); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// slack is how much later than asked for a deadline may be, so that not every
// request has to set one: nothing where the connections are somebody else's.
func (t *target) slack() time.Duration {
	if t.Dial != nil {
		return 0
	}
	return t.Timeout / 64
}

func redacted(u *url.URL) string {
	if u == nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// Address is the host and port to which connections to u go: the scheme's port
// where u names none.
func Address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (o *Options) tlsConfig(host string) (*tls.Config, error) {
	c := &tls.Config{}
	if o.TLS != nil {
		c = o.TLS.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = host
	}
	if o.InsecureSkipVerify {
		c.InsecureSkipVerify = true
	}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("certificate authorities: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificate authorities: no certificate in %q", o.CAFile)
		}
	}
	if o.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{cert}
	}
	return c, nil
}
