package plan

import (
	"math"
	"time"

	"github.com/dcrbench/dcrbench/internal/pace"
)

// launcher says when devices start their apps.
type launcher struct {
	curve   *curve
	perDay  float64
	horizon time.Duration
	// first holds the launches of a schedule, nil when the curve decides.
	first pace.Schedule
	// drawn holds the offsets of a schedule that answers in order only.
	drawn []int64
}

func newLauncher(c *Config) (*launcher, error) {
	l := &launcher{curve: newCurve(c.Begin, c.Horizon), perDay: c.LaunchesPerDay, horizon: c.Horizon}
	if c.Launch == nil {
		return l, nil
	}
	schedule, err := c.Launch.Schedule(c.Devices, c.Seed)
	if err != nil {
		return nil, err
	}
	l.first = schedule
	if c.Launch.Shape != pace.Poisson {
		return l, nil
	}
	// Random gaps add up from the first one on: 8 bytes a device spare drawing
	// them again for each.
	l.drawn = make([]int64, 0, c.Devices)
	for i := range c.Devices {
		offset, ok := schedule.At(i)
		if !ok || offset >= c.Horizon {
			break
		}
		l.drawn = append(l.drawn, int64(offset))
	}
	return l, nil
}

// launches is what is left of a device's day: left starts of its app, at even
// shares of the curve above after.
type launches struct {
	after float64
	left  int32
}

// begin returns when device i starts its app first, and false when it never
// does within the horizon.
func (l *launcher) begin(i int, rng *draws) (launches, time.Duration, bool) {
	if l.first == nil {
		s := launches{left: 1}
		if l.perDay > 0 {
			s.left = times(l.perDay*l.curve.mass(), rng)
		}
		at, ok := l.next(&s, -1, rng)
		return s, at, ok
	}
	at, ok := l.scheduled(i)
	if !ok || at >= l.horizon {
		return launches{}, 0, false
	}
	var s launches
	if l.perDay > 0 {
		s.after = l.curve.share(at)
		s.left = times(l.perDay*l.curve.mass()*(1-s.after), rng)
	}
	return s, at, true
}

func (l *launcher) scheduled(i int) (time.Duration, bool) {
	if l.drawn == nil {
		return l.first.At(i)
	}
	if i >= len(l.drawn) {
		return 0, false
	}
	return time.Duration(l.drawn[i]), true
}

// next returns the device's next start after now. A start that falls into a
// session is none: the app is open already.
func (l *launcher) next(s *launches, now time.Duration, rng *draws) (time.Duration, bool) {
	for s.left > 0 {
		// The least of several even draws above after.
		s.after += (1 - s.after) * (1 - math.Pow(1-unit(rng), 1/float64(s.left)))
		s.left--
		if at := l.curve.at(s.after); at > now {
			return at, true
		}
	}
	return 0, false
}

// times rounds a mean to a whole number, up as often as its fraction says.
func times(mean float64, rng *draws) int32 {
	whole := math.Floor(mean)
	if unit(rng) < mean-whole {
		whole++
	}
	return int32(whole)
}

// unit draws evenly from [0, 1).
func unit(rng *draws) float64 { return float64(rng.Uint64()>>11) / (1 << 53) }
