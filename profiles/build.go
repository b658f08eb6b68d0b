package profiles

import (
	"math"
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// Bounds of what a profile may ask for.
const (
	maxWait     = time.Hour
	maxPollFor  = 24 * time.Hour
	maxAhead    = 24 * time.Hour
	maxTries    = 200
	maxLaunches = 200
	maxTimes    = 10_000
	maxSteps    = 64
	maxShare    = 1_000_000
	// shortestWait is the shortest wait after a refusal; a device that does not
	// wait at all would ask without end in no time.
	shortestWait = time.Millisecond
)

// Network sizes where a file names only the kind.
const (
	defaultHousehold = 2
	defaultCarrier   = 50
)

// defaultAhead is how early a token is renewed where a file does not say.
const defaultAhead = 5 * time.Minute

// defaultProfile is what a profile without extends starts from: an app that
// keeps to the rules, without a limiter.
func defaultProfile() Profile {
	return Profile{
		Network: Network{Kind: NetworkOwn, Devices: 1},
		Behaviour: Behaviour{
			Ahead:           defaultAhead,
			ThrottleWait:    Range{Min: time.Second, Max: 1500 * time.Millisecond},
			ThrottleRetries: 3,
			Retries:         3,
			RetryWait:       Range{Min: 500 * time.Millisecond, Max: time.Second},
			PollEvery:       Range{Min: 3 * time.Second, Max: 5 * time.Second},
			PollFor:         30 * time.Minute,
			RelaunchAfter:   Range{Min: 3 * time.Second, Max: 6 * time.Second},
		},
	}
}

// profile lays what n says over p.
func (d *decoder) profile(n *node, p *Profile) {
	var extends string
	d.fields(n, "",
		key{"name", func(n *node, path string) { d.name(n, path, &p.Name) }},
		key{"title", func(n *node, path string) { d.words(n, path, &p.Title) }},
		key{"platform", func(n *node, path string) { d.name(n, path, &p.Platform) }},
		key{"extends", func(n *node, path string) { d.name(n, path, &extends) }},
		key{"device_info", func(n *node, path string) { d.deviceInfo(n, path, &p.DeviceInfo) }},
		key{"omit_device_info", func(n *node, path string) { d.boolean(n, path, &p.OmitDeviceInfo) }},
		key{"user_agent", func(n *node, path string) { d.words(n, path, &p.UserAgent) }},
		key{"network", func(n *node, path string) { d.network(n, path, &p.Network) }},
		key{"behaviour", func(n *node, path string) { d.behaviour(n, path, &p.Behaviour) }},
		key{"session", func(n *node, path string) { d.session(n, path, &p.Session) }},
	)
}

// deviceInfo lays the members of n over info: a known key keeps its place.
func (d *decoder) deviceInfo(n *node, path string, info *api.DeviceInfo) {
	if !d.is(n, path, kindMap, "write the keys of X-Device-Info") {
		return
	}
	out := slices.Clone(*info)
	for i, key := range n.keys {
		value, ok := d.member(n.items[i], join(path, key.text), key.text)
		if !ok {
			continue
		}
		at := slices.IndexFunc(out, func(f api.DeviceInfoField) bool { return f.Key == key.text })
		if at < 0 {
			out = append(out, api.DeviceInfoField{Key: key.text, Value: value})
			continue
		}
		out[at].Value = value
	}
	*info = out
}

// textKeys are the members of X-Device-Info that are text whatever they look
// like: a version 14 is not the number 14.
var textKeys = []string{"primaryHardwareType", "model", "version", "manufacturer", "vendor", "osName", "osFamily",
	"osVendor", "osVersion", "browserName", "browserVendor", "browserVersion", "userAgent", "connectionIp",
	"connectionType", "applicationId"}

// member reads a member of X-Device-Info.
func (d *decoder) member(n *node, path, name string) (value any, ok bool) {
	const want = "write text, in quotes if it looks like something else"
	if n.kind == kindText || slices.Contains(textKeys, name) {
		return n.text, d.is(n, path, kindText, want)
	}
	before := len(d.problems)
	switch n.kind {
	case kindBool:
		var b bool
		d.boolean(n, path, &b)
		value = b
	case kindNumber:
		var f float64
		d.number(n, path, -1, maxShare, &f)
		if value = f; f == math.Trunc(f) {
			value = int(f)
		}
	default:
		d.is(n, path, kindText, "write text, a number, true or false")
	}
	return value, len(d.problems) == before
}

func (d *decoder) network(n *node, path string, net *Network) {
	d.fields(n, path,
		key{"kind", func(n *node, path string) {
			i, ok := d.choice(n, path, "a kind of network", networkNames)
			if ok {
				*net = Network{Kind: NetworkKind(i), Devices: defaultDevices(NetworkKind(i)), OmitForwardedFor: net.OmitForwardedFor}
			}
		}},
		key{"devices", func(n *node, path string) {}},
		key{"omit_forwarded_for", func(n *node, path string) { d.boolean(n, path, &net.OmitForwardedFor) }},
	)
	// The number comes last, wherever it stands, as the kind resets it.
	devices := n.get("devices")
	if devices == nil {
		return
	}
	d.integer(devices, join(path, "devices"), 1, maxShare, &net.Devices)
	if net.Kind == NetworkOwn && net.Devices != 1 {
		d.refuse(devices, join(path, "devices"), "does not fit a device with an address of its own",
			"use kind: household or kind: carrier, or remove the number")
	}
}

func defaultDevices(k NetworkKind) int {
	switch k {
	case NetworkHousehold:
		return defaultHousehold
	case NetworkCarrier:
		return defaultCarrier
	}
	return 1
}

func (d *decoder) behaviour(n *node, path string, b *Behaviour) {
	d.fields(n, path,
		key{"credentials", func(n *node, path string) {
			if i, ok := d.choice(n, path, "a credential policy", credentialNames); ok {
				b.Credentials = CredentialPolicy(i)
			}
		}},
		key{"token", func(n *node, path string) {
			if i, ok := d.choice(n, path, "a token policy", tokenNames); ok {
				b.Token = TokenPolicy(i)
			}
		}},
		key{"ahead", func(n *node, path string) { d.duration(n, path, time.Second, maxAhead, &b.Ahead) }},
		key{"throttle", func(n *node, path string) { d.throttle(n, path, b) }},
		key{"retry", func(n *node, path string) {
			d.fields(n, path,
				key{"max", func(n *node, path string) { d.integer(n, path, 0, maxTries, &b.Retries) }},
				key{"wait", func(n *node, path string) { d.span(n, path, shortestWait, maxWait, &b.RetryWait) }},
			)
		}},
		key{"on_401", func(n *node, path string) {
			if i, ok := d.choice(n, path, "a reaction to 401", on401Names); ok {
				b.RegisterOn401 = i == 1
			}
		}},
		key{"limiter", func(n *node, path string) { d.limiter(n, path, b) }},
		key{"poll", func(n *node, path string) {
			d.fields(n, path,
				key{"every", func(n *node, path string) { d.span(n, path, shortestWait, maxWait, &b.PollEvery) }},
				key{"for", func(n *node, path string) { d.duration(n, path, time.Second, maxPollFor, &b.PollFor) }},
			)
		}},
		key{"relaunch", func(n *node, path string) {
			d.fields(n, path,
				key{"times", func(n *node, path string) { d.integer(n, path, 0, maxLaunches, &b.Relaunches) }},
				key{"after", func(n *node, path string) { d.span(n, path, shortestWait, maxPollFor, &b.RelaunchAfter) }},
			)
		}},
	)
}

func (d *decoder) throttle(n *node, path string, b *Behaviour) {
	d.fields(n, path,
		key{"reaction", func(n *node, path string) {
			if i, ok := d.choice(n, path, "a reaction to 429", throttleNames); ok {
				b.Throttle = ThrottlePolicy(i)
			}
		}},
		key{"wait", func(n *node, path string) { d.span(n, path, shortestWait, maxWait, &b.ThrottleWait) }},
		key{"retries", func(n *node, path string) { d.integer(n, path, 0, maxTries, &b.ThrottleRetries) }},
	)
}

// limiter reads `none`, or a map. A new Limiter is made, as the one of an
// extended profile is shared.
func (d *decoder) limiter(n *node, path string, b *Behaviour) {
	if n.kind == kindText {
		if n.text == "none" {
			b.Limiter = nil
			return
		}
		d.refuse(n, path, "is not a limiter", "use none, or give rate and burst")
		return
	}
	var l Limiter
	before := len(d.problems)
	if b.Limiter != nil {
		l = *b.Limiter
	}
	d.fields(n, path,
		key{"rate", func(n *node, path string) { d.number(n, path, 0, maxShare, &l.Rate) }},
		key{"burst", func(n *node, path string) { d.integer(n, path, 1, maxShare, &l.Burst) }},
	)
	if len(d.problems) > before {
		return
	}
	if l.Rate == 0 || l.Burst == 0 {
		d.report(n, path, "needs both rate and burst", "write it as {rate: 0.9, burst: 9}")
		return
	}
	b.Limiter = &l
}
