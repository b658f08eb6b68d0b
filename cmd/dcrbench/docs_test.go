package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestEveryCommandHasAManPageWithEveryFlag(t *testing.T) {
	t.Parallel()
	o := dcrbench(t, "docs", "man", "man")
	if o.code != exitOK {
		t.Fatal(o.stderr)
	}
	pages := 0
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		pages++
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(o.folder, "man", name))
		if err != nil {
			t.Error(err)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !bytes.Contains(page, []byte("--"+f.Name)) {
				t.Errorf("%s: nothing of --%s", name, f.Name)
			}
		})
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				look(c)
			}
		}
	}
	look(newRoot())
	if pages < 10 {
		t.Errorf("%d commands", pages)
	}
}

func TestShellsGetTheirCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if o := dcrbench(t, "completion", shell); o.code != exitOK || len(o.stdout) < 1000 {
			t.Errorf("%s: exit code %d, %d bytes", shell, o.code, len(o.stdout))
		}
	}
}
