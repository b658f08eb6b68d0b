package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dcrbench/dcrbench/internal/result"
)

// The command line as people use it, told in testdata/script. A script may
// say "code N CMD..." for the exit code that a command is to have and "result
// FILE..." for result documents that are to be sound, and "slower FACTOR FILE COPY"
// for a copy of a result in which every answer took FACTOR times as long.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv(statementVariable, "")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":   wantCode,
			"result": wantSound,
			"slower": slower,
		},
	})
}

// wantCode runs a command and wants its exit code: code 2 dcrbench run nosuch.
func wantCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N CMD...")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = fmt.Sprint(exitCodeOf(err))
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func exitCodeOf(err error) int {
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		return exit.ExitCode()
	}
	return -1
}

// wantSound holds files, or stdout, to the schema of results and to their own sums.
func wantSound(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: result FILE...")
	}
	for _, name := range args {
		_, err := soundResult([]byte(ts.ReadFile(name)))
		ts.Check(err)
	}
}

// slower copies a result with every latency multiplied.
func slower(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: slower FACTOR FILE COPY")
	}
	factor, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	var d result.Document
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &d))
	for i := range d.Endpoints {
		e := &d.Endpoints[i]
		for _, l := range []*result.Distribution{&e.LatencyUS, &e.WireUS} {
			for _, us := range []*int64{&l.Min, &l.P50, &l.P90, &l.P99, &l.P999, &l.Max, &l.Mean} {
				*us *= factor
			}
		}
	}
	data, err := json.Marshal(&d)
	ts.Check(err)
	copied := ts.MkAbs(args[2])
	ts.Check(os.MkdirAll(filepath.Dir(copied), 0o755))
	ts.Check(os.WriteFile(copied, data, 0o644))
}
