package profiles

import (
	"fmt"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Bounds that the client rules set.
const (
	// throttleWait is the shortest wait after a 429 (throttling page).
	throttleWait = time.Second
	// shortestPoll is the shortest interval between two polls (REST API v2
	// checklist).
	shortestPoll = 3 * time.Second
	// maxRepeats is how often a request may be repeated at even intervals
	// (enhanced error codes page).
	maxRepeats = 3
)

// platformBrowser is the platform that may leave X-Device-Info out.
const platformBrowser = "browser"

// Misbehaviour is one client rule that a profile breaks on purpose.
type Misbehaviour struct {
	// Rule is the id of the rule, such as "DCR-02".
	Rule string
	// Text says in plain words what the app does and what it costs.
	Text string
}

// Misbehaviours lists the client rules that devices of p break, by the values of
// its behaviour, in the order of the rules. Shared addresses are no misbehaviour.
func Misbehaviours(p *Profile) []Misbehaviour {
	var m misbehaviours
	m.registration(&p.Behaviour)
	m.token(&p.Behaviour)
	m.headers(p)
	m.throttle(p)
	m.session(p)
	m.repeats(&p.Behaviour)
	return m
}

// WellBehaved reports whether devices of p break no client rule.
func WellBehaved(p *Profile) bool { return len(Misbehaviours(p)) == 0 }

type misbehaviours []Misbehaviour

func (m *misbehaviours) add(rule, format string, args ...any) {
	*m = append(*m, Misbehaviour{rule, fmt.Sprintf(format, args...)})
}

func (m *misbehaviours) registration(b *Behaviour) {
	if b.Credentials == CredentialsPerLaunch {
		m.add("DCR-02", "registers at every launch; the service collects credentials that nobody uses again, and viewers have to sign in each time")
	}
	if b.RegisterOn401 {
		m.add("DCR-03", "registers again when a token is refused, where a new token would do")
	}
}

func (m *misbehaviours) token(b *Behaviour) {
	switch b.Token {
	case TokenPerLaunch:
		m.add("DCR-04", "forgets a live token at the end of every session and fetches another at the next launch")
	case TokenPerCall:
		m.add("DCR-05", "fetches a token before every call, which doubles its requests")
	case TokenPastExpiry:
		m.add("DCR-07", "goes on using a token after its end")
		m.add("DCR-08", "learns from a 401 that a token has ended, which costs a refused call each time")
	}
}

func (m *misbehaviours) headers(p *Profile) {
	if p.OmitDeviceInfo && p.Platform != platformBrowser {
		m.add("DCR-15", "leaves X-Device-Info out of registrations and token requests, which only browsers may")
		m.add("HDR-03", "leaves X-Device-Info out of its calls, so that the service may take it for an unknown platform")
	}
}

func (m *misbehaviours) throttle(p *Profile) {
	b := &p.Behaviour
	if b.Throttle == ThrottleHammer && b.ThrottleWait.Min < throttleWait {
		m.add("THR-01", "repeats a throttled request after %s instead of a second or more", b.ThrottleWait)
	}
	if !staysWithinBudget(p) {
		m.add("THR-03", "asks for more than the %d at once and %g per second that the service admits", serviceBurst, serviceRate)
	}
	if p.Network.OmitForwardedFor {
		m.add("THR-04", "does not pass the viewer's address on in X-Forwarded-For, so that all viewers share the allowance of one device")
		if _, ok := p.DeviceInfo.Get("connectionIp"); !ok && !p.OmitDeviceInfo {
			m.add("HDR-10", "does not name the viewer's address in X-Device-Info either")
		}
	}
}

// session looks at what the steps of a session say.
func (m *misbehaviours) session(p *Profile) {
	returns := p.Behaviour.Credentials == CredentialsPersisted && p.Behaviour.Relaunches > 0
	preauthorizations := 0
	for i := range p.Session {
		s := &p.Session[i]
		switch s.Op {
		case api.OpConfiguration:
			if returns && s.When != WhenSignedOut {
				m.add("CFG-01", "fetches the list of providers although the viewer has chosen one")
			}
			if s.Times > 1 && s.Every.Min < 2*time.Minute {
				m.add("CFG-03", "fetches the configuration every %s instead of keeping it for some minutes", s.Every)
			}
		case api.OpSessionsCreate:
			if returns && s.When != WhenSignedOut {
				m.add("AUT-03", "starts an authentication although the viewer is signed in")
			}
		case api.OpProfilesCode:
			if p.Behaviour.PollEvery.Min < shortestPoll {
				m.add("POL-03", "asks for the result of a login every %s instead of every 3 to 5 seconds", p.Behaviour.PollEvery)
			}
		case api.OpPreauthorize:
			preauthorizations += s.Times
		}
	}
	if preauthorizations > 1 {
		m.add("PRE-03", "preauthorizes the same resources %d times in a session instead of remembering what is permitted", preauthorizations)
	}
}

func (m *misbehaviours) repeats(b *Behaviour) {
	if b.Throttle != ThrottleBackoff && b.ThrottleRetries > maxRepeats {
		m.add("ERR-04", "repeats a throttled request up to %d times without waiting longer from time to time", b.ThrottleRetries)
	}
}
