package fit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/profiles"
)

// Bounds of a session.
const (
	maxSteps = 60
	maxTimes = 200
)

// session makes the steps of a session: those of a viewer who has to sign in, and
// those of one who returns.
func (b *build) session() []profiles.Step {
	var signedOut, signedIn []visit
	for _, list := range b.visits {
		for _, v := range list {
			switch {
			case len(v.steps) == 0:
			case v.login:
				signedOut = append(signedOut, v)
			default:
				signedIn = append(signedIn, v)
			}
		}
	}
	switch {
	case len(signedOut)+len(signedIn) == 0:
		return nil
	case len(signedOut) == 0:
		return limit(steps(signedIn, profiles.WhenAlways))
	case b.broken["AUT-03"]:
		return limit(steps(signedOut, profiles.WhenAlways))
	case len(signedIn) == 0 || b.credentials() == profiles.CredentialsPerLaunch:
		all := steps(signedOut, profiles.WhenSignedOut)
		for i := range all {
			if phase(all[i].Op) >= 4 {
				all[i].When = profiles.WhenAlways
			}
		}
		return limit(all)
	}
	return limit(append(steps(signedOut, profiles.WhenSignedOut), steps(signedIn, profiles.WhenSignedIn)...))
}

func limit(all []profiles.Step) []profiles.Step { return all[:min(len(all), maxSteps)] }

// shape is the sequence of a visit's operations.
func (v *visit) shape() string {
	var b strings.Builder
	for i := range v.steps {
		fmt.Fprintf(&b, "%d ", v.steps[i].op)
	}
	return b.String()
}

// steps makes steps of the visits: those of the most frequent shape, and what
// other visits do beside by chance.
func steps(all []visit, when profiles.When) []profiles.Step {
	typical := commonest(all)
	var list []profiles.Step
	for i, model := range typical[0].steps {
		s := profiles.Step{Op: model.op, When: when, Chance: 1, Times: 1}
		var thinks, pauses []time.Duration
		goes := 0
		for _, v := range typical {
			thinks = append(thinks, v.steps[i].think)
			pauses = append(pauses, v.steps[i].pauses...)
			goes += 1 + len(v.steps[i].pauses)
		}
		s.Think = span(thinks, 0)
		if s.Op == api.OpAuthenticate {
			s.Chance = finished(all)
		}
		if s.Times = min((goes+len(typical)/2)/len(typical), maxTimes); s.Times > 1 {
			s.Every = span(pauses, time.Millisecond)
		}
		list = append(list, s)
	}
	list = dropOrphans(list)
	return append(list, rare(all, typical[0], when)...)
}

// commonest returns the visits of the most frequent shape. A visit that broke off
// before anything was watched counts for the shapes that go on where it ended.
func commonest(all []visit) []visit {
	by := map[string][]visit{}
	var shapes []string
	for _, v := range all {
		shape := v.shape()
		if by[shape] == nil {
			shapes = append(shapes, shape)
		}
		by[shape] = append(by[shape], v)
	}
	best, most := "", 0
	for _, shape := range shapes {
		score := 0
		for _, other := range shapes {
			steps := by[other][0].steps
			brokeOff := phase(steps[len(steps)-1].op) < 4
			if other == shape || brokeOff && strings.HasPrefix(onApp(shape), onApp(other)) {
				score += len(by[other])
			}
		}
		if score > most || score == most && len(shape) > len(best) {
			best, most = shape, score
		}
	}
	return by[best]
}

// onApp is a shape without what happens in a browser, perhaps elsewhere.
func onApp(shape string) string {
	return strings.ReplaceAll(shape, fmt.Sprintf("%d ", api.OpAuthenticate), "")
}

// finished is the share of logins that the viewer went on with.
func finished(all []visit) float64 {
	begun, opened := 0, 0
	for _, v := range all {
		if v.login {
			begun++
			if slices.ContainsFunc(v.steps, func(t taken) bool { return t.op == api.OpAuthenticate }) {
				opened++
			}
		}
	}
	if begun == 0 || 20*opened >= 19*begun {
		return 1
	}
	return float64(opened*100/begun) / 100
}

// rare are the ends of sessions that only some visits have.
func rare(all []visit, typical visit, when profiles.When) (list []profiles.Step) {
	for _, op := range []api.Op{api.OpPreauthorize, api.OpAuthorize, api.OpLogout} {
		is := func(t taken) bool { return t.op == op }
		if slices.ContainsFunc(typical.steps, is) {
			continue
		}
		var thinks []time.Duration
		for _, v := range all {
			if i := slices.IndexFunc(v.steps, is); i >= 0 {
				thinks = append(thinks, v.steps[i].think)
			}
		}
		if len(thinks) == 0 {
			continue
		}
		chance := float64(len(thinks)*100/len(all)) / 100
		list = append(list, profiles.Step{Op: op, When: when, Chance: max(chance, 0.01), Times: 1, Think: span(thinks, 0)})
	}
	return list
}

// dropOrphans leaves out the steps that need a code which no step before makes:
// the recording began later.
func dropOrphans(list []profiles.Step) []profiles.Step {
	made := false
	return slices.DeleteFunc(list, func(s profiles.Step) bool {
		made = made || s.Op == api.OpSessionsCreate || s.Op == api.OpSSOSessions
		return phase(s.Op) == 3 && s.Op != api.OpSSOProfiles && !made
	})
}

// span is the range of what was measured, without its outliers, to the
// millisecond, and at least low.
func span(list []time.Duration, low time.Duration) profiles.Range {
	if len(list) == 0 {
		return profiles.Range{Min: low, Max: low}
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	at := func(share int) time.Duration {
		return min(max(sorted[(len(sorted)-1)*share/100].Round(time.Millisecond), low), time.Hour)
	}
	return profiles.Range{Min: at(5), Max: at(95)}
}
