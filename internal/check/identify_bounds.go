package check

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// bounds are what polling says of a bucket: between which times it had one more
// request to give. A refused request says not yet when it was sent, an admitted
// one by now when its answer came. A bucket gives at even distances whenever it
// is asked, so that a busy machine makes the bounds wider and not wrong.
type bounds struct {
	ready []interval
	last  time.Time
}

type interval struct{ from, to time.Time }

func (b *bounds) refused(a *Answer) {
	if a.Err == api.ErrNone && a.Sent.After(b.last) {
		b.last = a.Sent
	}
}

func (b *bounds) admitted(a *Answer) {
	if !b.last.IsZero() {
		b.ready = append(b.ready, interval{b.last, a.Received})
	}
}

// rate returns between which rates all admissions fit; false when no rate does,
// because the limit is none of a bucket.
func (b *bounds) rate() (low, high float64, ok bool) {
	high = 1e9
	for i := range b.ready {
		for j := i + 1; j < len(b.ready); j++ {
			n := float64(j - i)
			if most := b.ready[j].to.Sub(b.ready[i].from).Seconds(); most > 0 {
				low = max(low, n/most)
			}
			if least := b.ready[j].from.Sub(b.ready[i].to).Seconds(); least > 0 {
				high = min(high, n/least)
			}
		}
	}
	return low, high, len(b.ready) >= 3 && low > 0 && high < 1e9 && low <= high
}

// narrow takes the rate from the bounds of the admissions where they leave less
// room than their times. Without a burst nothing is kept between two polls, and
// the bounds say nothing.
func (x *Identification) narrow(b bounds) {
	low, high, ok := b.rate()
	if !ok || x.Admitted <= 2 || x.Clustered {
		return
	}
	x.Rate, x.Low, x.High = (low+high)/2, low, high
}

// tries bounds how often the capacity is measured.
const tries = 4

// capacity takes what was refilled during the volley off what was admitted. As
// long as that leaves a choice the volley is repeated as another device.
func (x *Identification) capacity(p *probe) {
	if x.Rate <= 0 || x.Queued {
		return
	}
	least, most := x.within(x.first, 1, x.Admitted)
	for range tries - 1 {
		if least == most {
			break
		}
		p.fresh()
		all := p.press(api.OpConfiguration, p.target(), x.Admitted+4)
		l, m := x.within(all, least, most)
		if l > m {
			// It was not rested: devices share the limit.
			break
		}
		least, most = l, m
	}
	x.Capacity = max(1, most)
}

// within narrows the capacity by one volley of a rested device: it cannot be more
// than was admitted, nor less than that without what was refilled meanwhile.
func (x *Identification) within(all []*Answer, least, most int) (int, int) {
	n, refusals := 0, 0
	var from, to time.Time
	for _, a := range all {
		switch {
		case x.admitted(a):
			n++
			if from.IsZero() || a.Sent.Before(from) {
				from = a.Sent
			}
			if a.Received.After(to) {
				to = a.Received
			}
		case x.refused(a):
			refusals++
		}
	}
	if refusals == 0 {
		return least, most
	}
	return max(least, n-int(x.High*to.Sub(from).Seconds())), min(most, n)
}
