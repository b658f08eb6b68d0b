package main

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The command line as people use it, told in testdata/script. A script may
// say "code N CMD..." for the exit code that a command is to have and "result
// FILE..." for result documents that are to be sound.
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
