package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/guard"
)

// metricsOptions are the flags of the metrics of a run.
type metricsOptions struct {
	listen string
	linger time.Duration
}

func (o *metricsOptions) register(f *pflag.FlagSet) {
	f.StringVar(&o.listen, "metrics-listen", "", "serve Prometheus metrics of the run at http://HOST:PORT/metrics, as in\n127.0.0.1:9464; port 0 picks one")
	f.DurationVar(&o.linger, "metrics-linger", 0, "how long metrics are served after the run, for a last scrape")
}

// check refuses an address that can be seen to be wrong.
func (o *metricsOptions) check() error {
	if o.linger < 0 || o.linger > 0 && o.listen == "" {
		return fmt.Errorf("--metrics-linger %v: want 0 or more, and --metrics-listen with it", o.linger)
	}
	if o.listen == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(o.listen)
	if n, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || n > 65535 {
		return fmt.Errorf("--metrics-listen %q: want HOST:PORT, as in 127.0.0.1:9464", o.listen)
	}
	return nil
}

// metricsServer serves the metrics of one run. A nil one does nothing.
type metricsServer struct {
	*exporter
	server *http.Server
	linger time.Duration
	gone   chan struct{}
}

// serve listens for scrapes, or returns nil when none are wanted. The error names
// the flag.
func (o *metricsOptions) serve(log io.Writer) (*metricsServer, error) {
	if o.listen == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return nil, fmt.Errorf("--metrics-listen %q: %w", o.listen, err)
	}
	m := &metricsServer{exporter: newExporter(), linger: o.linger, gone: make(chan struct{})}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	m.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		defer close(m.gone)
		_ = m.server.Serve(l) // ends with Close
	}()
	fmt.Fprintf(log, "metrics: http://%s/metrics\n", l.Addr())
	if host, _, _ := net.SplitHostPort(o.listen); !guard.IsLoopback(host) {
		fmt.Fprintf(log, "dcrbench: --metrics-listen %s: whoever reaches this machine can read the metrics; 127.0.0.1 keeps them here\n", o.listen)
	}
	return m, nil
}

// Close serves on for the time to linger, or until ctx ends, and stops.
func (m *metricsServer) Close(ctx context.Context) error {
	if m == nil {
		return nil
	}
	if m.linger > 0 && ctx.Err() == nil {
		select {
		case <-time.After(m.linger):
		case <-ctx.Done():
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	err := m.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, m.server.Close())
	}
	<-m.gone
	return err
}
