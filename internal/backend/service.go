package backend

import (
	"errors"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
	"github.com/dcrbench/dcrbench/internal/spoil"
	"github.com/dcrbench/dcrbench/internal/statement"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// MaxBody is the longest request body that is looked into, in bytes. A longer
// one is malformed, and whoever reads it from a socket may stop there.
const MaxBody = 1 << 20

// StatementVerifier decides on software statements. Its errors wrap
// statement.ErrInvalid or statement.ErrUnapproved.
type StatementVerifier interface {
	Verify(token string, now time.Time) (statement.Claims, error)
}

var _ StatementVerifier = (*statement.Verifier)(nil)

// Service is the simulated service. It is not safe for concurrent use. Times
// should not run backwards from call to call.
//
// Memory is bounded by traffic: tokens, sessions and profiles are dropped some
// time after their end. Client credentials have no end and stay, at
// about 50 bytes each.
type Service struct {
	cfg      Config
	faults   faultSet
	spoilt   *spoil.Set
	verifier StatementVerifier
	gen      generator
	throttle throttler
	ledger   ledger

	statements map[string]statement.Claims
	software   softwareTable
	clients    map[id]client
	tokens     generations[id, token]
	sessions   generations[sessionKey, session]
	latest     generations[deviceKey, sessionKey]
	profiles   generations[profileKey, profile]

	providers names
	mvpds     mvpdTable
	devices   deviceTable

	doc   jsondoc.Doc
	form  form
	query form
	call  call
}

// call is one request while it is being answered.
type call struct {
	now time.Time
	in  *api.HTTPRequest
	out *api.HTTPResponse
	op  api.Op
	// params are the unescaped path parameters.
	params api.PathParams
	// address is the throttle key.
	address string
	// broken makes an admitted request fail with a 500.
	broken bool
	// bearer is the client behind the access token, once it is known.
	bearer id
	// device is the hash of AP-Device-Identifier.
	device uint64
	// provider is the number of the service provider.
	provider int32
	// subject is the device of the ledger.
	subject int32
}

// New returns a service without clients. The seed decides every id and secret
// that it will ever make. Errors are those of cfg.Validate, joined, or a missing
// verifier.
func New(cfg Config, seed [32]byte, verifier StatementVerifier) (*Service, error) {
	if errs := cfg.Validate(); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if verifier == nil {
		return nil, errors.New("no verifier of software statements")
	}
	cfg = cfg.withDefaults()
	s := &Service{
		cfg:        cfg,
		faults:     newFaultSet(cfg.Faults),
		spoilt:     spoil.New(foreignFaults(cfg.Faults)),
		verifier:   verifier,
		gen:        newGenerator(seed),
		ledger:     newLedger(),
		statements: map[string]statement.Claims{},
		clients:    map[id]client{},
		tokens:     newGenerations[id, token](cfg.TokenTTL),
		// A session is remembered as long again as it lives, so that an expired
		// code is told from one that never was; likewise a profile.
		sessions: newGenerations[sessionKey, session](2 * cfg.SessionTTL),
		latest:   newGenerations[deviceKey, sessionKey](2 * cfg.SessionTTL),
		profiles: newGenerations[profileKey, profile](2 * max(cfg.ProfileTTL, cfg.TempPassTTL)),
		mvpds:    newMVPDTable(cfg.MVPDs),
	}
	s.throttle = newThrottler(&s.cfg, s.faults)
	return s, nil
}

// Handle answers in, arriving at now, into out, whose memory it reuses. Every
// request gets an answer with a status, however hostile it is; in is not
// changed, and its Body is not kept. The answer is counted in the ledger.
//
// The order is the documented one: throttle, route, method, authentication,
// parameters.
func (s *Service) Handle(now time.Time, in *api.HTTPRequest, out *api.HTTPResponse) {
	s.handle(now, in, out, false)
}

// Fail is Handle for a service that is broken at the moment: what the throttle
// admits and a route exists for is answered with 500 internal_server_error, and
// nothing else happens.
func (s *Service) Fail(now time.Time, in *api.HTTPRequest, out *api.HTTPResponse) {
	s.handle(now, in, out, true)
}

func (s *Service) handle(now time.Time, in *api.HTTPRequest, out *api.HTTPResponse, broken bool) {
	out.Reset()
	path := in.Path()
	op, params, known := api.Match(in.Method, path)
	s.call = call{now: now, in: in, out: out, op: op, broken: broken, subject: noDevice, provider: noProvider}
	c := &s.call
	c.address = s.address(in)
	s.advance(now)
	if (known || throttle.Throttled(path)) && in.Method != "OPTIONS" && !s.throttle.allow(s.throttleKey(c), now) {
		s.tooMany(c)
	} else if !known {
		c.out.Status = 404
	} else {
		c.params = api.PathParams{
			ServiceProvider: unescape(params.ServiceProvider), MVPD: unescape(params.MVPD),
			Code: unescape(params.Code), Partner: unescape(params.Partner),
		}
		s.route(c, path)
	}
	subject := s.subjectOf(c)
	s.spoilt.Apply(now, op, in, out)
	s.ledger.count(subject, c.op, out.Status, known)
	s.call.in, s.call.out = nil, nil
}

// advance drops what has ended.
func (s *Service) advance(now time.Time) {
	s.tokens.advance(now)
	s.sessions.advance(now)
	s.latest.advance(now)
	s.profiles.advance(now)
}

func (s *Service) route(c *call, path string) {
	op := c.op.Describe()
	switch {
	case c.broken:
		s.failed(c)
	case c.in.Method != op.Method && !s.tolerates(c):
		s.wrongMethod(c, path)
	case c.op == api.OpRegister:
		s.register(c)
	case c.op == api.OpToken:
		s.token(c)
	case c.op == api.OpAuthenticate:
		s.authenticate(c)
	case s.authorized(c) && s.located(c) && s.identified(c):
		s.answer(c)
	}
}

// answer serves the operations of REST API v2 that a token protects.
func (s *Service) answer(c *call) {
	switch c.op {
	case api.OpConfiguration:
		s.configuration(c)
	case api.OpSessionsCreate:
		s.createSession(c)
	case api.OpSessionsResume:
		s.resumeSession(c)
	case api.OpSessionsRetrieve:
		s.retrieveSession(c)
	case api.OpProfilesList:
		s.listProfiles(c)
	case api.OpProfilesMVPD:
		s.profileForMVPD(c)
	case api.OpProfilesCode:
		s.profileForCode(c)
	case api.OpAuthorize, api.OpPreauthorize:
		s.decide(c)
	case api.OpLogout:
		s.logout(c)
	case api.OpSSOSessions:
		s.partnerSession(c)
	case api.OpSSOProfiles:
		s.partnerProfile(c)
	}
}

// tolerates reports whether a fault lets a wrong method pass.
func (s *Service) tolerates(c *call) bool {
	return c.op == api.OpToken && c.in.Method == "GET" && s.faults.has(tokPostOnly)
}

// wrongMethod answers 405. Two operations share the path of a session,
// so that it allows two methods.
func (s *Service) wrongMethod(c *call, path string) {
	allow := c.op.Describe().Method
	if _, _, ok := api.Match("POST", path); ok && c.op == api.OpSessionsRetrieve {
		allow = "GET, POST"
	}
	if !(c.op == api.OpRegister && s.faults.has(regMethod405)) {
		c.out.Header = append(c.out.Header, api.Field{Name: "Allow", Value: allow})
	}
	c.out.Status = 405
	switch {
	case c.op == api.OpAuthenticate:
		s.page(c, 405)
	case c.op == api.OpRegister || c.op == api.OpToken:
		s.dcrBody(c, "invalid_request")
	}
}

// failed answers 500.
func (s *Service) failed(c *call) {
	if c.op == api.OpAuthenticate {
		s.page(c, 500)
		return
	}
	s.refuse(c, codeInternal)
}

// Revoke withdraws the approval of software for good, as the vendor does with a
// statement: its registrations are refused, its clients get no more
// tokens, and the tokens they hold are worth nothing.
func (s *Service) Revoke(software string) {
	clear(s.statements)
	s.software.revoke(software)
}

// Held counts what the service remembers, for bounding its memory in tests and
// for showing it: clients, tokens, sessions, profiles and throttle keys.
func (s *Service) Held() (clients, tokens, sessions, profiles, keys int) {
	return len(s.clients), s.tokens.len(), s.sessions.len(), s.profiles.len(), s.throttle.len()
}
