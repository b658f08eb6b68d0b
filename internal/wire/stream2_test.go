package wire

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"

	"github.com/dcrbench/dcrbench/internal/api"
)

func TestNoMoreStreamsThanTheServerAllows(t *testing.T) {
	inBubble(t, Options{MaxConns: 1}, func(t *testing.T, p *pair2) {
		var done []<-chan *outcome2
		for range 5 {
			done = append(done, p.get())
		}
		far := p.accept(streams(2))
		one, two := far.request(), far.request()
		far.nothing()
		far.answer(one, "")
		three := far.request()
		far.nothing()
		far.WriteSettings(streams(0))
		far.answer(two, "")
		far.answer(three, "")
		far.nothing()
		far.WriteSettings(streams(1))
		far.answer(far.request(), "")
		far.answer(far.request(), "")
		for _, d := range done {
			p.want(<-d, api.ErrNone, "")
		}
	})
}

func TestAServerThatAllowsNoStreamIsNotDialledAgainAndAgain(t *testing.T) {
	inBubble(t, Options{Timeout: time.Minute}, func(t *testing.T, p *pair2) {
		done := p.get()
		p.accept(streams(0))
		if o := <-done; o.kind != api.ErrTimeout || !o.tm.Sent.IsZero() {
			t.Errorf("%v, sent %v; want a timeout and nothing sent", o.kind, o.tm.Sent)
		}
		if n := len(p.dials); n != 0 {
			t.Errorf("%d more connections", n)
		}
	})
}

func TestAFullConnectionIsJoinedByAnother(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		one, two := p.get(), p.get()
		a := p.accept(streams(1))
		first := a.request()
		b := p.accept(streams(1))
		b.answer(b.request(), "b")
		a.answer(first, "a")
		for _, o := range []*outcome2{<-one, <-two} {
			if o.kind != api.ErrNone {
				t.Error(o.kind)
			}
		}
	})
}

func TestAGoodbyeLetsEarlierRequestsFinish(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		early := p.get()
		far := p.accept()
		first := far.request()
		late := p.get()
		far.request()
		far.WriteGoAway(first, http2.ErrCodeNo, nil)
		p.want(<-late, api.ErrReset, "")
		again := p.get()
		next := p.accept()
		next.answer(next.request(), "again")
		p.want(<-again, api.ErrNone, "again")
		far.answer(first, "early")
		p.want(<-early, api.ErrNone, "early")
		if _, err := far.ReadFrame(); err == nil {
			t.Error("the connection stays after its last answer")
		}
	})
}

func TestARequestThatIsGivenUpEndsItsStreamOnly(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		ctx, cancel := context.WithCancel(context.Background())
		stays := p.get()
		far := p.accept()
		first := far.request()
		gone := make(chan api.ErrKind)
		go func() {
			var out api.HTTPResponse
			_, kind := get(ctx, p, &out)
			gone <- kind
		}()
		second := far.request()
		cancel()
		far.reset(second, http2.ErrCodeCancel)
		if kind := <-gone; kind != api.ErrCanceled {
			t.Errorf("%v, want canceled", kind)
		}
		far.head(second, false, ":status", "200") // was on its way
		far.WriteData(second, true, []byte("late"))
		far.answer(first, "first")
		p.want(<-stays, api.ErrNone, "first")
	})
}

func TestPingsAreAnswered(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.get()
		far := p.accept()
		stream := far.request()
		far.WritePing(false, [8]byte{1, 2, 3})
		for {
			frame, err := far.ReadFrame()
			if err != nil {
				t.Fatal(err)
			}
			if ping, ok := frame.(*http2.PingFrame); ok {
				if !ping.IsAck() || ping.Data != [8]byte{1, 2, 3} {
					t.Errorf("got %v", ping)
				}
				break
			}
		}
		far.WritePing(true, [8]byte{}) // an answer that nobody waits for
		far.WritePriority(stream, http2.PriorityParam{StreamDep: 9})
		far.WriteRawFrame(0xee, 0, stream, []byte("what is this"))
		far.answer(stream, "ok")
		p.want(<-done, api.ErrNone, "ok")
	})
}

func TestAFloodOfControlFramesEndsTheConnection(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.get()
		far := p.accept()
		far.request()
		sent := 0
		for ; sent < 10*maxReplies; sent++ {
			if far.WritePing(false, [8]byte{}) != nil {
				break
			}
		}
		if sent > 3*maxReplies {
			t.Errorf("%d pings were taken and none of the answers read", sent)
		}
		p.want(<-done, api.ErrProtocol, "")
	})
}

func TestRequestsOfTheSameMomentTravelInOnePiece(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		first := p.get()
		far := p.accept()
		far.answer(far.request(), "")
		p.want(<-first, api.ErrNone, "")
		stuck := p.get() // the sender is stuck with it
		synctest.Wait()
		var done []<-chan *outcome2
		for range 3 {
			done = append(done, p.get())
		}
		synctest.Wait()
		piece := make([]byte, 64<<10)
		sizes := make([]int, 0, 2)
		for range 2 {
			n, err := far.Read(piece)
			if err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, n)
			synctest.Wait()
		}
		if sizes[1] != 3*sizes[0] {
			t.Errorf("pieces of %v bytes, want three requests in the second", sizes)
		}
		for stream := uint32(3); stream < 11; stream += 2 {
			far.answer(stream, "")
		}
		for _, d := range append(done, stuck) {
			p.want(<-d, api.ErrNone, "")
		}
	})
}

