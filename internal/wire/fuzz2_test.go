package wire

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"github.com/dcrbench/dcrbench/internal/api"
)

// FuzzFrames lets arbitrary bytes follow a server's settings while two requests
// are in flight: nothing panics or hangs, and no answer is larger than allowed.
func FuzzFrames(f *testing.F) {
	record := func(write func(fr *http2.Framer)) {
		var b bytes.Buffer
		write(http2.NewFramer(&b, nil))
		f.Add(b.Bytes())
	}
	head := func(fr *http2.Framer, stream uint32, last bool) {
		fr.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: literals(":status", "200", "content-length", "2"), EndHeaders: true, EndStream: last})
	}
	record(func(fr *http2.Framer) { head(fr, 1, false); fr.WriteData(1, true, []byte("ok")); head(fr, 3, true) })
	record(func(fr *http2.Framer) { fr.WriteGoAway(1, 0, nil); head(fr, 1, true); fr.WriteRSTStream(3, 7) })
	record(func(fr *http2.Framer) { fr.WriteSettings(window(0), streams(0)); fr.WriteWindowUpdate(3, 9) })
	record(func(fr *http2.Framer) {
		fr.WriteHeaders(http2.HeadersFrameParam{StreamID: 3, BlockFragment: []byte{0}})
		fr.WriteContinuation(3, true, []byte{1, 'a', 0})
		fr.WritePing(false, [8]byte{})
	})
	const maxBody = 100
	f.Fuzz(func(t *testing.T, said []byte) {
		near, far := net.Pipe()
		var dialled sync.Once
		c, err := New(&url.URL{Scheme: "http", Host: "service.test"}, Options{Version: Version2, MaxBody: maxBody, MaxConns: 1, Timeout: time.Minute,
			Dial: func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
				err = net.ErrClosed
				dialled.Do(func() { conn, err = near, nil })
				return conn, err
			}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go func() {
			defer far.Close()
			go io.Copy(io.Discard, far)
			http2.NewFramer(far, nil).WriteSettings()
			far.Write(said)
		}()
		var all sync.WaitGroup
		for _, size := range []int{0, 70000} {
			all.Go(func() {
				var out api.HTTPResponse
				tm, kind := c.Do(t.Context(), &api.HTTPRequest{Method: "POST", Target: "/", Body: make([]byte, size)}, &out)
				size := 0
				for _, h := range out.Header {
					size += len(h.Name) + len(h.Value)
				}
				if len(out.Body) > maxBody || size > MaxHead || tm.Received.IsZero() || kind != api.ErrNone && len(out.Body)+size > 0 {
					t.Errorf("%v with %d bytes of head and %d of body, received %v", kind, size, len(out.Body), tm.Received)
				}
			})
		}
		all.Wait()
	})
}
