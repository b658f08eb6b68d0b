package wire

import (
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"

	"github.com/dcrbench/dcrbench/internal/api"
)

func TestABodyWaitsForItsWindow(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.post(25)
		far := p.accept(window(10))
		stream := far.request()
		far.data(10, false)
		far.WriteWindowUpdate(stream, 5)
		far.data(5, false)
		far.WriteSettings(window(12)) // two more than before
		far.data(2, false)
		far.WriteSettings(window(4)) // eight less than nothing
		far.WriteWindowUpdate(stream, 8)
		far.nothing()
		far.WriteWindowUpdate(stream, 100)
		far.data(8, true)
		far.answer(stream, "ok")
		p.want(<-done, api.ErrNone, "ok")
	})
}

func TestABodyWaitsForTheWindowOfAllAndOthersPass(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		long := p.post(usualWindow + 7)
		far := p.accept(window(1 << 20))
		first := far.request()
		for range 3 {
			far.data(maxFrame, false)
		}
		far.data(usualWindow-3*maxFrame, false)
		bare := p.get()
		second := far.request()
		far.answer(second, "bare")
		p.want(<-bare, api.ErrNone, "bare")
		behind := p.post(3)
		third := far.request()
		far.nothing()
		far.WriteWindowUpdate(0, 9)
		far.data(7, true)
		far.data(2, false)
		far.WriteWindowUpdate(0, 1)
		far.data(1, true)
		far.answer(third, "third")
		far.answer(first, "first")
		p.want(<-behind, api.ErrNone, "third")
		p.want(<-long, api.ErrNone, "first")
	})
}

func TestAWindowThatNeverOpensIsATimeout(t *testing.T) {
	inBubble(t, Options{Timeout: time.Minute}, func(t *testing.T, p *pair2) {
		done := p.post(25)
		far := p.accept(window(10))
		stream := far.request()
		far.data(10, false)
		began := time.Now()
		far.reset(stream, http2.ErrCodeCancel)
		if took := time.Since(began); took < time.Minute-time.Second || took > time.Minute+time.Second {
			t.Errorf("given up after %v, want a minute", took)
		}
		p.want(<-done, api.ErrTimeout, "")
	})
}

func TestAnAnswerBeforeTheWholeBodyCounts(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.post(25)
		far := p.accept(window(10))
		stream := far.request()
		far.data(10, false)
		far.head(stream, true, ":status", "413")
		far.reset(stream, http2.ErrCodeCancel)
		if o := <-done; o.kind != api.ErrNone || o.out.Status != 413 {
			t.Errorf("%v with status %d, want 413", o.kind, o.out.Status)
		}
		far.WriteWindowUpdate(stream, 100) // is too late, and harms nobody
		again := p.get()
		far.answer(far.request(), "again")
		p.want(<-again, api.ErrNone, "again")
	})
}

func TestAShortAnswerBeforeTheWholeBodyEndsItsStreamToo(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.post(25)
		far := p.accept(window(10))
		stream := far.request()
		far.data(10, false)
		far.head(stream, true, ":status", "413", "content-length", "7")
		far.reset(stream, http2.ErrCodeCancel)
		if o := <-done; o.kind == api.ErrNone {
			t.Errorf("an answer that lacks its body is none, got status %d", o.out.Status)
		}
	})
}

func TestBodiesThatWereReadAreAcknowledged(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.get()
		far := p.accept()
		stream := far.request()
		client := p.Client.(*client2)
		conn := client.pool.conns[0]
		conn.mu.Lock()
		conn.unacked = ourWindow/2 - 10
		conn.mu.Unlock()
		far.head(stream, false, ":status", "200")
		if err := far.WriteDataPadded(stream, false, []byte("abc"), make([]byte, 6)); err != nil {
			t.Fatal(err)
		}
		frame, err := far.ReadFrame()
		for err == nil && frame.Header().Type == http2.FrameSettings {
			frame, err = far.ReadFrame()
		}
		// Three bytes, six of padding and one that says how many.
		if w, ok := frame.(*http2.WindowUpdateFrame); !ok || w.StreamID != 0 || w.Increment != ourWindow/2 {
			t.Errorf("got %v and %v, want a wider window by %d", frame, err, ourWindow/2)
		}
		far.WriteData(stream, true, []byte("d"))
		p.want(<-done, api.ErrNone, "abcd")
	})
}

