package wire

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/dcrbench/dcrbench/internal/api"
)

func TestHeadsOfRequestsOnHTTP2(t *testing.T) {
	target := &target{scheme: "https", host: "service.test:8443", prefix: "/under"}
	long := strings.Repeat("v", 300)
	for name, c := range map[string]struct {
		in   api.HTTPRequest
		want []hpack.HeaderField
	}{
		"a bare GET": {
			api.HTTPRequest{Method: "GET", Target: "/a?b=c"},
			[]hpack.HeaderField{{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: "service.test:8443"}, {Name: ":path", Value: "/under/a?b=c"}},
		},
		"a body, and names in lower case and in order": {
			api.HTTPRequest{Method: "POST", Target: "/a", Body: []byte("hello"), Header: api.Header{{Name: "X-Device-Info", Value: long}, {Name: "AP-Device-Identifier", Value: ""}, {Name: "x-device-info", Value: "2"}}},
			[]hpack.HeaderField{
				{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: "service.test:8443"}, {Name: ":path", Value: "/under/a"},
				{Name: "x-device-info", Value: long}, {Name: "ap-device-identifier", Value: ""}, {Name: "x-device-info", Value: "2"}, {Name: "content-length", Value: "5"},
			},
		},
		"a POST without a body": {
			api.HTTPRequest{Method: "POST", Target: "/"},
			[]hpack.HeaderField{{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: "service.test:8443"}, {Name: ":path", Value: "/under/"}, {Name: "content-length", Value: "0"}},
		},
		"another method and host, and a token that nobody is to keep": {
			api.HTTPRequest{Method: "DELETE", Target: "/a", Header: api.Header{{Name: "hOST", Value: "other.test"}, {Name: "authorization", Value: "Bearer x"}}},
			[]hpack.HeaderField{
				{Name: ":method", Value: "DELETE"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: "other.test"}, {Name: ":path", Value: "/under/a"},
				{Name: "authorization", Value: "Bearer x", Sensitive: true},
			},
		},
		"what is about the connection stays behind": {
			api.HTTPRequest{Method: "GET", Target: "/", Header: api.Header{
				{Name: "Connection", Value: "close"}, {Name: "Keep-Alive", Value: "5"}, {Name: "Upgrade", Value: "h2c"}, {Name: "Proxy-Connection", Value: "close"},
				{Name: "Content-Length", Value: "9"}, {Name: "Transfer-Encoding", Value: "chunked"}, {Name: "Accept", Value: "*/*"},
			}},
			[]hpack.HeaderField{{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: "service.test:8443"}, {Name: ":path", Value: "/under/"}, {Name: "accept", Value: "*/*"}},
		},
	} {
		block, ok := target.appendHead2(nil, &c.in)
		if !ok {
			t.Errorf("%s: cannot travel", name)
			continue
		}
		got, err := hpack.NewDecoder(0, nil).DecodeFull(block)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v, fields (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestALongHeadTravelsInSeveralFrames(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		long := strings.Repeat("v", 2*maxFrame)
		done := p.do(api.HTTPRequest{Method: "GET", Target: "/x", Header: api.Header{{Name: "Long", Value: long}}})
		far := p.accept()
		h, ok := far.next().(*http2.HeadersFrame)
		if !ok || h.HeadersEnded() || !h.StreamEnded() {
			t.Fatalf("got %v, want the beginning of a head", h)
		}
		stream, block := h.StreamID, append([]byte(nil), h.HeaderBlockFragment()...)
		for ended := false; !ended; {
			c, ok := far.next().(*http2.ContinuationFrame)
			if !ok {
				t.Fatal("the head breaks off")
			}
			block = append(block, c.HeaderBlockFragment()...)
			ended = c.HeadersEnded()
		}
		fields, err := hpack.NewDecoder(4096, nil).DecodeFull(block)
		if err != nil || fields[len(fields)-1] != (hpack.HeaderField{Name: "long", Value: long}) {
			t.Errorf("%v, and the long field is not what it was", err)
		}
		far.answer(stream, "ok")
		p.want(<-done, api.ErrNone, "ok")
	})
}

func TestOnlyTheFirstHeadSpeaksOfTheTable(t *testing.T) {
	inBubble(t, Options{}, func(t *testing.T, p *pair2) {
		var far *far2
		for i, want := range []byte{noTable, indexed | methodGET} {
			done := p.get()
			if i == 0 {
				far = p.accept()
			}
			h := far.next().(*http2.HeadersFrame)
			if got := h.HeaderBlockFragment()[0]; got != want {
				t.Errorf("block %d begins with %#x, want %#x", i+1, got, want)
			}
			far.answer(h.StreamID, "")
			p.want(<-done, api.ErrNone, "")
		}
	})
}

func TestHeadsOfAnswersOnHTTP2(t *testing.T) {
	big := strings.Repeat("x", MaxHead)
	for name, c := range map[string]struct {
		fields []string
		kind   api.ErrKind
		status int
		want   api.Header
	}{
		"fields in order": {[]string{":status", "201", "b", "1", "a", "2", "b", "3"}, api.ErrNone, 201, api.Header{{Name: "b", Value: "1"}, {Name: "a", Value: "2"}, {Name: "b", Value: "3"}}},
		"nothing else":    {[]string{":status", "404"}, api.ErrNone, 404, nil},
		"no status":       {[]string{"a", "1"}, api.ErrProtocol, 0, nil},
		"a late status":   {[]string{"a", "1", ":status", "200"}, api.ErrProtocol, 0, nil},
		"two statuses":    {[]string{":status", "200", ":status", "200"}, api.ErrProtocol, 0, nil},
		"a long status":   {[]string{":status", "0200"}, api.ErrProtocol, 0, nil},
		"a word":          {[]string{":status", "yes"}, api.ErrProtocol, 0, nil},
		"a small number":  {[]string{":status", "099"}, api.ErrProtocol, 0, nil},
		"another pseudo":  {[]string{":status", "200", ":path", "/"}, api.ErrProtocol, 0, nil},
		"a capital":       {[]string{":status", "200", "Server", "x"}, api.ErrProtocol, 0, nil},
		"a line break":    {[]string{":status", "200", "a", "b\r\nc: d"}, api.ErrProtocol, 0, nil},
		"a final interim": {[]string{":status", "103"}, api.ErrProtocol, 0, nil},
		"a switch":        {[]string{":status", "101"}, api.ErrProtocol, 0, nil},
		"two lengths":     {[]string{":status", "204", "content-length", "1", "content-length", "2"}, api.ErrProtocol, 0, nil},
		"no length":       {[]string{":status", "204", "content-length", "many"}, api.ErrProtocol, 0, nil},
		"too much":        {[]string{":status", "200", "a", big}, api.ErrTooLarge, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{}, func(t *testing.T, p *pair2) {
				var far *far2
				for i := range 4 { // the third is known
					done := p.get()
					if i == 0 {
						far = p.accept()
					}
					h := far.next().(*http2.HeadersFrame)
					far.head(h.StreamID, true, c.fields...)
					if c.kind != api.ErrNone {
						far.next() // the end of the stream
					}
					o := <-done
					if o.kind != c.kind || o.out.Status != c.status {
						t.Errorf("time %d: %v with status %d, want %v with %d", i+1, o.kind, o.out.Status, c.kind, c.status)
					}
					if diff := cmp.Diff(c.want, o.out.Header); diff != "" && (len(c.want) > 0 || len(o.out.Header) > 0) {
						t.Errorf("time %d: fields (-want +got):\n%s", i+1, diff)
					}
					size := int64(len(strings.Join(c.fields, "")))
					if c.kind == api.ErrNone && o.tm.BytesReceived != size {
						t.Errorf("time %d: %d bytes received, want %d", i+1, o.tm.BytesReceived, size)
					}
				}
			})
		})
	}
}

