package stats

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"
)

func recorded(values ...time.Duration) *Histogram {
	h := &Histogram{}
	for _, v := range values {
		h.Record(v)
	}
	return h
}

func TestHistogramZeroValueIsEmpty(t *testing.T) {
	var h Histogram
	if h.Summary() != (Summary{}) || h.Count() != 0 || h.Clamped() != 0 {
		t.Errorf("empty: %+v, count %d, clamped %d, want zeros", h.Summary(), h.Count(), h.Clamped())
	}
	if h.Min() != 0 || h.Max() != 0 || h.Mean() != 0 || h.Quantile(0.5) != 0 || h.Quantile(1) != 0 {
		t.Error("an empty histogram has figures")
	}
	h.Reset()
	h.Merge(nil)
	h.Merge(&Histogram{})
	if h.buckets != nil {
		t.Error("an empty histogram allocated its buckets")
	}
}

func TestHistogramFiguresOfKnownValues(t *testing.T) {
	h := &Histogram{}
	for i := 1; i <= 1000; i++ {
		h.Record(time.Duration(i) * time.Millisecond)
	}
	want := Summary{Min: 1000, P50: 500_000, P90: 900_000, P99: 990_000, P999: 999_000, Max: 1_000_000, Mean: 500_500}
	got := h.Summary()
	for _, f := range []struct {
		name      string
		got, want int64
	}{{"p50", got.P50, want.P50}, {"p90", got.P90, want.P90}, {"p99", got.P99, want.P99}, {"p999", got.P999, want.P999}} {
		if math.Abs(float64(f.got-f.want)) > float64(f.want)/1000 {
			t.Errorf("%s = %d µs, want %d within a thousandth", f.name, f.got, f.want)
		}
	}
	if got.Min != want.Min || got.Max != want.Max || got.Mean != want.Mean {
		t.Errorf("min, max, mean = %d, %d, %g, want %d, %d, %g exactly", got.Min, got.Max, got.Mean, want.Min, want.Max, want.Mean)
	}
	if h.Mean() != 500500*time.Microsecond || h.Min() != time.Millisecond || h.Max() != time.Second || h.Count() != 1000 {
		t.Errorf("mean %v, min %v, max %v, count %d", h.Mean(), h.Min(), h.Max(), h.Count())
	}
}

func TestHistogramClampsAndCountsWhatLiesOutside(t *testing.T) {
	tests := []struct {
		name    string
		in      time.Duration
		want    time.Duration
		clamped int64
	}{
		{"a negative duration", -time.Second, Lowest, 1},
		{"no duration", 0, Lowest, 1},
		{"just under a microsecond", 999, Lowest, 1},
		{"the least", Lowest, Lowest, 0},
		{"a fraction is cut off", 2999, 2 * time.Microsecond, 0},
		{"the greatest", Highest, Highest, 0},
		{"just over ten minutes", Highest + 1, Highest, 1},
		{"for ever", math.MaxInt64, Highest, 1},
		{"since for ever", math.MinInt64, Lowest, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := recorded(tt.in)
			if h.Max() != tt.want || h.Quantile(0.5) != tt.want || h.Clamped() != tt.clamped || h.Count() != 1 {
				t.Errorf("max %v, median %v, clamped %d, count %d, want %v and %d",
					h.Max(), h.Quantile(0.5), h.Clamped(), h.Count(), tt.want, tt.clamped)
			}
		})
	}
}

func TestHistogramQuantileTakesAnyFraction(t *testing.T) {
	h := recorded(time.Millisecond, time.Second, time.Minute)
	for _, tt := range []struct {
		q    float64
		want time.Duration
	}{{-1, time.Millisecond}, {0, time.Millisecond}, {math.NaN(), time.Millisecond}, {1, time.Minute}, {7, time.Minute}, {math.Inf(1), time.Minute}} {
		if got := h.Quantile(tt.q); got != tt.want {
			t.Errorf("Quantile(%g) = %v, want %v", tt.q, got, tt.want)
		}
	}
}

