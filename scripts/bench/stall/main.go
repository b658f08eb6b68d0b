// Stall answers every request of the DCR cycle with a fixed body, except that for
// a second it answers nothing: what arrives meanwhile, or is under way, waits until
// its end. The clock starts with the first request. Ended with SIGTERM it prints
// how many requests arrived.
//
//	go run ./scripts/bench/stall [--listen 127.0.0.1:18750] [--after 5s] [--for 1s]
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
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
	requests      atomic.Int64
}

func (s *stall) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		http.NotFound(w, r)
		return
	}
	io.Copy(io.Discard, r.Body)
	s.first.Do(func() { s.begins = time.Now().Add(s.after) })
	s.requests.Add(1)
	if into := time.Since(s.begins); into >= 0 && into < s.length {
		time.Sleep(s.length - into)
	}
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/o/client/register":
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, registered)
	case "/o/client/token":
		io.WriteString(w, issued)
	default:
		io.WriteString(w, configured)
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:18750", "address to listen on")
	after := flag.Duration("after", 5*time.Second, "when the stall begins")
	length := flag.Duration("for", time.Second, "how long it is")
	flag.Parse()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, "stall:", err)
		os.Exit(2)
	}
	s := &stall{after: *after, length: *length}
	server := &http.Server{Handler: s}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)
	go func() { <-ended; server.Close() }()
	server.Serve(listener)
	fmt.Println(s.requests.Load())
}
