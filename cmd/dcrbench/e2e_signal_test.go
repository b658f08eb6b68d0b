package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interruptBound is how long an interrupted process may take to end on a machine
// that is busy with other tests. What it must not wait for takes three times as long
// and more.
const interruptBound = 10 * time.Second

// An interrupted run ends at once, with its own exit code and the report of what
// was done until then.
func TestAnInterruptedRunReportsWhatWasDone(t *testing.T) {
	t.Parallel()
	silent := httpTarget(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_sim/") {
			http.NotFound(w, r) // it is no simulator, and says so at once
			return
		}
		silence(w, r)
	})(t)
	for _, test := range []struct {
		name   string
		signal os.Signal
		args   []string
	}{
		{"SIGINT on the embedded simulator", os.Interrupt, nil},
		{"SIGTERM on the embedded simulator", syscall.SIGTERM, nil},
		{"SIGINT while requests are under way", os.Interrupt, []string{"--latency", "50s"}},
		{"SIGINT at a target that says nothing", os.Interrupt, []string{"--target", silent, "--vault", "none", "--timeout", "50s"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			p := newProcess(ctx, t, append([]string{"run", "well-behaved", "--devices", "100", "--duration", "50s",
				"--launch-rate", "50", "--out", "out", "--format", "json"}, test.args...)...)
			p.start(t)
			p.awaitFolder(ctx, t)
			<-time.After(2 * time.Second) // into the run, which begins now
			if err := p.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			asked := time.Now()
			o := p.end(t)
			if took := time.Since(asked); took > interruptBound {
				t.Errorf("the run ended %v after the signal, and may take %v", took, interruptBound)
			}
			if o.code != exitInterrupted {
				t.Errorf("exit code %d, want %d; stderr: %s", o.code, exitInterrupted, o.stderr)
			}
			shown, kept := soundDocument(t, []byte(o.stdout)), o.saved(t)
			if !kept.Interrupted || kept.Load.Sent == 0 || shown.Load.Sent != kept.Load.Sent {
				t.Errorf("interrupted: %v, sent: %d, and %d on standard output", kept.Interrupted, kept.Load.Sent, shown.Load.Sent)
			}
			wholeReports(t, filepath.Join(o.folder, "out"))
		})
	}
}

// awaitFolder waits until the process has made its folder for the results, which is
// the last that it does before it sends.
func (p *process) awaitFolder(ctx context.Context, t *testing.T) {
	t.Helper()
	for {
		if _, err := os.Stat(filepath.Join(p.folder, "out")); err == nil {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("no folder for the results within a minute; stderr: %s", p.end(t).stderr)
		}
	}
}

// An interruption that comes before the first request is one as well.
func TestAnInterruptionBeforeTheRunEndsIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	asking := make(chan struct{}, 100)
	target := rawTarget(func(c net.Conn) { asking <- struct{}{}; holdOpen(c) })(t)
	p := newProcess(ctx, t, "run", "well-behaved", "--target", target, "--vault", "none", "--timeout", "50s", "--out", "out")
	p.start(t)
	select {
	case <-asking: // whether the target is a simulator
	case <-ctx.Done():
		t.Fatalf("the target was never asked; stderr: %s", p.end(t).stderr)
	}
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	asked := time.Now()
	o := p.end(t)
	if took := time.Since(asked); took > interruptBound {
		t.Errorf("the run ended %v after the signal, and may take %v", took, interruptBound)
	}
	if o.code != exitInterrupted {
		t.Errorf("exit code %d, want %d; stdout: %s; stderr: %s", o.code, exitInterrupted, o.stdout, o.stderr)
	}
}

// A simulator stops cleanly, also while somebody holds a connection open.
func TestServeStopsCleanly(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := newProcess(t.Context(), t, "serve", "--listen", "127.0.0.1:0")
			url := p.startServing(t)
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := p.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			asked := time.Now()
			if o := p.end(t); o.code != exitOK || time.Since(asked) > interruptBound {
				t.Errorf("exit code %d after %v: %s", o.code, time.Since(asked), strings.TrimSpace(o.stderr))
			}
		})
	}
}
