package fit

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/profiles"
)

// Where a recording shows nothing, a client that keeps to the rules is assumed.
const (
	fewRetries  = 3
	mostRetries = 200
	leastPolled = 10 * time.Minute
	// reaction is how soon after a 401 a registration is a reaction to it.
	reaction = 10 * time.Second
	// margin is how long before the end of a token a client that renews it too
	// late to be ahead asks for the next.
	margin = 2 * time.Second
)

// measured are the waits of a build's devices.
type measured struct {
	throttleWaits, retryWaits, pollGaps []time.Duration
	throttled, retried                  int
	growing, even                       int
	polled                              time.Duration
	tokens, calls                       int
	registerOn401                       int
	ahead                               []time.Duration
}

func (b *build) credentials() profiles.CredentialPolicy {
	registered, total := 0, 0
	for _, list := range b.visits {
		for i, v := range list {
			if i == 0 {
				continue
			}
			total++
			if v.registered {
				registered++
			}
		}
	}
	if b.broken["DCR-02"] && 2*registered >= total && total > 0 {
		return profiles.CredentialsPerLaunch
	}
	return profiles.CredentialsPersisted
}

func (b *build) behaviour() profiles.Behaviour {
	var m measured
	for _, d := range b.devices {
		m.device(d.Acts())
	}
	f := profiles.Behaviour{
		Credentials: b.credentials(), Token: b.token(&m), RegisterOn401: m.registerOn401 > 0 && b.broken["DCR-03"],
		ThrottleWait: profiles.Range{Min: time.Second, Max: 1500 * time.Millisecond}, ThrottleRetries: max(fewRetries, min(m.throttled, mostRetries)),
		Retries: max(fewRetries, min(m.retried, mostRetries)), RetryWait: profiles.Range{Min: 500 * time.Millisecond, Max: time.Second},
		PollEvery: profiles.Range{Min: 3 * time.Second, Max: 5 * time.Second}, PollFor: max(leastPolled, m.polled.Round(time.Second)),
	}
	if f.Token == profiles.TokenAhead {
		f.Ahead = max(span(m.ahead, time.Second).Max.Round(time.Second), time.Second)
	}
	b.throttle(&f, &m)
	if len(m.retryWaits) > 0 {
		f.RetryWait = span(m.retryWaits, time.Millisecond)
	}
	if len(m.pollGaps) > 0 {
		f.PollEvery = span(m.pollGaps, time.Millisecond)
	}
	b.relaunch(&f)
	if !b.broken["THR-03"] {
		// It stays within what the service admits, and shall do so at scale.
		f.Limiter = &profiles.Limiter{Rate: 0.9, Burst: 9}
	}
	return f
}

func (b *build) token(m *measured) profiles.TokenPolicy {
	switch {
	case m.calls >= 3 && 10*m.tokens >= 7*m.calls && b.broken["DCR-04"]:
		return profiles.TokenPerCall
	case b.broken["DCR-04"]:
		return profiles.TokenPerLaunch
	case b.broken["DCR-07"] || b.broken["DCR-08"]:
		return profiles.TokenPastExpiry
	case len(m.ahead) > 0:
		return profiles.TokenAhead
	}
	return profiles.TokenCached
}

func (b *build) throttle(f *profiles.Behaviour, m *measured) {
	if len(m.throttleWaits) == 0 {
		return
	}
	f.ThrottleWait = span(m.throttleWaits, time.Millisecond)
	switch {
	case b.broken["THR-01"]:
		f.Throttle = profiles.ThrottleHammer
		return
	case m.growing > 2*m.even:
		f.Throttle = profiles.ThrottleBackoff
		f.ThrottleWait.Max = f.ThrottleWait.Min
	}
	f.ThrottleWait.Min = max(f.ThrottleWait.Min, time.Second)
	f.ThrottleWait.Max = max(f.ThrottleWait.Max, f.ThrottleWait.Min)
}

// relaunch is how often the app starts again, and after what pause.
func (b *build) relaunch(f *profiles.Behaviour) {
	starts := 0
	var pauses []time.Duration
	for _, list := range b.visits {
		starts += len(list)
		for i := 1; i < len(list); i++ {
			pauses = append(pauses, list[i].start.Sub(list[i-1].end))
		}
	}
	f.Relaunches = min(max((starts+len(b.visits)/2)/len(b.visits)-1, 0), mostRetries)
	f.RelaunchAfter = profiles.Range{Min: 3 * time.Second, Max: 6 * time.Second}
	if len(pauses) > 0 {
		f.RelaunchAfter = span(pauses, time.Millisecond)
	}
}

// device measures the waits in what one device did.
func (m *measured) device(acts []audit.Act) {
	last := map[uint64]*audit.Act{}
	runs := map[uint64]int{}
	gaps := map[uint64]time.Duration{}
	throttled := 0
	var polls map[uint64]time.Time
	var end, refused time.Time
	for i := range acts {
		a := &acts[i]
		switch {
		case a.Op == api.OpToken && a.Life > 0:
			m.tokens++
			if rest := end.Sub(a.Sent); rest > margin && rest < time.Hour && refused.IsZero() {
				m.ahead = append(m.ahead, rest)
			}
			end, refused = a.Received.Add(a.Life), time.Time{}
		case a.Op == api.OpRegister:
			if !refused.IsZero() && a.Sent.Sub(refused) < reaction {
				m.registerOn401++
			}
			end = time.Time{}
		case a.Op.Protected() && a.Status != 429:
			m.calls++
		}
		switch {
		case a.Status == 429:
			throttled++
			m.throttled = max(m.throttled, throttled)
		case phase(a.Op) > 0 && !failed(a):
			throttled = 0
		}
		if a.Status == 401 {
			refused = a.Received
		}
		if a.Op == api.OpProfilesCode {
			if polls == nil {
				polls = map[uint64]time.Time{}
			}
			if _, ok := polls[a.Request]; !ok {
				polls[a.Request] = a.Sent
			}
			m.polled = max(m.polled, a.Sent.Sub(polls[a.Request]))
		}
		if before := last[a.Request]; before != nil {
			m.repeat(before, a, runs, gaps)
		}
		if !failed(a) {
			delete(runs, a.Request)
			delete(gaps, a.Request)
		}
		last[a.Request] = a
	}
}

// repeat measures the wait before a request that was sent before.
func (m *measured) repeat(before, a *audit.Act, runs map[uint64]int, gaps map[uint64]time.Duration) {
	wait := max(a.Sent.Sub(before.Received), 0)
	if wait > 10*time.Minute {
		return
	}
	switch {
	case before.Status == 429:
		if a.Op == api.OpProfilesCode && wait > time.Second {
			return // a client that repeats a poll keeps to the interval of polls
		}
		m.throttleWaits = append(m.throttleWaits, wait)
		if gap := gaps[a.Request]; gap > 0 {
			if 2*wait >= 3*gap {
				m.growing++
			} else {
				m.even++
			}
		}
		gaps[a.Request] = wait
	case before.Status == 0 || before.Status >= 500:
		runs[a.Request]++
		m.retried = max(m.retried, runs[a.Request])
		if runs[a.Request] == 1 {
			m.retryWaits = append(m.retryWaits, wait)
		}
	case a.Op == api.OpProfilesCode && !failed(before):
		m.pollGaps = append(m.pollGaps, wait)
	}
}
