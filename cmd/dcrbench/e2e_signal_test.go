package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interruptBound is how long an interrupted run may take to end.
const interruptBound = 2 * time.Second

// An interrupted run ends at once, with its own exit code and the report of what
// was done until then.
func TestAnInterruptedRunReportsWhatWasDone(t *testing.T) {
	t.Parallel()
	silent := rawTarget(holdOpen)(t)
	for _, test := range []struct {
		name   string
		signal os.Signal
		args   []string
	}{
		{"SIGINT on the embedded simulator", os.Interrupt, nil},
		{"SIGTERM on the embedded simulator", syscall.SIGTERM, nil},
		{"SIGINT while requests are under way", os.Interrupt, []string{"--latency", "5s"}},
		{"SIGINT at a target that says nothing", os.Interrupt, []string{"--target", silent, "--vault", "none", "--timeout", "800ms"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			p := newProcess(ctx, t, append([]string{"run", "well-behaved", "--devices", "100", "--duration", "40s",
				"--launch-rate", "50", "--out", "out", "--format", "json"}, test.args...)...)
			p.start(t)
			<-time.After(2 * time.Second)
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

// An interruption that comes before the first request is one as well.
func TestAnInterruptionBeforeTheRunEndsIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := newProcess(ctx, t, "run", "well-behaved", "--target", rawTarget(holdOpen)(t), "--vault", "none", "--timeout", "20s", "--out", "out")
	p.start(t)
	<-time.After(3 * time.Second) // it still asks the target whether it is a simulator
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
			p.start(t)
			<-time.After(500 * time.Millisecond)
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