func TestHistogramQuantilesAreRightToAThousandth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(1, Highest.Microseconds()), 1, 200).Draw(t, "microseconds")
		h := &Histogram{}
		for _, v := range values {
			h.Record(time.Duration(v) * time.Microsecond)
		}
		slices.Sort(values)
		last := time.Duration(0)
		for _, q := range []float64{0.001, 0.1, 0.5, 0.9, 0.99, 0.999} {
			got := h.Quantile(q)
			if got < last || got < h.Min() || got > h.Max() {
				t.Fatalf("quantile %g = %v, want from %v to %v and not below %v", q, got, h.Min(), h.Max(), last)
			}
			last = got
			exact := float64(nearestRank(values, int(q*1000+0.5)))
			if math.Abs(float64(got.Microseconds())-exact) > exact/1000+1 {
				t.Fatalf("quantile %g = %v, want %g µs within a thousandth", q, got, exact)
			}
		}
	})
}

func TestHistogramQuantileIsNotMovedByRounding(t *testing.T) {
	h := &Histogram{}
	for i := 1; i <= 100; i++ {
		h.Record(time.Duration(i) * time.Microsecond)
	}
	for i := 1; i <= 100; i++ {
		if got, want := h.Quantile(float64(i)/100), time.Duration(i)*time.Microsecond; got != want {
			t.Errorf("Quantile(%d/100) = %v, want %v", i, got, want)
		}
	}
}

// nearestRank is the least of the sorted values that at least so many thousandths
// of them do not exceed, in whole numbers.
func nearestRank(sorted []int64, thousandths int) int64 {
	for i, v := range sorted {
		if (i+1)*1000 >= thousandths*len(sorted) {
			return v
		}
	}
	return sorted[len(sorted)-1]
}

