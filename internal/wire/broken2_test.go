package wire

import (
	"testing"
	"testing/synctest"

	"golang.org/x/net/http2"

	"github.com/dcrbench/dcrbench/internal/api"
)

// What a server must not do, and the code with which the connection ends (RFC
// 9113 section 5.4.1).
func TestAServerThatBreaksTheProtocolLosesTheConnection(t *testing.T) {
	for name, c := range map[string]struct {
		deed func(far *far2)
		code http2.ErrCode
	}{
		"data of a stream that never was":     {func(f *far2) { f.WriteData(7, true, nil) }, http2.ErrCodeProtocol},
		"a head of a stream that never was":   {func(f *far2) { f.head(9, true, ":status", "200") }, http2.ErrCodeProtocol},
		"a head of a stream of the server":    {func(f *far2) { f.head(2, true, ":status", "200") }, http2.ErrCodeProtocol},
		"a reset of a stream that never was":  {func(f *far2) { f.WriteRSTStream(7, 0) }, http2.ErrCodeProtocol},
		"a window of a stream that never was": {func(f *far2) { f.WriteWindowUpdate(7, 1) }, http2.ErrCodeProtocol},
		"a push": {func(f *far2) {
			f.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2, BlockFragment: literals(":path", "/"), EndHeaders: true})
		}, http2.ErrCodeProtocol},
		"a window too wide":          {func(f *far2) { f.WriteWindowUpdate(0, maxWindow) }, http2.ErrCodeFlowControl},
		"a new stream's too wide":    {func(f *far2) { f.WriteSettings(window(1 << 31)) }, http2.ErrCodeFlowControl},
		"a leave to push":            {func(f *far2) { f.WriteSettings(http2.Setting{ID: http2.SettingEnablePush, Val: 1}) }, http2.ErrCodeProtocol},
		"a head that cannot be read": {func(f *far2) { f.WriteRawFrame(http2.FrameHeaders, flagEndHeaders, 1, []byte{0xff}) }, http2.ErrCodeCompression},
		"a table that is not there":  {func(f *far2) { f.WriteRawFrame(http2.FrameHeaders, flagEndHeaders, 1, []byte{0xbe}) }, http2.ErrCodeCompression},
		"a trailer that cannot be read": {func(f *far2) {
			f.head(1, false, ":status", "200")
			f.WriteRawFrame(http2.FrameHeaders, flagEndHeaders|flagEndStream, 1, []byte{0xff})
		}, http2.ErrCodeCompression},
		"a trailer of a table that is not there": {func(f *far2) {
			f.head(1, false, ":status", "200")
			f.WriteRawFrame(http2.FrameHeaders, flagEndHeaders|flagEndStream, 1, []byte{0xbe})
		}, http2.ErrCodeCompression},
		"a frame that is too large": {func(f *far2) { f.WriteRawFrame(http2.FrameData, 0, 1, make([]byte, maxFrame+1)) }, http2.ErrCodeFrameSize},
		"a head within a head": {func(f *far2) {
			f.WriteRawFrame(http2.FrameHeaders, 0, 1, literals(":status", "200"))
			f.WriteData(1, true, nil)
		}, http2.ErrCodeProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{}, func(t *testing.T, p *pair2) {
				done := p.get()
				far := p.accept()
				far.request()
				go func() { c.deed(far) }()
				frame := far.next()
				if g, ok := frame.(*http2.GoAwayFrame); !ok || g.ErrCode != c.code {
					t.Errorf("got %v, want a goodbye with %v", frame, c.code)
				}
				p.want(<-done, api.ErrProtocol, "")
				far.Close()
				again := p.get()
				next := p.accept()
				next.answer(next.request(), "again")
				p.want(<-again, api.ErrNone, "again")
			})
		})
	}
}

func TestAServerThatBreaksARequestLosesThatOnly(t *testing.T) {
	for name, deed := range map[string]func(far *far2){
		"data before the head":    func(f *far2) { f.WriteData(1, true, []byte("x")) },
		"two heads":               func(f *far2) { f.head(1, false, ":status", "200"); f.head(1, false, ":status", "200") },
		"a trailer without end":   func(f *far2) { f.trailer(1, false, "a", "1") },
		"a trailer with a status": func(f *far2) { f.trailer(1, true, ":status", "200") },
		"a trailer with a path":   func(f *far2) { f.trailer(1, true, ":path", "/") },
		"a trailer in capitals":   func(f *far2) { f.trailer(1, true, "A", "1") },
		"a window too wide":       func(f *far2) { f.WriteWindowUpdate(1, maxWindow) },
		"a window wider by none":  func(f *far2) { f.WriteRawFrame(http2.FrameWindowUpdate, 0, 1, []byte{0, 0, 0, 0}) },
		"a status without number": func(f *far2) { f.head(1, true, ":status", "ok!") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{}, func(t *testing.T, p *pair2) {
				done := p.get()
				far := p.accept()
				stream := far.request()
				go func() { deed(far) }()
				if frame, ok := far.next().(*http2.RSTStreamFrame); !ok || frame.StreamID != stream {
					t.Errorf("got %v, want the end of the stream", frame)
				}
				p.want(<-done, api.ErrProtocol, "")
				synctest.Wait()
				again := p.get()
				far.answer(far.request(), "again")
				p.want(<-again, api.ErrNone, "again")
			})
		})
	}
}

func TestAServerMustBeginWithItsSettings(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.get()
		far := p.acceptSilent()
		far.WritePing(false, [8]byte{})
		p.want(<-done, api.ErrProtocol, "")
		done = p.get()
		far = p.acceptSilent()
		far.WriteRawFrame(http2.FrameWindowUpdate, 0, 1, []byte{0, 0, 0, 0})
		p.want(<-done, api.ErrProtocol, "")
	})
}

func TestATrailerEndsAnAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		fields []string
		size   int64
	}{
		"with a field":       {[]string{"checksum", "1"}, 9},
		"with nothing in it": {nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{}, func(t *testing.T, p *pair2) {
				done := p.get()
				far := p.accept()
				far.trailer(far.request(), true, c.fields...)
				o := <-done
				p.want(o, api.ErrNone, "ok")
				if o.out.Header.Has("Checksum") {
					t.Error("the trailer stands among the fields of the head")
				}
				if want := int64(len(":status200ok")) + c.size; o.tm.BytesReceived != want {
					t.Errorf("%d bytes received, want %d", o.tm.BytesReceived, want)
				}
				again := p.get()
				far.answer(far.request(), "again")
				p.want(<-again, api.ErrNone, "again")
			})
		})
	}
}
