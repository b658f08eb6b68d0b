package proxy

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Provocation is something that rarely happens in a lab.
type Provocation struct {
	// Kind is one of Kinds.
	Kind string
	// After is how long after the start of the proxy the next request that fits
	// is answered so.
	After time.Duration
}

// The kinds of provocations.
const (
	provokeThrottle  = "429"
	provokeFailure   = "500"
	provokeSlow      = "slow"
	provokeExpiry    = "token-expiry"
	provokeClient    = "invalid-client"
	provokeStatement = "revoked-statement"
)

// Kinds lists the kinds of provocations, with what each does.
func Kinds() [][2]string {
	return [][2]string{
		{provokeThrottle, "answers a call with 429, as the throttle does"},
		{provokeFailure, "answers a call with 500"},
		{provokeSlow, "holds the answer to a call back for five seconds"},
		{provokeExpiry, "answers calls with the tokens of before with 401"},
		{provokeClient, "answers the next token request with invalid_client"},
		{provokeStatement, "answers the next registration with unapproved_software_statement"},
	}
}

// ParseProvocation reads KIND or KIND@TIME, such as 429@5s.
func ParseProvocation(text string) (Provocation, error) {
	kind, when, timed := strings.Cut(text, "@")
	p := Provocation{Kind: kind}
	names := []string{}
	for _, k := range Kinds() {
		names = append(names, k[0])
	}
	if !slices.Contains(names, kind) {
		return p, fmt.Errorf("provocation %q, want one of %s", kind, strings.Join(names, ", "))
	}
	if timed {
		after, err := time.ParseDuration(when)
		if err != nil || after < 0 {
			return p, fmt.Errorf("provocation %q: %q is no time, want one such as 5s", text, when)
		}
		p.After = after
	}
	return p, nil
}

// slowness is how long a slow answer is held back.
const slowness = 5 * time.Second

// provoker decides which requests are provoked. It is not safe for concurrent
// use.
type provoker struct {
	waiting []Provocation
	// old are digests of the tokens that have been made to expire, seen those
	// that calls have carried.
	old, seen map[[sha256.Size]byte]bool
}

// maxTokens bounds the tokens that are remembered.
const maxTokens = 4096

func newProvoker(list []Provocation) *provoker {
	return &provoker{waiting: slices.Clone(list), old: map[[sha256.Size]byte]bool{}, seen: map[[sha256.Size]byte]bool{}}
}

// decide says how a request at a time since the start is answered: by out, when
// it reports true, and later by the returned delay.
func (p *provoker) decide(since time.Duration, op api.Op, in *api.HTTPRequest, out *api.HTTPResponse) (delay time.Duration, answered bool) {
	digest := sha256.Sum256([]byte(in.Header.Get("Authorization")))
	if op.Protected() && len(p.seen) < maxTokens {
		p.seen[digest] = true
	}
	for i, w := range p.waiting {
		if since < w.After || !w.fits(op) {
			continue
		}
		p.waiting = slices.Delete(p.waiting, i, i+1)
		switch w.Kind {
		case provokeSlow:
			return slowness, false
		case provokeExpiry:
			for token := range p.seen {
				p.old[token] = true
			}
		default:
			w.answer(out)
			return 0, true
		}
		break
	}
	if op.Protected() && p.old[digest] {
		Provocation{Kind: provokeExpiry}.answer(out)
		return 0, true
	}
	return 0, false
}

// fits reports whether a request to op can be provoked so.
func (p Provocation) fits(op api.Op) bool {
	switch p.Kind {
	case provokeClient:
		return op == api.OpToken
	case provokeStatement:
		return op == api.OpRegister
	}
	return op.Protected()
}

// tooMany is the page that the throttle answers with.
const tooMany = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n" +
	"<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n"

func (p Provocation) answer(out *api.HTTPResponse) {
	out.Reset()
	media := "application/json;charset=UTF-8"
	switch p.Kind {
	case provokeThrottle:
		out.Status, out.Body, media = 429, append(out.Body, tooMany...), "text/html"
	case provokeFailure:
		out.Status = 500
		out.Body = append(out.Body, `{"action":"retry","status":500,"code":"internal_server_error","message":"provoked"}`...)
	case provokeExpiry:
		// Without an action: the body of such a 401 is open, and this one
		// leaves only the new token as a way on.
		out.Status, out.Body = 401, append(out.Body, `{"error":"access_denied"}`...)
	case provokeClient:
		out.Status, out.Body = 400, append(out.Body, `{"error":"invalid_client"}`...)
	case provokeStatement:
		out.Status, out.Body = 400, append(out.Body, `{"error":"unapproved_software_statement"}`...)
	}
	out.Header = append(out.Header, api.Field{Name: "Content-Type", Value: media})
}
