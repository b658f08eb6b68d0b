package profiles

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// session reads the steps of a session. It replaces the session of an extended
// profile as a whole.
func (d *decoder) session(n *node, path string, to *[]Step) {
	var steps []Step
	before := len(d.problems)
	d.list(n, path, maxSteps, func(n *node, path string) {
		steps = append(steps, d.step(n, path))
	})
	if len(d.problems) > before || len(steps) == 0 {
		return
	}
	for i := range steps {
		d.stepOrder(n.items[i], fmt.Sprintf("%s[%d]", path, i), steps, i)
	}
	*to = steps
}

func (d *decoder) step(n *node, path string) Step {
	s := Step{Chance: 1, Times: 1}
	d.fields(n, path,
		key{"do", func(n *node, path string) { d.operation(n, path, &s.Op) }},
		key{"when", func(n *node, path string) {
			if i, ok := d.choice(n, path, "a state of the viewer", whenNames); ok {
				s.When = When(i)
			}
		}},
		key{"chance", func(n *node, path string) { d.number(n, path, 0, 1, &s.Chance) }},
		key{"think", func(n *node, path string) { d.span(n, path, 0, maxPollFor, &s.Think) }},
		key{"times", func(n *node, path string) { d.integer(n, path, 1, maxTimes, &s.Times) }},
		key{"every", func(n *node, path string) { d.span(n, path, shortestWait, maxPollFor, &s.Every) }},
	)
	if n.kind != kindMap {
		return s
	}
	if n.get("do") == nil {
		d.report(n, join(path, "do"), "is missing", "name the operation, such as do: decisions.authorize")
		return s
	}
	d.repeats(n, path, &s)
	return s
}

// repeats checks times and every against each other and the operation.
func (d *decoder) repeats(n *node, path string, s *Step) {
	times, every := n.get("times"), n.get("every")
	switch {
	case s.Times > 1 && !repeatable(s.Op) && s.Op != api.OpUnknown:
		d.refuse(times, join(path, "times"), "goes do not fit "+s.Op.String(), "do it once in a session")
	case s.Times > 1 && every == nil:
		d.report(times, join(path, "every"), "is missing", "say how far apart the goes are, such as every: 4s..8s")
	case s.Times == 1 && every != nil && every.kind == kindText:
		d.refuse(every, join(path, "every"), "has no meaning for a step that is done once", "add times, or remove it")
	}
}

// repeatable reports whether an app does op several times in a session. The
// others open, follow or end something that exists once.
func repeatable(op api.Op) bool {
	switch op {
	case api.OpConfiguration, api.OpProfilesList, api.OpProfilesMVPD, api.OpAuthorize, api.OpPreauthorize:
		return true
	}
	return false
}

// sessionOps are the names of the operations that can be steps.
func sessionOps() []string {
	return slices.DeleteFunc(api.OpNames(), func(name string) bool {
		return name == api.OpRegister.String() || name == api.OpToken.String()
	})
}

func (d *decoder) operation(n *node, path string, to *api.Op) {
	names := sessionOps()
	if !d.is(n, path, kindText, "use the name of an operation") {
		return
	}
	op, ok := api.ParseOp(n.text)
	switch {
	case !ok:
		d.choice(n, path, "an operation", names)
	case op == api.OpRegister || op == api.OpToken:
		d.refuse(n, path, "is no step of a session", "remove it: a device does it by itself when it needs to")
	default:
		*to = op
	}
}

// stepOrder checks that a step which needs an authentication code comes after
// one that makes it.
func (d *decoder) stepOrder(n *node, path string, steps []Step, i int) {
	s := &steps[i]
	if !needsCode(s.Op) {
		return
	}
	for _, earlier := range steps[:i] {
		if makesCode(earlier.Op) && (earlier.When == s.When || earlier.When == WhenAlways || s.When == WhenAlways) {
			return
		}
	}
	d.refuse(n.find("do"), join(path, "do"), "comes before a session exists",
		"put sessions.create before it, for the same state of the viewer")
}

func needsCode(op api.Op) bool {
	switch op {
	case api.OpAuthenticate, api.OpProfilesCode, api.OpSessionsResume, api.OpSessionsRetrieve:
		return true
	}
	return false
}

func makesCode(op api.Op) bool { return op == api.OpSessionsCreate || op == api.OpSSOSessions }

// finish checks what can only be judged once a profile is whole: after the
// overlay on the profile that it extends.
func (d *decoder) finish(n *node, p *Profile) {
	if p.Title == "" {
		d.report(n, "title", "is missing", "add a line for people, such as title: Roku Ultra, Roku OS 12.5")
	}
	if p.Platform == "" {
		d.report(n, "platform", "is missing", "add it, such as platform: roku, or extend a profile that has it")
	}
	if len(p.Session) == 0 {
		d.report(n, "session", "is missing", "add the steps of a session, or extend a profile that has them")
	}
	d.finishDeviceInfo(n, p)
	d.finishBehaviour(n, &p.Behaviour)
}

func (d *decoder) finishDeviceInfo(n *node, p *Profile) {
	if p.OmitDeviceInfo {
		return
	}
	if len(p.DeviceInfo) == 0 {
		d.report(n, "device_info", "is missing", "add it, or set omit_device_info: true")
		return
	}
	for _, problem := range p.DeviceInfo.Validate(false) {
		value := problem.Value
		at := n.find("device_info", problem.Key)
		if at.text != value {
			value = ""
		}
		d.reportValue(at, "device_info."+problem.Key, value, "is not as the header page says", "want "+problem.Want)
	}
}

func (d *decoder) finishBehaviour(n *node, b *Behaviour) {
	if b.Token != TokenAhead {
		if at := n.find("behaviour").get("ahead"); at != nil {
			d.refuse(at, "behaviour.ahead", "has no meaning for token: "+b.Token.String(), "set token: ahead, or remove it")
		}
	}
	if b.Throttle != ThrottleHammer && b.ThrottleWait.Min < time.Second {
		at := n.find("behaviour", "throttle", "wait")
		d.reportValue(at, "behaviour.throttle.wait", b.ThrottleWait.String(), "is shorter than the second that every client waits",
			"use 1s or more, or reaction: hammer")
	}
	if b.PollEvery.Min > b.PollFor {
		at := n.find("behaviour", "poll", "every")
		d.reportValue(at, "behaviour.poll.every", b.PollEvery.String(), "is longer than the device polls at all",
			"keep it below poll.for, which is "+short(b.PollFor))
	}
}
