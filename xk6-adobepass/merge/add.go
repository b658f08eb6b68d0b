package merge

import (
	"maps"
	"slices"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/result"
)

func addLoad(a, b *result.Load) {
	a.Scheduled += b.Scheduled
	a.Sent += b.Sent
	a.Completed += b.Completed
	a.Dropped += b.Dropped
	a.Errors += b.Errors
	a.InFlightMax += b.InFlightMax
	a.WarmUpExcluded += b.WarmUpExcluded
	// Instances run at the same time.
	a.DurationS = max(a.DurationS, b.DurationS)
	a.LatenessUS = highest(a.LatenessUS, b.LatenessUS)
}

func highest(a, b result.Quantiles) result.Quantiles {
	return result.Quantiles{P50: max(a.P50, b.P50), P99: max(a.P99, b.P99), Max: max(a.Max, b.Max)}
}

// addEndpoints merges two lists, in report order.
func addEndpoints(a, b []result.Endpoint) []result.Endpoint {
	for _, e := range b {
		i := slices.IndexFunc(a, func(x result.Endpoint) bool { return x.Endpoint == e.Endpoint })
		if i < 0 {
			e.Status, e.Errors = maps.Clone(e.Status), maps.Clone(e.Errors)
			a = append(a, e)
			continue
		}
		addEndpoint(&a[i], &e)
	}
	slices.SortStableFunc(a, func(x, y result.Endpoint) int {
		p, _ := api.ParseOp(x.Endpoint)
		q, _ := api.ParseOp(y.Endpoint)
		return int(p) - int(q)
	})
	return a
}

func addEndpoint(a, b *result.Endpoint) {
	n, k := answered(a), answered(b)
	a.LatencyUS = distribution(a.LatencyUS, b.LatencyUS, n, k)
	a.WireUS = distribution(a.WireUS, b.WireUS, n, k)
	a.LatencyCurveUS = curve(a.LatencyCurveUS, b.LatencyCurveUS)
	a.Requests += b.Requests
	a.BytesSent += b.BytesSent
	a.BytesReceived += b.BytesReceived
	for status, count := range b.Status {
		a.Status[status] += count
	}
	for kind, count := range b.Errors {
		a.Errors[kind] += count
	}
}

func answered(e *result.Endpoint) (n uint64) {
	for _, count := range e.Status {
		n += count
	}
	return n
}

// distribution merges two of n and k values: minimum, maximum and mean are exact.
func distribution(a, b result.Distribution, n, k uint64) result.Distribution {
	switch {
	case n == 0:
		return b
	case k == 0:
		return a
	}
	mean := (float64(a.Mean)*float64(n) + float64(b.Mean)*float64(k)) / float64(n+k)
	return result.Distribution{
		Min: min(a.Min, b.Min), P50: max(a.P50, b.P50), P90: max(a.P90, b.P90), P99: max(a.P99, b.P99),
		P999: max(a.P999, b.P999), Max: max(a.Max, b.Max), Mean: int64(mean + 0.5),
	}
}

// curve merges two curves, with the greater of both at each quantile as the other
// percentiles have it.
func curve(a, b []int64) []int64 {
	if len(a) < len(b) {
		a, b = b, a
	}
	merged := slices.Clone(a)
	for i := range merged {
		if len(b) > 0 {
			merged[i] = max(a[i], b[min(i, len(b)-1)])
		}
	}
	return merged
}

func addThrottling(a, b *result.Throttling) {
	a.Responses += b.Responses
	a.Devices += b.Devices
	a.Predicted += b.Predicted
	a.SelfInflicted += b.SelfInflicted
	a.RetriedEarly += b.RetriedEarly
	a.RetryAfter.Present += b.RetryAfter.Present
	a.RetryAfter.Absent += b.RetryAfter.Absent
	a.RetryAfter.Invalid += b.RetryAfter.Invalid
	a.RecoveryMS = highest(a.RecoveryMS, b.RecoveryMS)
	if b.FirstAtS != nil && (a.FirstAtS == nil || *b.FirstAtS < *a.FirstAtS) {
		first := *b.FirstAtS
		a.FirstAtS = &first
	}
}

func addTokenReuse(a, b *result.TokenReuse) {
	a.Registrations += b.Registrations
	a.ReRegistrations += b.ReRegistrations
	a.ReRegistrationsUnjustified += b.ReRegistrationsUnjustified
	a.TokensIssued += b.TokensIssued
	a.TokensRestored += b.TokensRestored
	a.Calls += b.Calls
	a.RedundantTokenRequests += b.RedundantTokenRequests
	a.Refreshes.Expired += b.Refreshes.Expired
	a.Refreshes.Ahead += b.Refreshes.Ahead
	a.Refreshes.After401 += b.Refreshes.After401
	a.ExpiredTokenUses += b.ExpiredTokenUses
}

