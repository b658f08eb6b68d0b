package profiles

import (
	"fmt"
	"strings"
)

// Explain says in plain words what a profile is, what its app does, what that
// costs, and which client rules it breaks on purpose.
func Explain(p *Profile) string {
	var w writer
	w.line("%s: %s", p.Name, p.Title)
	w.line("")
	w.item("platform", p.Platform)
	w.item("network", explainNetwork(p.Network))
	w.item("device info", explainDeviceInfo(p))
	if p.UserAgent == "" {
		w.item("user agent", "left out")
	} else {
		w.item("user agent", p.UserAgent)
	}
	w.section("What the app does")
	explainBehaviour(&w, &p.Behaviour)
	w.section("A viewing session")
	for i := range p.Session {
		w.line("  %2d. %s", i+1, explainStep(&p.Session[i]))
	}
	w.section("What it costs")
	explainCost(&w, p)
	w.section("Client rules that it breaks on purpose")
	rules := Misbehaviours(p)
	if len(rules) == 0 {
		w.line("  none: it is well behaved")
	}
	for _, r := range rules {
		w.line("  %s  %s", r.Rule, r.Text)
	}
	return w.String()
}

// writer builds a text for a terminal.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.Builder, format, args...)
	w.WriteByte('\n')
}

func (w *writer) item(name, text string) { w.line("  %-13s  %s", name, text) }

func (w *writer) section(title string) { w.line("\n%s", title) }

func explainNetwork(n Network) string {
	var text string
	switch n.Kind {
	case NetworkHousehold:
		text = fmt.Sprintf("home router with %s behind one address", plural(n.Devices, "device"))
	case NetworkCarrier:
		text = fmt.Sprintf("mobile carrier with %s behind one address", plural(n.Devices, "device"))
	default:
		text = "an address of its own"
	}
	if n.OmitForwardedFor {
		text += ", which X-Forwarded-For does not tell"
	}
	return text
}

func explainDeviceInfo(p *Profile) string {
	if p.OmitDeviceInfo {
		return "left out"
	}
	return string(p.DeviceInfo.AppendJSON(nil))
}

func explainBehaviour(w *writer, b *Behaviour) {
	w.item("credentials", map[CredentialPolicy]string{
		CredentialsPersisted: "registers once and keeps its credentials",
		CredentialsPerLaunch: "registers again at every launch",
	}[b.Credentials])
	w.item("token", explainToken(b))
	w.item("after 429", explainThrottle(b))
	w.item("after 401", map[bool]string{
		false: "fetches a new token",
		true:  "registers again",
	}[b.RegisterOn401])
	if b.Retries == 0 {
		w.item("after errors", "gives up")
	} else {
		w.item("after errors", fmt.Sprintf("repeats up to %s, after %s at first and twice as long each time",
			times(b.Retries), b.RetryWait))
	}
	if b.Limiter == nil {
		w.item("limiter", "none")
	} else {
		w.item("limiter", fmt.Sprintf("%g requests per second, %d at once", b.Limiter.Rate, b.Limiter.Burst))
	}
	w.item("polling", fmt.Sprintf("every %s for up to %s", b.PollEvery, short(b.PollFor)))
	if b.Relaunches == 0 {
		w.item("launches", "once in a run")
	} else {
		w.item("launches", fmt.Sprintf("%s in a run, %s after the end of a session",
			times(b.Relaunches+1), b.RelaunchAfter))
	}
}

func explainToken(b *Behaviour) string {
	switch b.Token {
	case TokenPerLaunch:
		return "fetches one at every launch"
	case TokenPerCall:
		return "fetches one before every call"
	case TokenPastExpiry:
		return "keeps one until the service refuses it"
	case TokenAhead:
		return fmt.Sprintf("keeps one and fetches the next %s before it ends", short(b.Ahead))
	}
	return "keeps one until it ends"
}

func explainThrottle(b *Behaviour) string {
	if b.ThrottleRetries == 0 {
		return "gives up"
	}
	tries := times(b.ThrottleRetries)
	switch b.Throttle {
	case ThrottleHammer:
		return fmt.Sprintf("repeats after %s, up to %s", b.ThrottleWait, tries)
	case ThrottleBackoff:
		return fmt.Sprintf("waits %s, then up to twice as long each time, up to %s", b.ThrottleWait, tries)
	}
	return fmt.Sprintf("waits %s and repeats, up to %s", b.ThrottleWait, tries)
}

func explainStep(s *Step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-22s", s.Op.String())
	if s.Think.Max > 0 {
		fmt.Fprintf(&b, "  after %s", s.Think)
	}
	switch s.When {
	case WhenSignedOut:
		b.WriteString(", when signed out")
	case WhenSignedIn:
		b.WriteString(", when signed in")
	}
	if s.Chance < 1 {
		fmt.Fprintf(&b, ", in %s of sessions", percent(s.Chance))
	}
	if s.Times > 1 {
		fmt.Fprintf(&b, ", %s at intervals of %s", times(s.Times), s.Every)
	}
	return b.String()
}

func explainCost(w *writer, p *Profile) {
	first := sessionCost(p, true)
	w.item("first session", explainSessionCost(first))
	if p.Behaviour.Relaunches > 0 {
		w.item("later ones", explainSessionCost(sessionCost(p, false)))
	}
	if staysWithinBudget(p) {
		w.item("throttling", "stays within what the service admits, if its address is its own")
	} else {
		w.item("throttling", "is throttled even at an address of its own")
	}
}

func explainSessionCost(c cost) string {
	var parts []string
	for _, part := range []struct {
		n    float64
		what string
	}{{c.registrations, "registration"}, {c.tokens, "token"}, {c.calls, "call"}, {c.polls, "poll"}} {
		if part.n > 0 {
			parts = append(parts, plural(round(part.n), part.what))
		}
	}
	return fmt.Sprintf("about %s: %s", plural(round(c.total()), "request"), strings.Join(parts, ", "))
}

func round(f float64) int { return int(f + 0.5) }

// plural is the number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// times is a number of goes in words.
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// percent is a share with at most one decimal.
func percent(share float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", 100*share), ".0") + " %"
}
