package check

import (
	"fmt"
	"iter"
	"time"
)

// Machine is one probe under way. It has no clock and does no I/O; it belongs to
// one goroutine at a time. Stop must be called when a machine is given up before
// it is done.
type Machine struct {
	// Name names the probe.
	Name string
	// Checks are the ids that the probe rules on.
	Checks []string

	p        *probe
	next     func() (Step, bool)
	stop     func()
	step     Step
	observed bool
	done     bool
}

// stopped unwinds a script whose machine was given up.
type stopped struct{}

func newMachine(name string, checks []string, p *probe, script func(*probe)) *Machine {
	m := &Machine{Name: name, Checks: checks, p: p, observed: true}
	m.next, m.stop = iter.Pull(func(yield func(Step) bool) {
		p.yield = yield
		defer func() {
			switch r := recover(); r.(type) {
			case nil, stopped:
			default:
				p.crash(checks, fmt.Sprint(r))
			}
		}()
		script(p)
		p.close(checks)
	})
	return m
}

// Next returns what to do at now. Until the driver has observed the answers, or
// the time of a wait has come, it returns the same step again.
func (m *Machine) Next(now time.Time) Step {
	switch {
	case m.done:
		return Step{}
	case !m.observed, m.step.Kind == Wait && now.Before(m.step.Until):
		return m.step
	}
	m.p.now = now
	step, ok := m.next()
	if !ok {
		m.done = true
		return Step{}
	}
	m.step, m.observed = step, step.Kind != Send
	return m.step
}

// Observe hands the answers of the last step over, in the order of its requests;
// the machine keeps them. An answer to nothing is ignored.
func (m *Machine) Observe(now time.Time, answers []*Answer) {
	if m.done || m.observed || len(answers) != len(m.step.Requests) {
		return
	}
	m.p.now, m.p.answers, m.observed = now, answers, true
}

// Stop gives the machine up. It may be called at any time, and more than once.
func (m *Machine) Stop() {
	m.done = true
	m.stop()
}

// Rulings are what the probe has found so far.
func (m *Machine) Rulings() *Book { return &m.p.book }
