// Limiter stands in front of a service and lets a given number of requests per
// second through: a target whose capacity is known. What is too much is refused
// with a status, or waits.
//
//	go run ./scripts/bench/limiter --target http://127.0.0.1:18080 --rate 700 [--mode queue]
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:18700", "address to listen on")
	target := flag.String("target", "http://127.0.0.1:18080", "service to stand in front of")
	perSecond := flag.Float64("rate", 700, "requests per second")
	burst := flag.Int("burst", 70, "requests let through at once")
	mode := flag.String("mode", "refuse", "refuse or queue")
	status := flag.Int("status", http.StatusTooManyRequests, "status of a refusal")
	flag.Parse()
	if err := serve(*listen, *target, *mode, *status, rate.NewLimiter(rate.Limit(*perSecond), *burst)); err != nil {
		fmt.Fprintln(os.Stderr, "limiter:", err)
		os.Exit(2)
	}
}

func serve(listen, target, mode string, status int, limiter *rate.Limiter) error {
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--target %q is not on this machine", target)
	}
	if mode != "refuse" && mode != "queue" {
		return fmt.Errorf("--mode %q is neither refuse nor queue", mode)
	}
	// The device's own X-Forwarded-For goes through as it is.
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: 4096, IdleConnTimeout: time.Minute},
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/_sim/") {
			if mode == "queue" {
				if limiter.Wait(r.Context()) != nil {
					return
				}
			} else if !limiter.Allow() {
				http.Error(w, http.StatusText(status), status)
				return
			}
		}
		proxy.ServeHTTP(w, r)
	})
	return http.ListenAndServe(listen, handler)
}
