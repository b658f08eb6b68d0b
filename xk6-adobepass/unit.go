package adobepass

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/tally"
)

// unit is what a process remembers of one of its devices. It belongs to whoever
// has acquired it, except for readyAt and busy.
type unit struct {
	// errand and session are the two lives of a device, made when they are needed:
	// one does what a script asks for, the other what its profile says. They share
	// the credentials.
	errand, session               *device.Device
	errandVersion, sessionVersion uint32
	credentials                   keepsake
	// version counts the changes of the credentials.
	version uint32
	book    tally.Book
	// launchAt is when the schedule wanted the device launched; 0 for any time.
	launchAt int64
	// readyAt is until when the device waits; nanoseconds since 1970.
	readyAt atomic.Int64
	busy    atomic.Bool
	touched bool
	// finished is set once there is no session left for the device: its profile has
	// none, or the fleet's time is over.
	finished bool
	// tokenUsed is set once a call has carried the token.
	tokenUsed bool
}

// unit returns device i, which must be of this instance's share.
func (f *fleet) unit(i int) *unit { return &f.units[i-f.share.from] }

// launches counts the starts of the device's app: only sessions start it.
func (u *unit) launches() int {
	if u.session == nil {
		return 0
	}
	return u.session.Launches()
}

// acquire takes device i, waiting for whoever has it. It reports false when ctx
// ended first.
func (f *fleet) acquire(ctx context.Context, i int) bool {
	u := f.unit(i)
	if u.busy.CompareAndSwap(false, true) {
		return true
	}
	f.mu.Lock()
	if u.busy.CompareAndSwap(false, true) {
		f.mu.Unlock()
		return true
	}
	turn := make(chan struct{}, 1)
	f.waiting[i] = append(f.waiting[i], turn)
	f.mu.Unlock()
	select {
	case <-turn:
		return true
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-turn:
		// It was handed over at the same moment: pass it on.
		f.handOver(i, u)
	default:
		f.leave(i, turn)
	}
	return false
}

func (f *fleet) leave(i int, turn chan struct{}) {
	queue := f.waiting[i]
	for k, t := range queue {
		if t == turn {
			f.waiting[i] = append(queue[:k:k], queue[k+1:]...)
			break
		}
	}
	if len(f.waiting[i]) == 0 {
		delete(f.waiting, i)
	}
}

// release lets device i go, to the next who waits for it.
func (f *fleet) release(i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handOver(i, f.unit(i))
}

// handOver is release under the lock.
func (f *fleet) handOver(i int, u *unit) {
	queue := f.waiting[i]
	if len(queue) == 0 {
		u.busy.Store(false)
		return
	}
	if len(queue) == 1 {
		delete(f.waiting, i)
	} else {
		f.waiting[i] = queue[1:]
	}
	queue[0] <- struct{}{}
}

// next is the index of the next device in turn that nobody has and that waits for
// nothing. When a look around finds none, it is the one that is ready soonest.
func (f *fleet) next() int {
	n := uint64(len(f.units))
	now := f.clock.now().UnixNano()
	best, bestAt := uint64(0), int64(0)
	for look := range min(n, 4096) {
		k := (f.cursor.Add(1) - 1) % n
		u := &f.units[k]
		at := u.readyAt.Load()
		free := !u.busy.Load()
		if free && at <= now {
			return f.share.from + int(k)
		}
		if look == 0 || free && at < bestAt {
			best, bestAt = k, at
		}
	}
	return f.share.from + int(best)
}

// nextLaunch is the index of the next device that has not been launched on the
// schedule yet, and when that is to happen; false when there is none left, or not
// within the fleet's time. The
// devices of an instance launch over the whole of the schedule.
func (f *fleet) nextLaunch() (i int, at time.Time, ok bool) {
	k := int(f.launched.Add(1)) - 1
	n := len(f.units)
	if k >= n {
		return 0, time.Time{}, false
	}
	position := int(float64(k) * float64(f.population.Size()) / float64(n))
	offset, ok := f.schedule.At(position)
	at = f.clock.origin.Add(offset)
	return f.share.from + k, at, ok && !f.over(at)
}
