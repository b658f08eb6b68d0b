package audit

import "github.com/dcrbench/dcrbench/internal/api"

// credentials is what is known of a device's client credentials. Its facts are
// those of the tally's Book, so that both count alike.
type credentials struct {
	// owns: the device has credentials, from a registration or before it.
	owns bool
	// refused: the service refused them since they were issued.
	refused bool
	client  uint64
	grants  []uint64
	// registered is the last registration.
	registered sight
	statement  uint64
	// homeless: after new credentials nobody has authenticated yet.
	homeless bool
	// started: the app was started again and has made no call since.
	started bool
	// excused: the last change of client had a reason.
	excused bool
	// rejected are clients that the token endpoint called invalid.
	rejected [4]uint64
	rejects  int
	rejectAt sight
}

// begin notes the start of an app.
func (c *credentials) begin() { c.started = true }

func (d *Device) sendCredentials(e *event) {
	switch {
	case e.op == api.OpRegister:
		d.sendRegistration(e)
	case e.op == api.OpToken:
		d.sendClient(e)
	case e.op.Protected():
		if d.started {
			d.started = false
			d.kept(dcr19)
			if d.owns {
				d.kept(dcr02)
			}
		}
		if d.homeless && (e.op == api.OpAuthorize || e.op == api.OpPreauthorize) {
			d.broken(dcr20, "asked for decisions with new credentials before the viewer had authenticated", d.registered, seen(e))
		}
	}
}

func (d *Device) sendRegistration(e *event) {
	e.justified = d.refused
	e.occasion = d.owns && !d.started && (d.unauthorized || d.troubled || d.hasToken && e.sent >= d.latest().early)
	if d.owns && !d.refused && d.started {
		d.broken(dcr19, "registered at a start in spite of credentials from before", d.registered, seen(e))
	}
	if e.statement == 0 {
		return
	}
	if d.statement != 0 {
		d.judge(dcr17, keptIf(d.statement == e.statement), "presented another software statement than before", d.registered, seen(e))
	}
	d.statement = e.statement
}

func keptIf(kept bool) Verdict {
	if kept {
		return Kept
	}
	return Broken
}

// sendClient judges which client a token request names.
func (d *Device) sendClient(e *event) {
	for i := range d.rejected {
		if e.client != 0 && d.rejected[i] == e.client {
			d.broken(dcr10, "asked for a token again with credentials that were refused as invalid_client", d.rejectAt, seen(e))
			return
		}
	}
	if d.rejectAt.seq != 0 {
		d.kept(dcr10)
		d.rejectAt = sight{}
	}
	if e.client == 0 {
		return
	}
	switch {
	case d.client == 0 || !d.hasToken:
	case d.client == d.tokenClient && e.client == d.client:
		d.kept(dcr06)
		d.kept(dcr02)
	case e.client != d.tokenClient && !d.excused:
		d.broken(dcr06, "asked for a token with other credentials than before", d.latest().sight, seen(e))
	default:
		d.kept(dcr06)
	}
	d.client, d.owns = e.client, true
}

func (d *Device) answerCredentials(e *event) {
	switch {
	case e.registered():
		d.answerRegistration(e)
	case e.op == api.OpToken && e.outcome == api.OutcomeClientRejected:
		d.rejected[d.rejects%len(d.rejected)] = e.client
		d.rejects++
		d.rejectAt = seen(e)
	case e.op == api.OpSessionsCreate || e.op == api.OpSSOSessions || e.op == api.OpSessionsResume:
		if e.ok() && d.homeless {
			d.homeless = false
			d.kept(dcr20)
		}
	}
}

func (d *Device) answerRegistration(e *event) {
	if d.owns {
		if !e.justified {
			d.broken(dcr02, "registered again although the service had not refused the credentials", d.registered, seen(e))
			if e.occasion {
				d.broken(dcr03, "registered where a new token would have done", d.registered, seen(e))
			}
		} else {
			d.kept(dcr03)
		}
		d.homeless = true
		d.excused = e.justified
	}
	if d.refused {
		// The token went with the credentials that the service refused.
		d.refused, d.hasToken, d.unauthorized, d.renewed401 = false, false, false, false
	}
	// Who registers has probably lost what it kept in memory as well.
	d.fetched = 0
	d.owns = true
	d.client, d.grants = e.newClient, e.grants
	d.registered = seen(e)
}
