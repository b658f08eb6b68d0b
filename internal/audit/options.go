package audit

import "time"

// Options say how strictly clients are judged. The zero Options are tolerant
// and take clients for devices, not servers.
type Options struct {
	// Strict applies the strict reading wherever the documents contradict
	// themselves.
	Strict bool
	// ServerSide says that the client is a server that calls on behalf of
	// devices: the rules for servers apply.
	ServerSide bool
	// Tolerance is how far clocks and transport may be off; 0 stands for
	// DefaultTolerance, a negative value for none.
	Tolerance time.Duration
	// MaxBreaches bounds how many breaches of a rule a device keeps with their
	// exchanges; all are counted. 0 stands for DefaultMaxBreaches, a negative value
	// for none.
	MaxBreaches int
}

// Defaults of Options.
const (
	DefaultTolerance   = 250 * time.Millisecond
	DefaultMaxBreaches = 5
)

func (o *Options) eps() time.Duration {
	switch {
	case o.Tolerance < 0:
		return 0
	case o.Tolerance == 0:
		return DefaultTolerance
	}
	return o.Tolerance
}

func (o *Options) maxBreaches() int {
	if o.MaxBreaches == 0 {
		return DefaultMaxBreaches
	}
	return o.MaxBreaches
}

// Setting is what is known of an exchange beside its messages.
type Setting struct {
	// Scheme is http or https; empty when the recording does not tell, or when
	// the host is a stand-in on the recording machine.
	Scheme string
	// Peer is the address of the client's end, without port; empty when the
	// recording does not tell.
	Peer string
}
