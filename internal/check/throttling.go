package check

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/spec"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// timetable replays the published one on a rested device. It is about the
// documented limits only.
func (x *Identification) timetable(p *probe) {
	if p.kit.limits() != throttle.DocumentedLimits || x.Queued {
		return
	}
	if x.OtherDevice == Open {
		p.fresh()
	} else if x.Rate > 0 {
		p.wait(min(p.kit.Patience, time.Duration(float64(x.Capacity+1)/x.Rate*float64(time.Second))))
	}
	var first *Answer
	admitted := 0.0
	for i, row := range throttle.Timetable() {
		if i > 0 {
			p.wait(first.Sent.Add(row.Offset).Sub(p.now))
		}
		a := x.one(p)
		if i == 0 {
			first = a
		}
		x.Rows++
		was := x.admitted(a)
		// Where the requests were late, so that the table's own bucket might have
		// answered so, the row says nothing.
		size, rate := float64(p.kit.limits().Burst+1)-admitted, p.kit.limits().Rate
		least, most := size+rate*a.Sent.Sub(first.Received).Seconds(), size+rate*a.Received.Sub(first.Sent).Seconds()
		if was != row.Admitted && !(was && most >= 1 || !was && least < 1) {
			x.Differ++
		}
		if was {
			admitted++
		}
	}
}

// judge rules on everything that was identified.
func (x *Identification) judge(p *probe) {
	a := x.Refusal
	if a == nil && x.Admitted == 0 {
		for _, c := range spec.All() {
			if c.Group() == "thr" && !c.Intrusive {
				p.know(c.ID, Unclear, "no answer came to a request without a pause")
			}
		}
		return
	}
	if a == nil {
		p.know("thr.limits", Unmet, fmt.Sprintf("%d requests at once were all admitted", x.Sent))
		for _, c := range spec.All() {
			if c.Group() == "thr" && c.ID != "thr.limits" && !c.Intrusive {
				p.know(c.ID, Blocked, "thr.limits")
			}
		}
		return
	}
	p.rule(a, "thr.limits", true, "", "")
	x.judgeRefusal(p, a)
	x.judgeFigures(p, a)
	x.judgeKey(p, a)
	p.say(a, "thr.model", Noted, "", x.Model())
}

// judgeRefusal rules on the refused answer itself.
func (x *Identification) judgeRefusal(p *probe, a *Answer) {
	p.rule(a, "thr.status", a.Status == 429, "status 429", status(a.Status))
	p.rule(a, "thr.explains", len(a.Body) > 0, "a body", "an empty body")
	p.say(a, "thr.json-clients", Noted, "", mediaOf(a))
	fields := ""
	for _, f := range a.Header {
		name := strings.ToLower(f.Name)
		if strings.HasPrefix(name, "ratelimit") || strings.HasPrefix(name, "x-ratelimit") {
			fields += " " + safe(f.Name)
		}
	}
	p.say(a, "thr.ratelimit-fields", Noted, "", "RateLimit fields:"+map[bool]string{true: " none", false: fields}[fields == ""])
	p.rule(a, "thr.not-cached", !storable(a.Header), "nothing that lets a cache store it", cacheSigns(a))
	x.judgeRetryAfter(p, a)
	switch {
	case x.Effects != nil:
		p.rule(x.Effects, "thr.no-effect", false, "a refusal without credentials", "credentials in a throttled answer")
	case x.EffectsTried:
		p.rule(a, "thr.no-effect", true, "", "")
	default:
		p.say(a, "thr.no-effect", Blocked, "", "thr.scope")
	}
}

// storable reports whether a cache may take the answer to be one for keeping.
func storable(h api.Header) bool {
	if noStore(h) {
		return false
	}
	expires := h.Get("Expires")
	return directive(h, "Cache-Control", "public") || directive(h, "Cache-Control", "s-maxage") ||
		directive(h, "Cache-Control", "max-age") && !strings.Contains(strings.ReplaceAll(strings.ToLower(h.Get("Cache-Control")), " ", ""), "max-age=0") ||
		h.Has("Age") || expires != "" && expires != "0" && expires != "-1"
}

