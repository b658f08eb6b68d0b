package adobepass

import (
	"hash/maphash"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/audit"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/internal/tally"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// tallies are the figures of a fleet, in as many parts as keep the VUs out of
// each other's way. A device always uses the same part.
type tallies struct {
	layout tally.Layout
	parts  []part
	hash   maphash.Seed
	seq    atomic.Uint64
	// sample judges some devices by the rules for clients. Its first device is the
	// fleet's first on this instance. What concerns a device is done under the lock
	// of the device's part.
	sample *audit.Sample
	first  int
}

// part is one part with its locks; a predictor goes by address, not by device.
type part struct {
	mu          sync.Mutex
	shard       *tally.Shard
	predictorMu sync.Mutex
	predictor   *tally.Predictor
}

func newTallies(profiles []string, start time.Time) *tallies {
	t := &tallies{
		layout: tally.Layout{Profiles: profiles, Start: start, Contract: &contract.Options{}},
		parts:  make([]part, min(2*runtime.GOMAXPROCS(0), 16)),
		hash:   maphash.MakeSeed(),
	}
	for i := range t.parts {
		t.parts[i].shard = tally.NewShard(t.layout)
		t.parts[i].predictor = tally.NewPredictor(throttle.Limits{}, len(profiles))
	}
	return t
}

// predict notes a request that is about to be sent.
func (t *tallies) predict(profile int, wire *api.HTTPRequest, sent time.Time) {
	if !throttle.Throttled(wire.Path()) {
		return
	}
	key := maphash.String(t.hash, wire.Header.Get("X-Forwarded-For"))
	p := &t.parts[key%uint64(len(t.parts))]
	p.predictorMu.Lock()
	p.predictor.Send(profile, key, sent, true)
	p.predictorMu.Unlock()
}

// judge has perProfile devices of each profile judged, of those that live here.
func (t *tallies) judge(f *fleet, perProfile int) {
	t.first = f.share.from
	t.sample = audit.NewSample(audit.Options{}, audit.Crowd{
		Devices: f.share.size(), Profile: func(i int) int { return f.population.Profile(f.share.from + i) },
		Counts: f.residents(), Servers: f.population.Servers(),
	}, perProfile)
}

// record folds a finished exchange into the figures.
func (t *tallies) record(x *record.Exchange, book *tally.Book) {
	x.Seq = t.seq.Add(1)
	p := &t.parts[x.Device%len(t.parts)]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shard.Record(x, book)
	if x.Device -= t.first; t.sample.Judges(x.Device) {
		t.sample.Observe(x)
	}
}

// reinstalled notes that the app of a device was installed anew.
func (t *tallies) reinstalled(device int) {
	p := &t.parts[device%len(t.parts)]
	p.mu.Lock()
	defer p.mu.Unlock()
	t.sample.Reinstall(device - t.first)
}

// verdicts writes what the judged devices kept and broke. A VU that k6 cut off may
// be at work still.
func (t *tallies) verdicts(list []result.Profile) {
	for i := range t.parts {
		t.parts[i].mu.Lock()
		defer t.parts[i].mu.Unlock()
	}
	t.sample.Fill(list)
}

// merge adds all parts up.
func (t *tallies) merge() (*tally.Shard, []uint64) {
	total := tally.NewShard(t.layout)
	predicted := make([]uint64, len(t.layout.Profiles))
	for i := range t.parts {
		p := &t.parts[i]
		p.mu.Lock()
		tally.Merge(total, p.shard)
		p.mu.Unlock()
		p.predictorMu.Lock()
		for k, n := range p.predictor.Refused() {
			predicted[k] += n
		}
		p.predictorMu.Unlock()
	}
	return total, predicted
}