func addCompliance(a, b *result.Compliance) {
	a.Exchanges += b.Exchanges
	a.Evaluations += b.Evaluations
	a.Failures += b.Failures
	a.Warnings += b.Warnings
	a.Notes += b.Notes
	a.Overflow += b.Overflow
	for _, f := range b.Findings {
		i := slices.IndexFunc(a.Findings, func(x result.Finding) bool {
			return x.ID == f.ID && x.Endpoint == f.Endpoint && x.Detail == f.Detail
		})
		if i < 0 {
			f.Profiles = maps.Clone(f.Profiles)
			a.Findings = append(a.Findings, f)
			continue
		}
		a.Findings[i].Count += f.Count
		for profile, n := range f.Profiles {
			a.Findings[i].Profiles[profile] += n
		}
	}
}

// addTimeline adds step to step. Instances start within moments of each other, so
// that their steps are the same; where one has grown coarser, the other follows.
func addTimeline(a, b *result.Timeline) {
	interval := max(a.IntervalS, b.IntervalS)
	widen(a, interval)
	wide := result.Timeline{IntervalS: b.IntervalS, Series: slices.Clone(b.Series)}
	widen(&wide, interval)
	for _, s := range wide.Series {
		i := slices.IndexFunc(a.Series, func(x result.Series) bool { return x.Endpoint == s.Endpoint })
		if i < 0 {
			a.Series = append(a.Series, clone(s))
			continue
		}
		x := &a.Series[i]
		x.Requests = sum(x.Requests, s.Requests)
		x.OK = sum(x.OK, s.OK)
		x.Throttled = sum(x.Throttled, s.Throttled)
		x.Failed = sum(x.Failed, s.Failed)
		x.P50US, x.P90US, x.P99US = most(x.P50US, s.P50US), most(x.P90US, s.P90US), most(x.P99US, s.P99US)
	}
	level(a)
}

// widen makes steps as long as interval, which is a multiple of theirs.
func widen(t *result.Timeline, interval float64) {
	if t.IntervalS > 0 && t.IntervalS < interval {
		by := int(interval/t.IntervalS + 0.5)
		for i, s := range t.Series {
			t.Series[i] = result.Series{
				Endpoint: s.Endpoint, Requests: gather(s.Requests, by), OK: gather(s.OK, by),
				Throttled: gather(s.Throttled, by), Failed: gather(s.Failed, by), P99US: top(s.P99US, by),
				P50US: top(s.P50US, by), P90US: top(s.P90US, by),
			}
		}
	}
	t.IntervalS = interval
}

// level makes all lists as long as the longest.
func level(t *result.Timeline) {
	n := 0
	for _, s := range t.Series {
		n = max(n, len(s.Requests))
	}
	for i := range t.Series {
		s := &t.Series[i]
		zero := make([]uint64, n)
		s.Requests, s.OK = sum(s.Requests, zero), sum(s.OK, zero)
		s.Throttled, s.Failed = sum(s.Throttled, zero), sum(s.Failed, zero)
		s.P99US = most(s.P99US, make([]int64, n))
		if len(s.P50US) > 0 {
			s.P50US, s.P90US = most(s.P50US, make([]int64, n)), most(s.P90US, make([]int64, n))
		}
	}
}

func clone(s result.Series) result.Series {
	s.Requests, s.OK = slices.Clone(s.Requests), slices.Clone(s.OK)
	s.Throttled, s.Failed = slices.Clone(s.Throttled), slices.Clone(s.Failed)
	s.P50US, s.P90US, s.P99US = slices.Clone(s.P50US), slices.Clone(s.P90US), slices.Clone(s.P99US)
	return s
}

func sum(a, b []uint64) []uint64 {
	out := make([]uint64, max(len(a), len(b)))
	copy(out, a)
	for i, n := range b {
		out[i] += n
	}
	return out
}

func most(a, b []int64) []int64 {
	out := make([]int64, max(len(a), len(b)))
	copy(out, a)
	for i, n := range b {
		out[i] = max(out[i], n)
	}
	return out
}

func gather(list []uint64, by int) []uint64 {
	out := make([]uint64, (len(list)+by-1)/by)
	for i, n := range list {
		out[i/by] += n
	}
	return out
}

func top(list []int64, by int) []int64 {
	out := make([]int64, (len(list)+by-1)/by)
	for i, n := range list {
		out[i/by] = max(out[i/by], n)
	}
	return out
}