func TestLengthsAndBodiesOnHTTP2(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		fields []string
		data   string // "-" for none
		kind   api.ErrKind
		body   string
	}{
		"as announced":              {"GET", []string{":status", "200", "content-length", "2"}, "ok", api.ErrNone, "ok"},
		"fewer than announced":      {"GET", []string{":status", "200", "content-length", "3"}, "ok", api.ErrReset, ""},
		"none of those announced":   {"GET", []string{":status", "200", "content-length", "3"}, "-", api.ErrReset, ""},
		"more than announced":       {"GET", []string{":status", "200", "content-length", "1"}, "ok", api.ErrProtocol, ""},
		"a HEAD with a length":      {"HEAD", []string{":status", "200", "content-length", "3"}, "-", api.ErrNone, ""},
		"a HEAD with a huge length": {"HEAD", []string{":status", "200", "content-length", "99999999"}, "-", api.ErrNone, ""},
		"a HEAD with a body":        {"HEAD", []string{":status", "200"}, "ok", api.ErrProtocol, ""},
		"304 with a length":         {"GET", []string{":status", "304", "content-length", "3"}, "-", api.ErrNone, ""},
		"204 with an empty frame":   {"GET", []string{":status", "204"}, "", api.ErrNone, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{}, func(t *testing.T, p *pair2) {
				done := p.do(api.HTTPRequest{Method: c.method, Target: "/x"})
				far := p.accept()
				stream := far.request()
				far.head(stream, c.data == "-", c.fields...)
				if c.data != "-" {
					far.WriteData(stream, true, []byte(c.data))
				}
				p.want(<-done, c.kind, c.body)
			})
		})
	}
}
