package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/compare"
	"github.com/dcrbench/dcrbench/reports"
)

const diffLong = `Compare two results, or two sets of repeated runs: what got worse, what got
better, which findings are new or fixed, and which checks stopped running.

BEFORE and AFTER are each a result.json or a folder; a folder stands for every
result.json in it and below. Several on a side need -- between the sides, and
flags before them.

With four or more runs on each side, every figure is tested by the Mann-Whitney
U test over the runs, as benchstat does. With fewer, shares are tested by their
counts and latencies by their spread within the runs. A change counts when the
test says that it is more than chance, when it is at least --min-change, and when
it is larger than the generator of these runs could tell; latencies are those on
the wire.

A regression is a judged figure that got worse, a new finding of level must or
should, a check with a worse verdict, or one that stopped running. Runs of other
fleets, sizes or lengths are not comparable; with --fail-on-regression that ends
with exit code 3, a regression with 1.`

// diffOptions are the flags of dcrbench report diff.
type diffOptions struct {
	format    string
	all       bool
	fail      bool
	minChange float64
}

func newReportDiff() *cobra.Command {
	o := &diffOptions{}
	known := strings.Join(reports.DiffFormats(), ", ")
	cmd := &cobra.Command{
		Use:   "diff BEFORE AFTER | diff BEFORE... -- AFTER...",
		Short: "Compare two results, or two sets of repeated runs",
		Long:  diffLong,
		Example: `  dcrbench report diff before/result.json after/result.json
  dcrbench report diff main/ branch/ --fail-on-regression
  dcrbench report diff --fail-on-regression monday-1 monday-2 -- friday-1 friday-2
  dcrbench report diff before after --format markdown >> "$GITHUB_STEP_SUMMARY"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			before, after, err := sides(args, cmd.ArgsLenAtDash())
			if err != nil {
				return err
			}
			if !slices.Contains(reports.DiffFormats(), o.format) {
				return fmt.Errorf("--format %q: want one of %s", o.format, known)
			}
			if !(o.minChange > 0 && o.minChange < 10) {
				return fmt.Errorf("--min-change %g: want a share above 0, such as 0.1 for a tenth", o.minChange)
			}
			return o.run(cmd, before, after)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "text", "one of "+known)
	f.BoolVar(&o.all, "all", false, "show every figure, those that did not change too")
	f.BoolVar(&o.fail, "fail-on-regression", false, "end with exit code 1 on a regression, 3 when the runs cannot be compared")
	f.Float64Var(&o.minChange, "min-change", compare.DefaultMinChange, "smallest relative change that counts, 0.1 for a tenth")
	return cmd
}

// sides splits the arguments at the dash, or takes the two that there are.
func sides(args []string, dash int) (before, after []string, err error) {
	switch {
	case dash < 0 && len(args) == 2:
		return args[:1], args[1:], nil
	case dash < 0 && len(args) < 2:
		return nil, nil, fmt.Errorf("%d results given, want two: dcrbench report diff BEFORE AFTER", len(args))
	case dash < 0:
		return nil, nil, fmt.Errorf("%d results given: put -- between those before and those after, as in %s -- %s",
			len(args), strings.Join(args[:len(args)/2], " "), strings.Join(args[len(args)/2:], " "))
	case slices.ContainsFunc(args[dash:], func(a string) bool { return strings.HasPrefix(a, "--") }):
		return nil, nil, errors.New("a flag after --: want flags first, as in dcrbench report diff --fail-on-regression a1 a2 -- b1 b2")
	case dash == 0 || dash == len(args):
		return nil, nil, errors.New("nothing on one side of --: want results before it and after it")
	}
	return args[:dash], args[dash:], nil
}

func (o *diffOptions) run(cmd *cobra.Command, before, after []string) error {
	old, err := readSide(before)
	if err != nil {
		return err
	}
	now, err := readSide(after)
	if err != nil {
		return err
	}
	d, err := compare.Compare(old, now, compare.Options{MinChange: o.minChange})
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	if err := reports.WriteDiff(w, d, o.format, reports.DiffOptions{Options: textOptions(w), All: o.all}); err != nil {
		return err
	}
	if o.fail {
		return ended(d.ExitCode)
	}
	return nil
}

// maxSide bounds the results of one side: a folder too high in the tree is a
// mistake.
const maxSide = 1000

// readSide reads the results of one side.
func readSide(paths []string) ([]compare.Run, error) {
	var runs []compare.Run
	for _, path := range paths {
		files, err := resultsAt(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if len(runs) == maxSide {
				return nil, fmt.Errorf("%s: more than %d results on one side", path, maxSide)
			}
			doc, err := readResult(file)
			if err != nil {
				return nil, err
			}
			runs = append(runs, compare.Run{Name: file, Doc: doc})
		}
	}
	return runs, nil
}

// resultsAt is the file at path, or every result.json in the folder there and
// below it.
func resultsAt(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(file string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && e.Name() == "result.json" {
			files = append(files, file)
		}
		if len(files) > maxSide {
			return fmt.Errorf("%s: more than %d results in the folder", path, maxSide)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no result.json in the folder or below", path)
	}
	return files, err
}
