// Package device is the state machine of one streaming device: it registers,
// fetches tokens, goes through viewing sessions and reacts to refusals, as its
// profile says.
//
// The machine does no I/O, reads no clock and starts no goroutine. A driver
// asks Next what to do at a given time, does it, and tells Observe what came
// back. The same machine runs on a real clock, in virtual time and inside k6.
//
// Its laws, which the tests hold: Next gives the same answer until time moves
// or something is observed; a Wait ends in the future; nothing is sent before a
// wait is over; no call carries a token known to be expired unless the profile
// misbehaves on purpose; there is at most one registration for each credential
// that is stored and not refused; Observe of anything terminates without panic.
package device

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/profiles"
)

// expiryMargin is how long before the end of its life a device stops using a
// token. The service counts the life from when it made the answer, the device
// from when the answer arrived, so the last moments are not to be trusted.
const expiryMargin = time.Second

// Kind says what a Step asks of the driver.
type Kind uint8

const (
	// Wait asks to call Next again at Step.At, not before.
	Wait Kind = iota
	// Send asks to send the request now and to Observe what comes back. Step.At
	// is when it became due, which is the intended send time.
	Send
	// Done says that the device has nothing more to do in this run.
	Done
)

// Step is what a device wants next.
type Step struct {
	Kind Kind
	At   time.Time
}

type stage uint8

const (
	// stageLaunch waits for the app to be started.
	stageLaunch stage = iota
	// stageBoot gets credentials and a token before the first step.
	stageBoot
	// stageStep works on the session's steps.
	stageStep
	// stageDone has nothing more to do.
	stageDone
)

// Device is the state of one device. It is small, because drivers keep millions of
// them, and must not be copied once it is in use. The zero value is not usable:
// make one with Program.New. It is not safe for concurrent use.
type Device struct {
	prog *Program
	// bucket is the device's own limiter, for profiles that have one.
	bucket throttle.Lean
	// key decides every draw.
	key    uint64
	viewer *viewer

	kept kept
	// login is there from a session's first answer about one to its end.
	login *login

	// Times are nanoseconds of Unix time; 0 is "never".
	wake         int64
	tokenIssued  int64
	tokenExpires int64
	profileEnds  int64

	// watching is which of the program's resources the viewer has chosen.
	watching uint32

	step     uint16
	round    uint16
	polls    uint16
	launches uint16

	throttles    uint16
	retries      uint16
	unauthorized uint8
	replaced     uint8
	reauths      uint8
	fetched      uint8

	stage   stage
	pending api.Op
	detour  api.Op
	// purpose is why the next request is sent as far as the last answer tells;
	// sending is the purpose of the pending one.
	purpose, sending api.Purpose

	// admitted: the limiter has counted the request that was postponed.
	admitted bool

	signedIn    bool
	wasSignedIn bool
	// found: this launch came upon a profile that the app did not know of.
	found      bool
	freshToken bool
	// partner: the profile came by way of the partner framework, whose status
	// then belongs on the calls that list it (HDR-11).
	partner bool

	completed, abandoned uint16
}

// Restore gives the device what it kept from an earlier run. Call it before
// the first Next.
func (d *Device) Restore(c Credentials) {
	if c.ClientID == "" || d.behaviour().Credentials == profiles.CredentialsPerLaunch {
		return
	}
	d.kept.setCredentials(c.ClientID, c.ClientSecret)
	if c.AccessToken != "" && !c.TokenExpires.IsZero() {
		d.kept.setToken(c.AccessToken)
		d.tokenExpires = c.TokenExpires.UnixNano()
		d.tokenIssued = min(c.TokenIssued.UnixNano(), d.tokenExpires)
	}
}

// Sessions returns how many viewing sessions the device has completed and how
// many it gave up because of errors.
func (d *Device) Sessions() (completed, abandoned int) {
	return int(d.completed), int(d.abandoned)
}

// Next says what the device wants at now. When it is to send something, the
// request is written to req; its strings and slices are the device's own and
// stay valid until Observe.
func (d *Device) Next(now time.Time, req *api.Request) Step {
	t := now.UnixNano()
	if d.pending != api.OpUnknown {
		d.fill(d.pending, req)
		return Step{Send, time.Unix(0, d.wake)}
	}
	for d.stage != stageDone {
		if t < d.wake {
			return Step{Wait, time.Unix(0, d.wake)}
		}
		op, ok := d.choose(t)
		if !ok {
			continue
		}
		if !d.admitted {
			if until := d.admit(t); until > t {
				d.wake = until
				continue
			}
		}
		d.pending, d.sending, d.admitted = op, d.why(op, t), false
		d.fill(op, req)
		return Step{Send, time.Unix(0, d.wake)}
	}
	return Step{Kind: Done}
}

