// Package proxy is a recording reverse proxy: an app under test is pointed at
// it, it forwards what the app sends, and hands every exchange on, redacted and
// in the order of the sending. It can answer in the service's place now and
// then, to provoke what rarely happens in a lab.
//
// It judges nothing and prints nothing.
package proxy

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// Options say where a Proxy listens and what it does. Listen and Upstream are
// required.
type Options struct {
	// Listen is the TCP address; port 0 picks one.
	Listen string
	// CertFile and KeyFile are PEM files of a certificate: with them the proxy
	// speaks HTTPS, without them HTTP.
	CertFile, KeyFile string
	// Upstream reaches the service. The Proxy does not close it.
	Upstream wire.Client
	// Key is the key of the hashes that stand for secrets.
	Key []byte
	// Observe takes each exchange, redacted, in the order of the sending and one
	// at a time. The exchange is valid during the call alone. Requests to other
	// paths than those of the service are forwarded and not observed.
	Observe func(*record.Exchange, audit.Setting)
	// Provocations are done one after the other, each once.
	Provocations []Provocation
	// Now is the clock; nil stands for time.Now.
	Now func() time.Time
}

// Validate returns everything that is wrong with o.
func (o *Options) Validate() error {
	var errs []error
	if _, _, err := net.SplitHostPort(o.Listen); err != nil {
		errs = append(errs, fmt.Errorf("listen address %q, want HOST:PORT", o.Listen))
	}
	if o.Upstream == nil {
		errs = append(errs, errors.New("no upstream"))
	}
	if (o.CertFile == "") != (o.KeyFile == "") {
		errs = append(errs, errors.New("a certificate needs both a certificate file and a key file"))
	}
	return errors.Join(errs...)
}

// certificate reads the certificate; nil without one.
func (o *Options) certificate() (*tls.Config, error) {
	if o.CertFile == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}
