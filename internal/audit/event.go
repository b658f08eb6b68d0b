package audit

import (
	"net/netip"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/record"
)

// maxResources bounds what is remembered of one decision call.
const maxResources = 32

// event is an exchange as the evaluators see it: without messages, and with
// hashes for everything that is only compared. Times are nanoseconds of Unix
// time.
type event struct {
	seq            uint64
	sent, received int64

	op      api.Op
	legacy  bool
	status  int
	outcome api.Outcome
	action  api.Action
	errAct  api.ErrorAction
	errCode string

	// target is method and path, key the whole request without its header.
	target, key uint64
	// throttleKey is the address that the service charges, origin what else
	// tells one client from another.
	throttleKey, origin uint64
	// nameless marks a registration that does not tell by X-Forwarded-For whose it
	// is: a server sends those of all its devices from one address.
	nameless bool

	client, bearer, identifier uint64
	statement, saml            uint64
	provider, mvpd, code       uint64
	platform                   uint64
	// whole: a session request with all three of its parameters.
	whole   bool
	browser bool
	// extras are the optional header fields that came, by bits of extras.
	extras uint8

	newClient, newToken, newCode uint64
	life, notAfter               int64
	profiles, denied             int
	missing                      bool
	grants                       []uint64
	mvpds                        map[uint64]struct{}
	asked, permitted, retryable  []uint64

	// epoch counts the starts of apps before the exchange; model names the device.
	epoch uint32
	model string
	about api.DeviceInfo
	agent uint64
	// marks are the verdicts that the exchange alone decides.
	marks []mark
	// justified: the registration had a reason when it was sent.
	justified bool
	// redundant: the token request broke DCR-04.
	redundant bool
	// occasion: it stands where a token request should be.
	occasion bool
}

// mark is one verdict.
type mark struct {
	rule    number
	verdict Verdict
	what    string
}

// reader turns exchanges into events. It belongs to one goroutine at a time.
type reader struct {
	options *Options
	doc     jsondoc.Doc
	w       wire
	e       *event
	about   map[uint64]aboutDevice
	// names: the names of devices are wanted, not only what is right or wrong.
	names bool
	// last is the sender of the request at hand, before another one.
	last, before sender
}

// read makes the event of an exchange in e, which is empty but for the memory of
// its marks. It keeps nothing of the exchange.
func (r *reader) read(e *event, x *record.Exchange, s Setting) {
	e.seq, e.op = x.Seq, x.Request.Op
	e.sent = x.Sent.UnixNano()
	e.received = max(x.Received.UnixNano(), e.sent)
	r.e = e
	if x.Wire != nil && x.Wire.Method != "" {
		r.w.read(x.Wire, &r.doc)
		e.op = r.w.op
		r.asked(x.Wire, s)
	} else {
		r.meant(x.Request)
	}
	if x.Response != nil {
		r.answered(x)
	}
	if x.Wire != nil && x.Wire.Method != "" {
		r.form(s)
	}
	r.w.reset()
	r.e = nil
	r.doc.Reset()
}

// asked reads the request as it travelled.
func (r *reader) asked(q *api.HTTPRequest, s Setting) {
	e, w := r.e, &r.w
	e.legacy = e.op == api.OpUnknown && Legacy(q.Path())
	h := more(hashOffset, q.Method)
	e.target = more(h, strings.TrimSuffix(q.Path(), "/"))
	e.key = more(more(e.target, q.Query()), q.Body)
	from := r.sender(q.Header, s.Peer)
	e.throttleKey, e.origin, e.browser = from.throttleKey, from.origin, from.browser
	e.identifier, e.platform, e.agent = from.identifierHash, from.platformHash, from.agentHash
	e.nameless = e.op == api.OpRegister && throttleKey(from.forwarded, "") == throttleKey("", "")
	e.provider, e.mvpd, e.code = hash(w.params.ServiceProvider), hash(unescapeSegment(w.params.MVPD)), hash(w.params.Code)
	for bit, name := range extraFields {
		if q.Header.Has(name) {
			e.extras |= 1 << bit
		}
	}
	switch e.op {
	case api.OpRegister:
		e.statement = hash(w.parameter("software_statement"))
	case api.OpToken:
		e.client = hash(w.parameter("client_id"))
		if e.client == 0 {
			e.client = hash(w.basicUser())
		}
	default:
		e.bearer = hash(w.bearer())
	}
	switch e.op {
	case api.OpSessionsCreate, api.OpSessionsResume:
		e.mvpd = hash(valueOf(w.form, "mvpd"))
		e.whole = has(w.form, "mvpd") && has(w.form, "domainName") && has(w.form, "redirectUrl")
	case api.OpSSOProfiles:
		e.saml = hash(valueOf(w.form, "SAMLResponse"))
	case api.OpAuthorize, api.OpPreauthorize:
		for resource := range w.body.Get("resources").Elements() {
			if len(e.asked) < maxResources {
				e.asked = append(e.asked, hash(resource.Text()))
			}
		}
	}
}

// meant reads a request that never travelled.
func (r *reader) meant(q *api.Request) {
	e := r.e
	h := more(hashOffset, q.Op.Describe().Method)
	h = more(more(more(h, q.Op.String()), q.ServiceProvider), q.Code)
	e.target = more(h, q.MVPD)
	e.key = more(more(more(e.target, q.ClientID), q.RedirectURL), q.SoftwareStatement)
	for _, resource := range q.Resources {
		e.key = more(e.key, resource)
		e.asked = append(e.asked, hash(resource))
	}
	e.client, e.bearer, e.statement = hash(q.ClientID), hash(q.AccessToken), hash(q.SoftwareStatement)
	e.provider, e.mvpd, e.code, e.saml = hash(q.ServiceProvider), hash(q.MVPD), hash(q.Code), hash(q.SAMLResponse)
	e.whole = q.MVPD != "" && q.DomainName != "" && q.RedirectURL != ""
}

// throttleKey is the address that the service charges: the first valid one of
// X-Forwarded-For, else the peer's.
func throttleKey(forwarded, peer string) uint64 {
	for part := range strings.SplitSeq(forwarded, ",") {
		if a, err := netip.ParseAddr(strings.TrimSpace(part)); err == nil {
			return hash(a.Unmap().String())
		}
	}
	return hash(peer)
}

// extraFields are the optional header fields whose use is to be consistent.
var extraFields = [...]string{
	"Adobe-Subject-Token", "X-Roku-Reserved-Roku-Connect-Token", "AD-Service-Token", "AP-Visitor-Identifier",
	"AP-Partner-Framework-Status", "AP-TempPass-Identity", "X-Forwarded-For",
}

const (
	extraSubject = 1 << iota
	extraRoku
	extraService
	extraVisitor
	extraPartner
	extraTempPass
	extraForwarded
)

// Legacy reports whether a path belongs to the APIs before REST API v2, or to
// the pages of the browser's way through them.
func Legacy(path string) bool {
	for _, prefix := range [...]string{"/api/v1/", "/reggie/", "/adobe-services/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}
