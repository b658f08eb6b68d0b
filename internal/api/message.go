package api

import "strings"

// Field is one HTTP header field. Names compare case-insensitively
// (RFC 9110 section 5.1).
type Field struct {
	Name, Value string
}

// Header is a list of fields in the order in which they travel.
type Header []Field

// Get returns the first value of the named field, or "".
func (h Header) Get(name string) string {
	if i := h.index(name); i >= 0 {
		return h[i].Value
	}
	return ""
}

// Has reports whether the named field is present, be it empty.
func (h Header) Has(name string) bool { return h.index(name) >= 0 }

func (h Header) index(name string) int {
	for i := range h {
		// Most senders write a name as it is documented.
		if n := h[i].Name; n == name || len(n) == len(name) && strings.EqualFold(n, name) {
			return i
		}
	}
	return -1
}

// HTTPRequest is a request as it travels, without a transport's types. It is
// what drivers send, what the simulator answers, and what probes spoil.
type HTTPRequest struct {
	// Method is the HTTP method.
	Method string
	// Target is the path with its query, in origin form.
	Target string
	// Header holds the fields, without Host and Content-Length.
	Header Header
	// Body is the body; empty when there is none.
	Body []byte
	// Peer is the address of the client's end of the connection, without port.
	// Only the server side sets it.
	Peer string
}

// Path returns the target without its query.
func (r *HTTPRequest) Path() string {
	path, _, _ := strings.Cut(r.Target, "?")
	return path
}

// Query returns the raw query of the target, without the question mark.
func (r *HTTPRequest) Query() string {
	_, query, _ := strings.Cut(r.Target, "?")
	return query
}

// Reset empties r and keeps its memory for the next request.
func (r *HTTPRequest) Reset() {
	clear(r.Header)
	*r = HTTPRequest{Header: r.Header[:0], Body: r.Body[:0]}
}

// HTTPResponse is an answer as it travels.
type HTTPResponse struct {
	// Status is the HTTP status; 0 when no answer came.
	Status int
	// Header holds the fields of the answer.
	Header Header
	// Body is the body, whole.
	Body []byte
}

// Reset empties r and keeps its memory for the next answer.
func (r *HTTPResponse) Reset() {
	clear(r.Header)
	*r = HTTPResponse{Header: r.Header[:0], Body: r.Body[:0]}
}
