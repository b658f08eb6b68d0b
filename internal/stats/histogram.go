package stats

import (
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of a Histogram. Durations outside are recorded as the nearer bound
// and counted as clamped.
const (
	Lowest  = time.Microsecond
	Highest = 10 * time.Minute
)

// significantFigures is the precision of quantiles: one part in a thousand.
const significantFigures = 3

// Histogram is a distribution of durations from Lowest to Highest in whole
// microseconds, fractions cut off. Quantiles are right to three significant
// figures; minimum, maximum and mean are exact. The zero value is empty and ready
// for use. It must not be copied after its first value.
//
// Memory follows the number of different values, to three figures, not the range
// and not the number of values: an empty histogram costs 40 bytes and no
// allocation, one of a thousand latencies about 7 kB, one of a million about
// 60 kB, and none more than 256 kB. A dense array over the same range would cost
// 172 kB each from the start, whichever way its bounds are set: 139 kB up to one
// minute, 148 kB in steps of 8 µs. In exchange Record takes some 100 ns instead
// of 10.
type Histogram struct {
	buckets *hdrhistogram.PackedHistogram
	sum     int64
	min     int64
	max     int64
	clamped int64
}

// Record adds one duration. It allocates while new values appear and not
// afterwards.
func (h *Histogram) Record(d time.Duration) {
	if d < Lowest {
		d = Lowest
		h.clamped++
	} else if d > Highest {
		d = Highest
		h.clamped++
	}
	us := d.Microseconds()
	h.allocate()
	if h.buckets.RecordValue(us) != nil {
		return // only possible with 2^63 values
	}
	h.widen(us, us, us)
}

// Merge adds everything that from holds; from is left as it is and may be nil.
func (h *Histogram) Merge(from *Histogram) {
	if from == nil || from.Count() == 0 {
		return
	}
	h.allocate()
	buckets := from.buckets
	if from == h {
		buckets = buckets.Clone()
	}
	h.clamped += from.clamped
	h.widen(from.min, from.max, from.sum)
	h.buckets.Merge(buckets)
}

func (h *Histogram) allocate() {
	if h.buckets == nil {
		h.buckets = hdrhistogram.NewPacked(Lowest.Microseconds(), Highest.Microseconds(), significantFigures)
	}
}

func (h *Histogram) widen(least, most, sum int64) {
	if h.min == 0 || least < h.min {
		h.min = least
	}
	h.max = max(h.max, most)
	h.sum += sum
}

// Reset empties the histogram and keeps its memory for reuse.
func (h *Histogram) Reset() {
	buckets := h.buckets
	if buckets != nil {
		buckets.Reset()
	}
	*h = Histogram{buckets: buckets}
}

// Count is the number of recorded durations, clamped ones included.
func (h *Histogram) Count() int64 {
	if h.buckets == nil {
		return 0
	}
	return h.buckets.TotalCount()
}

// Clamped is the number of durations that lay outside Lowest to Highest.
func (h *Histogram) Clamped() int64 { return h.clamped }

// Min is the least duration, 0 when empty.
func (h *Histogram) Min() time.Duration { return time.Duration(h.min) * time.Microsecond }

// Max is the greatest duration, 0 when empty.
func (h *Histogram) Max() time.Duration { return time.Duration(h.max) * time.Microsecond }

// Mean is the arithmetic mean to the nanosecond, 0 when empty.
func (h *Histogram) Mean() time.Duration {
	return time.Duration(h.meanMicroseconds() * float64(time.Microsecond))
}

func (h *Histogram) meanMicroseconds() float64 {
	if h.Count() == 0 {
		return 0
	}
	return float64(h.sum) / float64(h.Count())
}

// Quantile is the least duration that at least a fraction q of the recorded ones
// does not exceed: 0.5 is the median. A q outside 0 to 1 is taken as the nearer
// bound, and an empty histogram gives 0.
func (h *Histogram) Quantile(q float64) time.Duration {
	return time.Duration(h.quantile(q)) * time.Microsecond
}

// quantile stays within the exact bounds, which the bucket of an extreme value
// exceeds.
func (h *Histogram) quantile(q float64) int64 {
	switch {
	case h.Count() == 0:
		return 0
	case !(q > 0):
		return h.min
	case q >= 1:
		return h.max
	}
	// The library rounds the rank to the nearest; given a whole rank it has
	// nothing to round. The factor keeps 0.07·100 from being more than 7.
	n := float64(h.Count())
	rank := math.Ceil(q * n * (1 - 1e-14))
	return min(h.max, max(h.min, h.buckets.ValueAtPercentile(rank/n*100)))
}

// Summary is what a report shows of a Histogram, in microseconds.
type Summary struct {
	Min  int64   `json:"min"`
	P50  int64   `json:"p50"`
	P90  int64   `json:"p90"`
	P99  int64   `json:"p99"`
	P999 int64   `json:"p999"`
	Max  int64   `json:"max"`
	Mean float64 `json:"mean"`
}

// Summary condenses the histogram. That of an empty one is the zero value.
func (h *Histogram) Summary() Summary {
	return Summary{
		Min:  h.min,
		P50:  h.quantile(0.5),
		P90:  h.quantile(0.9),
		P99:  h.quantile(0.99),
		P999: h.quantile(0.999),
		Max:  h.max,
		Mean: h.meanMicroseconds(),
	}
}

// CurveSteps is how many entries of a Curve lead from one nine to the next.
const CurveSteps = 4

// Curve is the distribution for a chart whose axis counts nines: entry i is the
// quantile 1-10^(-i/CurveSteps) in microseconds, so the minimum, at 4 the 90th, at
// 8 the 99th percentile, and so on. It ends with the first entry that only the
// maximum reaches; that of an empty histogram is nil. A million values give 26.
func (h *Histogram) Curve() []int64 {
	n := float64(h.Count())
	if n == 0 {
		return nil
	}
	var curve []int64
	for i := 0; ; i++ {
		rest := math.Pow(10, -float64(i)/CurveSteps)
		if n*rest < 1-1e-9 {
			return append(curve, h.max)
		}
		curve = append(curve, h.quantile(1-rest))
	}
}
