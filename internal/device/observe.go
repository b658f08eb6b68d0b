package device

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/profiles"
)

// minThrottleWait is the wait that the vendor asks of every client after a 429
// (throttling page; THR-01).
const minThrottleWait = time.Second

// maxLife bounds the life of a token, so that no answer can overflow a time.
const maxLife = 10 * 365 * 24 * time.Hour

// maxFetches bounds the tokens fetched for the sake of one call: a service whose
// tokens expire before the device may use them would be asked for ever.
const maxFetches = 8

// maxBackoff bounds every exponential wait.
const maxBackoff = time.Minute

// Observe tells the device what came back for the request that Next asked it
// to send. An Observe without such a request changes nothing.
func (d *Device) Observe(now time.Time, res *api.Response) {
	op := d.pending
	if op == api.OpUnknown {
		return
	}
	d.pending = api.OpUnknown
	t := now.UnixNano()
	d.wake = t
	switch res.Outcome {
	case api.OutcomeOK:
		d.succeeded(op, t, res)
	case api.OutcomeThrottled:
		d.throttled(op, t, res)
	case api.OutcomeServerError, api.OutcomeTransport:
		d.failed(op, t)
	case api.OutcomeUnauthorized:
		d.refusedToken(op, t, res)
	case api.OutcomeClientRejected:
		d.refusedClient(t)
	case api.OutcomeStatementRejected:
		// Nothing a device can do will make the statement good.
		d.abandoned++
		d.stage = stageDone
	case api.OutcomeReauthenticate:
		d.signIn(t)
	default:
		d.abandon(t)
	}
}

func (d *Device) succeeded(op api.Op, t int64, res *api.Response) {
	switch op {
	case api.OpRegister:
		if res.ClientID == "" {
			d.abandon(t)
			return
		}
		d.kept.setCredentials(res.ClientID, res.ClientSecret)
		d.purpose = api.PurposeFirst
	case api.OpToken:
		if res.AccessToken == "" || res.ExpiresIn <= 0 {
			d.abandon(t)
			return
		}
		if d.fetched++; d.fetched > maxFetches {
			d.abandon(t)
			return
		}
		d.kept.setToken(res.AccessToken)
		d.freshToken = true
		d.tokenIssued = t
		d.tokenExpires = t + int64(min(res.ExpiresIn, maxLife))
		d.purpose = api.PurposeFirst
	case api.OpAuthorize:
		if res.RetryItems > 0 && res.Permitted == 0 {
			d.failed(op, t)
			return
		}
		d.called(op, t, res)
	default:
		d.called(op, t, res)
	}
}

// called takes in a session operation that went well. Credentials and tokens
// are only means to one: they do not end the count of its tries, or a service
// that refuses every token would be asked for ever.
func (d *Device) called(op api.Op, t int64, res *api.Response) {
	d.forgetTries()
	d.freshToken = false
	d.purpose = api.PurposeFirst
	d.advance(op, t, res)
}

// throttled waits as the profile says, and gives the session up when the same
// request was refused too often.
func (d *Device) throttled(op api.Op, t int64, res *api.Response) {
	b := d.behaviour()
	if int(d.throttles) >= b.ThrottleRetries {
		d.abandon(t)
		if b.Throttle != profiles.ThrottleHammer {
			// The next launch is a request like any other (THR-01).
			d.wake = max(d.wake, t+min(max(int64(minThrottleWait), int64(res.RetryAfter)), int64(time.Hour)))
		}
		return
	}
	d.throttles++
	d.purpose = api.PurposeAfterThrottle
	wait := d.draw(b.ThrottleWait, toWait, d.step, d.throttles)
	switch b.Throttle {
	case profiles.ThrottleHammer:
	case profiles.ThrottleBackoff:
		ceiling := min(int64(minThrottleWait)<<min(d.throttles, 6), int64(maxBackoff))
		jitter := profiles.Range{Min: minThrottleWait, Max: time.Duration(ceiling)}
		wait = max(wait, d.draw(jitter, toBackOff, d.step, d.throttles), int64(res.RetryAfter))
	default:
		wait = max(wait, int64(minThrottleWait), int64(res.RetryAfter))
	}
	if b.Throttle != profiles.ThrottleHammer {
		wait = d.pollPace(op, wait)
	}
	d.retryAt(op, t, t+min(max(wait, int64(time.Millisecond)), int64(time.Hour)))
}

// pollPace is wait, and at least a polling interval where a poll is repeated
// (POL-03): a refused poll is a poll.
func (d *Device) pollPace(op api.Op, wait int64) int64 {
	if op != api.OpProfilesCode {
		return wait
	}
	return max(wait, d.draw(d.behaviour().PollEvery, toPoll, d.step, d.throttles+d.retries))
}

// retryAt has the refused request repeated at due, unless it is a poll and the
// code has ended by then (POL-05).
func (d *Device) retryAt(op api.Op, t, due int64) {
	if op == api.OpProfilesCode && due >= d.loggingIn().pollUntil {
		d.abandon(t)
		return
	}
	d.wake = due
}

// failed repeats the request after a server or transport error, within bounds.
func (d *Device) failed(op api.Op, t int64) {
	b := d.behaviour()
	if int(d.retries) >= b.Retries {
		d.abandon(t)
		return
	}
	wait := min(d.draw(b.RetryWait, toRetry, d.step, d.retries)<<min(d.retries, 6), int64(maxBackoff))
	d.retries++
	d.purpose = api.PurposeRetry
	d.retryAt(op, t, t+max(d.pollPace(op, wait), int64(time.Millisecond)))
}

// refusedToken reacts to a 401: a new token first, and new credentials when a
// token issued after the first 401 was refused as well (A-16, DCR-03, DCR-09).
func (d *Device) refusedToken(op api.Op, t int64, res *api.Response) {
	d.unauthorized++
	d.purpose = api.PurposeAfterUnauthorized
	d.kept.dropToken()
	switch {
	case !op.Protected():
		// Whoever answers 401 to a registration or to a user agent will do so again.
		d.abandon(t)
	case d.behaviour().RegisterOn401:
		d.replaceCredentials(t)
		d.purpose = api.PurposeWasteful
	case d.unauthorized == 1:
	case d.unauthorized == 2:
		d.replaceCredentials(t)
	default:
		d.abandon(t)
	}
}

// refusedClient reacts to invalid_client: new credentials, once in a session
// (DCR-10).
func (d *Device) refusedClient(t int64) { d.replaceCredentials(t) }

func (d *Device) replaceCredentials(t int64) {
	if d.replaced > 0 {
		d.forgetCredentials()
		d.abandon(t)
		return
	}
	d.replaced++
	d.forgetCredentials()
	// A code belongs to the credentials that it was made with.
	d.login, d.detour = nil, api.OpUnknown
	d.purpose = api.PurposeReplace
	if d.stage == stageStep {
		d.enter(0, t)
	}
}

// abandon ends the session as a failure.
func (d *Device) abandon(t int64) {
	d.abandoned++
	d.endSession(t)
}

// endSession schedules the next launch of the app, if there is one.
func (d *Device) endSession(t int64) {
	b := d.behaviour()
	d.login, d.detour = nil, api.OpUnknown
	d.step, d.round = 0, 0
	if int(d.launches) > b.Relaunches {
		d.stage = stageDone
		return
	}
	d.stage = stageLaunch
	d.wake = t + max(d.draw(b.RelaunchAfter, toRelaunch, 0, 0), int64(time.Millisecond))
}