// Postpone takes back the request that Next asked to send, because the driver
// may not send it before at: the device then decides anew what to send, since its
// token or its code may have ended meanwhile. Without such a request it changes
// nothing.
func (d *Device) Postpone(at time.Time) {
	if d.pending == api.OpUnknown {
		return
	}
	d.pending, d.admitted = api.OpUnknown, true
	d.wake = max(d.wake, at.UnixNano())
}

// choose decides which request the device is to send at t. It reports false
// when it moved the device on instead, so that the wake time counts anew.
func (d *Device) choose(t int64) (api.Op, bool) {
	if d.stage == stageLaunch {
		d.launch()
	}
	if !d.kept.registered() {
		return api.OpRegister, true
	}
	if d.stage == stageBoot {
		if d.behaviour().Token != profiles.TokenPerCall && d.needsToken(t) {
			return api.OpToken, true
		}
		d.stage = stageStep
		d.enter(0, d.wake)
		return api.OpUnknown, false
	}
	op := d.operation()
	if op.Protected() && d.needsToken(t) {
		return api.OpToken, true
	}
	return op, true
}

// launch starts the app: what it does not persist is gone.
func (d *Device) launch() {
	b := d.behaviour()
	if b.Credentials == profiles.CredentialsPerLaunch {
		d.forgetCredentials()
	}
	if b.Token == profiles.TokenPerLaunch {
		d.kept.dropToken()
	}
	d.stage = stageBoot
	d.launches++
	d.replaced, d.reauths = 0, 0
	d.purpose = api.PurposeFirst
	d.forgetTries()
	d.signedIn = d.signedIn && (d.profileEnds == 0 || d.profileEnds > d.wake)
	d.wasSignedIn, d.found = d.signedIn, false
}

// needsToken reports whether the app fetches a token before a protected call
// at t.
func (d *Device) needsToken(t int64) bool {
	if !d.kept.hasToken() {
		return true
	}
	life := d.tokenExpires - d.tokenIssued
	b := d.behaviour()
	switch {
	case b.Token == profiles.TokenPastExpiry:
		return false
	case b.Token == profiles.TokenPerCall && !d.freshToken:
		return true
	case b.Token == profiles.TokenAhead:
		return t >= d.tokenExpires-min(max(int64(b.Ahead), int64(expiryMargin)), life/10)
	default:
		return t >= d.tokenExpires-min(int64(expiryMargin), life/10)
	}
}

// why says for what purpose op is sent at t.
func (d *Device) why(op api.Op, t int64) api.Purpose {
	switch {
	case d.purpose == api.PurposePoll && op == api.OpProfilesCode:
		return api.PurposePoll
	case d.purpose != api.PurposeFirst && d.purpose != api.PurposePoll:
		return d.purpose
	case op == api.OpRegister && d.launches > 1:
		return api.PurposeWasteful
	case op != api.OpToken || !d.kept.hasToken():
		return api.PurposeFirst
	case t >= d.tokenExpires:
		return api.PurposeRenew
	case d.behaviour().Token == profiles.TokenPerCall:
		return api.PurposeWasteful
	}
	return api.PurposeRenewAhead
}

// admit asks the device's own limiter for a request at t and returns when it
// admits one; t or earlier means that the request was counted.
func (d *Device) admit(t int64) int64 {
	if !d.prog.limited || d.bucket.Allow(d.prog.flow, t) {
		return 0
	}
	return t + max(d.bucket.Wait(d.prog.flow, t), int64(time.Millisecond))
}

// operation is what the session is about to do: the step's own operation, or
// the detour that the service asked for.
func (d *Device) operation() api.Op {
	if d.detour != api.OpUnknown {
		return d.detour
	}
	return d.current().Op
}

func (d *Device) current() *profiles.Step { return &d.prog.profile.Session[d.step] }

func (d *Device) behaviour() *profiles.Behaviour { return &d.prog.profile.Behaviour }

func (d *Device) forgetCredentials() {
	d.kept = kept{}
	// Profiles belong to the credentials: the viewer has to log in again.
	d.signedIn, d.wasSignedIn, d.found, d.partner = false, false, false, false
}

func (d *Device) forgetTries() {
	d.throttles, d.retries, d.unauthorized, d.fetched = 0, 0, 0, 0
}

// Profile returns the profile of the device.
func (d *Device) Profile() *profiles.Profile { return d.prog.profile }

// Registered reports whether the device holds credentials.
func (d *Device) Registered() bool { return d.kept.registered() }