func TestAServerThatOverrunsTheWindowOfAllLosesTheConnection(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		one, two := p.get(), p.get()
		far := p.accept()
		first, second := far.request(), far.request()
		far.WritePing(false, [8]byte{})
		synctest.Wait() // the answer is not read, so that the client cannot say anything
		conn := p.Client.(*client2).pool.conns[0]
		conn.mu.Lock()
		conn.unacked = ourWindow - 10
		conn.mu.Unlock()
		far.head(first, false, ":status", "200")
		far.head(second, false, ":status", "200")
		far.WriteData(first, false, []byte("0123456789")) // all that there is room for
		far.WriteData(second, false, []byte("x"))
		frame := far.next()
		if g, ok := frame.(*http2.GoAwayFrame); !ok || g.ErrCode != http2.ErrCodeFlowControl {
			t.Errorf("got %v, want a goodbye with %v", frame, http2.ErrCodeFlowControl)
		}
		if _, err := far.ReadFrame(); err == nil {
			t.Error("the connection stays open")
		}
		p.want(<-one, api.ErrProtocol, "")
		p.want(<-two, api.ErrProtocol, "")
	})
}

func TestAServerThatOverrunsTheWindowOfAStreamLosesThat(t *testing.T) {
	const maxBody = 300
	for name, c := range map[string]struct {
		deed func(far *far2, stream uint32)
		code http2.ErrCode
		want api.ErrKind
	}{
		"with padding": {func(far *far2, stream uint32) {
			far.WriteDataPadded(stream, false, nil, make([]byte, 200))
			far.WriteDataPadded(stream, false, nil, make([]byte, 200))
		}, http2.ErrCodeFlowControl, api.ErrProtocol},
		"with its last padding": {func(far *far2, stream uint32) {
			far.WriteDataPadded(stream, false, []byte("ok"), make([]byte, 200))
			far.WriteDataPadded(stream, true, nil, make([]byte, 200))
		}, http2.ErrCodeFlowControl, api.ErrProtocol},
		"with a body that is too large": {func(far *far2, stream uint32) {
			far.WriteData(stream, false, make([]byte, maxBody+2))
		}, http2.ErrCodeFlowControl, api.ErrTooLarge},
		"not, with a body that is one too large": {func(far *far2, stream uint32) {
			far.WriteData(stream, false, make([]byte, maxBody+1))
		}, http2.ErrCodeCancel, api.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{MaxBody: maxBody}, func(t *testing.T, p *pair2) {
				done := p.get()
				far := p.accept()
				stream := far.request()
				far.head(stream, false, ":status", "200")
				go func() { c.deed(far, stream) }()
				far.reset(stream, c.code)
				p.want(<-done, c.want, "")
				synctest.Wait()
				again := p.get()
				far.answer(far.request(), "again")
				p.want(<-again, api.ErrNone, "again")
			})
		})
	}
}

func TestPaddingWithinTheWindowOfAStreamHarmsNobody(t *testing.T) {
	inBubble(t, Options{MaxBody: 300}, func(t *testing.T, p *pair2) {
		done := p.get()
		far := p.accept()
		stream := far.request()
		far.head(stream, false, ":status", "200")
		far.WriteDataPadded(stream, false, make([]byte, 44), make([]byte, 255)) // 300 and one that says how much
		far.WriteData(stream, true, []byte("x"))
		if o := <-done; o.kind != api.ErrNone || len(o.out.Body) != 45 {
			t.Errorf("%v with %d bytes, want none with 45", o.kind, len(o.out.Body))
		}
	})
}