// cacheSigns names the fields that speak of a cache.
func cacheSigns(a *Answer) string {
	signs := cacheControl(a)
	for _, name := range [...]string{"Age", "Expires"} {
		if v := a.Header.Get(name); v != "" {
			signs += ", " + name + ": " + safe(v)
		}
	}
	return signs
}

func (x *Identification) judgeRetryAfter(p *probe, a *Answer) {
	value := a.Header.Get("Retry-After")
	if value == "" {
		p.say(a, "thr.retry-after", Deviates, "Retry-After", "none")
		p.say(a, "thr.retry-after-syntax", Met, "", "there is none")
		p.say(a, "thr.retry-after-honest", Met, "", "there is none")
		return
	}
	p.say(a, "thr.retry-after", Noted, "", "Retry-After "+safe(value))
	h := a.Header
	if !h.Has("Date") {
		// A date needs one to count from; the syntax does not.
		h = append(api.Header{{Name: "Date", Value: a.Received.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}}, h...)
	}
	wait := api.RetryAfter(h)
	if !p.rule(a, "thr.retry-after-syntax", wait >= 0, "whole seconds or a date", safe(value)) {
		p.say(a, "thr.retry-after-honest", Blocked, "", "thr.retry-after-syntax")
		return
	}
	need := x.AdmittedAfter
	if need == 0 {
		p.say(a, "thr.retry-after-honest", Unclear, "", "no request was admitted again")
		return
	}
	honest := wait > 0 && wait <= 10*need+5*time.Second && wait+time.Second >= need/2
	got := "Retry-After " + safe(value) + ", which is " + wait.String()
	if wait == 0 {
		got = "Retry-After " + safe(value) + ", which is no wait at all"
	}
	p.rule(a, "thr.retry-after-honest", honest, "about "+need.String()+", after which a request was admitted", got)
}

// close5 is how far a measured rate may be from the documented one.
const close5 = 0.05

func (x *Identification) judgeFigures(p *probe, a *Answer) {
	want := p.kit.limits()
	p.rule(a, "thr.rejected-free", !x.Prolonged, "refusals that cost nothing", "no admission while the device kept asking")
	slow := time.Duration(float64(time.Second) / want.Rate)
	if x.Prolonged {
		p.say(a, "thr.min-wait", Blocked, "", "thr.rejected-free")
	} else {
		p.rule(a, "thr.min-wait", x.AdmittedAfter > 0 && x.AdmittedAfter <= max(slow, time.Second), "an admission one second after a 429", x.waited())
	}
	p.rule(a, "thr.delay", !x.Queued, "immediate answers", "answers held back one after the other")
	if x.Rate == 0 {
		p.say(a, "thr.rate", Unclear, "", "nothing was admitted again")
	} else {
		fits := x.Low <= want.Rate*(1+close5) && x.High >= want.Rate*(1-close5)
		p.rule(a, "thr.rate", fits, fmt.Sprintf("%.3g requests a second", want.Rate), x.rateText())
	}
	p.rule(a, "thr.burst", x.Capacity-1 == want.Burst, fmt.Sprintf("a burst of %d", want.Burst), fmt.Sprintf("a burst of %d: %d requests at once", x.Capacity-1, x.Capacity))
	x.judgeTimetable(p, a)
}

func (x *Identification) waited() string {
	if x.AdmittedAfter == 0 {
		return "no admission within 31 s of silence"
	}
	return "an admission only after " + x.AdmittedAfter.String() + " of silence, " + x.SinceRefusal.Round(100*time.Millisecond).String() + " after the first 429"
}

func (x *Identification) rateText() string {
	s := fmt.Sprintf("%.3g requests a second", x.Rate)
	if spread := (x.High - x.Low) / 2; spread > 0 {
		s += fmt.Sprintf(" (± %.2g)", spread)
	}
	return s
}

