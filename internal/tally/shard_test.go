package tally

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// traffic makes n exchanges of assorted kinds over the given seconds, in order.
func traffic(seed uint64, n int, seconds float64) []*record.Exchange {
	r := rand.New(rand.NewPCG(seed, 7))
	make := []func(float64) *record.Exchange{
		registered, issued, called, called, called, unauthorizedCall,
		func(s float64) *record.Exchange { return throttled(api.OpToken, s) },
		func(s float64) *record.Exchange { return throttled(api.OpProfilesList, s) },
		func(s float64) *record.Exchange { return failed(api.OpLogout, s, api.ErrTimeout) },
		func(s float64) *record.Exchange { return exchange(api.OpLogout, s, 200, `{"logouts":1}`) },
		func(s float64) *record.Exchange { return exchange(api.OpProfilesList, s, 404, ``) },
	}
	var xs []*record.Exchange
	for i := range n {
		x := make[r.IntN(len(make))](seconds * float64(i) / float64(n))
		x.Profile, x.Device = r.IntN(2), r.IntN(10)
		x.Sent = x.Sent.Add(time.Duration(r.IntN(3000)) * time.Microsecond)
		x.Received = x.Sent.Add(time.Duration(r.IntN(300000)) * time.Microsecond)
		xs = append(xs, x)
	}
	return xs
}

func document() *result.Document {
	return &result.Document{
		Schema: result.Schema, Kind: result.KindRun, Started: t0, Ended: at(100),
		Fleet: result.Fleet{Name: "f", Devices: 20, Profiles: []result.FleetProfile{
			{Name: "a", Platform: "A", Devices: 10, ForwardsAddress: true, DevicesPerAddress: 1},
			{Name: "b", Platform: "B", Devices: 10, DevicesPerAddress: 10},
		}},
	}
}

