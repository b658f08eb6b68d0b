package tally

import (
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/stats"
)

// maxSteps bounds the timeline: when a run outgrows it, two steps become one.
const maxSteps = 240

// The columns of a timeline. Those from columnLatency on are a coarse histogram.
const (
	columnOK = iota
	columnThrottled
	columnFailed
	columnLatency

	timelineColumns = columnLatency + coarseLen
)

// timeline is the traffic over time, by operation.
type timeline struct {
	start    time.Time
	interval time.Duration
	ops      [api.NumOps]*stats.Series
}

// record counts x in the step in which it was meant to be sent.
func (t *timeline) record(x *record.Exchange) {
	op := x.Request.Op
	if t.ops[op] == nil {
		t.ops[op] = stats.NewSeries(t.interval, maxSteps, timelineColumns)
	}
	offset := x.Intended.Sub(t.start)
	t.ops[op].Add(offset, outcomeColumn(x.Response.Outcome), 1)
	if x.Response.Status != 0 {
		t.ops[op].Add(offset, columnLatency+coarseIndex(x.Latency()), 1)
	}
}

func outcomeColumn(o api.Outcome) int {
	switch o {
	case api.OutcomeOK:
		return columnOK
	case api.OutcomeThrottled:
		return columnThrottled
	}
	return columnFailed
}

// merge adds other, which it leaves as it was. Timelines of one Layout are made
// alike, so their series always merge.
func (t *timeline) merge(other *timeline) {
	for op, series := range other.ops {
		if series == nil {
			continue
		}
		if t.ops[op] == nil {
			t.ops[op] = stats.NewSeries(t.interval, maxSteps, timelineColumns)
		}
		if err := t.ops[op].Merge(series); err != nil {
			panic("tally: shards of different layouts: " + err.Error())
		}
	}
}

// figures shows every operation over the same steps.
func (t *timeline) figures() result.Timeline {
	interval, steps := t.interval, 0
	for _, series := range t.ops {
		if series != nil {
			interval = max(interval, series.Interval())
		}
	}
	for _, series := range t.ops {
		if series != nil {
			series.Widen(interval)
			steps = max(steps, series.Len())
		}
	}
	f := result.Timeline{IntervalS: interval.Seconds(), Series: []result.Series{}}
	for op, series := range t.ops {
		if series != nil {
			f.Series = append(f.Series, seriesFigures(api.Op(op), series, steps))
		}
	}
	return f
}

func seriesFigures(op api.Op, series *stats.Series, steps int) result.Series {
	f := result.Series{
		Endpoint: op.String(), Requests: make([]uint64, steps), OK: make([]uint64, steps),
		Throttled: make([]uint64, steps), Failed: make([]uint64, steps),
		P50US: make([]int64, steps), P90US: make([]int64, steps), P99US: make([]int64, steps),
	}
	var counts [timelineColumns]uint64
	for i := range series.Len() {
		clear(counts[:])
		series.AddTo(counts[:], i)
		f.OK[i], f.Throttled[i], f.Failed[i] = counts[columnOK], counts[columnThrottled], counts[columnFailed]
		f.Requests[i] = f.OK[i] + f.Throttled[i] + f.Failed[i]
		latency := coarse(counts[columnLatency:])
		f.P50US[i], f.P90US[i], f.P99US[i] = latency.quantile(0.5), latency.quantile(0.9), latency.quantile(0.99)
	}
	return f
}