func TestSummaryHasTheNamesOfTheResultDocument(t *testing.T) {
	got, err := json.Marshal(Summary{Min: 1, P50: 2, P90: 3, P99: 4, P999: 5, Max: 6, Mean: 2.5})
	if want := `{"min":1,"p50":2,"p90":3,"p99":4,"p999":5,"max":6,"mean":2.5}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestHistogramResetForgetsEverything(t *testing.T) {
	h := recorded(-1, time.Second, time.Hour)
	h.Reset()
	if h.Summary() != (Summary{}) || h.Count() != 0 || h.Clamped() != 0 {
		t.Errorf("after Reset: %+v, count %d, clamped %d", h.Summary(), h.Count(), h.Clamped())
	}
	h.Record(time.Millisecond)
	if got := recorded(time.Millisecond).Summary(); h.Summary() != got {
		t.Errorf("reused: %+v, want %+v", h.Summary(), got)
	}
}

func TestHistogramMergesWithItself(t *testing.T) {
	h := recorded(0, time.Millisecond, time.Second)
	h.Merge(h)
	want := recorded(0, time.Millisecond, time.Second, 0, time.Millisecond, time.Second)
	checkSame(t, h, want)
}

func checkSame(t *testing.T, got, want *Histogram) {
	t.Helper()
	if got.Summary() != want.Summary() || got.Count() != want.Count() || got.Clamped() != want.Clamped() {
		t.Fatalf("%+v, count %d, clamped %d, want %+v, %d, %d",
			got.Summary(), got.Count(), got.Clamped(), want.Summary(), want.Count(), want.Clamped())
	}
	for q := 0.0; q <= 1; q += 0.01 {
		if got.Quantile(q) != want.Quantile(q) {
			t.Fatalf("quantile %g = %v, want %v", q, got.Quantile(q), want.Quantile(q))
		}
	}
}

// FuzzHistogramMerge deals values out to parts: however they are dealt, and in
// whichever order the parts are merged, the sum is the whole.
func FuzzHistogramMerge(f *testing.F) {
	f.Add([]byte{}, uint8(1))
	f.Add(binary.LittleEndian.AppendUint64(nil, uint64(time.Second)), uint8(3))
	f.Add(slices.Repeat([]byte{0, 1, 2, 3, 4, 5, 0, 0}, 40), uint8(2))
	f.Add(slices.Repeat([]byte{255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 0}, 9), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, parts uint8) {
		n := int(parts%7) + 1
		whole, pieces := &Histogram{}, make([]Histogram, n)
		for i := 0; len(data) >= 8; i++ {
			d := time.Duration(binary.LittleEndian.Uint64(data))
			data = data[8:]
			whole.Record(d)
			pieces[(i*i+int(d&3))%n].Record(d)
		}
		forwards, backwards := &Histogram{}, &Histogram{}
		for i := range pieces {
			forwards.Merge(&pieces[i])
			backwards.Merge(&pieces[n-1-i])
		}
		checkSame(t, forwards, whole)
		checkSame(t, backwards, whole)
	})
}

func latencies(n int) []time.Duration {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = time.Duration(math.Exp(r.NormFloat64()*0.8+8.5) * float64(time.Microsecond))
	}
	return out
}

// The figures of the doc comment.
func TestHistogramCostsWhatItsCommentSays(t *testing.T) {
	if got := unsafe.Sizeof(Histogram{}); got != 40 {
		t.Errorf("an empty histogram takes %d bytes, want 40", got)
	}
	for _, tt := range []struct{ values, most int }{{10, 1_000}, {1_000, 8_000}, {1_000_000, 64_000}} {
		if got := recorded(latencies(tt.values)...).buckets.GetMemorySize(); got > tt.most {
			t.Errorf("%d latencies take %d bytes, want at most %d", tt.values, got, tt.most)
		}
	}
	full := &Histogram{}
	for d := Lowest; d <= Highest; d += max(Lowest, d/4096) {
		full.Record(d)
	}
	for range 70_000 {
		full.Record(Highest)
	}
	if got := full.buckets.GetMemorySize(); got > 256_000 {
		t.Errorf("a histogram with %d buckets takes %d bytes, want at most 256000", full.buckets.Populated(), got)
	}
}

func TestHistogramRecordDoesNotAllocateOnceWarm(t *testing.T) {
	values := latencies(1000)
	h := recorded(values...)
	i := 0
	if got := testing.AllocsPerRun(5000, func() { h.Record(values[i%1000]); i++ }); got != 0 {
		t.Errorf("%g allocations, want 0", got)
	}
	h.Reset()
	if got := testing.AllocsPerRun(100, func() { h.Record(values[i%1000]); i++ }); got != 0 {
		t.Errorf("after Reset: %g allocations, want 0", got)
	}
}

func BenchmarkHistogramRecord(b *testing.B) {
	values := latencies(1 << 14)
	h, i := recorded(values...), 0
	b.ReportAllocs()
	for b.Loop() {
		h.Record(values[i&(1<<14-1)])
		i++
	}
}

func BenchmarkHistogramMerge(b *testing.B) {
	from, into := recorded(latencies(10_000)...), &Histogram{}
	b.ReportAllocs()
	for b.Loop() {
		into.Merge(from)
	}
}

func BenchmarkHistogramSummary(b *testing.B) {
	h := recorded(latencies(100_000)...)
	b.ReportAllocs()
	for b.Loop() {
		h.Summary()
	}
}

func TestHistogramCurveCountsNinesInFourSteps(t *testing.T) {
	for _, c := range []struct {
		values int
		want   []int64
	}{
		{0, nil},
		{1, []int64{1, 1}},
		{2, []int64{1, 1, 2}},
		{10, []int64{1, 5, 7, 9, 9, 10}},
		{100, []int64{1, 44, 69, 83, 90, 95, 97, 99, 99, 100}},
	} {
		var h Histogram
		for i := 1; i <= c.values; i++ {
			h.Record(time.Duration(i) * time.Microsecond)
		}
		if got := h.Curve(); !slices.Equal(got, c.want) {
			t.Errorf("%d values: %v, want %v", c.values, got, c.want)
		}
	}
}

func TestHistogramCurveOfAMillionHas26Entries(t *testing.T) {
	var h Histogram
	for i := range 1_000_000 {
		h.Record(time.Duration(i%1000+1) * time.Microsecond)
	}
	curve := h.Curve()
	if len(curve) != 26 || curve[4] != 900 || curve[8] != 990 || curve[25] != 1000 {
		t.Errorf("%d entries: %v", len(curve), curve)
	}
}
