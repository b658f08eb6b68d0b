// Arrive notes when each request arrives and, when it is ended with SIGTERM, says
// how far the arrivals lie from an even schedule.
//
//	arrive LISTEN RATE
//
// A registration is refused for good, so that a device sends one request; every
// other request gets an empty 200. The schedule is the one that the earliest
// hundredth of the requests kept. It prints the number of requests, the rate, and
// the 50th and 99th percentile of the deviation in milliseconds.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// arrivals are the times of requests, in nanoseconds since the start.
type arrivals struct {
	mu    sync.Mutex
	start time.Time
	at    []int64
}

func (a *arrivals) note() {
	at := int64(time.Since(a.start))
	a.mu.Lock()
	a.at = append(a.at, at)
	a.mu.Unlock()
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: arrive LISTEN RATE")
		os.Exit(2)
	}
	perSecond, err := strconv.ParseFloat(os.Args[2], 64)
	if err != nil || perSecond <= 0 {
		fmt.Fprintf(os.Stderr, "arrive: %q is no rate\n", os.Args[2])
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "arrive:", err)
		os.Exit(2)
	}
	a := &arrivals{start: time.Now(), at: make([]int64, 0, 1<<20)}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_sim/") {
			http.NotFound(w, r)
			return
		}
		a.note()
		if r.URL.Path == "/o/client/register" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_software_statement"}`)
		}
	})}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)
	go func() { <-ended; server.Close() }()
	server.Serve(listener)
	a.mu.Lock()
	defer a.mu.Unlock()
	report(a.at, perSecond)
}

func report(at []int64, perSecond float64) {
	if len(at) < 100 {
		fmt.Println(len(at), 0, 0, 0)
		return
	}
	slices.Sort(at)
	span := time.Duration(at[len(at)-1] - at[0]).Seconds()
	deviation := make([]float64, len(at))
	for i, t := range at {
		deviation[i] = float64(t)/1e6 - float64(i)/perSecond*1e3
	}
	slices.Sort(deviation)
	first := deviation[len(deviation)/100]
	of := func(q float64) float64 { return deviation[int(q*float64(len(deviation)-1))] - first }
	fmt.Printf("%d %.1f %.3f %.3f\n", len(at), float64(len(at)-1)/span, of(0.5), of(0.99))
}
