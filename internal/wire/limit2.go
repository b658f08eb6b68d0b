package wire

import (
	"context"
	"sync"
	"time"
)

// limit2 makes the contexts that end HTTP/2 requests at their deadlines. Requests
// whose deadlines lie close together share one: a context with a timer for each
// request costs more than the head of one. The zero value is ready.
type limit2 struct {
	mu sync.Mutex
	// done is that of the context that the last request came with.
	done     <-chan struct{}
	seen     bool
	deadline time.Time
	shared   context.Context // nil when nothing is shared yet
	cancels  []context.CancelFunc
	ends     []time.Time // when those are over, oldest first
}

// nothing is the CancelFunc of a context that others use too.
func nothing() {}

// of returns a context that ends with ctx, or at the deadline and up to slack
// later, and what releases it. Only requests that come with one and the same
// context share.
func (l *limit2) of(ctx context.Context, deadline time.Time, slack time.Duration) (context.Context, context.CancelFunc) {
	if slack == 0 {
		return context.WithDeadline(ctx, deadline)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if done := ctx.Done(); !l.seen || l.done != done {
		l.seen, l.done, l.shared = true, done, nil
		return context.WithDeadline(ctx, deadline)
	}
	if over := l.deadline.Sub(deadline); l.shared == nil || over < 0 || over > slack {
		l.renew(ctx, deadline.Add(slack))
	}
	return l.shared, nothing
}

// renew makes the next shared context and releases those that have ended.
func (l *limit2) renew(ctx context.Context, deadline time.Time) {
	for now := time.Now(); len(l.ends) > 0 && l.ends[0].Before(now); {
		l.cancels[0]()
		l.cancels, l.ends = l.cancels[1:], l.ends[1:]
	}
	shared, cancel := context.WithDeadline(ctx, deadline)
	l.shared, l.deadline = shared, deadline
	l.cancels, l.ends = append(l.cancels, cancel), append(l.ends, deadline)
}

// end releases every shared context.
func (l *limit2) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, cancel := range l.cancels {
		cancel()
	}
	l.seen, l.shared, l.cancels, l.ends = false, nil, nil, nil
}