// encoded is the document of a shard as JSON.
func encoded(t *testing.T, s *Shard) string {
	t.Helper()
	doc := document()
	s.Fill(doc, Driven{Scheduled: 20, InFlightMax: 3, Predicted: []uint64{4, 5}})
	result.Finish(doc, result.Gate{})
	if err := result.Reconcile(doc); err != nil {
		t.Errorf("does not reconcile: %v", err)
	}
	var b bytes.Buffer
	if err := result.Encode(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestShardsMergeToWhatOneWouldHaveSeen(t *testing.T) {
	for seed := range uint64(5) {
		whole, parts := NewShard(layout()), []*Shard{NewShard(layout()), NewShard(layout()), NewShard(layout())}
		var books, again [20]Book
		for _, x := range traffic(seed, 2000, 1000) {
			device := x.Profile*10 + x.Device
			whole.Record(x, &books[device])
			parts[device%3].Record(x, &again[device])
		}
		total := NewShard(layout())
		for _, p := range parts {
			Merge(total, p)
		}
		if diff := cmp.Diff(encoded(t, whole), encoded(t, total)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

func TestFiguresOfAKnownRun(t *testing.T) {
	s := NewShard(layout())
	var b Book
	xs := []*record.Exchange{
		registered(0), issued(1), called(2), throttled(api.OpProfilesList, 3), called(5), failed(api.OpLogout, 6, api.ErrReset),
	}
	for _, x := range xs {
		s.Record(x, &b)
	}
	doc := document()
	s.Fill(doc, Driven{Scheduled: 1, Dropped: 2, InFlightMax: 3, Predicted: []uint64{1, 0}})
	first, perToken := 3.02, 4.0
	want := result.Load{
		Scheduled: 1, Sent: 6, Completed: 5, Errors: 1, Dropped: 2, InFlightMax: 3, LatenessUS: result.Quantiles{P50: 1, P99: 1, Max: 1},
		DurationS: 6.02, RequestsPerSecond: 6 / doc.Load.DurationS,
	}
	if diff := cmp.Diff(want, doc.Load); diff != "" {
		t.Error(diff)
	}
	throttling := result.Throttling{
		Responses: 1, Ratio: 0.2, Devices: 1, FirstAtS: &first, Predicted: 1,
		RecoveryMS: result.Quantiles{P50: 2000, P99: 2000, Max: 2000}, RetryAfter: result.RetryAfter{Absent: 1},
	}
	if diff := cmp.Diff(throttling, doc.Throttling); diff != "" {
		t.Error(diff)
	}
	reuse := result.TokenReuse{Registrations: 1, TokensIssued: 1, Calls: 4, CallsPerToken: &perToken}
	if diff := cmp.Diff(reuse, doc.TokenReuse); diff != "" {
		t.Error(diff)
	}
	logout := doc.Endpoints[len(doc.Endpoints)-1]
	if logout.Endpoint != "logout" || logout.Errors["reset"] != 1 || len(logout.Status) != 0 {
		t.Errorf("logout: %+v", logout)
	}
	if list := doc.Endpoints[2]; list.LatencyUS.Max != 20000 || list.Status["200"] != 2 || list.Status["429"] != 1 || list.BytesSent != 300 {
		t.Errorf("profiles.list: %+v", list)
	}
}

func TestWarmUpCountsApartButIsRemembered(t *testing.T) {
	l := layout()
	l.WarmUp = at(10)
	s := NewShard(l)
	var b Book
	for _, x := range []*record.Exchange{registered(0), issued(1), throttled(api.OpProfilesList, 9.5), called(10), registered(11)} {
		s.Record(x, &b)
	}
	doc := document()
	s.Fill(doc, Driven{})
	if doc.Load.Sent != 2 || doc.Load.WarmUpExcluded != 3 || doc.Throttling.Responses != 0 || doc.Throttling.Devices != 0 {
		t.Errorf("got %+v, %+v", doc.Load, doc.Throttling)
	}
	if doc.TokenReuse.ReRegistrations != 1 || doc.Throttling.RetriedEarly != 1 {
		t.Errorf("the warm-up was forgotten: %+v", doc.TokenReuse)
	}
	if err := result.Reconcile(doc); err != nil {
		t.Error(err)
	}
}

func TestFindingsAreBoundedAndNoneIsLost(t *testing.T) {
	s := NewShard(layout())
	var b Book
	x := called(0)
	s.under = x
	for i := range 2 * MaxFindings {
		s.found(contract.Finding{Rule: &contract.Rules()[1], Op: api.OpToken, Detail: fmt.Sprint(i)})
	}
	s.under = nil
	s.Record(x, &b)
	doc := document()
	s.Fill(doc, Driven{})
	if n := len(doc.Compliance.Findings); n != MaxFindings || doc.Compliance.Overflow != MaxFindings || doc.Compliance.Warnings != 2*MaxFindings {
		t.Errorf("got %d findings, %d over, %d warnings", n, doc.Compliance.Overflow, doc.Compliance.Warnings)
	}
	if err := result.Reconcile(doc); err != nil {
		t.Error(err)
	}
}

func TestAFindingOutlivesItsExchange(t *testing.T) {
	s := NewShard(layout())
	detail := []byte("actionName=authn")
	s.under = called(0)
	s.found(contract.Finding{Rule: &contract.Rules()[1], Op: api.OpToken, Detail: string(detail)})
	doc := document()
	s.Fill(doc, Driven{})
	f := doc.Compliance.Findings[0]
	if f.Detail != "actionName=authn" || f.SampleExchange != s.under.Seq || f.Profiles["a"] != 1 || f.Level != "should" {
		t.Errorf("got %+v", f)
	}
}

func TestLiveShowsTheLastSeconds(t *testing.T) {
	a, b := NewShard(layout()), NewShard(layout())
	var books [2]Book
	for i := range 200 {
		a.Record(called(float64(i)/10), &books[0])
		b.Record(throttled(api.OpToken, float64(i)/10), &books[1])
	}
	var l Live
	l.Add(a, at(20))
	l.Add(b, at(20))
	got := l.Figures(20 * time.Second)
	if got.Requests != 400 || got.Throttled != 200 || got.PerSecond != 20 || got.ThrottledShare != 0.5 {
		t.Errorf("got %+v", got)
	}
	if got.P50 < 20*time.Millisecond || got.P99 > 22500*time.Microsecond {
		t.Errorf("latency is 20 ms, got %v and %v", got.P50, got.P99)
	}
	var later Live
	later.Add(a, at(60))
	if f := later.Figures(60 * time.Second); f.PerSecond != 0 || f.Requests != 200 {
		t.Errorf("half a minute later: %+v", f)
	}
	if f := (&Live{}).Figures(0); f != (LiveFigures{}) {
		t.Errorf("empty: %+v", f)
	}
}

func TestPredictorRefusesAsDocumented(t *testing.T) {
	p := NewPredictor(throttle.Limits{}, 2)
	for _, row := range throttle.Timetable() {
		p.Send(1, 1, t0.Add(row.Offset), true)
	}
	for range 12 {
		p.Send(0, 2, at(10), false)
	}
	if got := p.Refused(); got[0] != 0 || got[1] != 3 {
		t.Errorf("got %v, want [0 3]", got)
	}
}

// steady is a shard that has seen everything it is going to see.
func steady() (*Shard, []*record.Exchange, []Book) {
	s, books := NewShard(layout()), make([]Book, 20)
	xs := traffic(1, 500, 100)
	for range 20 {
		for _, x := range xs {
			s.Record(x, &books[x.Device])
		}
	}
	return s, xs, books
}

func TestRecordingAllocatesNothingInTheLongRun(t *testing.T) {
	s, xs, books := steady()
	i := 0
	if got := testing.AllocsPerRun(2000, func() {
		x := xs[i%len(xs)]
		i++
		// Findings cost memory, and sound answers are what a steady run has.
		if x.Response.Outcome == api.OutcomeOK {
			s.Record(x, &books[x.Device])
		}
	}); got != 0 {
		t.Errorf("%v allocations an exchange", got)
	}
}

func TestMemoryDoesNotGrowWithTheLengthOfARun(t *testing.T) {
	s, xs, books := steady()
	size := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	run := func(hours int) {
		for h := range hours {
			for _, x := range xs {
				y := *x
				shift := time.Duration(h) * time.Hour
				y.Intended, y.Sent, y.Received = x.Intended.Add(shift), x.Sent.Add(shift), x.Received.Add(shift)
				s.Record(&y, &books[x.Device])
			}
		}
	}
	run(100)
	before := size()
	run(1000)
	if after := size(); after > before+256<<10 {
		t.Errorf("grew from %d to %d bytes", before, after)
	}
	runtime.KeepAlive(xs)
	encoded(t, s)
}

func BenchmarkRecord(b *testing.B) {
	s, _, books := steady()
	x := called(50)
	b.ReportAllocs()
	for b.Loop() {
		s.Record(x, &books[0])
	}
}

func BenchmarkLive(b *testing.B) {
	s, _, _ := steady()
	b.ReportAllocs()
	for b.Loop() {
		var l Live
		l.Add(s, at(100))
		_ = l.Figures(time.Minute)
	}
}
