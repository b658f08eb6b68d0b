package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// needs marks a block that a fresh machine cannot run.
const needs = "# needs"

var shellBlock = regexp.MustCompile("(?ms)^```(?:sh|bash|console)\n(.*?)^```$")

// shellBlocks are the shell blocks of a page, in order.
func shellBlocks(t *testing.T, path string) (blocks []string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range shellBlock.FindAllStringSubmatch(string(page), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// TestEveryCommandOfTheGuidesRuns runs the blocks of each guide one after the
// other in a folder of its own, as a reader would.
func TestEveryCommandOfTheGuidesRuns(t *testing.T) {
	guides, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, path := range guides {
		blocks := slices.DeleteFunc(shellBlocks(t, path), func(b string) bool { return strings.HasPrefix(b, needs) })
		if len(blocks) == 0 {
			continue
		}
		ran++
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			runBlocks(t, blocks)
		})
	}
	if ran < 4 {
		t.Errorf("only %d guides have commands", ran)
	}
}

func runBlocks(t *testing.T, blocks []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	dir, port := t.TempDir(), freePort(t)
	for _, block := range blocks {
		// The port of the examples may be taken here, and a run is not to fail
		// because this machine is busy.
		script := strings.NewReplacer(
			"127.0.0.1:18080", port, "dcrbench run ", "dcrbench run --max-lateness "+unhurried+" ",
		).Replace(block)
		cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, "state"), statementVariable+"=")
		cmd.WaitDelay = 5 * time.Second
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\nsaid:\n%.2000s", err, block, out)
			return
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// commandLines are the lines of text that run dcrbench, with what follows a
// backslash at their ends, cut at what belongs to the shell.
func commandLines(text string) (lines [][]string) {
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.SplitSeq(text, "\n") {
		for part := range strings.SplitSeq(line, "&&") {
			part = strings.TrimPrefix(strings.TrimSpace(part), "go run ./cmd/")
			if !strings.HasPrefix(part, "dcrbench ") {
				continue
			}
			part, _, _ = strings.Cut(part, " #")
			part = regexp.MustCompile(`\s(\|\|?|>>?|&)(\s.*)?$`).ReplaceAllString(part, "")
			lines = append(lines, words(part)[1:])
		}
	}
	return lines
}

// words splits a command line at its spaces, quoted ones aside.
func words(line string) (list []string) {
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		list = append(list, m[1]+m[2]+m[3])
	}
	return list
}

// TestEveryCommandLineOfTheDocsHasFlagsThatExist parses the lines of all pages,
// of the README and of the examples in --help, those that cannot be run here too.
func TestEveryCommandLineOfTheDocsHasFlagsThatExist(t *testing.T) {
	texts := map[string]string{}
	guides, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range guides {
		texts[path] = strings.Join(shellBlocks(t, path), "\n")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(readme), "\n") {
		if strings.HasPrefix(line, "    ") {
			texts["README.md"] += line + "\n"
		}
	}
	for _, c := range newRoot().Commands() {
		texts[c.Name()+" --help"] = c.Example
		for _, sub := range c.Commands() {
			texts[c.Name()+" "+sub.Name()+" --help"] = sub.Example
		}
	}
	parsed := 0
	for where, text := range texts {
		for _, args := range commandLines(text) {
			parsed++
			if err := parses(args); err != nil {
				t.Errorf("%s: dcrbench %s: %v", where, strings.Join(args, " "), err)
			}
		}
	}
	if parsed < 50 {
		t.Errorf("only %d command lines were found", parsed)
	}
}

// parses reads a command line without running it.
func parses(args []string) error {
	root := newRoot()
	root.InitDefaultCompletionCmd()
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if cmd == root {
		return fmt.Errorf("no such command")
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}
