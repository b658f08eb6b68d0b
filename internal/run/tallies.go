package run

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/contract"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/tally"
	"github.com/dcrbench/dcrbench/internal/throttle"
)

// tallies are the figures of a run, in as many parts as keep the workers out
// of each other's way. A device always uses the same part.
type tallies struct {
	shards     []guarded[*tally.Shard]
	predictors []guarded[*tally.Predictor]
	hash       maphash.Seed
	seq        atomic.Uint64
	start      time.Time
	warm       time.Time
}

// guarded is a value with its lock, on cache lines of its own.
type guarded[T any] struct {
	sync.Mutex
	value T
	_     [64]byte
}

func newTallies(profiles []string, start time.Time, warmUp time.Duration) *tallies {
	n := shardCount()
	t := &tallies{
		shards:     make([]guarded[*tally.Shard], n),
		predictors: make([]guarded[*tally.Predictor], n),
		hash:       maphash.MakeSeed(),
		start:      start,
		warm:       start.Add(warmUp),
	}
	for i := range n {
		t.shards[i].value = tally.NewShard(t.layout(profiles))
		t.predictors[i].value = tally.NewPredictor(throttle.Limits{}, len(profiles))
	}
	return t
}

func (t *tallies) layout(profiles []string) tally.Layout {
	l := tally.Layout{Profiles: profiles, Start: t.start, Contract: &contract.Options{}}
	if t.warm.After(t.start) {
		l.WarmUp = t.warm
	}
	return l
}

// predict notes a request that is about to be sent.
func (t *tallies) predict(profile int, wire *api.HTTPRequest, intended, sent time.Time) {
	if !throttle.Throttled(wire.Path()) {
		return
	}
	key := maphash.String(t.hash, wire.Header.Get("X-Forwarded-For"))
	p := &t.predictors[key%uint64(len(t.predictors))]
	p.Lock()
	p.value.Send(profile, key, sent, !intended.Before(t.warm))
	p.Unlock()
}

// record folds a finished exchange into the figures.
func (t *tallies) record(x *record.Exchange, book *tally.Book) {
	x.Seq = t.seq.Add(1)
	s := &t.shards[x.Device%len(t.shards)]
	s.Lock()
	s.value.Record(x, book)
	s.Unlock()
}

// live reads what a progress line shows.
func (t *tallies) live(now time.Time) tally.LiveFigures {
	var l tally.Live
	for i := range t.shards {
		s := &t.shards[i]
		s.Lock()
		l.Add(s.value, now)
		s.Unlock()
	}
	return l.Figures(now.Sub(t.start))
}

// counts reads what was counted so far, part by part.
func (t *tallies) counts(profiles []string) *tally.Counts {
	c := tally.NewCounts(profiles)
	for i := range t.shards {
		s := &t.shards[i]
		s.Lock()
		c.Add(s.value)
		s.Unlock()
	}
	return c
}

// merge adds all parts up, one after the other.
func (t *tallies) merge(profiles []string) (*tally.Shard, []uint64) {
	total := tally.NewShard(t.layout(profiles))
	predicted := make([]uint64, len(profiles))
	for i := range t.shards {
		s := &t.shards[i]
		s.Lock()
		tally.Merge(total, s.value)
		s.Unlock()
		p := &t.predictors[i]
		p.Lock()
		for profile, n := range p.value.Refused() {
			predicted[profile] += n
		}
		p.Unlock()
	}
	return total, predicted
}