// judgeTimetable blames the table only when its two figures are right.
func (x *Identification) judgeTimetable(p *probe, a *Answer) {
	const id = "thr.timetable"
	for _, figure := range [...]string{"thr.rejected-free", "thr.rate", "thr.burst", "thr.delay"} {
		if r := p.book.Get(figure); r != nil && r.Kind == Unmet {
			p.say(a, id, Blocked, "", figure)
			return
		}
	}
	if x.Rows == 0 {
		p.say(a, id, Absent, "", "the table is about the documented limits, and others are expected")
		return
	}
	if p.kit.Patience < time.Hour && x.Differ > 0 && x.OtherDevice != Open {
		p.say(a, id, Unclear, "", "no device with a limit of its own to replay it on")
		return
	}
	p.rule(a, id, x.Differ == 0, "all 17 rows", fmt.Sprintf("%d rows came out otherwise", x.Differ))
}

func (x *Identification) judgeKey(p *probe, a *Answer) {
	p.rule(a, "thr.key-isolation", x.OtherDevice == Open, "another device to be admitted", "another device throttled as well: the key is "+x.Key())
	if x.OtherDevice == Open && x.OtherIdentifier == Open {
		p.rule(a, "thr.key", false, "the address of the device as the key", "the key is "+x.Key())
	} else {
		p.say(a, "thr.key", Noted, "", "the key is "+x.Key())
	}
	if x.OtherAddress == Open {
		p.say(a, "thr.key-spoof", Deviates, "the same limit under any X-Forwarded-For", "a fresh limit under another X-Forwarded-For")
	} else {
		p.rule(a, "thr.key-spoof", true, "", "")
	}
	const own = " that was admitted while the API was throttled: each path has a limit of its own, or this one has none"
	got := "a request to the token endpoint" + own
	if x.OtherPath == Closed {
		got = "a registration" + own
	}
	if x.OtherPath == Untried {
		p.say(a, "thr.scope", Unclear, "", "no answer came from the token endpoint")
		return
	}
	p.rule(a, "thr.scope", x.OtherPath == Closed && x.Registrations != Open, "registration and token endpoint to be throttled with the API", got)
}

// Key says by what the target tells requests apart.
func (x *Identification) Key() string {
	switch {
	case x.OtherDevice == Closed && x.OtherPlace == Open:
		return "the address of the connection"
	case x.OtherDevice == Closed && x.OtherPlace == Closed:
		return "the same for everybody"
	case x.OtherDevice == Closed:
		return "the address of the connection, or the same for everybody"
	case x.OtherAddress == Open && x.OtherIdentifier == Closed:
		return "the address in X-Forwarded-For"
	case x.OtherAddress == Closed && x.OtherIdentifier == Open:
		return "AP-Device-Identifier"
	case x.OtherAddress == Open && x.OtherIdentifier == Open:
		return "the address in X-Forwarded-For together with AP-Device-Identifier"
	}
	return "not to be told"
}

// Model says in words and numbers which model fits.
func (x *Identification) Model() string {
	if x.Refusal == nil {
		return fmt.Sprintf("no limit within %d requests at once", x.Sent)
	}
	figures := fmt.Sprintf("%s, burst %d, key: %s", x.rateText(), x.Capacity-1, x.Key())
	period := 0.0
	if x.Rate > 0 {
		period = 1 / x.Rate
	}
	full := math.Min(float64(x.Capacity), x.Idle.Seconds()*x.Rate)
	idle := fmt.Sprintf("%d admitted at once after %.1f s of rest", x.Refilled, x.Idle.Seconds())
	switch {
	case x.Queued:
		return "a queue that holds requests back (limit_req without nodelay): " + figures
	case x.Clustered:
		return "a fixed window, filled anew all at once: " + figures
	case x.Refilled < 0:
		return "a limit whose refill was not tried: " + figures
	case x.Refilled <= 2 && full > 3:
		return "one request a period and a burst that is granted once (" + idle + "): " + figures
	case math.Abs(float64(x.Refilled)-full) > 1.5:
		return "a limit that fits no known model (" + idle + "): " + figures
	case x.Gap > 0 && x.Refilled >= x.Capacity && x.Gap.Seconds() < 0.9*period:
		return "a bucket that is refilled once a period (" + idle + "): " + figures
	}
	return fmt.Sprintf("a bucket refilled evenly: limit_req burst=%d nodelay, or a token bucket of capacity %d (%s): %s", x.Capacity-1, x.Capacity, idle, figures)
}
