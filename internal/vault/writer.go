package vault

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

const (
	// maxBatch bounds one commit, and with it what a Put can wait for.
	maxBatch = 4096
	// maxAsync bounds the memory of entries that nobody waits for.
	maxAsync = 1 << 16
)

// Vault is an open store. It may be used concurrently.
type Vault struct {
	db       *bolt.DB
	path     string
	warnings []string

	// damaged is set for good when the file proved to be: nothing is read from
	// it or written to it any more.
	damaged atomic.Bool

	mu     sync.Mutex
	queue  []request
	async  int // requests in queue that nobody waits for
	closed bool
	failed error // the first failure that nobody was told of
	stats  Stats

	wake    chan struct{} // holds a token while the queue may have work
	stopped chan struct{} // closed when the writer has ended
	close   func() error
}

// Stats count what a vault has done since it was opened.
type Stats struct {
	// Entries were made durable, by Put or PutAsync.
	Entries int64
	// Commits did it, each with its fsync.
	Commits int64
}

// request is one entry on its way to the file.
type request struct {
	space  [sha256.Size]byte
	device string
	value  []byte
	// done, which has room for the answer, is nil when nobody waits.
	done chan error
}

func newVault(db *bolt.DB, path string, warnings []string) *Vault {
	tidy(path)
	v := &Vault{
		db: db, path: path, warnings: warnings,
		wake: make(chan struct{}, 1), stopped: make(chan struct{}),
	}
	v.close = sync.OnceValue(v.shut)
	return v
}

// Warnings returns what Open had to put right, in plain words.
func (v *Vault) Warnings() []string { return slices.Clone(v.warnings) }

// Stats returns the counts so far.
func (v *Vault) Stats() Stats {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.stats
}

// Close writes what is waiting, waits for it, and lets go of the file. It
// returns the first failure of a PutAsync, if any. Later calls return the same.
func (v *Vault) Close() error { return v.close() }

func (v *Vault) shut() error {
	v.mu.Lock()
	v.closed = true
	v.mu.Unlock()
	v.signal()
	<-v.stopped
	if err := v.db.Close(); err != nil {
		return errors.Join(v.failed, fmt.Errorf("closing the credential store %q: %w", v.path, err))
	}
	return v.failed
}

func (v *Vault) signal() {
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

func (v *Vault) enqueue(r request) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return ErrClosed
	}
	if r.done == nil {
		if v.async == maxAsync {
			return ErrBusy
		}
		v.async++
	}
	v.queue = append(v.queue, r)
	v.signal()
	return nil
}

// write commits the queue batch by batch, until the vault is closed and the
// queue empty.
func (v *Vault) write() {
	defer close(v.stopped)
	var batch []request
	for range v.wake {
		for {
			var last bool
			batch, last = v.take(batch)
			if len(batch) == 0 {
				if last {
					return
				}
				break
			}
			v.answer(batch, v.commit(batch))
		}
	}
}

// take moves up to maxBatch requests from the queue to batch, whose memory it
// reuses, and reports whether no more can come.
func (v *Vault) take(batch []request) (taken []request, last bool) {
	clear(batch)
	v.mu.Lock()
	defer v.mu.Unlock()
	n := min(len(v.queue), maxBatch)
	batch = append(batch[:0], v.queue[:n]...)
	v.queue = slices.Delete(v.queue, 0, n)
	for i := range batch {
		if batch[i].done == nil {
			v.async--
		}
	}
	return batch, v.closed
}

// commit writes the batch in one transaction; nil means that all of it is on
// the disk.
func (v *Vault) commit(batch []request) error {
	err := v.guarded(func() error {
		return v.db.Update(func(tx *bolt.Tx) error {
			spaces := tx.Bucket(spacesBucket)
			for i := range batch {
				b, err := spaces.CreateBucketIfNotExists(batch[i].space[:])
				if err != nil {
					return err
				}
				if err := b.Put([]byte(batch[i].device), batch[i].value); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("writing the credential store %q: %w", v.path, err)
	}
	return nil
}

// answer counts the batch and tells everybody who waits.
func (v *Vault) answer(batch []request, err error) {
	v.mu.Lock()
	if err == nil {
		v.stats.Entries += int64(len(batch))
		v.stats.Commits++
	}
	for i := range batch {
		if batch[i].done == nil && v.failed == nil {
			v.failed = err
		}
	}
	v.mu.Unlock()
	for i := range batch {
		if batch[i].done != nil {
			batch[i].done <- err
		}
	}
}

// view reads the file.
func (v *Vault) view(f func(*bolt.Tx) error) error {
	err := v.guarded(func() error { return v.db.View(f) })
	switch {
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return ErrClosed
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("reading the credential store %q: %w", v.path, err)
	}
	return err
}

// guarded runs f under [guard], unless damage was seen before.
func (v *Vault) guarded(f func() error) error {
	if v.damaged.Load() {
		return ErrDamaged
	}
	err := guard(f)
	if errors.Is(err, ErrDamaged) {
		v.damaged.Store(true)
	}
	return err
}
