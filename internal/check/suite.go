package check

import (
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/spec"
)

// part is one probe before it is started.
type part struct {
	name string
	// rules tells which checks the probe rules on; it need not rule on each.
	rules func(id string) bool
	// phase orders the probes: 0 gets the credentials, 1 may run side by side, 2
	// runs alone.
	phase int
	// credentialed probes cannot do without an access token.
	credentialed bool
	intrusive    bool
	script       func(*probe)
}

func anyOf(prefixes ...string) func(string) bool {
	return func(id string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return id == p || strings.HasSuffix(p, ".") && strings.HasPrefix(id, p) })
	}
}

// watched are ruled on by every probe that calls the protected API.
var watched = anyOf("api.401-has-challenge", "api.challenge-syntax", "api.405-allow", "api.shared-cache", "api.no-echo",
	"err.media-type", "err.missing-code", "err.missing-action", "err.missing-status", "err.status-type", "err.help-url",
	"err.optional-types", "err.wrong-action", "err.body-status", "err.http-status", "err.level")

func answerIDs(op api.Op) []string {
	var ids []string
	for _, c := range spec.All() {
		if strings.HasPrefix(c.ID, spec.AnswerID(op, "")) && c.ID != spec.AnswerID(op, spec.AnswerUnauthorized) && c.ID != spec.AnswerID(op, spec.AnswerMethod) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func isMethodOrToken(id string) bool {
	return strings.HasPrefix(id, "v2.") && (strings.HasSuffix(id, spec.AnswerUnauthorized) || strings.HasSuffix(id, spec.AnswerMethod))
}

func isPartner(id string) bool {
	return strings.HasPrefix(id, "v2.sso.") && !isMethodOrToken(id) || strings.HasPrefix(id, "partner.")
}

func isFlow(id string) bool {
	return anyOf("v2.", "session.", "authenticate.", "profile.", "decision.", "logout.")(id) &&
		!isMethodOrToken(id) && !isPartner(id) && !isEnd(id) && !isConfiguration(id)
}

func isConfiguration(id string) bool {
	return strings.HasPrefix(id, "v2.configuration.") && !isMethodOrToken(id)
}

var (
	isEnd        = anyOf("session.superseded", "session.expired")
	isRegError   = func(id string) bool { return strings.HasPrefix(id, "reg.err-") }
	isTokenError = func(id string) bool {
		return strings.HasPrefix(id, "tok.err-") && id != "tok.err-basic-401" && id != "tok.err-scope"
	}
	isMisplaced    = anyOf("tok.post-only", "tok.creds-not-in-uri", "tok.form-only", "tok.repeat-param", "tok.password-off", "tok.method-405")
	isExpiry       = anyOf("tok.expiry-honest", "api.expired")
	isRegVariation = anyOf("reg.method-405", "reg.form-rejected", "reg.bad-json")
	isRegistration = func(id string) bool {
		return strings.HasPrefix(id, "reg.") && !isRegError(id) && !isRegVariation(id) && id != "reg.robust"
	}
	isTokenSuccess = func(id string) bool {
		return strings.HasPrefix(id, "tok.") && !isTokenError(id) && !isMisplaced(id) && !isExpiry(id) && id != "tok.bruteforce" && id != "tok.tls-only"
	}
	isBearer        = func(id string) bool { return strings.HasPrefix(id, "api.") && id != "api.expired" && !watched(id) }
	isSpoilt        = func(id string) bool { return strings.HasPrefix(id, "ss.") && id != "ss.accepted" }
	isErrorCode     = func(id string) bool { return strings.HasPrefix(id, "err.code.") || id == "err.unknown-code" }
	firstProbeRules = func(id string) bool {
		return isRegistration(id) || id == "ss.accepted" || id == "tok.tls-only" || id == "tok.access-token"
	}
)

// parts are all probes, in the order in which their evidence is listed.
var parts = []part{
	{name: "registration", rules: firstProbeRules, script: registration},
	{name: "configuration", rules: isConfiguration, credentialed: true, script: configuration},
	{name: "registration-errors", rules: func(id string) bool { return isRegError(id) || isRegVariation(id) }, phase: 1, script: registrationErrors},
	{name: "registration-robust", rules: anyOf("reg.robust"), phase: 1, intrusive: true, script: registrationRobust},
	{name: "statements", rules: isSpoilt, phase: 1, script: statements},
	{name: "tokens", rules: isTokenSuccess, phase: 1, credentialed: true, script: tokens},
	{name: "token-errors", rules: func(id string) bool { return isTokenError(id) || isMisplaced(id) }, phase: 1, credentialed: true, script: tokenErrors},
	{name: "token-brute-force", rules: anyOf("tok.bruteforce"), phase: 1, credentialed: true, intrusive: true, script: tokenBruteForce},
	{name: "bearer", rules: isBearer, phase: 1, credentialed: true, script: bearer},
	{name: "flow", rules: isFlow, phase: 1, credentialed: true, script: flow},
	{name: "partner", rules: isPartner, phase: 1, credentialed: true, script: partner},
	{name: "no-token", rules: isMethodOrToken, phase: 1, script: unauthorized},
	{name: "error-codes", rules: func(id string) bool { return isErrorCode(id) || watched(id) }, phase: 1, credentialed: true, script: errorCodes},
	{name: "session-ends", rules: isEnd, phase: 1, credentialed: true, script: sessionEnds},
	{name: "token-expiry", rules: isExpiry, phase: 1, credentialed: true, script: expiry},
	{name: throttlingPart, rules: anyOf("thr."), phase: 2},
}

const throttlingPart = "throttling"

// Phases is the number of values of Suite.Phase.
const Phases = 3

// Suite is a run of the probes that a selection of checks needs.
type Suite struct {
	kit    Kit
	shared shared
	checks []spec.Check
	books  []*Book
	order  []part
	probes []*probe
	// Throttle is what the throttle probe identified; nil when it did not run.
	Throttle *Identification
}

// NewSuite prepares the probes for the selected checks.
func NewSuite(kit Kit, checks []spec.Check) *Suite {
	s := &Suite{kit: kit, checks: checks}
	s.shared.mvpd = kit.MVPD
	for i := range parts {
		if s.needs(&parts[i]) {
			s.order = append(s.order, parts[i])
		}
	}
	return s
}

// needs reports whether a selected check is ruled on by the probe, or the probe
// is a prerequisite of one that is.
func (s *Suite) needs(p *part) bool {
	if p.intrusive && !s.kit.Intrusive {
		return false
	}
	if p.name == "registration" || p.name == "configuration" && s.kit.MVPD == "" {
		return true
	}
	return slices.ContainsFunc(s.checks, func(c spec.Check) bool { return p.rules(c.ID) })
}

// Phase returns the machines of one phase, 0 to Phases-1: those of phase 0 run
// one after the other, those of 1 in any order or side by side, those of 2 alone.
// A phase may be asked for once, when the one before it is done.
func (s *Suite) Phase(n int) []*Machine {
	var machines []*Machine
	for i := range s.order {
		if s.order[i].phase == n {
			machines = append(machines, s.start(i, &s.order[i]))
		}
	}
	return machines
}

// devicesEach is how many devices a probe may use.
const devicesEach = 64

func (s *Suite) start(i int, pt *part) *Machine {
	p := &probe{
		kit: &s.kit, shared: &s.shared, base: i * devicesEach,
		evaluator: contract.NewEvaluator(contract.Options{Strict: s.kit.Strict}),
	}
	var ids []string
	for _, c := range s.checks {
		if pt.rules(c.ID) {
			ids = append(ids, c.ID)
		}
	}
	s.books = append(s.books, &p.book)
	s.probes = append(s.probes, p)
	script := pt.script
	if pt.name == throttlingPart {
		script = func(p *probe) { s.Throttle = identify(p) }
	}
	if pt.credentialed {
		script = needingToken(pt, script)
	}
	if s.shared.silent {
		// Nobody is there: everything else would wait for nothing.
		script = func(p *probe) {
			for _, id := range ids {
				p.know(id, Blocked, "ss.accepted")
			}
		}
	}
	return newMachine(pt.name, ids, p, script)
}

// needingToken blocks every check of a probe when there is no access token.
func needingToken(pt *part, script func(*probe)) func(*probe) {
	return func(p *probe) {
		if p.shared.accessToken != "" {
			script(p)
			return
		}
		by := p.shared.lacking
		if by == "" {
			by = "tok.access-token"
		}
		for _, c := range spec.All() {
			if pt.rules(c.ID) && c.ID != by {
				p.know(c.ID, Blocked, by)
			}
		}
		if pt.name == "tokens" && p.shared.clientID != "" && p.shared.clientSecret != "" {
			p.grant(p.send(api.OpToken, p.tokenForm(p.goodForm())))
		}
	}
}

// ruling merges what all probes found about one check.
func (s *Suite) ruling(id string) *Ruling {
	var merged Book
	for _, b := range s.books {
		if r := b.Get(id); r != nil {
			merged.add(id, *r)
		}
	}
	return merged.Get(id)
}
