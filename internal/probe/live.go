package probe

import (
	"context"
	"sync"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/throttle"
	"github.com/dcrbench/dcrbench/internal/wire"
)

// Live drives probes against a target over the network, in real time. Probes of
// different devices run side by side while the target throttles by device.
type Live struct {
	// Client reaches the target; Elsewhere reaches it from another source
	// address and may be nil.
	Client, Elsewhere wire.Client
	// Limits are those that the budget assumes; zero stands for documented.
	Limits throttle.Limits
	// Sink takes the exchanges; nil drops them.
	Sink Sink
	// Parallel is how many probes run at once; 0 stands for 4.
	Parallel int
	// MaxPerSecond bounds the planned requests of all probes together; 0 is no
	// bound.
	MaxPerSecond float64
	// Started is told the name of every probe that begins; nil for nobody.
	Started func(name string)
	// Shared is told once that the target throttles all devices together, so that
	// everything takes as long as the limit says; nil for nobody.
	Shared func()

	mu     sync.Mutex
	seq    uint64
	budget *budget
	pace   *throttle.Bucket
	stats  Stats
}

// Run drives the suite to its end, or until ctx ends. No goroutine outlives it.
func (l *Live) Run(ctx context.Context, s *check.Suite) Stats {
	begin := time.Now()
	l.budget = newBudget(l.Limits)
	if l.MaxPerSecond > 0 {
		l.pace = throttle.NewBucket(throttle.Limits{Rate: l.MaxPerSecond, Burst: 0})
	}
	for phase := range check.Phases {
		machines := s.Phase(phase)
		workers := 1
		if phase == 1 {
			workers = l.Parallel
			if workers <= 0 {
				workers = 4
			}
		}
		l.all(ctx, machines, workers)
	}
	l.stats.Elapsed = time.Since(begin)
	return l.stats
}

// all drives machines, some at once.
func (l *Live) all(ctx context.Context, machines []*check.Machine, workers int) {
	queue := make(chan *check.Machine, len(machines))
	for _, m := range machines {
		queue <- m
	}
	close(queue)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for m := range queue {
				l.drive(ctx, m)
			}
		})
	}
	wg.Wait()
}

func (l *Live) drive(ctx context.Context, m *check.Machine) {
	defer m.Stop()
	if l.Started != nil && ctx.Err() == nil {
		l.Started(m.Name)
	}
	for ctx.Err() == nil {
		step := m.Next(time.Now())
		switch step.Kind {
		case check.Done:
			return
		case check.Wait:
			sleepUntil(ctx, step.Until)
		case check.Send:
			m.Observe(time.Now(), l.send(ctx, m.Name, &step))
		}
	}
}

func (l *Live) send(ctx context.Context, name string, s *check.Step) []*check.Answer {
	answers := make([]*check.Answer, len(s.Requests))
	if len(s.Requests) == 1 {
		answers[0] = l.one(ctx, name, s, s.Requests[0])
		return answers
	}
	var wg sync.WaitGroup
	for i, r := range s.Requests {
		wg.Go(func() { answers[i] = l.one(ctx, name, s, r) })
	}
	wg.Wait()
	return answers
}

// one sends a request within the budget, and once more after an unplanned 429.
func (l *Live) one(ctx context.Context, name string, s *check.Step, r *api.HTTPRequest) *check.Answer {
	if s.Throttling {
		return l.exchange(ctx, name, s, r)
	}
	l.await(ctx, s.Key)
	a := l.exchange(ctx, name, s, r)
	if brokeOff(a) && ctx.Err() == nil {
		l.await(ctx, s.Key)
		a = l.exchange(ctx, name, s, r)
		a.Broken = brokeOff(a)
	}
	if a.Status != 429 || ctx.Err() != nil {
		return a
	}
	l.refused(s.Key, a)
	l.await(ctx, s.Key)
	a = l.exchange(ctx, name, s, r)
	if a.Status == 429 {
		a.Throttled = true
		l.refused(s.Key, a)
	}
	return a
}

// brokeOff reports a connection that ended ahead of its answer, or an answer that
// is no HTTP. Once may be the network's doing, and twice is the target's.
func brokeOff(a *check.Answer) bool { return a.Err == api.ErrReset || a.Err == api.ErrProtocol }

// await returns when the budget grants a request.
func (l *Live) await(ctx context.Context, key string) {
	l.mu.Lock()
	at := l.budget.spend(key, time.Now())
	if l.pace != nil {
		next := l.pace.NextAdmission(at)
		l.pace.Allow(next)
		at = next
	}
	l.mu.Unlock()
	sleepUntil(ctx, at)
}

func (l *Live) refused(key string, a *check.Answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.Unplanned++
	before := l.budget.shared != nil
	l.budget.refused(key, time.Now(), waitAfter(a, retryBound))
	if !before && l.budget.shared != nil && l.Shared != nil {
		l.Shared()
	}
}

func (l *Live) exchange(ctx context.Context, name string, s *check.Step, r *api.HTTPRequest) *check.Answer {
	client := l.Client
	if s.Elsewhere && l.Elsewhere != nil {
		client = l.Elsewhere
	}
	a := new(check.Answer)
	begin := time.Now()
	timing, failure := client.Do(ctx, r, &a.HTTPResponse)
	a.Sent, a.Received, a.Err = timing.Sent, timing.Received, failure
	if a.Sent.IsZero() {
		a.Sent = begin
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	a.Exchange = l.seq
	l.stats.Requests++
	if failure == api.ErrNone {
		l.stats.Answered++
	}
	if l.Sink != nil {
		l.Sink(name, event(l.seq, s, r, a))
	}
	return a
}

// sleepUntil waits for a time, or for the end of ctx.
func sleepUntil(ctx context.Context, at time.Time) {
	d := time.Until(at)
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
