package plan

import "time"

// evening is how many apps are started in each hour of a day, relative to the
// other hours: few at night, more from the afternoon on, most between eight and
// ten in the evening. The shape is ours; every operator's differs a little.
var evening = [24]float64{
	1.6, 0.9, 0.5, 0.35, 0.3, 0.4, 0.9, 1.6, 2.0, 2.1, 2.2, 2.5,
	3.0, 3.1, 3.0, 3.2, 3.7, 4.6, 6.0, 7.8, 9.2, 8.8, 6.3, 3.4,
}

const (
	day         = 24 * time.Hour
	curveMinute = time.Minute
)

// curve is the evening-peaked curve over the horizon of a plan. It is immutable.
type curve struct {
	horizon time.Duration
	// cumulated[i] is the share of a day's starts in the first i minutes.
	cumulated []float64
	// guide[k] is the minute in which the share k/len(guide) of all starts lies.
	guide []int32
}

// newCurve lays the curve over a horizon that begins at a time of the day.
func newCurve(begin, horizon time.Duration) *curve {
	total := 0.0
	for _, w := range evening {
		total += w
	}
	minutes := int((horizon + curveMinute - 1) / curveMinute)
	c := &curve{horizon: horizon, cumulated: make([]float64, minutes+1), guide: make([]int32, minutes+1)}
	for i := range minutes {
		from := time.Duration(i) * curveMinute
		length := min(curveMinute, horizon-from)
		c.cumulated[i+1] = c.cumulated[i] + weight(begin+from+length/2)/total*length.Hours()
	}
	minute := 0
	for k := range c.guide {
		for minute < minutes-1 && c.cumulated[minute+1] <= float64(k)/float64(len(c.guide))*c.cumulated[minutes] {
			minute++
		}
		c.guide[k] = int32(minute)
	}
	return c
}

// weight is the curve at a time of the day: straight lines between the middles
// of the hours.
func weight(at time.Duration) float64 {
	h := (at % day).Hours() - 0.5
	if h < 0 {
		h += 24
	}
	i := int(h)
	part := h - float64(i)
	return evening[i%24]*(1-part) + evening[(i+1)%24]*part
}

// mass is the share of a day's starts that lies in the horizon: 1 for a day.
func (c *curve) mass() float64 { return c.cumulated[len(c.cumulated)-1] }

// share is the part of the horizon's starts that lies before an offset.
func (c *curve) share(at time.Duration) float64 {
	i := int(at / curveMinute)
	if at < 0 || i >= len(c.cumulated)-1 {
		return 1
	}
	length := min(curveMinute, c.horizon-time.Duration(i)*curveMinute)
	part := float64(at-time.Duration(i)*curveMinute) / float64(length)
	return (c.cumulated[i] + part*(c.cumulated[i+1]-c.cumulated[i])) / c.mass()
}

// at is the offset before which a share u of the horizon's starts lies.
func (c *curve) at(u float64) time.Duration {
	x := u * c.mass()
	i := int(c.guide[min(int(u*float64(len(c.guide))), len(c.guide)-1)])
	for i < len(c.cumulated)-2 && c.cumulated[i+1] <= x {
		i++
	}
	from := time.Duration(i) * curveMinute
	length := min(curveMinute, c.horizon-from)
	part := (x - c.cumulated[i]) / (c.cumulated[i+1] - c.cumulated[i])
	return min(from+time.Duration(part*float64(length)), c.horizon-1)
}
