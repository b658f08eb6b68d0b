// Command k6-local runs a k6 script in several processes on this machine, as
// k6-operator runs it on several pods: each process is one execution segment and
// drives its own part of the fleet. It merges what they leave into one result.
//
//	go build -o k6 ./xk6-adobepass/k6
//	go run ./scripts/k6-local -n 3 scripts/steady.js
//	go run ./scripts/k6-local -n 3 scripts/steady.js -e TARGET=http://127.0.0.1:18080
//
// What follows the script goes to k6. The script has to write its result to the
// folder in the variable OUT, as all scripts here do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/dcrbench/dcrbench/internal/result"
	"github.com/dcrbench/dcrbench/reports"
	"github.com/dcrbench/dcrbench/xk6-adobepass/merge"
)

// exitUsage is the exit code of a wrong command line.
const exitUsage = 2

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "k6-local:", err)
	}
	os.Exit(code)
}

// run returns the exit code: of the first k6 that failed, else of the merged result.
func run(args []string) (int, error) {
	f := flag.NewFlagSet("k6-local", flag.ContinueOnError)
	n := f.Int("n", 3, "number of processes")
	k6 := f.String("k6", "./k6", "the k6 binary with the extension")
	out := f.String("out", filepath.Join("dcrbench-out", "k6-local"), "folder for the results")
	if err := f.Parse(args); err != nil {
		return exitUsage, nil // flag has said what is wrong
	}
	if f.NArg() == 0 || *n < 1 {
		return exitUsage, errors.New("usage: k6-local [-n N] [-k6 FILE] [-out DIR] SCRIPT [arguments for k6]")
	}
	// An interrupt goes to the processes, which end with their summaries.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	folders, codes, err := runAll(ctx, *k6, *out, *n, f.Arg(0), f.Args()[1:])
	if err != nil {
		return exitUsage, err
	}
	doc, err := mergeAll(folders, *out)
	if err != nil {
		return result.ExitUntrusted, err
	}
	if err := reports.Text(os.Stdout, doc, reports.Options{}); err != nil {
		return result.ExitUntrusted, err
	}
	for i, code := range codes {
		if code != 0 {
			return code, fmt.Errorf("instance %d of %d: k6 exited with %d; its output is in %s", i+1, *n, code, filepath.Join(folders[i], "k6.log"))
		}
	}
	return doc.Verdict.ExitCode, nil
}

// sequence lists the ends of n equal segments: "0,1/3,2/3,1".
func sequence(n int) []string {
	ends := []string{"0"}
	for i := 1; i < n; i++ {
		ends = append(ends, fmt.Sprintf("%d/%d", i, n))
	}
	return append(ends, "1")
}

// runAll runs the processes to their ends and returns their folders and exit codes.
func runAll(ctx context.Context, k6, out string, n int, script string, args []string) ([]string, []int, error) {
	ends := sequence(n)
	folders, codes, errs := make([]string, n), make([]int, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		folders[i] = filepath.Join(out, fmt.Sprintf("instance-%d", i+1))
		all.Go(func() {
			list := append([]string{"run", "--quiet", "--address", "127.0.0.1:0",
				"--execution-segment", ends[i] + ":" + ends[i+1], "--execution-segment-sequence", strings.Join(ends, ","),
				"-e", "OUT=" + folders[i]}, args...)
			codes[i], errs[i] = runOne(ctx, k6, folders[i], append(list, script))
		})
	}
	all.Wait()
	return folders, codes, errors.Join(errs...)
}

func runOne(ctx context.Context, k6, folder string, args []string) (int, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return 0, err
	}
	// What an earlier run left must not pass for the result of this one.
	if err := os.Remove(filepath.Join(folder, "result.json")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	log, err := os.Create(filepath.Join(folder, "k6.log"))
	if err != nil {
		return 0, err
	}
	defer log.Close()
	c := exec.CommandContext(ctx, k6, args...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	c.Stdout, c.Stderr = log, log
	err = c.Run()
	if c.ProcessState == nil {
		return 0, err
	}
	return c.ProcessState.ExitCode(), nil
}

// mergeAll reads the results of all instances and writes the merged one.
func mergeAll(folders []string, out string) (*result.Document, error) {
	var docs []*result.Document
	for _, folder := range folders {
		doc, err := read(filepath.Join(folder, "result.json"))
		if err != nil {
			return nil, fmt.Errorf("%w (its output is in %s)", err, filepath.Join(folder, "k6.log"))
		}
		docs = append(docs, doc)
	}
	doc, err := merge.Documents(docs, result.Gate{})
	if err != nil {
		return nil, err
	}
	if err := result.Reconcile(doc); err != nil {
		return nil, fmt.Errorf("the merged result does not add up: %w", err)
	}
	return doc, reports.WriteAll(out, doc)
}

func read(path string) (*result.Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return result.Decode(f)
}
