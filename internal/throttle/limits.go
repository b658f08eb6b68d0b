package throttle

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// The bounds that Limits.Validate enforces. They are far outside what a service
// would configure and keep every computed time representable.
const (
	maxRate   = 1e6
	maxBurst  = 1_000_000
	maxRefill = 365 * 24 * time.Hour
)

// Limits are the two figures of a throttle. The zero value stands for
// DocumentedLimits wherever Limits are taken.
type Limits struct {
	// Rate is the sustained number of requests per second.
	Rate float64 `json:"rate" yaml:"rate"`
	// Burst is the number of requests admitted beyond the rate. An idle device
	// can send Burst+1 requests at once: the burst and the one that the rate
	// grants (A-03, row T4 of the analysis).
	Burst int `json:"burst" yaml:"burst"`
}

// DocumentedLimits are the defaults on the vendor's throttling page: one request
// per second and device, with a burst of ten.
var DocumentedLimits = Limits{Rate: 1, Burst: 10}

// ParseLimits reads the form RATE:BURST, such as "1:10" or "0.5:3", rate in
// requests per second. The error names the value and an example that works.
func ParseLimits(s string) (Limits, error) {
	first, second, found := strings.Cut(s, ":")
	if !found {
		return Limits{}, fmt.Errorf("limits %q have no colon, want RATE:BURST (try: 1:10)", s)
	}
	perSecond, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return Limits{}, fmt.Errorf("rate %q in limits %q is not a number of requests per second (try: 1:10)", first, s)
	}
	burst, err := strconv.Atoi(second)
	if err != nil {
		return Limits{}, fmt.Errorf("burst %q in limits %q is not a whole number (try: 1:10)", second, s)
	}
	l := Limits{Rate: perSecond, Burst: burst}
	if l == (Limits{}) {
		return Limits{}, fmt.Errorf("limits %q: rate must be more than 0 (try: 1:10)", s)
	}
	if errs := l.Validate(); len(errs) > 0 {
		return Limits{}, fmt.Errorf("limits %q: %s", s, joined(errs))
	}
	return l, nil
}

// Validate reports everything that is wrong with l and changes nothing. The zero
// value is valid.
func (l Limits) Validate() []error {
	if l == (Limits{}) {
		return nil
	}
	var errs []error
	rateFits := l.Rate > 0 && l.Rate <= maxRate
	if !rateFits {
		errs = append(errs, fmt.Errorf("rate must be more than 0 and at most %g per second, not %g", float64(maxRate), l.Rate))
	}
	burstFits := l.Burst >= 0 && l.Burst <= maxBurst
	if !burstFits {
		errs = append(errs, fmt.Errorf("burst must be from 0 to %d, not %d", maxBurst, l.Burst))
	}
	if rateFits && burstFits && float64(l.Burst+1)/l.Rate > maxRefill.Seconds() {
		errs = append(errs, fmt.Errorf("an empty bucket of %d at %g per second takes more than a year to refill", l.Burst+1, l.Rate))
	}
	return errs
}

// String gives the form that ParseLimits reads. The zero value prints as what it
// stands for.
func (l Limits) String() string {
	l = l.orDocumented()
	return strconv.FormatFloat(l.Rate, 'f', -1, 64) + ":" + strconv.Itoa(l.Burst)
}

// Refill is the time after which an empty bucket is full again, rounded up to
// the nanosecond.
func (l Limits) Refill() time.Duration {
	l = l.orDocumented()
	return time.Duration(math.Ceil(float64(l.Burst+1) / l.Rate * float64(time.Second)))
}

func (l Limits) orDocumented() Limits {
	if l == (Limits{}) {
		return DocumentedLimits
	}
	return l
}

// checked resolves the zero value and panics on limits that Validate refuses.
func (l Limits) checked() Limits {
	if errs := l.Validate(); len(errs) > 0 {
		panic(fmt.Sprintf("throttle: invalid limits %s: %s", l, joined(errs)))
	}
	return l.orDocumented()
}

// limiter is the reference model: capacity Burst+1, full at the start.
func (l Limits) limiter() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(l.Rate), l.Burst+1)
}

// joined puts several problems on one line.
func joined(errs []error) string {
	texts := make([]string, len(errs))
	for i, err := range errs {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}
