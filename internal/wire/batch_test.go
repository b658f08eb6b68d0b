package wire

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sink is a connection that keeps what it is given, once its gate is open.
type sink struct {
	net.Conn // only what the test calls is there
	gate     chan struct{}
	closed   chan struct{}
	once     sync.Once
	fails    error

	mu     sync.Mutex
	got    bytes.Buffer
	writes int
}

func newSink() *sink { return &sink{gate: make(chan struct{}), closed: make(chan struct{})} }

func (s *sink) Write(p []byte) (int, error) {
	select {
	case <-s.gate:
	case <-s.closed:
		return 0, net.ErrClosed
	}
	if s.fails != nil {
		return 0, s.fails
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	return s.got.Write(p)
}

func (s *sink) SetWriteDeadline(time.Time) error { return nil }

func (s *sink) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

func TestBatchSendsInOnePieceWhatCameWhileItWasSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		b := newBatch(s, time.Second)
		b.Write([]byte("a"))
		synctest.Wait() // the sender is stuck with the first piece
		for _, p := range []string{"b", "c", "d"} {
			if n, err := b.Write([]byte(p)); n != 1 || err != nil {
				t.Fatalf("Write(%q) = %d, %v", p, n, err)
			}
		}
		close(s.gate)
		synctest.Wait()
		if got := s.got.String(); got != "abcd" || s.writes != 2 {
			t.Errorf("the connection got %q in %d pieces, want abcd in 2", got, s.writes)
		}
		b.Close()
	})
}

func TestBatchMakesWritersWaitForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		b := newBatch(s, time.Second)
		full := make([]byte, maxBatch+1)
		b.Write(full)
		synctest.Wait()
		b.Write(full)
		wrote := false
		go func() {
			b.Write([]byte("x"))
			wrote = true
		}()
		synctest.Wait()
		if wrote {
			t.Error("a write was taken above the bound")
		}
		close(s.gate)
		synctest.Wait()
		if !wrote || s.got.Len() != 2*len(full)+1 {
			t.Errorf("after there was room: written %v, %d bytes arrived", wrote, s.got.Len())
		}
		b.Close()
	})
}

func TestBatchReportsAnErrorToLaterAndWaitingWriters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		s.fails = errors.New("broken")
		b := newBatch(s, time.Second)
		full := make([]byte, maxBatch+1)
		b.Write(full)
		synctest.Wait()
		b.Write(full)
		var waited error
		go func() { _, waited = b.Write([]byte("x")) }()
		synctest.Wait()
		close(s.gate)
		synctest.Wait()
		if _, err := b.Write([]byte("y")); err != s.fails || waited != s.fails {
			t.Errorf("errors %v and %v, want %v", err, waited, s.fails)
		}
		b.Close()
	})
}

func TestBatchSendsTheRestBeforeItCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		close(s.gate)
		b := newBatch(s, time.Second)
		b.Write([]byte("goodbye"))
		b.Close()
		if got := s.got.String(); got != "goodbye" {
			t.Errorf("the connection got %q", got)
		}
		if _, err := b.Write([]byte("x")); err != net.ErrClosed {
			t.Errorf("a write after the end: %v", err)
		}
		b.Close() // a second time does no harm
	})
}

func TestBatchClosesInAMomentWhenThePeerTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBatch(newSink(), time.Hour)
		b.Write([]byte("a"))
		synctest.Wait()
		b.Write([]byte("b"))
		began := time.Now()
		b.Close()
		if took := time.Since(began); took > closeLimit {
			t.Errorf("closing took %v", took)
		}
	})
}
