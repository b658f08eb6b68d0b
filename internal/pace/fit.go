package pace

import "time"

// Fit is the schedule for n devices in a run of the given length: s itself, or
// even launches over the first half of the run where s would not have launched
// all of the devices when three quarters of it are over.
func (s Spec) Fit(n int, length time.Duration) Spec {
	if schedule, err := s.Schedule(n, 1); err == nil {
		if last, ok := schedule.At(n - 1); ok && last < length*3/4 {
			return s
		}
	}
	return Spec{Shape: Constant, Rate: float64(n) / (length / 2).Seconds()}
}
