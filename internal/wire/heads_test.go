package wire

import (
	"testing"

	"github.com/dcrbench/dcrbench/internal/api"
)

func TestAHeadIsKnownFromItsSecondTimeOn(t *testing.T) {
	h := newHeads()
	fields := api.Header{{Name: "Content-Length", Value: "2"}}
	raw := []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
	for i, want := range []bool{false, false, true, true} {
		k, sum := h.find(raw)
		if (k != nil) != want {
			t.Fatalf("time %d: known %v, want %v", i+1, k != nil, want)
		}
		h.learn(sum, raw, fields, 200, 2, 0)
	}
	raw[9] = '5'
	if k, _ := h.find(raw); k != nil {
		t.Error("another head is taken for the known one")
	}
	if k, sum := h.find(make([]byte, maxKnownHead+1)); k != nil || sum != 0 {
		t.Error("a head above the bound is looked up")
	}
}

func TestAKnownHeadReadsLikeANewOne(t *testing.T) {
	for name, reply := range map[string]string{
		"a plain answer":          "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 2\r\n\r\nok",
		"an empty body":           "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
		"a body cut short":        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
		"a body that is too long": "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\nok",
		"a chunked body":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"a last answer":           "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
		"nothing to say":          "HTTP/1.1 204 No Content\r\n\r\n",
		"an interim answer first": "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
	} {
		x := exchanges.New().(*exchange)
		x.message = new(message)
		x.heads = newHeads()
		type outcome struct {
			status, fields int
			body           string
			kind           api.ErrKind
			keep           bool
		}
		var first outcome
		for i := range 4 {
			var out api.HTTPResponse
			var tm Timing
			keep, err := x.run(&loop{reply: []byte(reply)}, nil, false, DefaultMaxBody, &out, &tm)
			got := outcome{out.Status, len(out.Header), string(out.Body), api.ErrNone, keep && err == nil}
			if err != nil {
				got.kind, got.body = x.kind(err), ""
			}
			if i == 0 {
				first = got
			}
			if got != first {
				t.Errorf("%s, time %d: %+v, at first %+v", name, i+1, got, first)
			}
		}
	}
}
