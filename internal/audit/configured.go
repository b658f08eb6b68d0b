package audit

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// configured is what is known of a device's configuration.
type configured struct {
	fetched  int64
	fetch    sight
	fetchKey uint64
	provider uint64
	mvpds    map[uint64]struct{}
	// left: the viewer has logged out or a login was given up since the fetch, and
	// again: the app has looked for a profile after that, as one that starts does.
	left, again bool
}

// startsOver notes what an app does when it is started again, which a recording
// need not tell otherwise: what it kept in memory is gone.
func (d *Device) startsOver(e *event) {
	switch e.op {
	case api.OpLogout:
		d.left = true
	case api.OpProfilesList, api.OpProfilesMVPD:
		pending := d.session != nil && d.session.finished.seq == 0 && d.session.created.at > d.fetch.at
		d.again = d.again || d.left || pending
	}
}

// cacheTime is how long a configuration is good.
func (o *Options) cacheTime() int64 {
	if o.Strict {
		return int64(3 * time.Minute)
	}
	return int64(2 * time.Minute)
}

func (d *Device) sendConfiguration(e *event) {
	d.startsOver(e)
	if e.op == api.OpConfiguration {
		if d.fetched != 0 && e.target == d.fetchKey {
			gap := e.sent - d.fetched
			verdict := keptIf(gap >= d.options.cacheTime()-d.eps())
			if verdict == Broken && d.again {
				verdict = Undecidable
			}
			d.judge(cfg03, verdict, "fetched the configuration again after "+span(gap), d.fetch, seen(e))
		}
		d.judge(cfg01, keptIf(!d.live(e.sent)), "fetched the list of providers although the viewer was signed in", d.profile, seen(e))
		return
	}
	if e.mvpd == 0 || len(d.mvpds) == 0 || e.provider != d.configured.provider || !namesProvider(e.op) {
		return
	}
	_, listed := d.mvpds[e.mvpd]
	d.judge(cfg05, keptIf(listed || e.mvpd == d.profileMVPD), "named a provider that the configuration does not list", d.fetch, seen(e))
}

// namesProvider reports whether the request itself names the provider.
func namesProvider(op api.Op) bool {
	switch op {
	case api.OpSessionsCreate, api.OpSessionsResume, api.OpProfilesMVPD, api.OpAuthorize, api.OpPreauthorize, api.OpLogout:
		return true
	}
	return false
}

func (d *Device) answerConfiguration(e *event) {
	if e.errCode == "invalid_parameter_mvpd" || e.errCode == "invalid_integration" {
		d.broken(cfg05, "named a provider that the service does not know", seen(e))
	}
	if e.op != api.OpConfiguration || e.status != 200 {
		return
	}
	d.fetched, d.fetch, d.fetchKey = e.received, seen(e), e.target
	d.left, d.again = false, false
	if e.mvpds != nil {
		d.mvpds, d.configured.provider = e.mvpds, e.provider
	}
}
