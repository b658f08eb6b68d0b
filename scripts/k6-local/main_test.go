package main

import (
	"strings"
	"testing"
)

func TestSequence(t *testing.T) {
	for n, want := range map[int]string{1: "0,1", 2: "0,1/2,1", 3: "0,1/3,2/3,1"} {
		if got := strings.Join(sequence(n), ","); got != want {
			t.Errorf("%d parts: %s, want %s", n, got, want)
		}
	}
}

func TestAWrongCommandLineIsRefused(t *testing.T) {
	for _, args := range [][]string{{}, {"-n", "0", "script.js"}, {"-k6", "/no/such/k6", "-out", t.TempDir(), "script.js"}} {
		if code, err := run(args); code == 0 || err == nil {
			t.Errorf("%v: exit %d, %v", args, code, err)
		}
	}
}
