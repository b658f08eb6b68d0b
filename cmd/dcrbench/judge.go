package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/dcrbench/dcrbench/internal/audit"
)

// judgeFlag registers how many devices are judged by the rules for clients.
func judgeFlag(f *pflag.FlagSet, to *int) {
	f.IntVar(to, "judge", audit.DefaultPerProfile, "devices of each profile that are judged by the rules for clients, as dcrbench audit\njudges real ones; 0 for none")
}

func checkJudge(n int) error {
	if n < 0 {
		return fmt.Errorf("%d: want 0 for none, or more", n)
	}
	return nil
}
