package wire

import (
	"net"
	"net/http"
	"strings"
)

// RequestTarget is the request target of r in origin form (RFC 9112, section
// 3.2.1), as it came where the client sent it so.
func RequestTarget(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// PeerHost is the host of a peer's address, without port and zone; an address
// that has no port comes back as it is.
func PeerHost(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	host, _, _ = strings.Cut(host, "%")
	return host
}
