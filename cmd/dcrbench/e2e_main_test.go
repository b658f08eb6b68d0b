package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/reports"
)

// TestMain makes the test binary stand in for the command: whatever a test or a
// script runs as dcrbench is this package's main, in a process of its own.
//
// Parallel tests here wait for processes that mostly wait themselves, so that
// more of them than there are processors may run at once.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "6"); err != nil {
		log.Fatal(err)
	}
	testscript.Main(m, map[string]func(){"dcrbench": main})
}

// unhurried is the --max-lateness of runs that are to be judged by their target
// alone, however busy this machine is.
const unhurried = "20s"

// process is one dcrbench that a test has started.
type process struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
	folder         string
	began          time.Time
}

// outcome is what a process has left behind.
type outcome struct {
	code           int
	killed         bool
	took           time.Duration
	stdout, stderr string
	folder         string
}

// newProcess makes a process with a home, a working folder and an environment of
// its own, so that no run finds the credentials of another.
func newProcess(ctx context.Context, t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.CommandContext(ctx, "dcrbench", args...), folder: t.TempDir()}
	p.Dir = p.folder
	p.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, statementVariable+"=")
	})
	p.Env = append(p.Env, "XDG_STATE_HOME="+filepath.Join(p.folder, "state"), "NO_COLOR=1")
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	return p
}

func (p *process) start(t *testing.T) {
	t.Helper()
	p.began = time.Now()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
}

// end waits for the process and says how it ended.
func (p *process) end(t *testing.T) outcome {
	t.Helper()
	err := p.Wait()
	o := outcome{
		code: p.ProcessState.ExitCode(), took: time.Since(p.began),
		stdout: p.stdout.String(), stderr: p.stderr.String(), folder: p.folder,
	}
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if status, ok := p.ProcessState.Sys().(syscall.WaitStatus); ok {
		o.killed = status.Signaled()
	}
	if strings.Contains(o.stderr, "panic:") || strings.Contains(o.stderr, "goroutine ") {
		t.Errorf("%s panicked:\n%s", strings.Join(p.Args, " "), o.stderr)
	}
	return o
}

// dcrbench runs one command line to its end, or fails the test after a minute.
func dcrbench(t *testing.T, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := newProcess(ctx, t, args...)
	p.start(t)
	o := p.end(t)
	if ctx.Err() != nil {
		t.Fatalf("dcrbench %s did not end within a minute", strings.Join(args, " "))
	}
	return o
}

// serveSimulator starts dcrbench serve on a port of its own until the test ends
// and returns its base URL.
func serveSimulator(t *testing.T, args ...string) string {
	t.Helper()
	// The context of a test ends before its cleanups begin, and this must not.
	p := newProcess(context.WithoutCancel(t.Context()), t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	url := p.startServing(t)
	t.Cleanup(func() {
		_ = p.Process.Signal(syscall.SIGTERM) // it may have ended already
		if o := p.end(t); o.code > 0 {
			t.Errorf("dcrbench serve ended with %d: %s", o.code, o.stderr)
		}
	})
	return url
}

// startServing starts a process that serves and returns the base URL that it prints
// when it does.
func (p *process) startServing(t *testing.T) string {
	t.Helper()
	p.Stdout = nil
	lines, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.start(t)
	line, err := bufio.NewReader(lines).ReadString('\n')
	if err != nil {
		t.Fatalf("%s says nothing: %v: %s", strings.Join(p.Args, " "), err, p.end(t).stderr)
	}
	return strings.TrimSpace(line)
}

// soundDocument reads a result and holds it to the published schema and to its own
// sums.
func soundDocument(t *testing.T, raw []byte) *result.Document {
	t.Helper()
	doc, err := soundResult(raw)
	if doc == nil {
		t.Fatalf("%v\n%.300s", err, raw)
	}
	if err != nil {
		t.Error(err)
	}
	return doc
}

// soundResult reads a result. Its error says what is wrong with it; the document
// is nil when it cannot be read at all.
func soundResult(raw []byte) (*result.Document, error) {
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("the result is not one JSON document: %w", err)
	}
	schema, err := resultSchema()
	if err != nil {
		return nil, err
	}
	doc, err := result.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return doc, errors.Join(schema.Validate(instance), result.Reconcile(doc))
}

func resultSchema() (*jsonschema.Schema, error) {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(reports.ResultSchema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("result.schema.json", parsed); err != nil {
		return nil, err
	}
	return c.Compile("result.schema.json")
}

// saved is the result.json that a run with --out out has left.
func (o outcome) saved(t *testing.T) *result.Document {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(o.folder, "out", "result.json"))
	if err != nil {
		t.Fatalf("%v; the run said: %s", err, o.stderr)
	}
	return soundDocument(t, raw)
}

// statusCounts are the answers of a result by endpoint and status.
func statusCounts(doc *result.Document) map[string]map[string]int {
	counts := map[string]map[string]int{}
	for _, e := range doc.Endpoints {
		for status, n := range e.Status {
			if counts[e.Endpoint] == nil {
				counts[e.Endpoint] = map[string]int{}
			}
			counts[e.Endpoint][status] = int(n)
		}
	}
	return counts
}

// asJSON is v as JSON, for messages.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
