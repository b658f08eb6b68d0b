// Stall answers every request of the DCR cycle with a fixed body, except that for
// a second it answers nothing: what arrives meanwhile, or is under way, waits until
// its end, and is then answered in the order in which it came. The clock starts with
// the first request. Ended with SIGTERM it prints one JSON document: how many requests
// of each endpoint arrived, and the 99th percentile of how long it kept them, in
// seconds.
//
//	go run ./scripts/bench/stall [--listen 127.0.0.1:18750] [--after 5s] [--for 1s]
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// The fixed bodies. The credentials are of no service.
const (
	registered = `{"client_id":"00000000-0000-4000-8000-000000000000","client_secret":"00000000-0000-4000-8000-000000000001","client_id_issued_at":1700000000000,` +
		`"redirect_uris":["app://fixed"],"grant_types":["client_credentials"],"scopes":["api:client:v2"]}`
	issued     = `{"id":"00000000-0000-4000-8000-000000000002","access_token":"fixed.access.token","token_type":"bearer","created_at":1700000000000,"expires_in":86400}`
	configured = `{"requestor":{"id":"fixed","mvpds":[]}}`
)

// stall is a service that stops once.
type stall struct {
	after, length time.Duration
	first         sync.Once
	begins        time.Time

	mu      sync.Mutex
	over    bool                       // the stall is
	waiting []chan struct{}            // requests, in the order in which they came
	kept    map[string][]time.Duration // of each endpoint
}

// wait returns when the stall is over and it is the caller's turn.
func (s *stall) wait() {
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		return
	}
	turn := make(chan struct{})
	s.waiting = append(s.waiting, turn)
	s.mu.Unlock()
	<-turn
}

// goOn ends the stall. It lets some requests go at a time: the Go scheduler would
// answer the last of a crowd first.
func (s *stall) goOn() {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	for i, turn := range s.waiting {
		close(turn)
		if i%64 == 63 {
			runtime.Gosched()
		}
	}
}

func (s *stall) serve(c *fasthttp.RequestCtx) {
	arrived := time.Now()
	s.first.Do(func() {
		s.begins = arrived.Add(s.after)
		time.AfterFunc(s.after+s.length, s.goOn)
	})
	endpoint, status, body := "", fasthttp.StatusOK, ""
	switch path := string(c.Path()); {
	case len(path) > 6 && path[:6] == "/_sim/":
		c.SetStatusCode(fasthttp.StatusNotFound)
		return
	case path == "/o/client/register":
		endpoint, status, body = "register", fasthttp.StatusCreated, registered
	case path == "/o/client/token":
		endpoint, body = "token", issued
	default:
		endpoint, body = "configuration", configured
	}
	if !arrived.Before(s.begins) {
		s.wait()
	}
	c.SetStatusCode(status)
	c.SetContentType("application/json")
	c.SetBodyString(body)
	s.mu.Lock()
	s.kept[endpoint] = append(s.kept[endpoint], time.Since(arrived))
	s.mu.Unlock()
}

// book is what is printed of an endpoint.
type book struct {
	Requests int     `json:"requests"`
	P99      float64 `json:"p99_s"`
}

func (s *stall) books() map[string]book {
	s.mu.Lock()
	defer s.mu.Unlock()
	books := make(map[string]book)
	for endpoint, kept := range s.kept {
		slices.Sort(kept)
		books[endpoint] = book{len(kept), kept[len(kept)*99/100].Seconds()}
	}
	return books
}

func main() {
	listen := flag.String("listen", "127.0.0.1:18750", "address to listen on")
	after := flag.Duration("after", 5*time.Second, "when the stall begins")
	length := flag.Duration("for", time.Second, "how long it is")
	flag.Parse()
	s := &stall{after: *after, length: *length, kept: make(map[string][]time.Duration)}
	server := &fasthttp.Server{Handler: s.serve, NoDefaultServerHeader: true}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe(*listen) }()
	select {
	case err := <-failed:
		fmt.Fprintln(os.Stderr, "stall:", err)
		os.Exit(2)
	case <-ended:
	}
	json.NewEncoder(os.Stdout).Encode(s.books())
}
