package run

import (
	"runtime"
	"runtime/metrics"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
)

// sample is how far the counters of the process and its machine have come.
type sample struct {
	at time.Time
	// own is the processor time of this process; working is the same as the Go
	// runtime sees it, which counts waiting for a processor too, and collecting
	// the garbage collector's part of that.
	own, working, collecting time.Duration
	// known says that the system tells the rest: the time of the processors that
	// the process may use, and how much of it was idle or stolen by a hypervisor.
	known               bool
	total, idle, stolen time.Duration
}

func takeSample() sample {
	s := sample{at: time.Now(), own: processTime()}
	const classes = "/cpu/classes/"
	spent := []metrics.Sample{{Name: classes + "gc/total:cpu-seconds"}, {Name: classes + "idle:cpu-seconds"}, {Name: classes + "total:cpu-seconds"}}
	metrics.Read(spent)
	s.collecting = seconds(spent[0].Value)
	s.working = seconds(spent[2].Value) - seconds(spent[1].Value)
	s.total, s.idle, s.stolen, s.known = processorTime()
	return s
}

func seconds(v metrics.Value) time.Duration {
	if v.Kind() != metrics.KindFloat64 {
		return 0
	}
	return time.Duration(v.Float64() * float64(time.Second))
}

// generator says how the process fared between two samples.
func (r *Runner) generator(from, to sample) *result.Generator {
	g := &result.Generator{
		Processors: runtime.GOMAXPROCS(0), InFlightBound: r.cfg.MaxInFlight, DescriptorLimit: r.cfg.DescriptorLimit,
	}
	if span := to.at.Sub(from.at) * time.Duration(g.Processors); span > 0 {
		g.CPU = share(to.own-from.own, span)
	}
	g.Collecting = share(to.collecting-from.collecting, to.working-from.working)
	if span := to.total - from.total; from.known && to.known && span > 0 {
		g.Measured = true
		g.CPU = share(to.own-from.own, span)
		g.Stolen = share(to.stolen-from.stolen, span)
		g.Idle = share(to.idle-from.idle, span)
	}
	return g
}

// share is part of whole, from 0 to 1.
func share(part, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return min(max(float64(part)/float64(whole), 0), 1)
}
