//go:build !unix

package wire

import "net"

// probe sees nothing here: a connection that the server closed while it was idle
// surfaces as a reset.
type probe struct{}

func (*probe) init(net.Conn) {}

func (*probe) look() sign { return signQuiet }
