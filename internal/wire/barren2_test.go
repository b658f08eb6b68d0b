package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"

	"github.com/dcrbench/dcrbench/internal/api"
)

// refuse ends the next n connections as end says, and returns what stops it and
// tells how many there were.
func (p *pair2) refuse(n int, end func(far *far2)) (stop func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	refused := make(chan int, 1)
	go func() {
		got := 0
		for ; got < n; got++ {
			select {
			case conn := <-p.dials:
				p.t.Cleanup(func() { conn.Close() })
				far := &far2{Conn: conn, Framer: http2.NewFramer(conn, conn), t: p.t}
				io.CopyN(io.Discard, conn, int64(len(http2.ClientPreface)))
				far.ReadFrame() // the client's settings
				far.ReadFrame() // and window
				end(far)
			case <-ctx.Done():
				refused <- got
				return
			}
		}
		refused <- got
	}()
	return func() int { cancel(); return <-refused }
}

// goodbye ends a connection before a request can take a stream of it.
func goodbye(far *far2) {
	far.WriteSettings(streams(0))
	far.WriteGoAway(0, http2.ErrCodeNo, nil)
}

func TestAServerThatEndsEveryConnectionAtOnceIsNotDialledAgainAndAgain(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(far *far2)
		want api.ErrKind
	}{
		"with a goodbye":      {goodbye, api.ErrReset},
		"without a word":      {func(far *far2) { far.WriteSettings(streams(0)); far.Close() }, api.ErrReset},
		"with a broken frame": {func(far *far2) { far.WriteSettings(streams(0)); far.WriteData(7, true, nil) }, api.ErrProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{Timeout: time.Minute}, func(t *testing.T, p *pair2) {
				for range 2 { // what was before is forgotten
					began := time.Now()
					done := p.get()
					conns := p.refuse(10, c.end)
					o := <-done
					if took := time.Since(began); o.kind != c.want || !o.tm.Sent.IsZero() || took > time.Second {
						t.Errorf("%v after %v, sent %v; want %v at once and nothing sent", o.kind, took, o.tm.Sent, c.want)
					}
					if n := conns(); n != maxBarren {
						t.Errorf("%d connections, want %d", n, maxBarren)
					}
				}
				again := p.get()
				far := p.accept()
				far.answer(far.request(), "again")
				p.want(<-again, api.ErrNone, "again")
			})
		})
	}
}

// The goodbye comes with the settings, so that it may be seen while the request
// waits for those, looks for a stream or takes one.
func TestAGoodbyeAtAnyMomentEndsInAReset(t *testing.T) {
	var words bytes.Buffer
	fr := http2.NewFramer(&words, nil)
	fr.WriteSettings()
	fr.WriteGoAway(0, http2.ErrCodeNo, nil)
	for range 50 {
		inBubble(t, Options{Timeout: time.Minute}, func(t *testing.T, p *pair2) {
			done := p.get()
			conns := p.refuse(10, func(far *far2) { far.Write(words.Bytes()) })
			if o := <-done; o.kind != api.ErrReset {
				t.Errorf("%v, want reset", o.kind)
			}
			if n := conns(); n > maxBarren {
				t.Errorf("%d connections, want %d at most", n, maxBarren)
			}
		})
	}
}

func TestRequestsThatWaitTogetherShareTheirVainConnections(t *testing.T) {
	inBubble(t, Options{Timeout: time.Minute}, func(t *testing.T, p *pair2) {
		var done []<-chan *outcome2
		for range 20 {
			done = append(done, p.get())
		}
		synctest.Wait()
		conns := p.refuse(10, goodbye)
		for _, d := range done {
			p.want(<-d, api.ErrReset, "")
		}
		if n := conns(); n != maxBarren {
			t.Errorf("%d connections, want %d", n, maxBarren)
		}
	})
}

func TestAConnectionAfterVainOnesCarriesTheRequest(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		done := p.get()
		for range maxBarren - 1 {
			goodbye(p.acceptSilent())
		}
		far := p.accept()
		far.answer(far.request(), "at last")
		p.want(<-done, api.ErrNone, "at last")
	})
}

func TestARequestWaitsForAFullConnectionWhenOthersAreInVain(t *testing.T) {
	inBubble(t, Options{Timeout: time.Minute}, func(t *testing.T, p *pair2) {
		one := p.get()
		far := p.accept(streams(1))
		first := far.request()
		two := p.get()
		conns := p.refuse(10, goodbye)
		synctest.Wait()
		if n := conns(); n != maxBarren {
			t.Errorf("%d connections, want %d", n, maxBarren)
		}
		far.answer(first, "one")
		far.answer(far.request(), "two")
		p.want(<-one, api.ErrNone, "one")
		p.want(<-two, api.ErrNone, "two")
	})
}

func TestAGoodbyeAtOnceAfterANegotiationEndsInAReset(t *testing.T) {
	cert := serverCert(t)
	synctest.Test(t, func(t *testing.T) {
		conns := 0
		// In the bubble it is another year, and the certificate not valid yet.
		o := Options{Timeout: time.Minute, InsecureSkipVerify: true}
		o.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			if conns++; conns > 10 {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			near, far := net.Pipe()
			go func() {
				tc := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}})
				goodbye(&far2{Framer: http2.NewFramer(tc, nil)})
				io.Copy(io.Discard, tc)
			}()
			return near, nil
		}
		c, err := New(&url.URL{Scheme: "https", Host: "service.test"}, o)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			c.Close()
			linger()
		}()
		var out api.HTTPResponse
		_, kind := get(t.Context(), c, &out)
		// The connection that was negotiated on may not count.
		if kind != api.ErrReset || conns > 1+maxBarren {
			t.Errorf("%v after %d connections, want reset after %d at most", kind, conns, 1+maxBarren)
		}
	})
}