func TestNoSecretStaysInWhatWasSent(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.do(api.HTTPRequest{Method: "POST", Target: "/x", Body: []byte("client_secret=hush"),
			Header: api.Header{{Name: "Authorization", Value: "Bearer hush"}}})
		far := p.accept()
		stream := far.request()
		far.data(18, true)
		far.answer(stream, "")
		p.want(<-done, api.ErrNone, "")
		synctest.Wait()
		client := p.Client.(*client2)
		s := client.spare.Get().(*stream2)
		conn := client.pool.conns[0]
		for name, b := range map[string][]byte{"the stream": s.head, "the connection": conn.pending} {
			if bytes.Contains(b[:cap(b)], []byte("hush")) {
				t.Errorf("%s still holds a secret", name)
			}
		}
	})
}

func TestAPeerThatTakesNothingHoldsNobodyUp(t *testing.T) {
	inBubble(t, Options{Timeout: time.Minute}, func(t *testing.T, p *pair2) {
		done := p.get()
		p.accept() // and reads no more
		if o := <-done; o.kind != api.ErrTimeout {
			t.Errorf("%v, want a timeout", o.kind)
		}
		began := time.Now()
		p.Close()
		if took := time.Since(began); took > closeLimit {
			t.Errorf("closing took %v", took)
		}
	})
}

func TestTheEndOfAConnectionEndsAllItsRequests(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		one, two := p.get(), p.post(usualWindow+1)
		far := p.accept(window(1 << 20))
		far.request()
		far.Close()
		p.want(<-one, api.ErrReset, "")
		p.want(<-two, api.ErrReset, "")
		three := p.get()
		far = p.accept()
		far.answer(far.request(), "three")
		p.want(<-three, api.ErrNone, "three")
	})
}

// Requests are begun, answered, given up and cut off at once: each ends, and the
// books of the connection are even afterwards.
func TestCancelAndCloseAtEveryMoment(t *testing.T) {
	for _, tr := range transports[2:] {
		t.Run(tr.name, func(t *testing.T) {
			for round := range 40 {
				s := newHostile(t, tr, answers)
				c := s.client(t, tr, Options{Timeout: 10 * time.Second})
				var all sync.WaitGroup
				for i := range 8 {
					all.Go(func() {
						for n := range 20 {
							ctx, cancel := context.WithCancel(t.Context())
							if (i+n)%3 == 0 {
								go cancel()
							}
							var out api.HTTPResponse
							_, kind := get(ctx, c, &out)
							cancel()
							if kind != api.ErrNone && kind != api.ErrCanceled {
								t.Errorf("%v", kind)
							}
						}
					})
				}
				if round%2 == 0 {
					go c.Close()
				}
				all.Wait()
				client := c.(*client2)
				client.pool.mu.Lock()
				for _, conn := range client.pool.conns {
					if !conn.idle() || len(conn.blocked) > 0 {
						t.Error("the connection still counts a request")
					}
				}
				client.pool.mu.Unlock()
			}
		})
	}
}

func TestAStreamThatIsNoLongerAllowedIsNotOpened(t *testing.T) {
	inBubble(t, Options{MaxConns: 1}, func(t *testing.T, p *pair2) {
		one := p.get()
		far := p.accept(streams(2))
		first := far.request()
		conn := p.Client.(*client2).pool.conns[0]
		if !conn.reserve() {
			t.Fatal("there is no stream")
		}
		far.WriteSettings(streams(1))
		synctest.Wait()
		s := newStream2().(*stream2)
		if err := conn.open(s, nil); err != errFull {
			t.Errorf("opened with %v", err)
		}
		two := p.get()
		far.nothing()
		far.answer(first, "")
		far.answer(far.request(), "")
		p.want(<-one, api.ErrNone, "")
		p.want(<-two, api.ErrNone, "")
	})
}

func TestARequestThatTimesOutCallsThoseThatWaitForItsConnection(t *testing.T) {
	inBubble(t, Options{MaxConns: 1, Timeout: time.Minute}, func(t *testing.T, p *pair2) {
		one := p.get()
		far := p.accept(streams(1))
		far.request()
		time.Sleep(30 * time.Second)
		two := p.get() // waits for the only stream of the only connection
		p.want(<-one, api.ErrTimeout, "")
		next := p.accept()
		next.answer(next.request(), "")
		p.want(<-two, api.ErrNone, "")
	})
}

func TestNothingIsSentForAContextThatHasEnded(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.get()
		far := p.accept()
		far.answer(far.request(), "")
		p.want(<-done, api.ErrNone, "")
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		var out api.HTTPResponse
		if tm, kind := get(ctx, p, &out); kind != api.ErrCanceled || !tm.Sent.IsZero() {
			t.Errorf("%v, sent %v; want canceled and nothing sent", kind, tm.Sent)
		}
		far.nothing()
	})
}
