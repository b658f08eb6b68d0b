package check

import (
	"math"
	"slices"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// queue looks for answers that were held back: late, and one after the other at
// even distances, which are the rate. A slow answer is late as well; so the same
// must be seen with another device, at the same rate.
func (x *Identification) queue(p *probe, all []*Answer) {
	rate := x.heldBack(all)
	if rate == 0 {
		return
	}
	p.fresh()
	again := x.heldBack(p.press(api.OpConfiguration, p.target(), len(all)))
	if again == 0 || math.Abs(again-rate) > 0.15*rate {
		return
	}
	x.Queued = true
	x.setRate((rate+again)/2, 0.02)
}

// heldBack is the rate at which answers were let go one after the other; 0 when
// they were not.
func (x *Identification) heldBack(all []*Answer) float64 {
	var late []time.Time
	for _, a := range all {
		if x.admitted(a) && a.Received.Sub(a.Sent) > 80*time.Millisecond {
			late = append(late, a.Received)
		}
	}
	slices.SortFunc(late, time.Time.Compare)
	if len(late) == 2 {
		return twoHeldBack(all[0].Sent, late)
	}
	if len(late) < 3 {
		return 0
	}
	span := late[len(late)-1].Sub(late[0])
	mean := span / time.Duration(len(late)-1)
	for i := 1; i < len(late); i++ {
		if gap := late[i].Sub(late[i-1]); gap < mean*4/10 || gap > mean*2 {
			return 0
		}
	}
	if span < 150*time.Millisecond {
		return 0
	}
	return float64(len(late)-1) / span.Seconds()
}

// twoHeldBack is heldBack for two late answers: the first of them has waited for
// as long as lies between the two.
func twoHeldBack(start time.Time, late []time.Time) float64 {
	gap, wait := late[1].Sub(late[0]), late[0].Sub(start)
	if gap < 150*time.Millisecond || wait < gap*3/4 || wait > gap*5/4 {
		return 0
	}
	return 1 / gap.Seconds()
}

func (x *Identification) setRate(rate, uncertainty float64) {
	x.Rate, x.Low, x.High = rate, rate*(1-uncertainty), rate*(1+uncertainty)
}
