// H2bare fetches one page over HTTP/2 with net/http and nothing else, as fast as
// it can: what a Go client over HTTP/2 usually stands on.
//
//	h2bare URL SECONDS
//
// It prints the number of requests.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// workers is the number of requests under way, as with the other clients.
const workers = 64

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: h2bare URL SECONDS")
		os.Exit(2)
	}
	seconds, err := strconv.ParseFloat(os.Args[2], 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, "h2bare:", err)
		os.Exit(2)
	}
	transport := &http.Transport{
		ForceAttemptHTTP2: true, MaxIdleConnsPerHost: workers,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // a server on this machine with a certificate of the moment
	}
	var all sync.WaitGroup
	var done, failed atomic.Int64
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	for range workers {
		all.Go(func() {
			for time.Now().Before(end) {
				request, err := http.NewRequest(http.MethodGet, os.Args[1], nil)
				if err != nil {
					failed.Add(1)
					return
				}
				answer, err := transport.RoundTrip(request)
				if err != nil {
					failed.Add(1)
					continue
				}
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if answer.ProtoMajor != 2 {
					failed.Add(1)
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	fmt.Println(done.Load())
	if failed.Load() > 0 {
		fmt.Fprintf(os.Stderr, "h2bare: %d requests failed\n", failed.Load())
		os.Exit(1)
	}
}
