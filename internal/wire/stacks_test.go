//go:build linux && !race

package wire

import (
	"net"
	"net/url"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/dcrbench/dcrbench/internal/api"
)

// A server that stalls leaves thousands waiting, and stacks are most of what they
// take: dialling alone would grow each to 8 KB.
func TestRequestsThatWaitForAnAnswerHaveSmallStacks(t *testing.T) {
	const requests, most = 500, 6 << 10
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	c, err := New(&url.URL{Scheme: "http", Host: listener.Addr().String()}, Options{Version: Version1, MaxConns: requests, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	before := stacks()
	var sent sync.WaitGroup
	defer func() { c.Close(); sent.Wait() }()
	for range requests {
		sent.Go(func() {
			var out api.HTTPResponse
			c.Do(t.Context(), &api.HTTPRequest{Method: "GET", Target: "/"}, &out)
		})
	}
	for range requests {
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if each := (stacks() - before) / requests; each > most {
		t.Errorf("a request that waits has a stack of %d bytes, want %d at most", each, most)
	}
}

// stacks is what the stacks of all goroutines take, in bytes.
func stacks() int {
	runtime.GC()
	s := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	return int(s[0].Value.Uint64())
}
