package server

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// Options say where and how the simulator serves. The zero Options serve the
// documented service over HTTP/1.1 on a free loopback port.
type Options struct {
	// Listen is the TCP address; "" stands for 127.0.0.1:0.
	Listen string
	// TLS serves HTTPS, with HTTP/2 unless HTTP1 is set. Without a certificate
	// and key, a self-signed certificate is made at the start; CA returns it.
	TLS bool
	// CertFile and KeyFile are PEM files.
	CertFile, KeyFile string
	// HTTP1 leaves HTTP/2 out.
	HTTP1 bool

	// Latency is added to every answer.
	Latency Latency
	// ErrorRate is the share of requests, from 0 to 1, that are answered with
	// 500 internal_server_error once the throttle has admitted them.
	ErrorRate float64

	// Backend configures the service.
	Backend backend.Config
	// Verifier decides on software statements; nil stands for one that approves
	// the statement which the server hands out and no other signature.
	Verifier backend.StatementVerifier
	// Software are claims of the statement that the server hands out; nil stands
	// for a plain one with the scope of REST API v2.
	Software *statement.Claims
	// Seed decides all ids and secrets; nil draws one from crypto/rand.
	Seed *[32]byte
	// Now is the clock; nil stands for time.Now. It is read once per request.
	Now func() time.Time
}

// Latency is how long an answer is held back: a time drawn evenly from Min to
// Max. A Max below Min stands for Min.
type Latency struct {
	Min, Max time.Duration
}

// maxLatency is longer than any client waits.
const maxLatency = 10 * time.Minute

// ParseLatency reads "50ms" or a range, "20ms..80ms".
func ParseLatency(text string) (Latency, error) {
	low, high, ranged := strings.Cut(text, "..")
	if !ranged {
		high = low
	}
	var l Latency
	var errLow, errHigh error
	l.Min, errLow = time.ParseDuration(low)
	l.Max, errHigh = time.ParseDuration(high)
	if errLow != nil || errHigh != nil || l.Min > l.Max || !l.valid() {
		return Latency{}, fmt.Errorf("latency %q is neither a duration nor a range of two up to %v (try: 50ms or 20ms..80ms)", text, maxLatency)
	}
	return l, nil
}

func (l Latency) valid() bool {
	return l.Min >= 0 && l.Max >= 0 && l.Min <= maxLatency && l.Max <= maxLatency
}

// Validate returns everything that is wrong with o and changes nothing.
func (o *Options) Validate() []error {
	errs := o.Backend.Validate()
	if !o.Latency.valid() {
		errs = append(errs, fmt.Errorf("latency must be from 0 to %v, not %v to %v", maxLatency, o.Latency.Min, o.Latency.Max))
	}
	if !(o.ErrorRate >= 0 && o.ErrorRate <= 1) {
		errs = append(errs, fmt.Errorf("error rate must be from 0 to 1, not %g", o.ErrorRate))
	}
	if (o.CertFile == "") != (o.KeyFile == "") {
		errs = append(errs, errors.New("a certificate file and a key file go together"))
	}
	if o.CertFile != "" && !o.TLS {
		errs = append(errs, errors.New("a certificate is of no use without TLS"))
	}
	return errs
}
